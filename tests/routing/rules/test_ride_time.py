"""An item rides no longer than its limit, from the end of service to the shift's end."""

import pytest

from routing.check.judge import check
from routing.plan import Rule
from routing.schedule import Broken, retimed, timed
from tests.routing.builders import broken_by, engine, problem, shift, visit


@pytest.mark.parametrize(("limit", "legal"), [(400, True), (399, False)])
def test_the_ride_home_may_take_the_limit_to_the_second(limit: int, *, legal: bool):
    # From Dora the bank is 4 km: 400 s. Her 50 s of service come before the ride.
    asked = problem(visit("dora", service=50, ride={"milk": limit}))
    assert broken_by(asked, am=["dora"]) == (set() if legal else {Rule.RIDE_TIME})
    assert engine(asked) == ({"am": ("dora",)} if legal else {})


@pytest.mark.parametrize(("limit", "legal"), [(730, True), (729, False)])
def test_what_is_collected_first_rides_through_the_stops_after_it(limit: int, *, legal: bool):
    # Anna to Dora 300 s, 30 s of service, Dora to the bank 400 s: 730 s. Dora cannot come first:
    # she is in at 1,000 and Anna is out from 901.
    asked = problem(
        visit("anna", (0, 900), ride={"milk": limit}),
        visit("dora", (1_000, 2_000), service=30),
    )
    assert broken_by(asked, am=["anna", "dora"]) == (set() if legal else {Rule.RIDE_TIME})
    assert len(engine(asked)["am"]) == (2 if legal else 1)


@pytest.mark.parametrize(("closes", "legal"), [(700, True), (699, False)])
def test_service_is_put_off_until_the_ride_fits(closes: int, *, legal: bool):
    # Dora opens at 1,000; the bank is reached at 1,400. With a limit of 700 s Anna's milk may
    # not be collected before 700, though she could be served from 100 on.
    asked = problem(
        visit("anna", (0, closes), ride={"milk": 700}),
        visit("dora", (1_000, 2_000)),
    )
    assert broken_by(asked, am=["anna", "dora"]) == (set() if legal else {Rule.RIDE_TIME})
    assert len(engine(asked)["am"]) == (2 if legal else 1)


def test_the_wait_for_the_ride_is_spent_at_the_start_where_that_is_possible():
    asked = problem(visit("anna", ride={"milk": 700}), visit("dora", (1_000, 2_000)))
    plan = retimed(asked, {"am": ["anna", "dora"]})
    # Back from Dora at 1,400; leaving at 600 and driving on without a pause takes 800 s.
    assert (plan.tours[0].departure, plan.tours[0].arrival) == (600, 1_400)


def test_a_limit_can_push_a_service_into_its_second_window():
    # As above, but Anna's first window closes at 650: she is served in her second.
    asked = problem(
        visit("anna", (0, 650), (690, 720), ride={"milk": 700}),
        visit("dora", (1_000, 1_000)),
    )
    plan = retimed(asked, {"am": ["anna", "dora"]})
    assert check(asked, plan) == ()
    assert plan.tours[0].stops[0].begin == 700
    assert set(engine(asked)["am"]) == {"anna", "dora"}


@pytest.mark.parametrize("tight", ["milk", "tubes"])
def test_every_item_has_a_limit_of_its_own(tight: str):
    limits = {"milk": 400, "tubes": 400} | {tight: 399}
    asked = problem(visit("dora", ride=limits))
    (violation,) = check(asked, retimed(asked, {"am": ["dora"]}))
    assert (violation.rule, violation.what, violation.by) == (Rule.RIDE_TIME, tight, 1)
    assert engine(asked) == {}


def test_the_limit_binds_the_shift_that_carries_it_and_no_other():
    # The other shift is on the road for hours longer than Anna's milk may be.
    asked = problem(
        visit("anna", ride={"milk": 100}, shifts=["am"]),
        visit("bea", (0, 0), shifts=["pm"]),
        visit("cleo", (50_000, 50_000), shifts=["pm"]),
        shifts=[shift("am"), shift("pm", start="bea")],
    )
    assert engine(asked) == {"am": ("anna",), "pm": ("bea", "cleo")}


def test_a_ride_that_is_too_long_without_any_wait_is_named_by_how_much():
    asked = problem(visit("dora", ride={"milk": 390}))
    result = timed(asked, asked.shifts[0], asked.visits)
    assert result == Broken(rule=Rule.RIDE_TIME, visit="dora", by=10)

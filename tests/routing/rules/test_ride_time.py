"""An item rides no longer than its limit, from the end of service to where it is received.

These tests were tried on a checker spoilt on purpose, each time in one place, and caught it: the
limit one second too loose and one too strict, likewise what is carried; either of the two not asked
at all; counted from the begin of service, to the begin of the unloading instead of the arrival, or
to the first place of the whole tour that receives.
"""

import pytest

from routing.checker.judge import check_plan, check_tour
from routing.plan import Rule
from routing.schedule import Broken, retimed, timed
from tests.routing.builders import (
    broken_by,
    broken_on,
    engine,
    lunch,
    problem,
    reload,
    shift,
    tour,
    visit,
)


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
    assert check_plan(asked, plan) == ()
    assert plan.tours[0].stops[0].begin == 700
    assert set(engine(asked)["am"]) == {"anna", "dora"}


@pytest.mark.parametrize("tight", ["milk", "tubes"])
def test_every_item_has_a_limit_of_its_own(tight: str):
    limits = {"milk": 400, "tubes": 400} | {tight: 399}
    asked = problem(visit("dora", ride=limits))
    (violation,) = check_plan(asked, retimed(asked, {"am": ["dora"]}))
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


@pytest.mark.parametrize(("limit", "legal"), [(400, True), (399, False)])
def test_the_ride_ends_at_the_first_place_that_receives(limit: int, *, legal: bool):
    # Bank 0 -> Anna 100 -> lab 500, 30 s there -> home 630: 400 s from Anna to the lab.
    asked = problem(
        visit("anna", ride={"milk": limit}),
        shifts=[shift("am", end="home", reload=reload("lab", service=30))],
    )
    driven = tour(
        ("anna", 100, 100, 100),
        unloadings=[("lab", 1, 500, 500, 530)],
        arrival=630,
        end="home",
    )
    found = check_tour(asked, driven)
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.RIDE_TIME, 1)])
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


@pytest.mark.parametrize(("limit", "legal"), [(400, True), (399, False)])
def test_the_ride_ends_with_the_arrival_though_a_break_keeps_the_box_closed(
    limit: int, *, legal: bool
):
    # At the lab at 500; lunch there until 550, and only then is the box emptied.
    asked = problem(
        visit("anna", ride={"milk": limit}),
        shifts=[shift("am", end="home", reload=reload("lab"), breaks=[lunch((500, 500))])],
    )
    driven = tour(
        ("anna", 100, 100, 100),
        unloadings=[("lab", 1, 500, 550, 550)],
        breaks=[("lunch", 1, 500, 550)],
        arrival=650,
        end="home",
    )
    found = check_tour(asked, driven)
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.RIDE_TIME, 1)])


@pytest.mark.parametrize(("limit", "legal"), [(400, True), (399, False)])
def test_an_unloading_ahead_of_it_does_not_help(limit: int, *, legal: bool):
    # Bank 0 -> lab 500 -> Dora 600 -> bank 1,000.
    asked = problem(
        visit("dora", ride={"milk": limit}), shifts=[shift("am", reload=reload("lab", times=1))]
    )
    driven = tour(("dora", 600, 600, 600), unloadings=[("lab", 0, 500, 500, 500)], arrival=1_000)
    found = check_tour(asked, driven)
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.RIDE_TIME, 1)])


@pytest.mark.parametrize(("limit", "served"), [(100, True), (99, False)])
def test_the_engine_unloads_for_the_cold_chain_alone(limit: int, *, served: bool):
    # From Dora it is 100 s to the lab and 400 s to the bank.
    asked = problem(visit("dora", ride={"milk": limit}), shifts=[shift("am", reload=reload())])
    assert engine(asked) == ({"am": ("dora",)} if served else {})
    assert (broken_by(asked, am=["dora"]) == set()) == served


@pytest.mark.parametrize(("limit", "legal"), [(450, True), (449, False)])
def test_a_break_on_the_way_is_part_of_the_ride(limit: int, *, legal: bool):
    # Dora from 400 on; lunch from 500 to 550, on the way home.
    asked = problem(
        visit("dora", (400, 400), ride={"milk": limit}),
        shifts=[shift("am", breaks=[lunch((500, 500))])],
    )
    assert broken_by(asked, am=["dora"]) == (set() if legal else {Rule.RIDE_TIME})
    assert engine(asked) == ({"am": ("dora",)} if legal else {})


@pytest.mark.parametrize(("until", "legal"), [(200, True), (199, False)])
def test_what_is_carried_is_received_in_time(until: int, *, legal: bool):
    # There and back to Anna.
    asked = problem(visit("anna"), shifts=[shift("am", carried_until=until)])
    found = check_tour(asked, tour(("anna", 100, 100, 100), arrival=200))
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.RIDE_TIME, 1)])
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


@pytest.mark.parametrize(("until", "legal"), [(500, True), (499, False)])
def test_what_is_carried_is_received_by_the_first_unloading(until: int, *, legal: bool):
    # Bank 0 -> lab 500 -> Dora 600 -> bank 1,000.
    asked = problem(visit("dora"), shifts=[shift("am", carried_until=until, reload=reload())])
    driven = tour(("dora", 600, 600, 600), unloadings=[("lab", 0, 500, 500, 500)], arrival=1_000)
    assert broken_on(asked, driven) == (set() if legal else {Rule.RIDE_TIME})
    assert engine(asked) == ({"am": ("dora",)} if legal else {})

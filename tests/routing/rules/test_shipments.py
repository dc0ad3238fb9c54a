"""What is fetched for somebody is handed over by the same tour, later, or not fetched at all."""

from collections.abc import Mapping

import pytest

from routing.checker.judge import check_plan, check_tour
from routing.plan import Rule
from routing.problem import Problem, Visit
from routing.schedule import retimed
from tests.routing.builders import (
    broken,
    broken_by,
    broken_on,
    by_hand,
    engine,
    problem,
    reload,
    shift,
    tour,
    visit,
)

CREW = (shift("am"), shift("pm"))


def pump(
    *others: Visit, capacity: Mapping[str, int] | None = None, penalty: int | None = None
) -> Problem:
    """A pump, that takes the room of two tubes, is fetched at Anna's and goes to Dora."""
    return problem(
        visit("anna", load={"tubes": 2}, penalty=penalty),
        visit("dora", load={"tubes": -2}, penalty=penalty),
        *others,
        shifts=[shift("am", capacity=capacity), shift("pm", capacity=capacity)],
        shipments=[("anna", "dora")],
    )


ANNA_FIRST = tour(("anna", 100, 100, 100), ("dora", 400, 400, 400), arrival=800)
DORA_FIRST = tour(("dora", 400, 400, 400), ("anna", 700, 700, 700), arrival=800)


def test_it_is_fetched_ahead_of_being_handed_over():
    assert broken_on(pump(), ANNA_FIRST) == set()
    (violation,) = check_tour(pump(), DORA_FIRST)
    assert (violation.rule, violation.visit, violation.by) == (Rule.SHIPMENTS, "dora", 1)


def test_the_wrong_order_says_by_how_many_places():
    # Bank 0 -> Bea 200 -> Dora 400 -> Cleo 500 -> Anna 700 -> bank 800.
    driven = tour(
        ("bea", 200, 200, 200),
        ("dora", 400, 400, 400),
        ("cleo", 500, 500, 500),
        ("anna", 700, 700, 700),
        arrival=800,
    )
    (violation,) = check_tour(pump(visit("bea"), visit("cleo")), driven)
    assert (violation.rule, violation.visit, violation.by) == (Rule.SHIPMENTS, "dora", 2)


@pytest.mark.parametrize("name", ["anna", "dora"])
def test_one_end_alone_is_a_violation(name: str):
    assert broken_by(pump(), am=[name]) == {Rule.SHIPMENTS}
    found = check_plan(pump(), retimed(pump(), {"am": [name]}))
    assert [(violation.shift, violation.visit) for violation in found] == [("am", name)]


def test_the_two_ends_ride_on_one_tour():
    apart = by_hand(
        pump(),
        tour(("anna", 100, 100, 100), arrival=200),
        tour(("dora", 400, 400, 400), on="pm", arrival=800),
    )
    assert broken(pump(), apart) == {Rule.SHIPMENTS}


def test_both_ends_may_be_left_out():
    assert broken(pump(), retimed(pump(), {})) == set()


@pytest.mark.parametrize(("capacity", "legal"), [(2, True), (1, False)])
def test_it_takes_room_from_one_end_to_the_other(capacity: int, *, legal: bool):
    asked = pump(capacity={"tubes": capacity})
    assert broken_on(asked, ANNA_FIRST) == (set() if legal else {Rule.LOAD})
    assert bool(engine(asked)) == legal


@pytest.mark.parametrize(("capacity", "legal"), [(3, True), (2, False)])
def test_it_stays_on_board_where_the_rest_is_unloaded(capacity: int, *, legal: bool):
    # Cleo's tube stays at the lab, the pump does not: behind the lab there are Bea's tube and the
    # pump. Bank 0 -> Cleo 300 -> Anna 500 -> lab 900 -> Bea 1,200 -> Dora 1,400 -> bank 1,800.
    asked = problem(
        visit("cleo", load={"tubes": 1}),
        visit("anna", load={"tubes": 2}),
        visit("dora", load={"tubes": -2}),
        visit("bea", load={"tubes": 1}),
        shifts=[shift("am", capacity={"tubes": capacity}, reload=reload())],
        shipments=[("anna", "dora")],
    )
    driven = tour(
        ("cleo", 300, 300, 300),
        ("anna", 500, 500, 500),
        ("bea", 1_200, 1_200, 1_200),
        ("dora", 1_400, 1_400, 1_400),
        unloadings=[("lab", 2, 900, 900, 900)],
        arrival=1_800,
    )
    assert broken_on(asked, driven) == (set() if legal else {Rule.LOAD})
    assert (broken_by(asked, am=["cleo", "anna", "bea", "dora"]) == set()) == legal


@pytest.mark.parametrize(("closes", "served"), [(700, True), (699, False)])
def test_the_engine_fetches_first_to_the_last_second(closes: int, *, served: bool):
    # Anna opens at 400; from her it is 300 s to Dora.
    asked = problem(
        visit("anna", (400, 9_999)),
        visit("dora", (0, closes)),
        shifts=CREW,
        shipments=[("anna", "dora")],
    )
    orders = engine(asked)
    assert list(orders.values()) == ([("anna", "dora")] if served else [])


def test_the_engine_does_not_part_the_two_ends():
    # Anna may only ride in the morning and Dora only in the afternoon.
    asked = problem(
        visit("anna", shifts=["am"]),
        visit("dora", shifts=["pm"]),
        shifts=CREW,
        shipments=[("anna", "dora")],
    )
    assert engine(asked) == {}


@pytest.mark.parametrize(("penalty", "served"), [(401, True), (399, False)])
def test_the_engine_leaves_both_out_or_none(penalty: int, *, served: bool):
    # Together they cost 8 km, 800 cents, and twice their penalty to leave out.
    assert bool(engine(pump(penalty=penalty))) == served


def test_a_mandatory_end_brings_the_other_along():
    asked = problem(
        visit("anna", penalty=0),
        visit("dora"),
        shifts=[shift("am", per_km=50_000)],
        shipments=[("anna", "dora")],
    )
    assert engine(asked) == {"am": ("anna", "dora")}

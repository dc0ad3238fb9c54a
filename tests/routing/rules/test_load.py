"""A tour never has more on board than its shift can carry, in any dimension."""

import pytest

from routing.checker.judge import check_plan, check_tour
from routing.plan import Rule
from routing.schedule import retimed
from tests.routing.builders import (
    broken_by,
    broken_on,
    engine,
    problem,
    reload,
    shift,
    tour,
    visit,
)


@pytest.mark.parametrize(("capacity", "legal"), [(10, True), (9, False)])
def test_a_tour_may_be_full_to_the_last_unit(capacity: int, *, legal: bool):
    asked = problem(
        visit("anna", load={"bottles": 4}),
        visit("bea", load={"bottles": 6}),  # 4 + 6 = 10
        shifts=[shift("am", capacity={"bottles": capacity})],
    )
    assert broken_by(asked, am=["anna", "bea"]) == (set() if legal else {Rule.LOAD})
    assert len(engine(asked)["am"]) == (2 if legal else 1)


@pytest.mark.parametrize("tight", ["bottles", "ml", "tubes"])
def test_every_dimension_counts_by_itself(tight: str):
    roomy = dict.fromkeys(("bottles", "ml", "tubes"), 2)
    asked = problem(
        visit("anna", load=dict.fromkeys(roomy, 1)),
        visit("bea", load=dict.fromkeys(roomy, 1)),
        shifts=[shift("am", capacity=roomy | {tight: 1})],
    )
    (violation,) = check_plan(asked, retimed(asked, {"am": ["anna", "bea"]}))
    assert (violation.rule, violation.what, violation.by) == (Rule.LOAD, tight, 1)
    assert len(engine(asked)["am"]) == 1


def test_a_dimension_the_shift_does_not_name_is_not_limited():
    asked = problem(
        visit("anna", load={"ml": 2_000_000_000}),
        shifts=[shift("am", capacity={"bottles": 0}), shift("pm", capacity={"ml": 1})],
    )
    assert broken_by(asked, am=["anna"]) == set()
    assert engine(asked) == {"am": ("anna",)}


def test_two_shifts_have_a_box_each():
    asked = problem(
        visit("anna", load={"bottles": 1}),
        visit("bea", load={"bottles": 1}),
        shifts=[shift("am", capacity={"bottles": 1}), shift("pm", capacity={"bottles": 1})],
    )
    assert sorted(map(len, engine(asked).values())) == [1, 1]


# Bank 0 -> Anna 100 -> Bea 200 -> bank 400.
BOTH = tour(("anna", 100, 100, 100), ("bea", 200, 200, 200), arrival=400)


@pytest.mark.parametrize(("capacity", "legal"), [(10, True), (9, False)])
def test_what_is_brought_is_on_board_from_the_departure(capacity: int, *, legal: bool):
    asked = problem(
        visit("anna", brought={"bottles": 4}),
        visit("bea", brought={"bottles": 6}),
        shifts=[shift("am", capacity={"bottles": capacity})],
    )
    found = check_tour(asked, BOTH)
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.LOAD, 1)])
    assert all("when it departs" in one.sentence for one in found)
    assert len(engine(asked)["am"]) == (2 if legal else 1)


@pytest.mark.parametrize(("capacity", "legal"), [(4, True), (3, False)])
def test_a_door_is_handed_its_bottles_before_it_gives_others(capacity: int, *, legal: bool):
    # 4 empty ones out, 4 full ones back: never 8.
    asked = problem(
        visit("anna", brought={"bottles": 4}, load={"bottles": 4}),
        shifts=[shift("am", capacity={"bottles": capacity})],
    )
    assert broken_by(asked, am=["anna"]) == (set() if legal else {Rule.LOAD})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


@pytest.mark.parametrize(("capacity", "legal"), [(7, True), (6, False)])
def test_what_is_brought_further_rides_beside_what_is_collected(capacity: int, *, legal: bool):
    # Behind Anna: her 3, and the 4 for Bea. Bea could come first: she is in from 200 on, and
    # Anna until 150 only.
    asked = problem(
        visit("anna", (0, 150), load={"bottles": 3}),
        visit("bea", brought={"bottles": 4}),
        shifts=[shift("am", capacity={"bottles": capacity})],
    )
    found = check_tour(asked, BOTH)
    assert [(one.rule, one.by) for one in found] == ([] if legal else [(Rule.LOAD, 1)])
    assert all("after visit anna" in one.sentence for one in found)
    assert len(engine(asked)["am"]) == (2 if legal else 1)


@pytest.mark.parametrize(("capacity", "legal"), [(9, True), (8, False)])
def test_what_is_carried_already_takes_room(capacity: int, *, legal: bool):
    asked = problem(
        visit("anna", load={"bottles": 4}),
        shifts=[shift("am", carried={"bottles": 5}, capacity={"bottles": capacity})],
    )
    assert broken_by(asked, am=["anna"]) == (set() if legal else {Rule.LOAD})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


@pytest.mark.parametrize(("capacity", "legal"), [(9, True), (8, False)])
def test_what_is_carried_rides_beside_what_is_brought(capacity: int, *, legal: bool):
    asked = problem(
        visit("anna", brought={"bottles": 4}),
        shifts=[shift("am", carried={"bottles": 5}, capacity={"bottles": capacity})],
    )
    assert broken_by(asked, am=["anna"]) == (set() if legal else {Rule.LOAD})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


@pytest.mark.parametrize(("brought", "legal"), [(0, True), (1, False)])
def test_an_unloading_empties_the_box_but_for_what_is_brought(brought: int, *, legal: bool):
    # Bank 0 -> Anna 100 -> lab 500 -> Bea 800 -> bank 1,000. Of 5 carried and Anna's 4 nothing is
    # left behind the lab; Bea gives 9. A bottle for Cleo would be on board all the time.
    asked = problem(
        visit("anna", load={"bottles": 4}),
        visit("bea", load={"bottles": 9}),
        visit("cleo", brought={"bottles": brought}),
        shifts=[shift("am", carried={"bottles": 5}, capacity={"bottles": 9}, reload=reload())],
    )
    driven = tour(
        ("anna", 100, 100, 100),
        ("bea", 800, 800, 800),
        ("cleo", 900, 900, 900),
        unloadings=[("lab", 1, 500, 500, 500)],
        arrival=1_200,
    )
    assert broken_on(asked, driven) == (set() if legal else {Rule.LOAD})


def test_the_most_a_tour_carries_anywhere_is_named():
    # 10 to bring, then 8 and 3 of them, and 5 more at the end: the departure is the worst.
    asked = problem(
        visit("anna", brought={"bottles": 2}),
        visit("bea", brought={"bottles": 8}, load={"bottles": 7}),
        shifts=[shift("am", capacity={"bottles": 6})],
    )
    (violation,) = check_tour(asked, BOTH)
    assert (violation.what, violation.by) == ("bottles", 4)
    assert "carries 10 bottles, 4 more than the 6 it can, when it departs" in violation.sentence

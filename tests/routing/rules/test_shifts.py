"""A shift drives one tour at most, inside its own hours."""

import pytest

from routing.checker.judge import check_plan, check_tour
from routing.plan import Plan, Rule
from routing.schedule import Broken, assembled, timed
from tests.routing.builders import broken, broken_by, engine, problem, shift, tour, visit


@pytest.mark.parametrize(("departure", "legal"), [(499, False), (500, True)])
def test_a_tour_departs_from_the_first_second_of_its_shift(departure: int, *, legal: bool):
    asked = problem(visit("anna"), shifts=[shift("am", 500)])
    door = departure + 100
    plan = assembled(
        asked, (tour(("anna", door, door, door), departure=departure, arrival=door + 100),)
    )
    assert broken(asked, plan) == (set() if legal else {Rule.SHIFTS})


@pytest.mark.parametrize(("latest", "legal"), [(199, False), (200, True)])
def test_a_tour_arrives_up_to_the_last_second_of_its_shift(latest: int, *, legal: bool):
    # There and back is 200 s.
    asked = problem(visit("anna"), shifts=[shift("am", 0, latest)])
    plan = assembled(asked, (tour(("anna", 100, 100, 100), arrival=200),))
    assert broken(asked, plan) == (set() if legal else {Rule.SHIFTS})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


@pytest.mark.parametrize(("earliest", "served"), [(400, True), (401, False)])
def test_the_engine_departs_from_the_first_second_of_a_shift(earliest: int, served: int):
    # Anna's window closes at 500 and she is 100 s away.
    asked = problem(visit("anna", (0, 500)), shifts=[shift("am", earliest)])
    assert engine(asked) == ({"am": ("anna",)} if served else {})


def test_a_tour_that_ends_too_late_is_broken_as_a_whole():
    asked = problem(visit("anna"), shifts=[shift("am", 0, 150)])
    result = timed(asked, asked.shifts[0], asked.visits)
    assert result == Broken(rule=Rule.SHIFTS, visit=None, by=50)


def test_a_shift_has_one_tour():
    asked = problem(visit("anna"), visit("bea"))
    plan = assembled(
        asked,
        (
            tour(("anna", 100, 100, 100), arrival=200),
            tour(("bea", 200, 200, 200), arrival=400),
        ),
    )
    assert broken(asked, plan) == {Rule.SHIFTS}


def test_a_tour_serves_somebody():
    asked = problem()
    assert broken(asked, Plan(tours=(tour(arrival=0),))) == {Rule.SHIFTS}


def test_a_tour_belongs_to_a_shift_of_the_problem():
    asked = problem(visit("anna"))
    plan = Plan(tours=(tour(("anna", 100, 100, 100), on="nobody", arrival=200),))
    (violation,) = check_plan(asked, plan)
    assert (violation.rule, violation.shift) == (Rule.SHIFTS, "nobody")


def test_a_shift_too_short_for_its_own_way_home_does_not_spoil_the_others():
    # From the bank to home is 600 s; this shift lasts 10 s, so it can only stay where it is.
    asked = problem(visit("anna"), shifts=[shift("short", 0, 10, end="home"), shift("am")])
    assert engine(asked) == {"am": ("anna",)}


@pytest.mark.parametrize(("departure", "by"), [(499, 1), (500, 0), (501, 1)])
def test_who_is_on_the_road_already_departs_when_the_shift_begins(departure: int, by: int):
    asked = problem(visit("anna"), shifts=[shift("am", 500, departed=True)])
    door = departure + 100
    found = check_tour(
        asked, tour(("anna", door, door, door), departure=departure, arrival=door + 100)
    )
    assert [(one.rule, one.by) for one in found] == ([(Rule.SHIFTS, by)] if by else [])


@pytest.mark.parametrize(("departed", "served"), [(False, True), (True, False)])
def test_the_engine_lets_nobody_on_the_road_wait_at_home(*, departed: bool, served: bool):
    # Anna is in at 1,000 only; whoever is on the road already works 1,100 s for her.
    asked = problem(
        visit("anna", (1_000, 1_000)), shifts=[shift("am", departed=departed, max_working=1_099)]
    )
    assert engine(asked) == ({"am": ("anna",)} if served else {})
    assert (broken_by(asked, am=["anna"]) == set()) == served

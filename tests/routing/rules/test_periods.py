"""A donor is visited once at most in each period."""

import pytest

from routing.checker.judge import check_plan, check_tour
from routing.plan import Rule
from routing.problem import Problem
from tests.routing.builders import broken, broken_on, by_hand, engine, problem, shift, tour, visit

MONDAY, TUESDAY = (0, 999), (1_000, 1_999)


def twice(*periods: tuple[int, int], donors: tuple[str | None, str | None] = ("d", "d")) -> Problem:
    """Two visits at Anna's door, and a shift on each of two days."""
    first, second = donors
    return problem(
        visit("anna", name="first", donor=first),
        visit("anna", name="second", donor=second),
        shifts=[shift("mo", *MONDAY), shift("tu", *TUESDAY)],
        periods=periods,
    )


ON_MONDAY = tour(("first", 100, 100, 100), on="mo", arrival=200, metres=2_000)
ON_TUESDAY = tour(
    ("second", 1_100, 1_100, 1_100), on="tu", departure=1_000, arrival=1_200, metres=2_000
)
BOTH_ON_MONDAY = tour(
    ("first", 100, 100, 100), ("second", 100, 100, 100), on="mo", arrival=200, metres=2_000
)


@pytest.mark.parametrize(
    ("periods", "legal"),
    [
        ([], True),
        ([MONDAY, TUESDAY], True),
        ([(0, 1_999)], False),
        ([MONDAY], True),
        ([TUESDAY], True),
        ([(5_000, 6_000)], True),
    ],
)
def test_two_days_are_one_period_or_two(periods: list[tuple[int, int]], *, legal: bool):
    asked = twice(*periods)
    plan = by_hand(asked, ON_MONDAY, ON_TUESDAY)
    assert broken(asked, plan) == (set() if legal else {Rule.PERIODS})


@pytest.mark.parametrize(("periods", "legal"), [([MONDAY], False), ([TUESDAY], True)])
def test_one_tour_visits_a_donor_once(periods: list[tuple[int, int]], *, legal: bool):
    asked = twice(*periods)
    assert broken_on(asked, BOTH_ON_MONDAY) == (set() if legal else {Rule.PERIODS})


@pytest.mark.parametrize("donors", [("d", "e"), ("d", None), (None, None)])
def test_other_donors_do_not_count(donors: tuple[str | None, str | None]):
    assert broken_on(twice(MONDAY, donors=donors), BOTH_ON_MONDAY) == set()


def test_the_later_visit_is_named():
    (violation,) = check_tour(twice(MONDAY), BOTH_ON_MONDAY)
    assert (violation.visit, violation.what, violation.by) == ("second", "d", 1)
    assert "in the same period as visit first" in violation.sentence


def test_one_visit_twice_is_another_rule():
    same = tour(
        ("first", 100, 100, 100), ("first", 100, 100, 100), on="mo", arrival=200, metres=2_000
    )
    asked = twice(MONDAY)
    assert {found.rule for found in check_plan(asked, by_hand(asked, same))} == {Rule.COVERAGE}


@pytest.mark.parametrize(
    ("periods", "served"), [([], 2), ([MONDAY, TUESDAY], 2), ([(0, 1_999)], 1), ([MONDAY], 2)]
)
def test_the_engine_visits_a_donor_once_per_period(periods: list[tuple[int, int]], served: int):
    orders = engine(twice(*periods))
    assert sum(map(len, orders.values())) == served

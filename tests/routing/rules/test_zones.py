"""A shift stays in its zones, or pays for each visit outside.

These tests were tried on a checker spoilt on purpose, each time in one place, and caught it: the
rule not asked at all, or of shifts that may leave for a price too; inside taken for outside; visits
or shifts without a zone taken for strangers; a cent too much; every visit paid for.
"""

from collections.abc import Sequence

import pytest

from routing.checker.judge import check_plan, check_tour
from routing.plan import Rule
from routing.problem import Problem
from tests.routing.builders import broken_on, by_hand, engine, problem, shift, tour, visit

AT_ANNAS = tour(("anna", 100, 100, 100), arrival=200)


def asking(
    zone: str | None, zones: Sequence[str] | None, outside: int | None = None, penalty: int = 999
) -> Problem:
    return problem(
        visit("anna", zone=zone, penalty=penalty),
        shifts=[shift("am", zones=zones, outside=outside)],
    )


@pytest.mark.parametrize(
    ("zone", "zones", "legal"),
    [
        ("north", ["north"], True),
        ("north", ["south", "north"], True),
        ("north", ["south"], False),
        ("north", [], False),
        ("north", None, True),
        (None, ["south"], True),
        (None, None, True),
    ],
)
def test_a_visit_lies_in_a_zone_of_its_shift(
    zone: str | None, zones: Sequence[str] | None, *, legal: bool
):
    asked = asking(zone, zones)
    assert broken_on(asked, AT_ANNAS) == (set() if legal else {Rule.ZONES})
    assert engine(asked) == ({"am": ("anna",)} if legal else {})


def test_the_violation_names_the_zone():
    (violation,) = check_tour(asking("north", ["south"]), AT_ANNAS)
    assert (violation.visit, violation.what) == ("anna", "north")


@pytest.mark.parametrize(("zone", "owed"), [("north", 50), ("south", 0), (None, 0)])
def test_a_visit_outside_costs_where_it_has_a_price(zone: str | None, owed: int):
    asked = asking(zone, ["south"], outside=50)
    plan = by_hand(asked, AT_ANNAS)
    assert plan.cost.zones == owed
    assert check_plan(asked, plan) == ()


def test_outside_for_nothing_is_legal():
    assert broken_on(asking("north", ["south"], outside=0), AT_ANNAS) == set()


@pytest.mark.parametrize("billed", [49, 51])
def test_a_bill_that_is_a_cent_off_is_a_violation(billed: int):
    asked = asking("north", ["south"], outside=50)
    (violation,) = check_plan(asked, by_hand(asked, AT_ANNAS, zones=billed))
    assert (violation.rule, violation.what, violation.by) == (Rule.ZONES, "zones", 1)


@pytest.mark.parametrize(("penalty", "served"), [(251, True), (249, False)])
def test_the_engine_pays_for_a_visit_outside(penalty: int, *, served: bool):
    # 2 km are 200 cents, the visit outside 50.
    asked = asking("north", ["south"], outside=50, penalty=penalty)
    assert engine(asked) == ({"am": ("anna",)} if served else {})

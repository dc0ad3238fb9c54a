"""Every hour after the regular end of a shift costs, up to the end of the shift."""

import pytest

from routing.checker.judge import check_plan
from routing.plan import Rule
from routing.problem import Problem
from tests.routing.builders import by_hand, engine, problem, shift, tour, visit

A_CENT_A_SECOND = 3_600
# There and back to Bea: 400 s.
AT_BEAS = tour(("bea", 200, 200, 200), arrival=400)


def asking(regular: int, *, penalty: int | None = None, rate: int = A_CENT_A_SECOND) -> Problem:
    working = shift("am", 0, 500, overtime_from=regular, per_overtime_hour=rate)
    return problem(visit("bea", penalty=penalty), shifts=[working])


@pytest.mark.parametrize(("regular", "owed"), [(500, 0), (400, 0), (399, 1), (300, 100), (0, 400)])
def test_every_second_after_the_regular_hours_costs(regular: int, owed: int):
    plan = by_hand(asking(regular), AT_BEAS)
    assert plan.cost.overtime == owed
    assert check_plan(asking(regular), plan) == ()


@pytest.mark.parametrize("billed", [99, 101, 0])
def test_a_bill_that_is_off_is_a_violation(billed: int):
    plan = by_hand(asking(300), AT_BEAS, overtime=billed)
    (violation,) = check_plan(asking(300), plan)
    assert (violation.rule, violation.what) == (Rule.OVERTIME, "overtime")
    assert violation.by == abs(billed - 100)


def test_half_a_cent_is_rounded_up():
    asked = asking(399, rate=1_800)
    plan = by_hand(asked, AT_BEAS)
    assert plan.cost.overtime == 1
    assert check_plan(asked, plan) == ()


def test_overtime_does_not_move_the_end_of_the_shift():
    late = tour(("bea", 301, 301, 301), departure=101, arrival=501)
    assert {found.rule for found in check_plan(asking(300), by_hand(asking(300), late))} == {
        Rule.SHIFTS
    }


@pytest.mark.parametrize(("penalty", "served"), [(501, True), (499, False)])
def test_the_engine_weighs_overtime_against_a_penalty(penalty: int, *, served: bool):
    # 4 km are 400 cents, and 100 s of overtime are 100 cents.
    assert engine(asking(300, penalty=penalty)) == ({"am": ("bea",)} if served else {})


def test_the_engine_comes_home_in_regular_hours_where_it_can():
    # Both shifts cost the same; only the late one has 200 s of overtime.
    asked = problem(
        visit("bea"),
        shifts=[
            shift("late", overtime_from=200, per_overtime_hour=A_CENT_A_SECOND),
            shift("long", overtime_from=400, per_overtime_hour=A_CENT_A_SECOND),
        ],
    )
    assert engine(asked) == {"long": ("bea",)}

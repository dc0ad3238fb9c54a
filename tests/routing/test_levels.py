"""Three plans of a day: each the best of the three by its own prices, the same without spread."""

import json
from dataclasses import replace

from bench.days import day
from routing.checker.judge import check_plan
from routing.cost import cost
from routing.formats.native import plan_of, write_problem
from routing.levels import solve_levels
from routing.problem import Problem, Safety, Spreads
from routing.solver import Budget
from routing.units import Cents
from tests.routing.shell import run_apart

FEW = Budget(iterations=2_000, seed=3)
PRICED = Safety(promise_price=Cents(300), end_price=Cents(5_000), clock_price=Cents(100_000))


def risky(asked: Problem) -> Problem:
    return replace(asked, spreads=Spreads(leg=15, day=8, service=35), safety=PRICED)


def test_the_cheapest_costs_least_and_every_plan_is_lawful():
    asked = risky(day(25, 3, seed=2))
    found = solve_levels(asked, FEW)
    plans = (found.cheapest, found.balanced, found.safest)
    assert [check_plan(asked, plan) for plan in plans] == [(), (), ()]
    bills = [cost(asked, plan) for plan in plans]
    total = [bill.paid + bill.penalties for bill in bills]
    assert total[0] <= min(total[1:])
    assert all(plan.cost == bill for plan, bill in zip(plans, bills, strict=True))


def test_without_spread_the_three_cost_the_same():
    asked = replace(risky(day(15, 2, seed=1)), spreads=Spreads())
    found = solve_levels(asked, FEW)
    assert found.cheapest.cost.total == found.safest.cost.total <= found.balanced.cost.total


def test_a_program_hears_of_the_cheapest_and_the_safest_in_the_last_line():
    asked = risky(day(12, 2, seed=4))
    told = run_apart(
        "solve", "-", "--iterations", "500", "--progress", "json", "--levels",
        text=write_problem(asked),
    )  # fmt: skip
    *improvements, last = map(json.loads, told.stdout.splitlines())
    assert told.returncode == 0
    assert last["kind"] == "done"
    assert all("levels" not in line for line in improvements)
    for name in ("cheapest", "safest"):
        assert check_plan(asked, plan_of(last["levels"][name])) == ()

"""Repair: lawful, never worse by cost and simulated risk, and only where a time has a spread."""

from dataclasses import replace

import pytest

from bench.days import day
from routing.analysis.risk import risk
from routing.analysis.simulated_price import DAYS, SEED, risk_prices, widened
from routing.checker.judge import check_plan
from routing.plan import Plan
from routing.problem import Problem, Safety, Spreads
from routing.repair import can_be_repaired, repaired, simulated_rank
from routing.schedule import retimed
from routing.solver import Budget, solve
from routing.units import Cents
from tests.routing.builders import pin, problem, visit
from tests.routing.sampler import sample

SPREADS = Spreads(leg=15, day=8, service=35)
PRICED = Safety(promise_price=Cents(2_000), end_price=Cents(20_000), clock_price=Cents(100_000))


def unsafe(visits: int, shifts: int, *, seed: int) -> tuple[Problem, Plan]:
    """A day with ride limits, and the plan of a search that takes no account of risk."""
    asked = replace(day(visits, shifts, seed=seed, rich=True), spreads=SPREADS, safety=PRICED)
    cheap = solve(replace(asked, safety=Safety()), Budget(iterations=3_000, seed=seed))
    return asked, retimed(asked, cheap.orders)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_repaired_plan_is_lawful_and_no_worse(seed: int):
    asked, before = unsafe(20, 2, seed=seed)
    after = repaired(asked, before)
    assert check_plan(asked, after) == ()
    assert simulated_rank(asked, after) <= simulated_rank(asked, before)


def test_a_repair_mends_what_the_independent_sampler_sees():
    asked, before = unsafe(20, 2, seed=1)
    worst = [
        max(sample(asked, plan, days=800).broken_clocks().values())
        for plan in (before, repaired(asked, before))
    ]
    assert worst[1] <= 8 < worst[0]


def test_a_repair_without_a_limit_in_seconds_is_reproducible():
    asked, before = unsafe(20, 2, seed=2)
    assert repaired(asked, before) == repaired(asked, before)


def test_nothing_is_repaired_without_a_spread_or_a_price():
    asked = day(10, 2, seed=1)
    assert not can_be_repaired(replace(asked, safety=PRICED))
    assert not can_be_repaired(replace(asked, spreads=SPREADS))
    assert can_be_repaired(replace(asked, spreads=SPREADS, safety=PRICED))


def test_a_pinned_visit_stays_where_it_is():
    asked, before = unsafe(20, 2, seed=3)
    tour = before.tours[0]
    pinned = replace(asked, pins=(pin(tour.visits[0], tour.shift),))
    after = repaired(pinned, retimed(pinned, before.orders))
    assert tour.visits[0] in after.tour(tour.shift).visits


def test_each_day_in_a_hundred_below_the_level_costs_six_hundredths_of_the_price():
    asked = problem(visit("dora", (0, 400)), spreads={"leg": 30}, safety={"promise_price": 500})
    plan = retimed(asked, {"am": ["dora"]})
    kept = risk(widened(asked), plan, days=DAYS, seed=SEED).stop("dora").promise
    assert 0.4 < kept < 0.6
    cents = 500 * 0.06 * (95 - 100 * kept)
    assert next(risk_prices(widened(asked), plan.tours)) == pytest.approx(cents * 18_000)


def test_the_widest_spread_is_repaired_as_any_other():
    asked = replace(
        problem(visit("dora", (0, 400), ride={"milk": 500}), spreads={"leg": 30}),
        spreads=Spreads(leg=100, day=100, hour=100, service=100),
        safety=PRICED,
    )
    plan = repaired(asked, retimed(asked, {"am": ["dora"]}))
    assert check_plan(asked, plan) == ()


def test_without_spread_a_search_finds_the_plan_that_it_finds_without_prices():
    asked = day(25, 3, seed=4, rich=True)
    budget = Budget(iterations=2_000, seed=1)
    certain = solve(replace(asked, safety=PRICED), budget)
    assert certain == solve(asked, budget)

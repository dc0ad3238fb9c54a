"""Margins: priced alike by engines and bill, free without spread, and never cheaper when wider."""

from dataclasses import replace
from itertools import combinations
from math import ceil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.days import day
from routing.analysis.risk import risk
from routing.checker.judge import check_plan
from routing.cost import cost, tour_shares
from routing.kernel.unsupported_rules import unsupported_rules
from routing.margins import margin_price, quantile
from routing.problem import Problem, Safety, Spreads
from routing.schedule import best_effort, retimed
from routing.solver import Budget, solve
from routing.timing import earliest_start, tour_evaluation
from routing.timing.encoding import encode
from tests.routing.builders import pin, problem, reload, shift, visit
from tests.routing.kernel.test_kernel import FEW_ITERATIONS, priced, searched
from tests.routing.rich import RULES, rich_problems
from tests.routing.scale import scaled
from tests.routing.strategies import problems

PAIRS = [*([rule] for rule in sorted(RULES)), *map(list, combinations(sorted(RULES), 2))]
PRICED = Safety(promise_price=200, end_price=400, clock_price=1_000)
SPREAD = Spreads(leg=30, day=20, hour=10, service=40)


def risky(asked: Problem, *, spreads: Spreads = SPREAD, late: int = 1) -> Problem:
    """The same problem with spreads and prices of margins."""
    shifts = tuple(replace(each, late_start=late) for each in asked.shifts)
    return replace(asked, shifts=shifts, spreads=spreads, safety=PRICED)


MANY = settings(
    max_examples=scaled(80),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@MANY
@given(st.sampled_from(PAIRS).flatmap(lambda rules: rich_problems(rules, most=4)))
def test_the_timing_and_the_bill_price_margins_alike(asked: Problem):
    asked = risky(asked)
    order = np.array(range(len(asked.visits)), dtype=np.int64)
    for row, line in enumerate(asked.shifts):
        found = tour_evaluation.evaluate(encode(asked), row, order, tour_evaluation.ALL_RULES)
        if found.status == earliest_start.LEGAL:
            tour = best_effort(asked, line, asked.visits)
            assert found.cost == tour_shares(asked, tour)


@MANY
@given(st.sampled_from(PAIRS).flatmap(lambda rules: rich_problems(rules, most=5)))
def test_the_search_prices_margins_as_the_bill_does(asked: Problem):
    asked = risky(asked)
    kernel = searched(asked, FEW_ITERATIONS)
    plan = retimed(asked, kernel.orders())
    assert check_plan(asked, plan) == ()
    if any(len(each.windows) > 1 for each in asked.visits):
        # The windows of the shortest timing are kept, and others may have more margin.
        assert priced(asked, plan) <= kernel.best_cost
    else:
        assert priced(asked, plan) == kernel.best_cost


@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
def test_a_risky_day_is_legal_and_its_price_exact(*, rich: bool):
    asked = day(40, 4, seed=1, rich=rich)
    one_window = tuple(replace(each, windows=each.windows[:1]) for each in asked.visits)
    asked = risky(replace(asked, visits=one_window), late=60)
    kernel = searched(asked, 1_000)
    plan = retimed(asked, kernel.orders())
    assert check_plan(asked, plan) == ()
    assert priced(asked, plan) == kernel.best_cost


@settings(max_examples=scaled(40), deadline=None, derandomize=True)
@given(problems())
def test_without_spread_plans_are_as_before(asked: Problem):
    before = searched(asked, FEW_ITERATIONS).orders()
    certain = risky(asked, spreads=Spreads(), late=0)
    assert searched(certain, FEW_ITERATIONS).orders() == before
    assert retimed(certain, before) == retimed(asked, before)


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(problems(), st.integers(50, 98), st.integers(1, 60))
def test_a_stricter_level_or_a_tighter_limit_is_never_cheaper(
    asked: Problem, level: int, less: int
):
    asked = risky(asked)
    tours = retimed(asked, searched(asked, 20).orders()).tours
    strict = replace(PRICED, promise_kept=level + 1, clock_kept=level + 1)
    lax = replace(PRICED, promise_kept=level, clock_kept=level)
    tight = tuple(
        replace(
            each,
            ride_limits={item: max(0, limit - less) for item, limit in each.ride_limits.items()},
        )
        for each in asked.visits
    )
    for tour in tours:
        line = asked.shift(tour.shift)
        prices = [margin_price(replace(asked, safety=each), line, tour) for each in (lax, strict)]
        assert prices[0] <= prices[1] + 2 * 18_000
        before = margin_price(asked, line, tour)
        assert margin_price(replace(asked, visits=tight), line, tour) >= before


def test_a_promise_without_any_margin_costs_its_price():
    asked = problem(visit("dora", (0, 400)), spreads={"leg": 10}, safety={"promise_price": 500})
    assert cost(asked, retimed(asked, {"am": ["dora"]})).risk == 500


def test_the_first_fifth_of_a_margin_that_is_missing_has_three_fifths_of_the_price():
    # 10 % of 400 s, at the level of 95 % with its cushion: 2.138 x 40 s = 85.5 s.
    assert quantile(95) == 2_138

    def price(closes: int) -> int:
        asked = problem(
            visit("dora", (0, closes)), spreads={"leg": 10}, safety={"promise_price": 500}
        )
        return cost(asked, retimed(asked, {"am": ["dora"]})).risk

    assert price(486) == 0
    assert price(477) == pytest.approx(500 * 3 * 0.1, abs=6)
    assert price(468) == pytest.approx(500 * 0.6, abs=10)
    assert price(443) == pytest.approx(500 * 0.75, abs=3)
    assert price(400) == 500


def test_a_clock_costs_more_for_each_day_on_which_it_breaks_beyond_the_level():
    def price(limit: int, **more: object) -> int:
        asked = problem(
            visit("dora", ride={"milk": limit}, **more),
            spreads={"leg": 10},
            safety={"clock_price": 10_000},
        )
        return cost(asked, retimed(asked, {"am": ["dora"]})).risk

    # The way back takes 400 s with a standard deviation of 40 s. With 60 s to spare the clock
    # breaks on 12.4 days in 100, at the cushion of 1.3: 7.4 above the level, at 6 hundredths each.
    assert price(460) == pytest.approx(10_000 * 7.4 * 0.06, abs=60)
    assert price(486) == 0
    assert price(400) == 10_000


def test_clocks_that_break_apart_are_added():
    def price(*limits: int) -> int:
        items = dict(zip(("milk", "tubes"), limits, strict=False))
        asked = problem(
            visit("anna", ride={"milk": limits[0] + 300}, name="first"),
            visit("dora", ride=items),
            spreads={"leg": 10},
            safety={"clock_price": 10_000},
        )
        return cost(asked, retimed(asked, {"am": ["first", "dora"]})).risk

    assert price(480) > 0
    alone = problem(
        visit("dora", ride={"milk": 480}), spreads={"leg": 10}, safety={"clock_price": 10_000}
    )
    assert cost(alone, retimed(alone, {"am": ["dora"]})).risk < price(480)


def test_variances_add_up_and_the_factor_of_the_day_adds_to_all_legs():
    def margin(spreads: dict[str, int]) -> int:
        """The least seconds that the window must be longer for the promise to cost nothing."""
        for seconds in range(400):
            asked = problem(
                visit("bea", (0, 5_000)),
                visit("dora", (0, 400 + seconds)),
                spreads=spreads,
                safety={"promise_price": 500},
            )
            if not cost(asked, retimed(asked, {"am": ["bea", "dora"]})).risk:
                return seconds
        raise AssertionError

    # Two legs of 200 s at 10 %: sqrt(2) x 20 s, and 40 s.
    assert margin({"leg": 10}) == ceil(2.138 * 2**0.5 * 20)
    assert margin({"day": 10}) == ceil(2.138 * 40)


def test_a_wait_is_placed_before_the_tightest_clock_starts():
    first = visit("anna", (100, 100), name="first")
    clock = visit("bea", (0, 2_000), ride={"milk": 620})
    last = visit("cleo", (600, 3_000))
    asked = problem(
        first,
        clock,
        last,
        shifts=[shift(per_hour=100)],
        spreads={"leg": 20},
        safety={"clock_price": 1_000},
    )
    plan = retimed(asked, {"am": ["first", "bea", "cleo"]})
    begins = {stop.visit: stop.begin for stop in plan.tours[0].stops}
    # Cleo is reached when her window opens, with nothing left of the wait there.
    assert begins == {"first": 100, "bea": 319, "cleo": 600} or begins["bea"] > 200
    assert plan.tours[0].arrival == 900
    certain = replace(asked, spreads=Spreads())
    early = retimed(certain, {"am": ["first", "bea", "cleo"]})
    assert [stop.begin for stop in early.tours[0].stops] == [100, 280, 600] or early.cost.risk == 0


def test_a_round_leaves_earlier_where_that_saves_more_than_it_costs():
    asked = problem(
        visit("dora", (3_400, 4_000)),
        visit("bea", (3_590, 3_600)),
        shifts=[shift(per_hour=3_600)],
        spreads={"leg": 20},
        safety={"promise_price": 5_000},
    )
    plan = retimed(asked, {"am": ["dora", "bea"]})
    certain = retimed(replace(asked, spreads=Spreads()), {"am": ["dora", "bea"]})
    assert plan.tours[0].departure <= certain.tours[0].departure
    found, before = risk(asked, plan, days=500), risk(asked, certain, days=500)
    assert found.holds >= before.holds


def test_a_day_too_full_for_its_margins_still_has_a_plan_and_says_its_risk():
    asked = problem(
        visit("dora", (0, 400), ride={"milk": 400}, penalty=10_000),
        spreads={"leg": 50},
        safety={"promise_price": 500, "clock_price": 900},
    )
    plan = solve(asked, Budget(iterations=100))
    assert plan.orders == {"am": ("dora",)}
    assert plan.cost.risk == 1_400
    assert plan.cost.paid == plan.cost.driving
    assert check_plan(asked, plan) == ()


def test_a_clock_that_cannot_be_kept_is_left_out_if_that_is_cheaper():
    asked = problem(
        visit("dora", ride={"milk": 400}, penalty=300),
        spreads={"leg": 50},
        safety={"clock_price": 90_000},
    )
    assert solve(asked, Budget(iterations=100)).tours == ()


def test_the_search_finds_a_plan_that_holds_more_often():
    asked = replace(day(20, 3, seed=2, rich=True), spreads=Spreads(leg=15, day=8, service=35))
    safe = replace(asked, safety=Safety(promise_price=2_000, clock_price=40_000))
    budget = Budget(iterations=2_000)
    before, after = (risk(asked, solve(each, budget), days=1_000) for each in (asked, safe))

    def broken(found) -> float:  # noqa: ANN001 - the risk of a plan
        return sum(1 - tour.cold for tour in found.tours)

    assert broken(after) < broken(before)


def test_a_box_is_emptied_on_the_way_if_that_saves_more_than_it_costs():
    # Dora is 400 s from the bank, the freezer is at home. Without spread one ride is enough.
    asked = problem(
        visit("anna", (0, 9_000), ride={"milk": 1_000}, service=100, name="first"),
        visit("dora", (0, 9_000), service=100),
        shifts=[shift("am", 0, 9_000, reload=reload(), per_hour=100)],
        spreads={"leg": 30},
        safety={"clock_price": 50_000},
    )
    emptied = retimed(asked, {"am": ["first", "dora"]})
    assert len(emptied.tours[0].unloadings) == 1
    assert check_plan(asked, emptied) == ()
    certain = retimed(replace(asked, spreads=Spreads()), {"am": ["first", "dora"]})
    assert certain.tours[0].unloadings == ()
    before, after = risk(asked, certain, days=500), risk(asked, emptied, days=500)
    assert after.tours[0].cold > before.tours[0].cold


def test_a_plan_that_begins_with_the_routing_model_has_its_risk_in_the_bill():
    asked = problem(
        visit("anna", (0, 9_000)),
        visit("dora", (0, 700), name="pinned"),
        pins=[pin("pinned", position=1)],
        spreads={"leg": 50},
        safety={"promise_price": 500},
    )
    assert unsupported_rules(asked)
    plan = solve(asked, Budget(iterations=50))
    assert plan.orders == {"am": ("anna", "pinned")}
    assert plan.cost.risk > 0
    assert check_plan(asked, plan) == ()

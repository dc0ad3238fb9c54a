"""Master: the best combination of the tours of the pool, no worse than the incumbent."""

from collections.abc import Mapping, Sequence
from itertools import permutations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.days import day
from routing.analysis.insertion import filled
from routing.checker.judge import check_plan
from routing.cost import rank
from routing.errors import InvalidPlanError
from routing.master.lp_bound import lp_bound
from routing.master.pool import Pool
from routing.master.recombine import recombine
from routing.master.set_partitioning import Subproblem, build_set_partitioning
from routing.master.vehicle_types import vehicle_types
from routing.master.work_limit import WorkLimit
from routing.plan import Rule
from routing.problem import Problem
from routing.schedule import retimed
from routing.timing.earliest_start import LEGAL
from routing.timing.encoding import encode
from routing.timing.tour_evaluation import ALL_RULES, evaluate
from tests.routing.builders import pin, problem, shift, visit
from tests.routing.rich import rich_problems
from tests.routing.scale import scaled

LIMIT = WorkLimit(seconds=60, deterministic=5)
"""Ample time, so that the result is optimal and reproducible."""

TOGETHER = (Rule.LOAD, Rule.PERIODS, Rule.SHIPMENTS, Rule.BALANCE, Rule.OPTIONAL, Rule.CLOCK)


def priced(instance: Problem, row: int, order: Sequence[int]) -> int | None:
    evaluation = evaluate(encode(instance), row, np.array(order, dtype=np.int64), ALL_RULES)
    return int(evaluation.cost) if evaluation.status == LEGAL else None


def pool_of(instance: Problem, *tours: tuple[str, Sequence[str]]) -> Pool:
    """Return a pool of these tours, which must be legal."""
    pool = Pool(instance)
    for name, visits in tours:
        row, order = instance.shift_row(name), [instance.visit_row(one) for one in visits]
        cost = priced(instance, row, order)
        assert cost is not None
        pool.add(row, order, cost)
    return pool


def served(orders: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(visits) for name, visits in orders.items() if visits}


def test_the_cheaper_of_two_partitions_is_chosen():
    # From the bank 2 + 8 km in one tour are 8 km; in two they are 10.
    instance = problem(visit("anna"), visit("dora"), shifts=[shift("am"), shift("pm")])
    pool = pool_of(instance, ("am", ["anna", "dora"]))
    assert served(recombine(pool, {"am": ["anna"], "pm": ["dora"]}, LIMIT)) == {
        "am": ("anna", "dora")
    }


def test_the_incumbent_stays_if_the_pool_has_nothing_better():
    instance = problem(visit("anna"), visit("dora"), shifts=[shift("am"), shift("pm")])
    incumbent = {"am": ["anna"], "pm": ["dora"]}
    assert served(recombine(Pool(instance), incumbent, LIMIT)) == {"am": ("anna",), "pm": ("dora",)}


def test_an_empty_pool_gives_an_empty_plan():
    instance = problem(visit("anna"))
    assert served(recombine(Pool(instance), {}, LIMIT)) == {}
    assert served(recombine(Pool(problem()), {}, LIMIT)) == {}


def test_a_tour_is_added_to_an_empty_incumbent():
    instance = problem(visit("anna"))
    assert served(recombine(pool_of(instance, ("am", ["anna"])), {}, LIMIT)) == {"am": ("anna",)}


@pytest.mark.parametrize(("penalty", "is_served"), [(199, False), (201, True), (None, True)])
def test_an_optional_visit_is_unassigned_only_if_that_is_cheaper(
    penalty: int | None, *, is_served: bool
):
    # To Anna and back are 2 km, 200 cents.
    instance = problem(visit("anna", penalty=penalty))
    orders = served(recombine(pool_of(instance, ("am", ["anna"])), {}, LIMIT))
    assert bool(orders) is is_served


def test_a_mandatory_visit_is_served_at_any_cost():
    # The box has room for one: Dora, with a penalty of 9,999, gives way to Anna without one.
    instance = problem(
        visit("anna", load={"ml": 1}),
        visit("dora", load={"ml": 1}, penalty=9_999),
        shifts=[shift(capacity={"ml": 1})],
    )
    pool = pool_of(instance, ("am", ["anna"]))
    assert served(recombine(pool, {"am": ["dora"]}, LIMIT)) == {"am": ("anna",)}


def test_the_better_order_of_the_same_visits_is_taken():
    instance = problem(visit("anna"), visit("dora"), visit("bea"))
    # Anna, Bea, Dora is 8 km; Bea, Dora, Anna as well; Dora, Anna, Bea is 10.
    pool = pool_of(instance, ("am", ["anna", "bea", "dora"]))
    orders = served(recombine(pool, {"am": ["dora", "anna", "bea"]}, LIMIT))
    assert orders == {"am": ("anna", "bea", "dora")}


def test_shifts_that_differ_by_name_only_have_one_vehicle_type():
    instance = problem(
        visit("anna", forbidden=("collector of c",)),
        visit("bea"),
        shifts=[shift("a"), shift("b"), shift("c"), shift("d", per_km=99), shift("e")],
        pins=[pin("bea", "e")],
    )
    a, b, c, d, e = vehicle_types(instance).tolist()
    assert a == b
    assert len({a, c, d, e}) == 4


def test_a_tour_found_on_one_shift_is_driven_by_another_of_its_type():
    instance = problem(
        visit("anna"), visit("bea"), visit("dora"), shifts=[shift("am"), shift("pm"), shift("eve")]
    )
    # The pool has every tour on the morning shift only; three of them need three shifts.
    tours = [("am", ["anna"]), ("am", ["bea"]), ("am", ["dora"]), ("am", ["bea", "dora"])]
    orders = served(recombine(pool_of(instance, *tours), {"pm": ["anna"]}, LIMIT))
    assert orders["pm"] == ("anna",)
    assert sorted(orders.values()) == [("anna",), ("bea", "dora")]


def test_a_donor_is_visited_once_a_period():
    instance = problem(
        visit("anna", name="one", donor="ann", penalty=5_000),
        visit("anna", name="two", donor="ann", penalty=5_000),
        shifts=[shift("am", 0, 1_000), shift("pm", 0, 1_000), shift("next", 2_000, 3_000)],
        periods=[(0, 1_000), (2_000, 3_000)],
    )
    pool = pool_of(instance, ("am", ["one"]), ("am", ["two"]), ("next", ["two"]))
    orders = served(recombine(pool, {}, LIMIT))
    assert orders == {"am": ("one",), "next": ("two",)}


def test_a_tour_that_is_not_legal_is_no_incumbent():
    instance = problem(visit("dora"), shifts=[shift("am", 0, 10)])
    with pytest.raises(InvalidPlanError, match="am"):
        recombine(Pool(instance), {"am": ["dora"]}, LIMIT)


def all_tours(instance: Problem, row: int) -> dict[tuple[int, ...], int]:
    """Return all legal orders of up to three visits on a shift, with their costs."""
    rows = range(len(instance.visits))
    orders = (order for count in range(1, 4) for order in permutations(rows, count))
    return {order: cost for order in orders if (cost := priced(instance, row, order)) is not None}


def best_of(instance: Problem, pools: Sequence[Sequence[tuple[int, ...]]]) -> tuple[int, int]:
    """Return the best rank of all combinations of one order per shift, or none."""
    ranks = []
    for choice in product(*([(), *pool] for pool in pools)):
        taken = [row for order in choice for row in order]
        if len(taken) != len(set(taken)):
            continue
        orders = {
            one.id: [instance.visits[row].id for row in order]
            for one, order in zip(instance.shifts, choice, strict=True)
        }
        plan = retimed(instance, orders)
        if not check_plan(instance, plan):
            ranks.append(rank(instance, plan))
    return min(ranks)


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(rich_problems(TOGETHER), st.randoms(use_true_random=False))
def test_the_plan_is_the_best_of_all_combinations(instance: Problem, random: Random):
    tours_by_shift = [all_tours(instance, row) for row in range(len(instance.shifts))]
    pool, pools = Pool(instance), []
    for row, tours in enumerate(tours_by_shift):
        some = random.sample(sorted(tours), min(len(tours), 6))
        pools.append(some)
        for order in some:
            pool.add(row, order, tours[order])
    plan = retimed(instance, recombine(pool, {}, LIMIT))
    assert check_plan(instance, plan) == ()
    # If shifts share a type, or a set of visits has a better order, it may be better still.
    assert rank(instance, plan) <= best_of(instance, pools)
    if len(set(vehicle_types(instance).tolist())) == len(instance.shifts):
        best = [[order for order in pool_orders(pool, row) if order] for row in range(len(pools))]
        assert rank(instance, plan) == best_of(instance, best)


def pool_orders(pool: Pool, row: int) -> list[tuple[int, ...]]:
    columns = pool.columns()
    return [
        columns.order(number)
        for number, vehicle_type in enumerate(columns.vehicle_types)
        if vehicle_type == pool.vehicle_types[row]
    ]


def a_filled_day(visits: int, shifts: int) -> tuple[Problem, Pool, dict[str, tuple[str, ...]]]:
    """Return a day, a pool of the tours of its greedy plan less one visit each, and that plan."""
    instance = day(visits, shifts, seed=3)
    plan = filled(instance, retimed(instance, {}))
    pool = Pool(instance)
    for name, names in plan.orders.items():
        row, order = instance.shift_row(name), [instance.visit_row(one) for one in names]
        for removed in range(len(order)):
            less = [*order[:removed], *order[removed + 1 :]]
            if less and (cost := priced(instance, row, less)) is not None:
                pool.add(row, less, cost)
    return instance, pool, plan.orders


def test_no_plan_is_below_the_lp_bound_and_the_best_has_no_high_reduced_cost():
    instance, pool, orders = a_filled_day(20, 3)
    orders = recombine(pool, orders, LIMIT)
    columns = pool.columns()
    everything = Subproblem(visits=np.ones(20, dtype=np.bool_), shifts=range(3), donor_periods=())
    partitioning = build_set_partitioning(pool, columns, everything, all_served=True)
    tours = [
        pool.add(instance.shift_row(name), rows(instance, orders[name]), 2**40) for name in orders
    ]
    unassigned = set(range(20)).difference(*(rows(instance, orders[name]) for name in orders))
    best = partitioning.columns_of(tours, np.array(sorted(unassigned), dtype=np.int64))
    cost = int(partitioning.costs[best].sum())
    result = lp_bound(partitioning, best, seconds=10)
    assert result.lower_bound <= cost
    assert np.all(result.reduced_costs[best] <= cost - result.lower_bound + 1)


def rows(instance: Problem, names: Sequence[str]) -> list[int]:
    return [instance.visit_row(name) for name in names]


def test_a_recombination_is_reproducible():
    _, pool, orders = a_filled_day(40, 5)
    assert recombine(pool, orders, LIMIT) == recombine(pool, orders, LIMIT)


def test_a_large_problem_is_recombined_by_regions(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("routing.master.recombine.MAX_AT_ONCE", 10)
    monkeypatch.setattr("routing.master.recombine.REGION_VISITS", 12)
    instance, pool, orders = a_filled_day(40, 8)
    before = retimed(instance, orders)
    recombined = retimed(instance, recombine(pool, orders, LIMIT))
    assert check_plan(instance, recombined) == ()
    assert rank(instance, recombined) <= rank(instance, before)
    # From an incomplete plan, the greedy tours are found again.
    incomplete = {name: names[1:] for name, names in orders.items()}
    assert rank(instance, retimed(instance, recombine(pool, incomplete, LIMIT))) <= rank(
        instance, retimed(instance, incomplete)
    )

"""The master chooses the best of the tours it is given, and never worse than what there is."""

from collections.abc import Mapping, Sequence
from itertools import permutations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.days import day
from routing.analysis.insertion import filled
from routing.check.judge import check
from routing.cost import rank
from routing.errors import InvalidPlanError
from routing.master.lp_bound import bound
from routing.master.pool import Pool
from routing.master.recombine import recombined
from routing.master.set_partitioning import Part, sheet
from routing.master.vehicle_types import kinds
from routing.master.work_limit import Effort
from routing.plan import Rule
from routing.problem import Problem
from routing.schedule import retimed
from routing.timing.earliest_start import LEGAL
from routing.timing.encoding import flat
from routing.timing.tour_evaluation import EVERYTHING, drive
from tests.routing.builders import pin, problem, shift, visit
from tests.routing.rich import rich_problems
from tests.routing.scale import scaled

EFFORT = Effort(seconds=60, work=5)
"""Ample time, so that the answer is the best and always the same."""

TOGETHER = (Rule.LOAD, Rule.PERIODS, Rule.SHIPMENTS, Rule.BALANCE, Rule.OPTIONAL, Rule.CLOCK)


def priced(asked: Problem, row: int, order: Sequence[int]) -> int | None:
    way = drive(flat(asked), row, np.array(order, dtype=np.int64), EVERYTHING)
    return int(way.cost) if way.status == LEGAL else None


def pool_of(asked: Problem, *tours: tuple[str, Sequence[str]]) -> Pool:
    """A pool of these tours, which must be legal."""
    pool = Pool(asked)
    for name, visits in tours:
        row, order = asked.shift_row(name), [asked.visit_row(one) for one in visits]
        cost = priced(asked, row, order)
        assert cost is not None
        pool.add(row, order, cost)
    return pool


def served(found: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(visits) for name, visits in found.items() if visits}


def test_the_cheaper_of_two_ways_to_share_is_chosen():
    # From the bank 2 + 8 km in one tour are 8 km; in two they are 10.
    asked = problem(visit("anna"), visit("dora"), shifts=[shift("am"), shift("pm")])
    pool = pool_of(asked, ("am", ["anna", "dora"]))
    assert served(recombined(pool, {"am": ["anna"], "pm": ["dora"]}, EFFORT)) == {
        "am": ("anna", "dora")
    }


def test_the_present_stays_where_nothing_better_is_known():
    asked = problem(visit("anna"), visit("dora"), shifts=[shift("am"), shift("pm")])
    present = {"am": ["anna"], "pm": ["dora"]}
    assert served(recombined(Pool(asked), present, EFFORT)) == {"am": ("anna",), "pm": ("dora",)}


def test_nothing_is_made_of_nothing():
    asked = problem(visit("anna"))
    assert served(recombined(Pool(asked), {}, EFFORT)) == {}
    assert served(recombined(Pool(problem()), {}, EFFORT)) == {}


def test_a_tour_is_chosen_where_there_was_none():
    asked = problem(visit("anna"))
    assert served(recombined(pool_of(asked, ("am", ["anna"])), {}, EFFORT)) == {"am": ("anna",)}


@pytest.mark.parametrize(("penalty", "served_too"), [(199, False), (201, True), (None, True)])
def test_an_optional_visit_is_left_out_only_if_that_is_cheaper(
    penalty: int | None, *, served_too: bool
):
    # To Anna and back are 2 km, 200 cents.
    asked = problem(visit("anna", penalty=penalty))
    found = served(recombined(pool_of(asked, ("am", ["anna"])), {}, EFFORT))
    assert bool(found) is served_too


def test_what_is_mandatory_is_served_at_any_price():
    # One box for one: Dora, who costs 9,999 to leave out, gives way to Anna, who has no price.
    asked = problem(
        visit("anna", load={"ml": 1}),
        visit("dora", load={"ml": 1}, penalty=9_999),
        shifts=[shift(capacity={"ml": 1})],
    )
    pool = pool_of(asked, ("am", ["anna"]))
    assert served(recombined(pool, {"am": ["dora"]}, EFFORT)) == {"am": ("anna",)}


def test_the_better_order_of_the_same_visits_is_taken():
    asked = problem(visit("anna"), visit("dora"), visit("bea"))
    # Anna, Bea, Dora is 8 km; Bea, Dora, Anna as well; Dora, Anna, Bea is 10.
    pool = pool_of(asked, ("am", ["anna", "bea", "dora"]))
    found = served(recombined(pool, {"am": ["dora", "anna", "bea"]}, EFFORT))
    assert found == {"am": ("anna", "bea", "dora")}


def test_shifts_that_differ_by_name_only_are_of_one_kind():
    asked = problem(
        visit("anna", forbidden=("collector of c",)),
        visit("bea"),
        shifts=[shift("a"), shift("b"), shift("c"), shift("d", per_km=99), shift("e")],
        pins=[pin("bea", "e")],
    )
    a, b, c, d, e = kinds(asked).tolist()
    assert a == b
    assert len({a, c, d, e}) == 4


def test_a_tour_found_on_one_shift_is_driven_by_another_of_its_kind():
    asked = problem(
        visit("anna"), visit("bea"), visit("dora"), shifts=[shift("am"), shift("pm"), shift("eve")]
    )
    # The pool knows every tour on the morning only; three tours of it need three shifts.
    lone = [("am", ["anna"]), ("am", ["bea"]), ("am", ["dora"]), ("am", ["bea", "dora"])]
    found = served(recombined(pool_of(asked, *lone), {"pm": ["anna"]}, EFFORT))
    assert found["pm"] == ("anna",)
    assert sorted(found.values()) == [("anna",), ("bea", "dora")]


def test_a_donor_is_visited_once_a_period():
    asked = problem(
        visit("anna", name="one", donor="ann", penalty=5_000),
        visit("anna", name="two", donor="ann", penalty=5_000),
        shifts=[shift("am", 0, 1_000), shift("pm", 0, 1_000), shift("next", 2_000, 3_000)],
        periods=[(0, 1_000), (2_000, 3_000)],
    )
    pool = pool_of(asked, ("am", ["one"]), ("am", ["two"]), ("next", ["two"]))
    found = served(recombined(pool, {}, EFFORT))
    assert found == {"am": ("one",), "next": ("two",)}


def test_a_tour_that_is_not_legal_is_no_incumbent():
    asked = problem(visit("dora"), shifts=[shift("am", 0, 10)])
    with pytest.raises(InvalidPlanError, match="am"):
        recombined(Pool(asked), {"am": ["dora"]}, EFFORT)


def all_tours(asked: Problem, row: int) -> dict[tuple[int, ...], int]:
    """Every legal order of up to three visits on a shift, and its cost."""
    rows = range(len(asked.visits))
    orders = (order for count in range(1, 4) for order in permutations(rows, count))
    return {order: cost for order in orders if (cost := priced(asked, row, order)) is not None}


def best_of(asked: Problem, pools: Sequence[Sequence[tuple[int, ...]]]) -> tuple[int, int]:
    """The best rank of all choices of one order per shift, or none, by trying every one."""
    found = []
    for choice in product(*([(), *pool] for pool in pools)):
        taken = [row for order in choice for row in order]
        if len(taken) != len(set(taken)):
            continue
        orders = {
            one.id: [asked.visits[row].id for row in order]
            for one, order in zip(asked.shifts, choice, strict=True)
        }
        plan = retimed(asked, orders)
        if not check(asked, plan):
            found.append(rank(asked, plan))
    return min(found)


@settings(max_examples=scaled(60), deadline=None, derandomize=True)
@given(rich_problems(TOGETHER), st.randoms(use_true_random=False))
def test_the_choice_is_the_best_of_all_choices(asked: Problem, random: Random):
    known = [all_tours(asked, row) for row in range(len(asked.shifts))]
    pool, pools = Pool(asked), []
    for row, tours in enumerate(known):
        some = random.sample(sorted(tours), min(len(tours), 6))
        pools.append(some)
        for order in some:
            pool.add(row, order, tours[order])
    found = retimed(asked, recombined(pool, {}, EFFORT))
    assert check(asked, found) == ()
    # Where the shifts are of one kind, or a set has a better order, it may know more.
    assert rank(asked, found) <= best_of(asked, pools)
    if len(set(kinds(asked).tolist())) == len(asked.shifts):
        best = [[order for order in pool_orders(pool, row) if order] for row in range(len(pools))]
        assert rank(asked, found) == best_of(asked, best)


def pool_orders(pool: Pool, row: int) -> list[tuple[int, ...]]:
    columns = pool.columns()
    return [
        columns.order(number)
        for number, kind in enumerate(columns.kinds)
        if kind == pool.kinds[row]
    ]


def a_filled_day(visits: int, shifts: int) -> tuple[Problem, Pool, dict[str, tuple[str, ...]]]:
    """A day, its greedy plan, and a pool of that plan's tours with one visit fewer each."""
    asked = day(visits, shifts, seed=3)
    plan = filled(asked, retimed(asked, {}))
    pool = Pool(asked)
    for name, names in plan.orders.items():
        row, order = asked.shift_row(name), [asked.visit_row(one) for one in names]
        for out in range(len(order)):
            less = [*order[:out], *order[out + 1 :]]
            if less and (cost := priced(asked, row, less)) is not None:
                pool.add(row, less, cost)
    return asked, pool, plan.orders


def test_no_choice_is_cheaper_than_the_bound_and_the_best_has_no_high_reduced_cost():
    asked, pool, orders = a_filled_day(20, 3)
    found = recombined(pool, orders, EFFORT)
    columns = pool.columns()
    everything = Part(visits=np.ones(20, dtype=np.bool_), shifts=range(3), met=())
    laid = sheet(pool, columns, everything, all_served=True)
    tours = [pool.add(asked.shift_row(name), rows(asked, found[name]), 2**40) for name in found]
    left = set(range(20)).difference(*(rows(asked, found[name]) for name in found))
    best = laid.named(tours, np.array(sorted(left), dtype=np.int64))
    price = int(laid.costs[best].sum())
    relaxed = bound(laid, best, seconds=10)
    assert relaxed.least <= price
    assert np.all(relaxed.reduced[best] <= price - relaxed.least + 1)


def rows(asked: Problem, names: Sequence[str]) -> list[int]:
    return [asked.visit_row(name) for name in names]


def test_the_same_question_has_the_same_answer():
    _, pool, orders = a_filled_day(40, 5)
    assert recombined(pool, orders, EFFORT) == recombined(pool, orders, EFFORT)


def test_a_large_choice_is_made_region_by_region(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("routing.master.recombine.WHOLE", 10)
    monkeypatch.setattr("routing.master.recombine.REGION", 12)
    asked, pool, orders = a_filled_day(40, 8)
    before = retimed(asked, orders)
    scattered = retimed(asked, recombined(pool, orders, EFFORT))
    assert check(asked, scattered) == ()
    assert rank(asked, scattered) <= rank(asked, before)
    # From a plan that leaves something out, the greedy tours are found again.
    poor = {name: names[1:] for name, names in orders.items()}
    assert rank(asked, retimed(asked, recombined(pool, poor, EFFORT))) <= rank(
        asked, retimed(asked, poor)
    )

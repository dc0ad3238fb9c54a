"""The judge and the timing agree on every rule, alone and in pairs; no plan upsets the judge."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.checker.judge import check_plan, check_tour
from routing.cost import tour_shares
from routing.plan import Cost, Plan, Rule, Tour
from routing.problem import Problem
from routing.schedule import Broken, assembled, best_effort, timed
from tests.routing.brute import orders
from tests.routing.builders import problem, reload, shift, visit
from tests.routing.exhaustive_timing import best_timing
from tests.routing.rich import RULES, rich_problems, wild_plans
from tests.routing.scale import scaled

WHO = {Rule.SKILLS, Rule.COLLECTORS, Rule.ZONES, Rule.PINS, Rule.SHIPMENTS, Rule.PERIODS}
"""Who serves whom with whom: the timing of an order does not ask."""

PAIRS = sorted(combinations(sorted(RULES), 2))

BILLED = {
    "driving": Rule.PRICE,
    "time": Rule.PRICE,
    "fixed": Rule.PRICE,
    "overtime": Rule.OVERTIME,
    "lateness": Rule.DATES,
    "preferences": Rule.COLLECTORS,
    "zones": Rule.ZONES,
    "imbalance": Rule.BALANCE,
    "risk": Rule.PRICE,
    "penalties": Rule.OPTIONAL,
}

few = settings(max_examples=scaled(8), deadline=None, derandomize=True)
some = settings(max_examples=scaled(60), deadline=None, derandomize=True)
problems_of_pairs = st.sampled_from(PAIRS).flatmap(rich_problems)


@pytest.mark.parametrize("rule", sorted(RULES))
@few
@given(data=st.data())
def test_an_order_is_timed_exactly_if_the_judge_finds_nothing(rule: Rule, data: st.DataObject):
    agree(data.draw(rich_problems([rule])))


@some
@given(problems_of_pairs)
def test_an_order_is_timed_exactly_if_the_judge_finds_nothing_by_two_rules(asked: Problem):
    agree(asked)


def agree(asked: Problem) -> None:
    for line in asked.shifts:
        for order in orders(asked):
            tour = timed(asked, line, order)
            if isinstance(tour, Broken):
                assert _of_time(asked, best_effort(asked, line, order))
            else:
                assert not _of_time(asked, tour)
                assert {found.rule for found in check_plan(asked, assembled(asked, (tour,)))} <= WHO


def _of_time(asked: Problem, tour: Tour) -> set[Rule]:
    return {found.rule for found in check_tour(asked, tour)} - WHO


@some
@given(problems_of_pairs)
def test_a_timing_is_the_best_that_trying_every_second_finds(asked: Problem):
    for line in asked.shifts:
        for order in orders(asked):
            best = best_timing(asked, line, order)
            tour = timed(asked, line, order)
            if best is not None:
                assert not isinstance(tour, Broken)
                assert best.unloadings == len(tour.unloadings)
                assert best.cost == tour_shares(asked, tour)
            elif not isinstance(tour, Broken):
                assert {found.rule for found in check_tour(asked, tour)} & WHO


def test_an_unloading_may_save_the_set_up_that_is_one_second_too_much():
    # To the lab 500 s and back 500 s. Whoever unloads there first is at the same place already
    # when she serves, and owes no set-up.
    asked = problem(visit("lab", setup=1), shifts=[shift("am", 0, 1_000, reload=reload("lab"))])
    tour = timed(asked, asked.shifts[0], asked.visits)
    assert not isinstance(tour, Broken)
    assert (len(tour.unloadings), tour.seconds) == (1, 1_000)
    assert check_tour(asked, tour) == ()


@some
@given(problems_of_pairs)
def test_the_judge_notices_every_number_of_a_tour_that_is_off_by_one(asked: Problem):
    for tour in _legal(asked):
        for off in _nudged(tour):
            assert check_tour(asked, off)


def _legal(asked: Problem) -> Iterator[Tour]:
    found = (timed(asked, line, order) for line in asked.shifts for order in orders(asked))
    yield from (tour for tour in found if not isinstance(tour, Broken))


def _nudged(tour: Tour) -> Iterator[Tour]:
    """The tour with one of its numbers one more than it is; of its lists, the first entry."""
    for name in ("departure", "arrival", "metres"):
        yield replace(tour, **{name: getattr(tour, name) + 1})
    for name, numbers in (
        ("stops", ("arrival", "begin", "end")),
        ("unloadings", ("arrival", "begin", "end")),
        ("breaks", ("begin", "end")),
    ):
        first, *others = getattr(tour, name) or (None,)
        for number in numbers if first else ():
            off = replace(first, **{number: getattr(first, number) + 1})
            yield replace(tour, **{name: (off, *others)})


@some
@given(problems_of_pairs)
def test_the_judge_notices_every_part_of_a_bill_that_is_off_by_a_cent(asked: Problem):
    for tour in _legal(asked):
        plan = assembled(asked, (tour,))
        fair = set(check_plan(asked, plan))
        for part in fields(Cost):
            off = replace(plan.cost, **{part.name: getattr(plan.cost, part.name) + 1})
            (found,) = set(check_plan(asked, replace(plan, cost=off))) - fair
            assert (found.rule, found.what, found.by) == (BILLED[part.name], part.name, 1)
        assert {found.rule for found in fair} <= WHO


@settings(max_examples=scaled(100), deadline=None, derandomize=True)
@given(st.data())
def test_no_plan_upsets_the_judge(data: st.DataObject):
    asked = data.draw(problems_of_pairs)
    plan: Plan = data.draw(wild_plans())
    for found in check_plan(asked, plan):
        assert found.by >= 0
        assert found.sentence.endswith(".")
    for tour in plan.tours:
        check_tour(asked, tour)

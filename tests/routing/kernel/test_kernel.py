"""Kernel against checker, bill and exhaustive search: plans are legal, costs are exact."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.days import day
from bench.horizon import horizon
from routing.checker.judge import check_plan
from routing.cost import left_out, shares, tour_shares
from routing.kernel.search import Kernel
from routing.plan import Plan, Rule
from routing.problem import Pin, Problem
from routing.schedule import retimed
from routing.validation import dearest
from tests.routing.exhaustive import best_price
from tests.routing.model import rule_strategies
from tests.routing.rich import RULES, rich_problems
from tests.routing.scale import scaled
from tests.routing.strategies import problems

FEW_ITERATIONS, MANY_ITERATIONS = 100, 1_000
INITIAL_TEMPERATURE, FINAL_TEMPERATURE = 4.0, 0.1

PAIRS = [*([rule] for rule in sorted(RULES)), *map(list, combinations(sorted(RULES), 2))]

SEARCHED_RULES = [
    strategy for strategy in rule_strategies.RULES if strategy is not rule_strategies.pins
]
"""Rules that the kernel searches through; it only keeps pinned positions."""


def searched(instance: Problem, iterations: int, *, seed: int = 0) -> Kernel:
    kernel = Kernel(instance, seed)
    assert kernel.initialise()
    kernel.run(iterations, INITIAL_TEMPERATURE, FINAL_TEMPERATURE)
    return kernel


def priced(instance: Problem, plan: Plan) -> int:
    """Return the cost that the kernel gives a plan, with unassigned mandatory visits."""
    return shares(instance, plan) + left_out(instance, plan) * dearest(instance)


@settings(
    max_examples=scaled(80),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.sampled_from(PAIRS).flatmap(lambda rules: rich_problems(rules, most=5)))
def test_a_solution_is_legal_and_its_cost_exact(instance: Problem):
    kernel = searched(instance, FEW_ITERATIONS)
    plan = retimed(instance, kernel.orders())
    assert check_plan(instance, plan) == ()
    assert priced(instance, plan) == kernel.best_cost


@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
def test_a_day_is_legal_and_its_cost_exact(*, rich: bool):
    instance = day(60, 5, seed=1, rich=rich)
    kernel = searched(instance, scaled(2_000))
    plan = retimed(instance, kernel.orders())
    assert check_plan(instance, plan) == ()
    assert priced(instance, plan) == kernel.best_cost


def test_two_weeks_are_legal_and_their_cost_exact():
    # Several days' windows, due dates that are past, ride limits, a donor once a week, skills.
    instance = horizon(seed=1, visits=120, collectors=2)
    kernel = searched(instance, scaled(5_000))
    plan = retimed(instance, kernel.orders())
    assert check_plan(instance, plan) == ()
    assert priced(instance, plan) == kernel.best_cost


@pytest.mark.parametrize("strategy", SEARCHED_RULES, ids=lambda strategy: strategy.__name__)
def test_the_best_plan_of_a_tiny_problem_is_found(strategy: rule_strategies.RuleStrategy):
    @settings(
        max_examples=scaled(8),
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy())
    def is_found(instance: Problem) -> None:
        unassigned, cost = best_price(instance)
        expected = unassigned * dearest(instance) + cost
        assert searched(instance, MANY_ITERATIONS).best_cost == expected

    is_found()


@settings(max_examples=scaled(40), deadline=None, derandomize=True)
@given(problems(most=9, least=4))
def test_a_start_is_never_made_worse(instance: Problem):
    first = searched(instance, FEW_ITERATIONS)
    again = Kernel(instance, 7)
    assert again.initialise(first.orders())
    again.run(FEW_ITERATIONS, INITIAL_TEMPERATURE, FINAL_TEMPERATURE)
    assert again.best_cost <= first.best_cost


def test_a_start_that_is_not_legal_is_refused():
    instance = day(20, 2, seed=1)
    everything = [visit.id for visit in instance.visits]
    assert not Kernel(instance).initialise({instance.shifts[0].id: everything})


def test_the_same_seed_and_iterations_find_the_same():
    instance = day(60, 5, seed=2)
    one, same, other = (searched(instance, scaled(3_000), seed=seed) for seed in (3, 3, 4))
    assert one.orders() == same.orders()
    assert one.orders() != other.orders()


def test_pins_are_kept():
    free = day(40, 4, seed=3)
    orders = searched(free, scaled(1_000)).orders()
    (here, visits), (there, _) = list(orders.items())[:2]
    pins = (Pin(visit=visits[2], shift=there), Pin(visit=visits[0], shift=here, position=0))
    instance = Problem(
        places=free.places,
        travel=free.travel,
        shifts=free.shifts,
        visits=free.visits,
        dimensions=free.dimensions,
        pins=pins,
    )
    kernel = searched(instance, scaled(3_000))
    assert check_plan(instance, retimed(instance, kernel.orders())) == ()
    assert kernel.orders()[here][0] == visits[0]
    assert visits[2] in kernel.orders()[there]


def test_the_pool_holds_legal_tours_at_their_exact_cost():
    instance = day(40, 4, seed=4, rich=True)
    kernel = searched(instance, scaled(2_000)).pool_tours()
    assert len({(tour.shift, frozenset(tour.visits)) for tour in kernel}) == len(kernel) > 10
    for tour in kernel[::7]:
        names = [instance.visits[row].id for row in tour.visits]
        plan = retimed(instance, {instance.shifts[tour.shift].id: names})
        assert not [
            broken for broken in check_plan(instance, plan) if broken.rule is not Rule.COVERAGE
        ]
        assert sum(tour_shares(instance, tour) for tour in plan.tours) == tour.cost

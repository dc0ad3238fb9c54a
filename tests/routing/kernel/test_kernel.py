"""The kernel against the judge, the bill and the truth: every rule is obeyed, none too strictly."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.days import day
from bench.horizon import horizon
from routing.check.judge import check
from routing.cost import left_out, shares, tour_shares
from routing.kernel.search import Kernel
from routing.plan import Plan, Rule
from routing.problem import Pin, Problem
from routing.schedule import retimed
from routing.validation import dearest
from tests.routing.model import drawn
from tests.routing.rich import RULES, rich_problems
from tests.routing.scale import scaled
from tests.routing.strategies import problems
from tests.routing.truth import best_price

FEW, MANY = 100, 1_000
HOT, COLD = 4.0, 0.1

PAIRS = [*([rule] for rule in sorted(RULES)), *map(list, combinations(sorted(RULES), 2))]

DRAWS = [draws for draws in drawn.RULES if draws is not drawn.pins]
"""What the kernel searches through: pins at a position it only keeps."""


def searched(asked: Problem, iterations: int, *, seed: int = 0) -> Kernel:
    kernel = Kernel(asked, seed)
    assert kernel.begin()
    kernel.run(iterations, HOT, COLD)
    return kernel


def priced(asked: Problem, plan: Plan) -> int:
    """What the kernel calls the cost of a plan: a mandatory visit left out is dearer than all."""
    return shares(asked, plan) + left_out(asked, plan) * dearest(asked)


@settings(
    max_examples=scaled(80),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.sampled_from(PAIRS).flatmap(lambda rules: rich_problems(rules, most=5)))
def test_what_it_finds_is_legal_and_costs_what_it_says(asked: Problem):
    kernel = searched(asked, FEW)
    plan = retimed(asked, kernel.orders())
    assert check(asked, plan) == ()
    assert priced(asked, plan) == kernel.best


@pytest.mark.parametrize("rich", [False, True], ids=["plain", "rich"])
def test_a_whole_day_is_legal_and_costs_what_it_says(*, rich: bool):
    asked = day(60, 5, seed=1, rich=rich)
    kernel = searched(asked, 2_000)
    plan = retimed(asked, kernel.orders())
    assert check(asked, plan) == ()
    assert priced(asked, plan) == kernel.best


def test_two_weeks_are_legal_and_cost_what_they_say():
    # Several days' windows, due dates that are past, ride limits, a donor once a week, skills.
    asked = horizon(seed=1, visits=120, collectors=2)
    kernel = searched(asked, 5_000)
    plan = retimed(asked, kernel.orders())
    assert check(asked, plan) == ()
    assert priced(asked, plan) == kernel.best


@pytest.mark.parametrize("draws", DRAWS, ids=lambda draws: draws.__name__)
def test_it_finds_the_best_of_a_tiny_problem(draws: drawn.Draws):
    @settings(
        max_examples=scaled(8),
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(draws())
    def finds(asked: Problem) -> None:
        missed, cost = best_price(asked)
        assert searched(asked, MANY).best == missed * dearest(asked) + cost

    finds()


@settings(max_examples=scaled(40), deadline=None, derandomize=True)
@given(problems(most=9, least=4))
def test_a_start_is_never_made_worse(asked: Problem):
    first = searched(asked, FEW)
    again = Kernel(asked, 7)
    assert again.begin(first.orders())
    again.run(FEW, HOT, COLD)
    assert again.best <= first.best


def test_a_start_that_is_not_legal_is_refused():
    asked = day(20, 2, seed=1)
    everything = [visit.id for visit in asked.visits]
    assert not Kernel(asked).begin({asked.shifts[0].id: everything})


def test_the_same_seed_and_iterations_find_the_same():
    asked = day(60, 5, seed=2)
    one, same, other = (searched(asked, 3_000, seed=seed) for seed in (3, 3, 4))
    assert one.orders() == same.orders()
    assert one.orders() != other.orders()


def test_pins_are_kept():
    free = day(40, 4, seed=3)
    orders = searched(free, 1_000).orders()
    (here, visits), (there, _) = list(orders.items())[:2]
    pins = (Pin(visit=visits[2], shift=there), Pin(visit=visits[0], shift=here, position=0))
    asked = Problem(
        places=free.places,
        travel=free.travel,
        shifts=free.shifts,
        visits=free.visits,
        dimensions=free.dimensions,
        pins=pins,
    )
    found = searched(asked, 3_000)
    assert check(asked, retimed(asked, found.orders())) == ()
    assert found.orders()[here][0] == visits[0]
    assert visits[2] in found.orders()[there]


def test_the_pool_holds_legal_tours_at_their_price():
    asked = day(40, 4, seed=4, rich=True)
    found = searched(asked, 2_000).columns()
    assert len({(column.shift, frozenset(column.visits)) for column in found}) == len(found) > 10
    for column in found[::7]:
        names = [asked.visits[row].id for row in column.visits]
        plan = retimed(asked, {asked.shifts[column.shift].id: names})
        assert not [broken for broken in check(asked, plan) if broken.rule is not Rule.COVERAGE]
        assert sum(tour_shares(asked, tour) for tour in plan.tours) == column.cost

"""OR-Tools model against exhaustive search: every rule is modelled, and none too strictly.

The model searches twice. From the best orders as a start, it must keep their price, and its cost
must equal the cost of the exhaustive search. A model that is too strict refuses these orders, and a
model that is too loose finds a lower cost. Without a start, its result must be legal at its price.

These tests were tried on models spoilt on purpose, each by one line. The rule, the defects, and the
strategies or tests that caught them:

- `dates`: the deadline missing or a second earlier; a visit without a window left not forbidden:
  `dates`;
- `periods`: missing: `periods`;
- `limits`: working time not bounded, or a second shorter: `limits`;
- `ride_time`: limits a second shorter: `rides` and `reloads`; an unloading that ends every ride,
  however late: `test_milk_arrives_no_sooner_than_the_leg_takes`;
- `breaks`: missing, or services that a break may interrupt: `breaks`; set-ups that it may
  interrupt: `breaks_and_setups`, once in some hundred draws;
- `arrivals`: a ride that ends when the unloading begins:
  `test_a_break_at_the_freezer_does_not_warm_the_milk`;
- `reload`: as many unloadings as there are nodes: `reloads`;
- `load`: shipments that stay at the freezer: `reloads` and `shipments`;
- `shipments`: a delivery that may come first: `shipments`;
- `overtime`: hours before the window without cost: `overtime`;
- `balance`: a second balance of working time missing: `balances`;
- `ends`: always the first end: `ends`.
"""

import pytest
from hypothesis import HealthCheck, given, settings

from routing.cost_bound import dearest
from routing.problem import Problem
from tests.routing.exhaustive import best_plan, price_of
from tests.routing.model import rule_strategies
from tests.routing.model.tiny import EngineResult
from tests.routing.scale import scaled

FEW_MOVES, MANY_MOVES, VERY_MANY_MOVES = 60, 1_000, 20_000
"""Candidate moves; the most of them are used only if fewer were not enough."""

NEEDS_START = frozenset(
    {
        rule_strategies.departures,
        rule_strategies.setups,
        rule_strategies.breaks_and_setups,
        rule_strategies.reloads,
        rule_strategies.breaks_and_reloads,
        rule_strategies.all_rules,
        rule_strategies.pins,
    }
)
"""Strategies after which only a move of two nodes at once may improve the model's plan.

Examples are two visits cheaper on another shift, a visit with the unloading it needs, and two
neighbours without a second set-up. Another is a pinned position with the visits before it.
"""

RARELY_DECISIVE = frozenset(
    {rule_strategies.reloads, rule_strategies.breaks_and_setups, rule_strategies.shipments}
)
"""Strategies that show a defect only now and then, and so are drawn more often."""


@pytest.mark.parametrize("strategy", rule_strategies.RULES, ids=lambda strategy: strategy.__name__)
def test_the_model_agrees_with_exhaustive_search(strategy: rule_strategies.RuleStrategy):
    @settings(
        max_examples=scaled(120 if strategy in RARELY_DECISIVE else 40),
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy())
    def compare(instance: Problem) -> None:
        best, orders = best_plan(instance)
        seeded = EngineResult(
            instance, FEW_MOVES, {shift: list(names) for shift, names in orders.items()}
        )
        assert price_of(instance, seeded.orders) == _engine_price(instance, seeded) == best
        assert price_from_nothing(instance, MANY_MOVES) == best or (
            strategy in NEEDS_START or price_from_nothing(instance, VERY_MANY_MOVES) == best
        )

    compare()


def price_from_nothing(instance: Problem, moves: int) -> tuple[int, int]:
    """Return the price of the plan found without a start; the model's is no lower."""
    result = EngineResult(instance, moves)
    price = price_of(instance, result.orders)
    assert price is not None
    assert price <= _engine_price(instance, result)
    return price


def _engine_price(instance: Problem, result: EngineResult) -> tuple[int, int]:
    """Return unassigned mandatory visits and cost in shares as the model counts them."""
    assert result.cost is not None
    return divmod(result.cost, dearest(instance))

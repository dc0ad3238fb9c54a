"""The exact engine against the truth: every rule is said, and none too strictly.

The engine is asked twice. Begun from the best orders there are, it must keep their price, and see
the very cost that the truth knows: a model that is too strict refuses them, one that is too loose
finds something cheaper. Begun from nothing, what it finds must be legal, and at the price it says.

These tests were tried on models spoilt on purpose, each by one line; what caught them:

- `dates`: the deadline not said, or a second earlier; a visit without a window left not given up:
  `dates`;
- `periods`: nothing said: `periods`;
- `limits`: working time not bounded, or a second shorter: `limits`;
- `ride_time`: limits a second shorter: `rides` and `reloads`; a halt ends every ride, however
  late: `test_it_arrives_no_sooner_than_the_way_takes`;
- `breaks`: none said, or services that a break may interrupt: `breaks`; set-ups that it may
  interrupt: `breaks_and_setups`, once in some hundred draws;
- `arrivals`: a ride ends when the unloading begins:
  `test_a_break_at_the_freezer_s_door_does_not_warm_the_milk`;
- `reload`: as many unloadings as there are nodes: `reloads`;
- `load`: shipments stay at the freezer: `reloads` and `shipments`;
- `shipments`: the delivery may come first: `shipments`;
- `overtime`: hours before the window not owed: `overtime`;
- `balance`: a second balance of working time not said: `balances`;
- `ends`: always the first end: `ends`.
"""

import pytest
from hypothesis import HealthCheck, given, settings

from routing.problem import Problem
from routing.validation import dearest
from tests.routing.model import drawn
from tests.routing.model.tiny import Found
from tests.routing.scale import scaled
from tests.routing.truth import best_plan, price_of

FEW, MANY, VERY_MANY = 60, 1_000, 20_000
"""Candidate moves; very many only where many did not do."""

SEEDED = frozenset(
    {
        drawn.departures,
        drawn.setups,
        drawn.breaks_and_setups,
        drawn.reloads,
        drawn.breaks_and_reloads,
        drawn.everything,
        drawn.pins,
    }
)
"""Where the engine alone may stay at a plan that only a move of two nodes at once improves: two who
would be served for less on another shift, a visit and the unloading it needs, neighbours who fit
without a second set-up, or a pin's position and what fills those ahead of it."""

MORE = frozenset({drawn.reloads, drawn.breaks_and_setups, drawn.shipments})
"""What shows a mistake only now and then is drawn more often."""


@pytest.mark.parametrize("draws", drawn.RULES, ids=lambda draws: draws.__name__)
def test_the_engine_agrees_with_the_truth(draws: drawn.Draws):
    @settings(
        max_examples=scaled(120 if draws in MORE else 40),
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(draws())
    def agree(asked: Problem) -> None:
        best, orders = best_plan(asked)
        begun = Found(asked, FEW, {shift: list(names) for shift, names in orders.items()})
        assert price_of(asked, begun.orders) == _priced(asked, begun) == best
        assert found_alone(asked, MANY) == best or (
            draws in SEEDED or found_alone(asked, VERY_MANY) == best
        )

    agree()


def found_alone(asked: Problem, moves: int) -> tuple[int, int]:
    """What the plan costs that the engine finds from nothing; it never thinks it cheaper."""
    found = Found(asked, moves)
    price = price_of(asked, found.orders)
    assert price is not None
    assert price <= _priced(asked, found)
    return price


def _priced(asked: Problem, found: Found) -> tuple[int, int]:
    """The cost as the engine sees it: mandatory visits left out, and shares."""
    assert found.cost is not None
    return divmod(found.cost, dearest(asked))

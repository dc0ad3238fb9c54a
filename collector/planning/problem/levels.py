"""Spreads of a bank's days and the levels at which its plans should hold, from its policies."""

from typing import Final

from collector.banks.policies import Policies, PolicyKey
from routing.problem import Safety, Spreads
from routing.units import Cents

PROMISE_PRICE: Final = Cents(300)
"""Price of a promise without any margin: Milkround's own starting value."""

END_PRICE: Final = Cents(5_000)
"""Price of a round whose end has no margin: Milkround's own starting value."""

CLOCK_PRICE: Final = Cents(100_000)
"""Price of a round whose tightest clock has no margin: Milkround's own starting value.

It is twice the penalty of leaving a visit out. Milk that breaks the cold chain is lost, and a visit
left out today is made on another day.
"""


def spreads(policies: Policies) -> Spreads:
    """Return the spreads of travel and of services."""
    return Spreads(
        leg=policies[PolicyKey.LEG_SPREAD_PERCENT],
        day=policies[PolicyKey.DAY_SPREAD_PERCENT],
        service=policies[PolicyKey.DOOR_SPREAD_PERCENT],
    )


def safety(policies: Policies) -> Safety:
    """Return the levels at which a plan should hold, and their prices."""
    return Safety(
        promise_kept=policies[PolicyKey.PROMISE_KEPT_PERCENT],
        clock_kept=policies[PolicyKey.CLOCK_KEPT_PERCENT],
        promise_price=PROMISE_PRICE,
        end_price=END_PRICE,
        clock_price=CLOCK_PRICE,
    )

"""Spreads of a bank's days and the levels at which its plans should hold, from its policies."""

from collections.abc import Collection, Mapping
from typing import Final

from collector.banks.policies import Policies, PolicyKey
from collector.pickups.models import Purpose
from collector.roads.learned import NOTHING_LEARNED, LearnedTimes
from collector.roads.models import LearnedKind
from routing.problem import Safety, Spreads
from routing.units import Cents

PROMISE_PRICE: Final = Cents(2_000)
"""Price of a promise without any margin: Milkround's own starting value."""

END_PRICE: Final = Cents(20_000)
"""Price of a round whose end has no margin: Milkround's own starting value."""

CLOCK_PRICE: Final = Cents(100_000)
"""Price of a round whose clocks break on half of the days: Milkround's own starting value.

It is twice the penalty of leaving a visit out. Milk that breaks the cold chain is lost, and a visit
left out today is made on another day.
"""

SPREAD_BY_PURPOSE: Final[Mapping[Purpose, tuple[PolicyKey, PolicyKey]]] = {
    Purpose.COLLECTION: (PolicyKey.COLLECTION_MINUTES, PolicyKey.DOOR_SPREAD_PERCENT),
    Purpose.WARD: (PolicyKey.COLLECTION_MINUTES, PolicyKey.DOOR_SPREAD_PERCENT),
    Purpose.MATERIAL_DROP: (PolicyKey.MATERIAL_MINUTES, PolicyKey.MATERIAL_SPREAD_PERCENT),
    Purpose.PUMP_RETURN: (PolicyKey.MATERIAL_MINUTES, PolicyKey.MATERIAL_SPREAD_PERCENT),
    Purpose.BLOOD_SAMPLE: (PolicyKey.BLOOD_MINUTES, PolicyKey.BLOOD_SPREAD_PERCENT),
}
"""Minutes and spread of each purpose but a first visit, which covers everything done on it."""


def spreads(policies: Policies, learned: LearnedTimes = NOTHING_LEARNED) -> Spreads:
    """Return the spreads of travel and of services: learned ones, else those of the policies."""
    leg = learned.travel_spread(LearnedKind.LEG_SPREAD)
    day = learned.travel_spread(LearnedKind.DAY_SPREAD)
    return Spreads(
        leg=policies[PolicyKey.LEG_SPREAD_PERCENT] if leg is None else leg,
        day=policies[PolicyKey.DAY_SPREAD_PERCENT] if day is None else day,
        hour=policies[PolicyKey.HOUR_SPREAD_PERCENT],
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


def service_spread(
    purposes: Collection[Purpose], policies: Policies, learned: LearnedTimes = NOTHING_LEARNED
) -> int | None:
    """Return the spread of a visit's service, in percent; None for that of a plain collection.

    A learned spread of these purposes goes before the policies.

    The parts of a visit are taken to be slow together, so that their spreads add up: a donor who
    needs more time needs it for all of them.
    """
    plain = policies[PolicyKey.DOOR_SPREAD_PERCENT]
    known = learned.door_spread(purposes)
    if known is not None:
        return None if known == plain else known
    if Purpose.FIRST_INTERVIEW in purposes:
        found = policies[PolicyKey.FIRST_VISIT_SPREAD_PERCENT]
    else:
        parts = [
            (policies[minutes], policies[spread])
            for minutes, spread in (SPREAD_BY_PURPOSE[Purpose(each)] for each in set(purposes))
        ]
        whole = sum(minutes for minutes, _ in parts)
        spread = sum(minutes * spread for minutes, spread in parts)
        found = round(spread / whole) if whole else plain
    return None if found == plain else found

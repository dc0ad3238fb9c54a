"""How long milk and blood may ride in a plan: the bank's limit, less what the hand-over takes.

A clock runs until somebody at the bank has received the container, not until the car is at the
gate. The planner knows of arrivals only, so it is told the limit with the hand-over taken off.
"""

from collections.abc import Collection
from datetime import timedelta

from collector.banks.policies import Policies, PolicyKey
from collector.pickups.models import OF_MILK, Purpose
from routing.units import Seconds

MILK, TUBES = "milk", "tubes"
TIGHT_MARGIN = timedelta(minutes=15)
"""A clock with less time to spare runs out by one delay: Milkround's own starting value."""


def ride_limits(purposes: Collection[str], policies: Policies) -> dict[str, Seconds]:
    """Return, per thing that is taken along, the seconds from the door to the gate of the bank."""
    limits = {}
    if OF_MILK & set(purposes):
        limits[MILK] = _to_the_gate(policies, PolicyKey.MILK_RIDE_MINUTES)
    if Purpose.BLOOD_SAMPLE in purposes:
        limits[TUBES] = _to_the_gate(policies, PolicyKey.TUBE_RIDE_MINUTES)
    return limits


def hand_over(policies: Policies) -> Seconds:
    """Return how long it takes at the bank until everything is received."""
    return Seconds(60 * policies[PolicyKey.HAND_OVER_MINUTES])


def _to_the_gate(policies: Policies, limit: PolicyKey) -> Seconds:
    return Seconds(max(0, 60 * policies[limit] - hand_over(policies)))

"""Ride limits of milk and blood: the bank's limit less the hand-over.

A clock runs until the container is received at the bank, not until the car arrives. The planner has
arrivals only, so its limits are the bank's less the minutes of the hand-over.
"""

from collections.abc import Collection
from datetime import timedelta

from collector.banks.policies import Policies, PolicyKey
from collector.pickups.models import OF_MILK, Purpose
from routing.units import Seconds

MILK, TUBES = "milk", "tubes"
TIGHT_MARGIN = timedelta(minutes=15)
"""Margin below which one delay lets a clock run out: Milkround's own starting value."""


def ride_limits(purposes: Collection[str], policies: Policies) -> dict[str, Seconds]:
    """Return, per kind of container, the seconds from the end of service to the bank."""
    limits = {}
    if OF_MILK & set(purposes):
        limits[MILK] = _to_the_gate(policies, PolicyKey.MILK_RIDE_MINUTES)
    if Purpose.BLOOD_SAMPLE in purposes:
        limits[TUBES] = _to_the_gate(policies, PolicyKey.TUBE_RIDE_MINUTES)
    return limits


def hand_over_seconds(policies: Policies) -> Seconds:
    """Return the duration of the hand-over at the bank, in seconds."""
    return Seconds(60 * policies[PolicyKey.HAND_OVER_MINUTES])


def _to_the_gate(policies: Policies, limit: PolicyKey) -> Seconds:
    return Seconds(max(0, 60 * policies[limit] - hand_over_seconds(policies)))

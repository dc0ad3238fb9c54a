"""Flags of a request: its defects on the day of the visit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from collector.banks.models import Zone
from collector.banks.policies import Policies, PolicyKey
from collector.banks.zones import zone_of
from collector.donors.eligibility import BLOOD_HELPS, EligibilityReason, EligibilityVerdict, judge
from collector.pickups.drafts import PickupDraft
from collector.pickups.models import MilkLine, Pickup, Purpose
from collector.pickups.states import OPEN
from collector.places.models import Address

NEARLY = timedelta(days=7)


class Flag(StrEnum):
    """A defect that a coordinator should look at, gravest first."""

    NOT_ELIGIBLE = "not_eligible"
    HELD = "held"
    MILK_TOO_OLD = "milk_too_old"
    ADDRESS_NOT_FOUND = "address_not_found"
    SEROLOGY_LAPSES = "serology_lapses"
    NEEDS_REVIEW = "needs_review"
    BELOW_MINIMUM = "below_minimum"
    MILK_NEARLY_TOO_OLD = "milk_nearly_too_old"
    OUTSIDE_ZONE = "outside_zone"
    DUPLICATE = "duplicate"


def flags(
    pickup: Pickup,
    *,
    on: date,
    policies: Policies,
    zones: Sequence[Zone],
    others: Iterable[Pickup] = (),
) -> tuple[Flag, ...]:
    """Return the flags of a request for a visit on this day, gravest first.

    Parameters
    ----------
    pickup
        A request with its donor's file, addresses and stays, its windows and its holds loaded.
    zones
        The zones of the bank; a bank without zones collects everywhere.
    others
        Requests of the donor, or of all donors, with their windows loaded. Another open request
        of the donor for the same day is a duplicate.
    """
    found = {
        *_file_flags(pickup, on, policies),
        *_milk_flags(pickup, on, policies),
        *_place_flags(pickup.donor.address_on(on), zones),
    }
    if any(hold.cleared_at is None for hold in pickup.holds):
        found.add(Flag.HELD)
    if any(_same_visit(pickup, other, on) for other in others):
        found.add(Flag.DUPLICATE)
    return tuple(flag for flag in Flag if flag in found)


def fetch_by(oldest_on: date, policies: Policies) -> date:
    """Return the last day on which the bank takes milk expressed on a day."""
    return oldest_on + timedelta(days=policies[PolicyKey.MILK_AGE_DAYS])


def is_below_minimum(milk: Pickup | PickupDraft, policies: Policies) -> bool:
    """Return whether there is less milk than the bank's minimum.

    Milk for the donor's own child has no minimum, and neither has a visit that fetches no milk.
    """
    is_drop = Purpose.MATERIAL_DROP in milk.purposes and Purpose.COLLECTION not in milk.purposes
    is_gift = milk.line is not MilkLine.OWN_CHILD and not is_drop
    return is_gift and milk.volume_ml < policies[PolicyKey.MINIMUM_VOLUME_ML]


def zone_at(zones: Sequence[Zone], address: Address) -> Zone | None:
    """Return the zone of an address; None outside of all zones."""
    position = address.position
    at = None if position is None else (position.latitude, position.longitude)
    return zone_of(zones, postcode=address.postcode, at=at)


def _file_flags(pickup: Pickup, on: date, policies: Policies) -> Iterator[Flag]:
    judgement = judge(pickup.donor, on=on, policies=policies)
    reasons = set(judgement.reasons)
    if judgement.verdict is EligibilityVerdict.BLOCKED:
        yield Flag.NOT_ELIGIBLE
    if Purpose.COLLECTION not in pickup.purposes:
        return  # no milk is taken; an interview completes the file
    if reasons & {*BLOOD_HELPS, EligibilityReason.SEROLOGY_PENDING}:
        yield Flag.SEROLOGY_LAPSES
    if judgement.verdict is EligibilityVerdict.NEEDS_REVIEW and reasons - BLOOD_HELPS:
        yield Flag.NEEDS_REVIEW


def _milk_flags(pickup: Pickup, on: date, policies: Policies) -> Iterator[Flag]:
    if Purpose.COLLECTION not in pickup.purposes:
        return
    if is_below_minimum(pickup, policies):
        yield Flag.BELOW_MINIMUM
    if pickup.oldest_on is None:
        return
    last = fetch_by(pickup.oldest_on, policies)
    if on > last:
        yield Flag.MILK_TOO_OLD
    elif on > last - NEARLY:
        yield Flag.MILK_NEARLY_TOO_OLD


def _place_flags(address: Address, zones: Sequence[Zone]) -> Iterator[Flag]:
    if address.position is None:
        yield Flag.ADDRESS_NOT_FOUND
    if zones and zone_at(zones, address) is None:
        yield Flag.OUTSIDE_ZONE


def _same_visit(pickup: Pickup, other: Pickup, on: date) -> bool:
    return (
        other.id != pickup.id
        and other.donor_id == pickup.donor_id
        and other.state in OPEN
        and any(window.day == on for window in other.windows)
    )

"""What is remarkable about a request, judged on the day of the visit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from collector.banks.models import Zone
from collector.banks.policies import Policies, PolicyKey
from collector.donors.eligibility import BLOOD_HELPS, EligibilityReason, EligibilityVerdict, judge
from collector.donors.models import Donor
from collector.pickups.models import Pickup, Purpose
from collector.pickups.states import OPEN

NEARLY = timedelta(days=7)


class Flag(StrEnum):
    """One thing to look at, gravest first."""

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
    """Return what is remarkable about a request if the visit were on this day.

    Parameters
    ----------
    pickup
        With its donor (address.position, serologies), windows and holds loaded.
    zones
        The bank's zones; a bank without any collects everywhere.
    others
        The donor's, or everybody's, requests with their windows loaded: a second one of hers for
        the same day is a duplicate.
    """
    found = {
        *_file_flags(pickup, on, policies),
        *_milk_flags(pickup, on, policies),
        *_place_flags(pickup.donor, zones),
    }
    if any(hold.cleared_at is None for hold in pickup.holds):
        found.add(Flag.HELD)
    if any(_same_visit(pickup, other, on) for other in others):
        found.add(Flag.DUPLICATE)
    return tuple(flag for flag in Flag if flag in found)


def fetch_by(oldest_on: date, policies: Policies) -> date:
    """Return the last day on which the bank takes milk expressed on a day."""
    return oldest_on + timedelta(days=policies[PolicyKey.MILK_AGE_DAYS])


def _file_flags(pickup: Pickup, on: date, policies: Policies) -> Iterator[Flag]:
    judgement = judge(pickup.donor, on=on, policies=policies)
    reasons = set(judgement.reasons)
    if judgement.verdict is EligibilityVerdict.BLOCKED:
        yield Flag.NOT_ELIGIBLE
    if Purpose.COLLECTION not in pickup.purposes:
        return  # nobody takes milk: an interview is how a file becomes complete
    if reasons & {*BLOOD_HELPS, EligibilityReason.SEROLOGY_PENDING}:
        yield Flag.SEROLOGY_LAPSES
    if judgement.verdict is EligibilityVerdict.NEEDS_REVIEW and reasons - BLOOD_HELPS:
        yield Flag.NEEDS_REVIEW


def _milk_flags(pickup: Pickup, on: date, policies: Policies) -> Iterator[Flag]:
    if Purpose.COLLECTION not in pickup.purposes:
        return
    if pickup.volume_ml < policies[PolicyKey.MINIMUM_VOLUME_ML]:
        yield Flag.BELOW_MINIMUM
    if pickup.oldest_on is None:
        return
    last = fetch_by(pickup.oldest_on, policies)
    if on > last:
        yield Flag.MILK_TOO_OLD
    elif on > last - NEARLY:
        yield Flag.MILK_NEARLY_TOO_OLD


def _place_flags(donor: Donor, zones: Sequence[Zone]) -> Iterator[Flag]:
    if donor.address.position is None:
        yield Flag.ADDRESS_NOT_FOUND
    prefixes = [prefix for zone in zones for prefix in zone.postcodes]
    if zones and not donor.address.postcode.startswith(tuple(prefixes)):
        yield Flag.OUTSIDE_ZONE


def _same_visit(pickup: Pickup, other: Pickup, on: date) -> bool:
    return (
        other.id != pickup.id
        and other.donor_id == pickup.donor_id
        and other.state in OPEN
        and any(window.day == on for window in other.windows)
    )

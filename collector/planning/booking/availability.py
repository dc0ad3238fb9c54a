"""What a bank's rules say before any slot is looked for: too little yet, too far, or come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of, sites_of
from collector.donors.eligibility import EligibilityVerdict, judge
from collector.donors.models import Donor
from collector.pickups.flags import fetch_by
from collector.pickups.giving import giving_of, is_paused
from collector.pickups.models import Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import of_donor
from collector.pickups.states import OPEN
from collector.pickups.windows import DONOR_DAYS_AHEAD
from collector.planning.booking.forecast import forecast_of
from collector.planning.booking.slots import Wanted
from collector.service_day import ServiceDay
from collector.shifts.queries import days_with_shifts
from routing.travel.law import great_circle

METRES = 1000


class Availability(StrEnum):
    """Why there are slots or none."""

    FITS = "fits"
    BELOW_MINIMUM = "below_minimum"
    TOO_FAR = "too_far"
    NO_POSITION = "no_position"
    MILK_TOO_OLD = "milk_too_old"
    NOBODY_DRIVES = "nobody_drives"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityAnswer:
    """The answer, with its figures.

    Attributes
    ----------
    days
        The days on which a slot may be looked for.
    fits_on
        From when there will be enough milk, as far as her history foretells.
    """

    standing: Availability
    days: tuple[date, ...] = ()
    fits_on: date | None = None
    least_ml: int = 0
    away_km: int = 0
    radius_km: int = 0


def outlook(session: Session, *, now: datetime, wanted: Wanted) -> AvailabilityAnswer:
    """Say what the bank's rules allow, from tomorrow to the last day a donor may ask for."""
    donor = wanted.donor
    bank, policies = get_bank(session, donor.bank_id), policies_of(session, donor.bank_id)
    today = ServiceDay.of(now, bank.zone).day
    if donor.address.position is None:
        return AvailabilityAnswer(standing=Availability.NO_POSITION)
    away = away_km(donor, sites_of(session, donor.bank_id))
    radius = policies[PolicyKey.RADIUS_KM]
    if away > radius:
        return AvailabilityAnswer(standing=Availability.TOO_FAR, away_km=away, radius_km=radius)
    least = policies[PolicyKey.MINIMUM_VOLUME_ML]
    fits_on = None
    if wanted.volume_ml < least and _only_milk(donor, today, policies):
        fits_on = forecast_of(session, donor, now=now).reaches(least, level_ml=wanted.volume_ml)
        return AvailabilityAnswer(
            standing=Availability.BELOW_MINIMUM, fits_on=fits_on, least_ml=least
        )
    return _days(session, wanted, today, policies)


def _days(session: Session, wanted: Wanted, today: date, policies: Policies) -> AvailabilityAnswer:
    donor = wanted.donor
    last = today + timedelta(days=DONOR_DAYS_AHEAD)
    driven = days_with_shifts(
        session, bank_id=donor.bank_id, first=today + timedelta(days=1), last=last
    )
    hers = of_donor(session, donor.bank_id, donor.id)
    taken = {window.day for pickup in hers if pickup.state in OPEN for window in pickup.windows}
    giving = giving_of(session, donor.id)
    free = [
        day
        for day in driven
        if day not in taken
        and not is_paused(giving, day)
        and judge(donor, on=day, policies=policies).verdict is not EligibilityVerdict.BLOCKED
    ]
    if not free:
        return AvailabilityAnswer(standing=Availability.NOBODY_DRIVES)
    in_time = [
        day for day in free if not wanted.oldest_on or day <= fetch_by(wanted.oldest_on, policies)
    ]
    if not in_time:
        return AvailabilityAnswer(standing=Availability.MILK_TOO_OLD)
    return AvailabilityAnswer(standing=Availability.FITS, days=tuple(in_time))


def _only_milk(donor: Donor, day: date, policies: Policies) -> bool:
    return set(purposes_for(donor, days=(day,), policies=policies)) == {Purpose.COLLECTION}


def away_km(donor: Donor, sites: Sequence[Site]) -> int:
    """Return how far she lives from the nearest place where rounds begin or end, by air."""
    position = donor.address.position
    if position is None or not sites:
        return 0
    points = [(position.latitude, position.longitude)]
    points += [(site.latitude, site.longitude) for site in sites]
    return round(float(min(great_circle(points)[0][1:])) / METRES)

"""Availability of slots by the bank's rules: volume, distance, file, days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.banks.policies import Policies, PolicyKey, Switch
from collector.banks.queries import get_bank, policies_of, sites_of, zones_of
from collector.donors.eligibility import EligibilityVerdict, judge
from collector.donors.models import Donor
from collector.pickups.flags import fetch_by, is_below_minimum
from collector.pickups.giving import giving_of, is_paused
from collector.pickups.models import Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import requests_of_donor
from collector.pickups.states import OPEN
from collector.pickups.validation import DONOR_DAYS_AHEAD
from collector.places.models import Address
from collector.planning.booking.slots import RequestedVisit
from collector.planning.horizon.due_dates import days_in_zone
from collector.planning.horizon.forecast import load_forecast
from collector.planning.problem.distance import distance_km
from collector.service_day import ServiceDay
from collector.shifts.queries import days_on_duty


class Availability(StrEnum):
    """Reason why there are slots, or none."""

    FITS = "fits"
    BELOW_MINIMUM = "below_minimum"
    TOO_FAR = "too_far"
    NO_POSITION = "no_position"
    MILK_TOO_OLD = "milk_too_old"
    NOBODY_DRIVES = "nobody_drives"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityAnswer:
    """An availability with its figures.

    Attributes
    ----------
    days
        The days of possible slots.
    fits_on
        The first day with enough milk by the donor's forecast.
    """

    standing: Availability
    days: tuple[date, ...] = ()
    fits_on: date | None = None
    least_ml: int = 0
    away_km: int = 0
    radius_km: int = 0


def find_availability(
    session: Session, *, now: datetime, requested: RequestedVisit
) -> AvailabilityAnswer:
    """Return the availability from tomorrow to the last day that a donor may request."""
    donor = requested.donor
    today = ServiceDay.of(now, get_bank(session, donor.bank_id).zone).day
    policies = policies_of(session, donor.bank_id, on=today)
    # She may be elsewhere on some of the days: the nearest of her addresses decides.
    ahead = (today + timedelta(days=number + 1) for number in range(DONOR_DAYS_AHEAD))
    addresses = {address.id: address for address in map(donor.address_on, ahead)}.values()
    placed = [address for address in addresses if address.position is not None]
    if not placed:
        return AvailabilityAnswer(standing=Availability.NO_POSITION)
    sites, radius = sites_of(session, donor.bank_id), policies[PolicyKey.RADIUS_KM]
    away = min(distance_km(address, sites) for address in placed)
    if away > radius:
        return AvailabilityAnswer(standing=Availability.TOO_FAR, away_km=away, radius_km=radius)
    least = policies[PolicyKey.MINIMUM_VOLUME_ML]
    fits_on = None
    if is_below_minimum(requested.draft, policies) and _only_milk(donor, today, policies):
        fits_on = load_forecast(session, donor, now=now).reaches(
            least, level_ml=requested.draft.volume_ml
        )
        return AvailabilityAnswer(
            standing=Availability.BELOW_MINIMUM, fits_on=fits_on, least_ml=least
        )
    return _days(session, requested, today, policies)


def _days(
    session: Session, requested: RequestedVisit, today: date, policies: Policies
) -> AvailabilityAnswer:
    donor = requested.donor
    last = today + timedelta(days=DONOR_DAYS_AHEAD)
    driven = days_on_duty(
        session, bank_id=donor.bank_id, first=today + timedelta(days=1), last=last
    )
    requests = requests_of_donor(session, donor.bank_id, donor.id)
    taken = {
        window.day
        for pickup in requests
        if pickup.state in OPEN and pickup.id != requested.moves_id
        for window in pickup.windows
    }
    giving, sites = giving_of(session, donor.id), sites_of(session, donor.bank_id)
    every_day = policies.word(PolicyKey.ZONES_EVERY_DAY) == Switch.ON
    zones = zones_of(session, donor.bank_id)
    free = [
        day
        for day in days_in_zone(zones, donor, driven, every_day=every_day)
        if day not in taken
        and _is_near(donor.address_on(day), sites, policies[PolicyKey.RADIUS_KM])
        and not is_paused(giving, day)
        and judge(donor, on=day, policies=policies).verdict is not EligibilityVerdict.BLOCKED
    ]
    if not free:
        return AvailabilityAnswer(standing=Availability.NOBODY_DRIVES)
    in_time = [
        day
        for day in free
        if not requested.draft.oldest_on or day <= fetch_by(requested.draft.oldest_on, policies)
    ]
    if not in_time:
        return AvailabilityAnswer(standing=Availability.MILK_TOO_OLD)
    return AvailabilityAnswer(standing=Availability.FITS, days=tuple(in_time))


def _is_near(address: Address, sites: Sequence[Site], radius_km: int) -> bool:
    return address.position is not None and distance_km(address, sites) <= radius_km


def _only_milk(donor: Donor, day: date, policies: Policies) -> bool:
    return set(purposes_for(donor, days=(day,), policies=policies)) == {Purpose.COLLECTION}

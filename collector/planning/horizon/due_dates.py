"""Due donors of the coming weeks, and the days that fit them.

A day fits if it has a shift, her zone is served on that weekday, there is enough milk by then, her
file allows a visit, and she does not pause. Of these days the last ones before her due date are
used: an early visit is a full drive for half the milk.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from collector.banks.models import Zone
from collector.banks.policies import Policies, PolicyKey, Switch
from collector.banks.queries import get_bank, policies_of, sites_of, zones_of
from collector.banks.zones import days_served
from collector.donors.eligibility import EligibilityReason, EligibilityVerdict, judge
from collector.donors.models import Donor
from collector.pickups.flags import zone_at
from collector.pickups.giving import givings_of, is_paused
from collector.pickups.models import Giving, Pickup, Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import requests_by_donor
from collector.planning.horizon.forecast import ForecastDonor, due_donors
from collector.planning.problem.distance import distance_km
from collector.service_day import ServiceDay

USUAL_HOURS = (time(8), time(17))
ML_PER_BOTTLE = 150
"""Volume of a bottle, in ml: Milkround's own starting value, as in the forecast."""
TOLERANCE = timedelta(days=9)
"""Earliest visit before the due date: about a week and a half, in Bordeaux's rhythm of two to four
weeks. Milkround's own starting value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """Rules that a coordinator may vary in a shortage: the bank's own, or others for one search.

    Attributes
    ----------
    every_day
        Whether rounds reach every zone on every day with a shift.
    days_early
        Days by which a visit may come sooner than `TOLERANCE` before the due date.
    """

    minimum_ml: int
    radius_km: int
    every_day: bool = False
    days_early: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDonor:
    """A donor with a due date, and the days that fit.

    Attributes
    ----------
    ready_on
        The first day with enough milk; None if there is none.
    days
        The days that fit, ascending; without any, `why` is the reason.
    """

    due: ForecastDonor
    ready_on: date | None
    days: tuple[date, ...]
    hours: tuple[time, time]
    away_km: int
    why: str = ""

    @property
    def donor(self) -> Donor:
        """The donor."""
        return self.due.donor

    @property
    def due_on(self) -> date:
        """The last day for a visit."""
        found = self.due.forecast.comes_by
        if found is None:
            raise ValueError("somebody without a due day is no candidate")
        return found

    def volume_ml(self, day: date) -> int:
        """Return the milk expected on a day, in ml."""
        forecast = self.due.forecast
        level = forecast.level_ml + forecast.ml_per_day * max(0, (day - forecast.today).days)
        return min(level, forecast.capacity_ml)

    def bottles(self, day: date) -> int:
        """Return the bottles expected on a day."""
        return max(1, -(-self.volume_ml(day) // ML_PER_BOTTLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonFacts:
    """Rules, donors' givings and requests, and days with shifts."""

    policies: Policies
    zones: Sequence[Zone]
    givings: Mapping[int, Giving]
    requests: Mapping[int, Sequence[Pickup]]
    driven: Sequence[date]
    levers: Levers


def bank_levers(session: Session, bank_id: int, *, on: date | None = None) -> Levers:
    """Return the levers as the bank's policies have them, with the dated changes of a day."""
    policies = policies_of(session, bank_id, on=on)
    return Levers(
        minimum_ml=policies[PolicyKey.MINIMUM_VOLUME_ML],
        radius_km=policies[PolicyKey.RADIUS_KM],
        every_day=policies.word(PolicyKey.ZONES_EVERY_DAY) == Switch.ON,
        days_early=policies[PolicyKey.VISIT_DAYS_EARLY],
    )


def horizon_candidates(
    session: Session,
    *,
    bank_id: int,
    now: datetime,
    driven: Sequence[date],
    last: date,
    levers: Levers,
) -> list[DueDonor]:
    """Return the donors due by the last day, or by the days that visits come early after it.

    A donor with an open request is not among them: her request is planned like any other.
    """
    if not driven:
        return []
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    ahead = max(0, (last - today).days) + levers.days_early
    dues = due_donors(session, bank_id=bank_id, now=now, days=ahead)
    waiting = [due for due in dues if due.open is None]
    facts = HorizonFacts(
        policies=policies_of(session, bank_id),
        zones=zones_of(session, bank_id),
        givings=givings_of(session, bank_id),
        requests=requests_by_donor(session, bank_id, [due.donor.id for due in waiting]),
        driven=driven,
        levers=levers,
    )
    sites = sites_of(session, bank_id)
    return [_candidate(facts, due, distance_km(due.donor.address, sites)) for due in waiting]


def days_in_zone(
    zones: Sequence[Zone], donor: Donor, days: Iterable[date], *, every_day: bool
) -> list[date]:
    """Return the days on which rounds reach a donor's zone; her address of the day decides.

    Parameters
    ----------
    every_day
        Whether rounds reach every zone on every day, as a dated rule may have it.
    """
    if every_day:
        return list(days)
    served = ((day, zone_at(zones, donor.address_on(day))) for day in days)
    return [day for day, zone in served if days_served(zone, [day])]


def _candidate(facts: HorizonFacts, due: ForecastDonor, away: int) -> DueDonor:
    forecast, donor = due.forecast, due.donor
    ready = forecast.reaches(facts.levers.minimum_ml)
    fitting = [(day, _day_obstacle(facts, due, day)) for day in facts.driven]
    days = [day for day, why in fitting if not why]
    why = ""
    if donor.address.position is None:
        why, days = "no_position", []
    elif away > facts.levers.radius_km:
        why, days = "too_far", []
    else:
        driven = days_in_zone(facts.zones, donor, days, every_day=facts.levers.every_day)
        why = "zone_not_driven" if days and not driven else ""
        days = driven
    if not days and not why:
        why = next((reason for _, reason in reversed(fitting) if reason), "nobody_drives")
    return DueDonor(
        due=due,
        ready_on=ready,
        days=tuple(_late_enough(days, forecast.comes_by, facts.levers.days_early)),
        hours=_hours(facts.requests.get(donor.id, ())),
        away_km=away,
        why=why,
    )


def _late_enough(days: list[date], comes_by: date | None, early: int) -> list[date]:
    """Drop days that are too early, unless there are no others."""
    tolerance = TOLERANCE + timedelta(days=early)
    late = [day for day in days if comes_by is None or day >= comes_by - tolerance]
    return late or days


def _day_obstacle(facts: HorizonFacts, due: ForecastDonor, day: date) -> str:
    """Return the reason why a day does not fit; empty if it does."""
    forecast, donor = due.forecast, due.donor
    if forecast.due_on is not None and day > forecast.due_on:
        return "milk_too_old"
    if is_paused(facts.givings.get(donor.id), day):
        return "pauses"
    if donor.stay_on(day) is not None:
        return "elsewhere"
    judgement = judge(donor, on=day, policies=facts.policies)
    if (
        judgement.verdict is EligibilityVerdict.BLOCKED
        or EligibilityReason.SEROLOGY_PENDING in judgement.reasons
    ):
        return "file_not_allowing"
    ready = forecast.reaches(facts.levers.minimum_ml)
    if ready is not None and ready <= day:
        return ""
    purposes = purposes_for(donor, days=(day,), policies=facts.policies)
    only_milk = set(purposes) == {Purpose.COLLECTION}
    return "too_little" if only_milk else ""


def _hours(requests: Sequence[Pickup]) -> tuple[time, time]:
    """Return the hours of her latest request, or the usual ones."""
    latest = next((pickup for pickup in requests if pickup.windows), None)
    if latest is None:
        return USUAL_HOURS
    return (
        min(window.opens for window in latest.windows),
        max(window.closes for window in latest.windows),
    )

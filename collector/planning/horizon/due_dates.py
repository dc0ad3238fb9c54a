"""Who is due in the weeks to come, and on which days somebody could come to her.

A day fits where somebody drives, her zone is driven to on that weekday, there is enough milk by
then for the bank to come, her file allows a visit, and she does not pause. Of these days the last
ones before she is due are asked for: a freezer fetched early is a road for half the milk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from collector.banks.models import Zone
from collector.banks.policies import Policies, PolicyKey
from collector.banks.queries import get_bank, policies_of, sites_of, zones_of
from collector.donors.eligibility import EligibilityReason, EligibilityVerdict, judge
from collector.donors.models import Donor
from collector.pickups.giving import givings_of, is_paused
from collector.pickups.models import Giving, Pickup, Purpose
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import requests_by_donor
from collector.planning.booking.availability import away_km
from collector.planning.booking.forecast import Due, who_will_be_due
from collector.service_day import ServiceDay

USUAL_HOURS = (time(8), time(17))
ML_PER_BOTTLE = 150
"""Milkround's own starting value, as the forecast's."""
TOLERANCE = timedelta(days=9)
"""How far ahead of her due day somebody may come: about a week and a half, in Bordeaux's rhythm of
two weeks to four. Milkround's own starting value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """What a coordinator may turn in a shortage: the bank's own rules, or others for once."""

    minimum_ml: int
    radius_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDonor:
    """A donor who will be due, and the days that fit.

    Attributes
    ----------
    ready_on
        The first day on which there is enough milk; None where it never is.
    days
        Those that fit, in their order; none, and `why` says why.
    """

    due: Due
    ready_on: date | None
    days: tuple[date, ...]
    hours: tuple[time, time]
    away_km: int
    why: str = ""

    @property
    def donor(self) -> Donor:
        """Whom it is about."""
        return self.due.donor

    @property
    def due_on(self) -> date:
        """The last day by which somebody should come."""
        found = self.due.forecast.comes_by
        if found is None:
            raise ValueError("somebody without a due day is no candidate")
        return found

    def volume_ml(self, day: date) -> int:
        """Return how much milk is foretold for a day."""
        told = self.due.forecast
        level = told.level_ml + told.ml_per_day * max(0, (day - told.today).days)
        return min(level, told.capacity_ml)

    def bottles(self, day: date) -> int:
        """Return how many bottles that is."""
        return max(1, -(-self.volume_ml(day) // ML_PER_BOTTLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonFacts:
    """What the rules of a bank say of days and donors."""

    policies: Policies
    zones: Sequence[Zone]
    givings: Mapping[int, Giving]
    requests: Mapping[int, Sequence[Pickup]]
    driven: Sequence[date]
    levers: Levers


def rules_of(session: Session, bank_id: int) -> Levers:
    """Return the levers as the bank's rules have them."""
    policies = policies_of(session, bank_id)
    return Levers(
        minimum_ml=policies[PolicyKey.MINIMUM_VOLUME_ML], radius_km=policies[PolicyKey.RADIUS_KM]
    )


def candidates(
    session: Session,
    *,
    bank_id: int,
    now: datetime,
    driven: Sequence[date],
    last: date,
    levers: Levers,
) -> list[DueDonor]:
    """Return who will be due by the last day that is looked at, the soonest first.

    Who has asked already is none of them: her request is planned like any other.
    """
    if not driven:
        return []
    today = ServiceDay.of(now, get_bank(session, bank_id).zone).day
    dues = who_will_be_due(session, bank_id=bank_id, now=now, days=max(0, (last - today).days))
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
    return [_candidate(facts, due, away_km(due.donor, sites)) for due in waiting]


def days_of_zone(donor: Donor, zones: Sequence[Zone], days: Sequence[date]) -> list[date]:
    """Return the days on which somebody drives to where a donor lives."""
    hers = [zone for zone in zones if donor.address.postcode.startswith(tuple(zone.postcodes))]
    wanted = {weekday for zone in hers for weekday in zone.weekdays}
    if not wanted or any(not zone.weekdays for zone in hers):
        return list(days)
    return [day for day in days if str(day.isoweekday()) in wanted]


def _candidate(facts: HorizonFacts, due: Due, away: int) -> DueDonor:
    told, donor = due.forecast, due.donor
    ready = told.reaches(facts.levers.minimum_ml)
    fitting = [(day, _why_not(facts, due, day)) for day in facts.driven]
    days = [day for day, why in fitting if not why]
    why = ""
    if donor.address.position is None:
        why, days = "no_position", []
    elif away > facts.levers.radius_km:
        why, days = "too_far", []
    else:
        if days and days_of_zone(donor, facts.zones, days) == []:
            why = "zone_not_driven"
        days = days_of_zone(donor, facts.zones, days)
    if not days and not why:
        why = next((reason for _, reason in reversed(fitting) if reason), "nobody_drives")
    return DueDonor(
        due=due,
        ready_on=ready,
        days=tuple(_late_enough(days, told.comes_by)),
        hours=_hours(facts.requests.get(donor.id, ())),
        away_km=away,
        why=why,
    )


def _late_enough(days: list[date], comes_by: date | None) -> list[date]:
    """Leave out days that are too early, unless there are no others."""
    late = [day for day in days if comes_by is None or day >= comes_by - TOLERANCE]
    return late or days


def _why_not(facts: HorizonFacts, due: Due, day: date) -> str:
    """Say why a day does not fit her; nothing where it does."""
    told, donor = due.forecast, due.donor
    if told.due_on is not None and day > told.due_on:
        return "milk_too_old"
    if is_paused(facts.givings.get(donor.id), day):
        return "pauses"
    judgement = judge(donor, on=day, policies=facts.policies)
    if (
        judgement.verdict is EligibilityVerdict.BLOCKED
        or EligibilityReason.SEROLOGY_PENDING in judgement.reasons
    ):
        return "file_not_allowing"
    ready = told.reaches(facts.levers.minimum_ml)
    if ready is not None and ready <= day:
        return ""
    purposes = purposes_for(donor, days=(day,), policies=facts.policies)
    only_milk = set(purposes) == {Purpose.COLLECTION}
    return "too_little" if only_milk else ""


def _hours(requests: Sequence[Pickup]) -> tuple[time, time]:
    """Return the hours that suit her: those of her last request, else the usual ones."""
    latest = next((pickup for pickup in requests if pickup.windows), None)
    if latest is None:
        return USUAL_HOURS
    return (
        min(window.opens for window in latest.windows),
        max(window.closes for window in latest.windows),
    )

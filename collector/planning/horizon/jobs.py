"""The days the planner found for donors: its job, its answer, accepting, the price of a lever."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import Refused
from collector.jobs.actions import Claim
from collector.jobs.models import JobState
from collector.jobs.work import Ended, JobOutcome
from collector.notices.actions import notify
from collector.pickups.actions import accept, request_pickup
from collector.pickups.drafts import CivilWindow, PickupDraft
from collector.pickups.models import Pickup
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import request_by_key
from collector.planning.horizon.due_dates import DueDonor, Levers
from collector.planning.horizon.problem import DONOR, Weeks, look_ahead, problem_of_weeks
from collector.planning.models import Horizon
from collector.planning.optimise.jobs import Search, refuse_unlawful, spoken
from collector.rounds.promises import Promise, promise
from collector.service_day import ServiceDay
from routing.analysis.insertion import filled
from routing.formats.native import plan_of
from routing.plan import Plan
from routing.schedule import retimed


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFound:
    """A day for a donor."""

    donor_id: int
    day: date
    shift_id: int
    begins_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverPrice:
    """What other rules would bring and cost: donors, milk and metres more; negative for less."""

    levers: Levers
    donors: int
    volume_ml: int
    metres: int


def plan_weeks(session: Session, claim: Claim) -> "PlanWeeks":
    """Prepare an attempt at the weeks to come: the handler of `plan_weeks` jobs."""
    horizon = owned(session, Horizon, claim.bank_id, claim.payload["horizon"])
    return PlanWeeks(
        bank_id=claim.bank_id,
        horizon_id=horizon.id,
        seconds=claim.payload["seconds"],
        stdin=spoken(horizon.problem, horizon.start),
    )


@dataclass(slots=True, kw_only=True)
class PlanWeeks(Search):
    """One attempt at the weeks to come."""

    bank_id: int
    horizon_id: int

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:  # noqa: ARG002
        """Keep the best plan there is, if the checker agrees."""
        if self.fell_silent(ended):
            return None
        if self.best is None:
            return JobOutcome(state=JobState.FAILED, error=self.error or "no_plan")
        horizon = owned(session, Horizon, self.bank_id, self.horizon_id)
        refuse_unlawful(horizon.problem, self.best)
        horizon.plan = self.best
        return JobOutcome(state=JobState.DONE, result={"cost": self.best["cost"]["total"]})


def latest_horizon(session: Session, bank_id: int) -> Horizon | None:
    """Return the question that was posed last about the weeks to come."""
    return session.scalar(
        select(Horizon).where(Horizon.bank_id == bank_id).order_by(Horizon.id.desc()).limit(1)
    )


def days_found(horizon: Horizon, zone: ServiceDay) -> list[DayFound]:
    """Return the days of an answer, in their order.

    Parameters
    ----------
    zone
        The first day of the horizon, in the bank's zone.
    """
    plan = plan_of(horizon.plan) if horizon.plan else Plan()
    found = [
        DayFound(
            donor_id=int(stop.visit.removeprefix(DONOR)),
            day=ServiceDay.of(zone.at(stop.begin), zone.zone).day,
            shift_id=int(tour.shift),
            begins_at=zone.at(stop.begin),
        )
        for tour in plan.tours
        for stop in tour.stops
        if stop.visit.startswith(DONOR)
    ]
    return sorted(found, key=lambda each: each.begins_at)


def once(horizon: Horizon, donor_id: int) -> str:
    """Return what makes a proposal to a donor the same one."""
    return f"horizon:{horizon.id} donor:{donor_id}"


def made_of(session: Session, horizon: Horizon) -> dict[int, Pickup]:
    """Return the requests that were made of an answer, by donor."""
    rows = session.scalars(
        select(Pickup).where(
            Pickup.bank_id == horizon.bank_id, Pickup.once.startswith(f"horizon:{horizon.id} ")
        )
    )
    return {row.donor_id: row for row in rows}


def propose_days(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    horizon_id: int,
    donors: Collection[int],
    actor: str,
) -> list[Pickup]:
    """Make requests of the days found for these donors, agreed on our side, and tell each of them.

    Done twice it is done once. A donor who asked meanwhile, or whose day no longer fits, is left
    out: the page says who is.

    Raises
    ------
    NotFound
        The bank has no such horizon.
    Refused
        `nobody_chosen`.
    """
    horizon = owned(session, Horizon, bank_id, horizon_id)
    first = ServiceDay(horizon.first, get_bank(session, bank_id).zone)
    chosen = [each for each in days_found(horizon, first) if each.donor_id in set(donors)]
    if not chosen:
        raise Refused("nobody_chosen")
    weeks = _as_it_is(session, horizon, now=now)
    known = {each.donor.id: each for each in weeks.candidates}
    made = []
    for each in chosen:
        candidate = known.get(each.donor_id)
        done = request_by_key(session, bank_id, once(horizon, each.donor_id))
        if done is None and candidate is not None and each.day in candidate.days:
            made.append(_proposed(session, horizon, weeks, candidate, each, now=now, actor=actor))
    return made


def levers_priced(
    session: Session, *, now: datetime, horizon: Horizon, others: Sequence[Levers]
) -> list[LeverPrice]:
    """Return what other rules would do to an answer: each put in where it costs least, checked."""
    base = _as_it_is(session, horizon, now=now)
    problem = problem_of_weeks(base)
    orders = plan_of(horizon.plan).orders if horizon.plan else {}
    there = {visit.id for visit in problem.visits}
    kept = {
        shift: [name for name in order if name in there]
        for shift, order in orders.items()
        if problem.shift(shift) is not None
    }
    before = filled(problem, retimed(problem, kept))
    return [_priced(session, horizon, base, before, levers, now=now) for levers in others]


def _priced(
    session: Session, horizon: Horizon, base: Weeks, before: Plan, levers: Levers, *, now: datetime
) -> LeverPrice:
    weeks = _as_it_is(session, horizon, now=now, levers=levers)
    problem = problem_of_weeks(weeks)
    there = {visit.id for visit in problem.visits}
    orders = {
        shift: [name for name in order if name in there] for shift, order in before.orders.items()
    }
    after = filled(problem, retimed(problem, orders))
    served, was = _served(after), _served(before)
    volumes = {each.donor.id: each for each in (*base.candidates, *weeks.candidates)}
    return LeverPrice(
        levers=levers,
        donors=len(served) - len(was),
        volume_ml=_volume(served, volumes) - _volume(was, volumes),
        metres=after.metres - before.metres,
    )


def _served(plan: Plan) -> set[int]:
    names = (name for order in plan.orders.values() for name in order)
    return {int(name.removeprefix(DONOR)) for name in names if name.startswith(DONOR)}


def _volume(served: set[int], known: Mapping[int, DueDonor]) -> int:
    return sum(known[key].volume_ml(known[key].due_on) for key in served if key in known)


def _as_it_is(
    session: Session, horizon: Horizon, *, now: datetime, levers: Levers | None = None
) -> Weeks:
    weeks = -(-((horizon.last - horizon.first).days + 1) // 7)
    used = levers or Levers(minimum_ml=horizon.minimum_ml, radius_km=horizon.radius_km)
    return look_ahead(session, now=now, bank_id=horizon.bank_id, weeks=weeks, levers=used)


def _proposed(
    session: Session,
    horizon: Horizon,
    weeks: Weeks,
    candidate: DueDonor,
    found: DayFound,
    *,
    now: datetime,
    actor: str,
) -> Pickup:
    donor, day = candidate.donor, ServiceDay(found.day, weeks.first.zone)
    given = promise(day, found.begins_at, ())
    opens, closes = (_wall(day, instant) for instant in (given.opens, given.closes))
    told = candidate.due.forecast
    oldest = (
        told.due_on - timedelta(days=weeks.policies[PolicyKey.MILK_AGE_DAYS])
        if told.due_on
        else told.today
    )
    pickup = request_pickup(
        session,
        now=now,
        bank_id=horizon.bank_id,
        donor_id=donor.id,
        actor=actor,
        draft=PickupDraft(
            bottles=candidate.bottles(found.day),
            volume_ml=candidate.volume_ml(found.day),
            oldest_on=min(oldest, told.today),
            purposes=purposes_for(donor, days=(found.day,), policies=weeks.policies),
            windows=(CivilWindow(day=found.day, opens=opens.time(), closes=closes.time()),),
        ),
        once=once(horizon, donor.id),
    )
    pickup = accept(session, now=now, bank_id=horizon.bank_id, pickup_id=pickup.id, actor=actor)
    pickup.promised_at = now
    _tell(session, pickup, given, day, now=now)
    return pickup


def _wall(day: ServiceDay, instant: datetime) -> datetime:
    """Return an instant on the bank's clock, kept within the day."""
    wall = day.wall(instant)
    last = day.wall(day.end) - timedelta(minutes=1)
    return min(max(wall, day.wall(day.epoch)), last)


def _tell(
    session: Session, pickup: Pickup, given: Promise, day: ServiceDay, *, now: datetime
) -> None:
    donor = pickup.donor
    notify(
        session,
        now=now,
        bank_id=pickup.bank_id,
        once=f"visit_proposed pickup:{pickup.id}",
        recipient=f"donor:{donor.id}",
        email=donor.email,
        phone=donor.phone,
        template="visit_proposed",
        language=donor.language,
        pickup=pickup.id,
        day=day.day.isoformat(),
        opens=f"{_wall(day, given.opens):%H:%M}",
        closes=f"{_wall(day, given.closes):%H:%M}",
    )

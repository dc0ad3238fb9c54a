"""Actions on the coming weeks: request days, repeat a search, propose days to donors."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.banks.queries import get_bank
from collector.db import owned
from collector.donors.contact import notify_donor
from collector.errors import Conflict, Refused
from collector.jobs.actions import enqueue, run_again
from collector.pickups.actions import accept, request_pickup
from collector.pickups.drafts import CivilWindow, PickupDraft
from collector.pickups.models import Pickup
from collector.pickups.purposes import purposes_for
from collector.pickups.queries import request_by_key
from collector.planning.horizon.due_dates import DueDonor, Levers
from collector.planning.horizon.problem import Weeks, build_weeks_problem, load_weeks, reload_weeks
from collector.planning.horizon.queries import (
    ProposedDay,
    latest_horizon,
    proposal_key,
    proposed_days,
)
from collector.planning.models import Horizon
from collector.planning.problem.stored_json import stored_plan, stored_problem
from collector.rounds.promises import Promise, promise
from collector.service_day import ServiceDay
from routing.schedule import assembled

PLAN_WEEKS = "plan_weeks"
SECONDS = 12
OVERHEAD_SECONDS = 90


def request_days(
    session: Session, *, now: datetime, bank_id: int, weeks: int, levers: Levers, asked_by: str
) -> Horizon:
    """Store the problem of the coming weeks and queue its job.

    Raises
    ------
    Refused
        `nobody_drives_then`: there is no shift; `nobody_is_due`.
    """
    loaded = load_weeks(session, now=now, bank_id=bank_id, weeks=weeks, levers=levers)
    if not loaded.shifts:
        raise Refused("nobody_drives_then")
    if not any(each.days for each in loaded.candidates):
        raise Refused("nobody_is_due")
    problem = build_weeks_problem(loaded)
    horizon = Horizon(
        bank_id=bank_id,
        first=loaded.first.day,
        last=loaded.last,
        minimum_ml=levers.minimum_ml,
        radius_km=levers.radius_km,
        asked_by=asked_by,
        posed_at=now,
        job_id=None,
        problem=stored_problem(problem),
        start=stored_plan(assembled(problem, ())),
        plan=None,
    )
    session.add(horizon)
    session.flush()
    _queue(session, horizon, now=now)
    return horizon


def request_days_again(
    session: Session, *, now: datetime, bank_id: int, horizon_id: int, asked_by: str
) -> Horizon:
    """Queue the failed or dead job of the latest weeks once more, with the problem that it had.

    Raises
    ------
    NotFound
        The bank has no such horizon.
    Conflict
        There is a later one: `job_replaced`.
    Refused
        The job is at work, or it has a result: `job_not_ended`, `job_not_failed`.
    """
    horizon = owned(session, Horizon, bank_id, horizon_id)
    latest = latest_horizon(session, bank_id)
    if latest is None or latest.id != horizon.id or horizon.job_id is None:
        raise Conflict("job_replaced", job=horizon.job_id)
    job = run_again(session, now=now, bank_id=bank_id, job_id=horizon.job_id, asked_by=asked_by)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=asked_by,
        action="weeks asked again",
        subject=f"horizon:{horizon.id}",
        job=job.id,
    )
    return horizon


def _queue(session: Session, horizon: Horizon, *, now: datetime) -> None:
    horizon.job_id = enqueue(
        session,
        now=now,
        bank_id=horizon.bank_id,
        kind=PLAN_WEEKS,
        payload={"horizon": horizon.id, "seconds": SECONDS},
        asked_by=horizon.asked_by,
        deadline_seconds=SECONDS + OVERHEAD_SECONDS,
    ).id
    record(
        session,
        now=now,
        bank_id=horizon.bank_id,
        actor=horizon.asked_by,
        action="weeks asked",
        subject=f"horizon:{horizon.id}",
        minimum_ml=horizon.minimum_ml,
        radius_km=horizon.radius_km,
    )


def propose_days(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    horizon_id: int,
    donors: Collection[int],
    actor: str,
) -> list[Pickup]:
    """Create accepted requests on the proposed days of these donors, and notify each donor.

    Repeated, it creates nothing new. A donor with another request since, or with a day that no
    longer fits, is left out; the page lists her.

    Raises
    ------
    NotFound
        The bank has no such horizon.
    Refused
        `nobody_chosen`.
    """
    horizon = owned(session, Horizon, bank_id, horizon_id)
    first = ServiceDay(horizon.first, get_bank(session, bank_id).zone)
    chosen = [each for each in proposed_days(horizon, first) if each.donor_id in set(donors)]
    if not chosen:
        raise Refused("nobody_chosen")
    weeks = reload_weeks(session, horizon, now=now)
    known = {each.donor.id: each for each in weeks.candidates}
    made = []
    for each in chosen:
        candidate = known.get(each.donor_id)
        done = request_by_key(session, bank_id, proposal_key(horizon, each.donor_id))
        if done is None and candidate is not None and each.day in candidate.days:
            made.append(_proposed(session, horizon, weeks, candidate, each, now=now, actor=actor))
    return made


def _proposed(
    session: Session,
    horizon: Horizon,
    weeks: Weeks,
    candidate: DueDonor,
    found: ProposedDay,
    *,
    now: datetime,
    actor: str,
) -> Pickup:
    donor, day = candidate.donor, ServiceDay(found.day, weeks.first.zone)
    given = promise(day, found.begins_at, ())
    opens, closes = (_wall(day, instant) for instant in (given.opens, given.closes))
    forecast = candidate.due.forecast
    oldest = (
        forecast.due_on - timedelta(days=weeks.policies[PolicyKey.MILK_AGE_DAYS])
        if forecast.due_on
        else forecast.today
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
            oldest_on=min(oldest, forecast.today),
            line=candidate.due.line,
            purposes=purposes_for(donor, days=(found.day,), policies=weeks.policies),
            windows=(CivilWindow(day=found.day, opens=opens.time(), closes=closes.time()),),
        ),
        once=proposal_key(horizon, donor.id),
    )
    pickup = accept(session, now=now, bank_id=horizon.bank_id, pickup_id=pickup.id, actor=actor)
    pickup.promised_at = now
    _notify_donor(session, pickup, given, day, now=now)
    return pickup


def _wall(day: ServiceDay, instant: datetime) -> datetime:
    """Return an instant on the bank's clock, within the day."""
    wall = day.wall(instant)
    last = day.wall(day.end) - timedelta(minutes=1)
    return min(max(wall, day.wall(day.epoch)), last)


def _notify_donor(
    session: Session, pickup: Pickup, given: Promise, day: ServiceDay, *, now: datetime
) -> None:
    notify_donor(
        session,
        pickup.donor,
        now=now,
        once=f"visit_proposed pickup:{pickup.id}",
        template="visit_proposed",
        pickup=pickup.id,
        day=day.day.isoformat(),
        opens=f"{_wall(day, given.opens):%H:%M}",
        closes=f"{_wall(day, given.closes):%H:%M}",
    )

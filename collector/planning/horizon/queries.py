"""Queries of the coming weeks: the latest problem, its job, its days and their requests."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.jobs.models import Job
from collector.jobs.queries import get_job
from collector.pickups.models import Pickup
from collector.planning.horizon.problem import DONOR
from collector.planning.models import Horizon
from collector.service_day import ServiceDay
from routing.formats.native import plan_of
from routing.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedDay:
    """A day that the planner found for a donor."""

    donor_id: int
    day: date
    shift_id: int
    begins_at: datetime


def latest_horizon(session: Session, bank_id: int) -> Horizon | None:
    """Return the latest problem of the coming weeks."""
    return session.scalar(
        select(Horizon).where(Horizon.bank_id == bank_id).order_by(Horizon.id.desc()).limit(1)
    )


def job_of(session: Session, horizon: Horizon) -> Job | None:
    """Return the job of a horizon."""
    if horizon.job_id is None:
        return None
    return get_job(session, bank_id=horizon.bank_id, job_id=horizon.job_id)


def proposal_key(horizon: Horizon, donor_id: int) -> str:
    """Return the key under which a donor gets one proposal of a horizon."""
    return f"horizon:{horizon.id} donor:{donor_id}"


def requests_by_donor(session: Session, horizon: Horizon) -> dict[int, Pickup]:
    """Return the requests created from a horizon, by donor."""
    rows = session.scalars(
        select(Pickup).where(
            Pickup.bank_id == horizon.bank_id, Pickup.once.startswith(f"horizon:{horizon.id} ")
        )
    )
    return {row.donor_id: row for row in rows}


def proposed_days(horizon: Horizon, zone: ServiceDay) -> list[ProposedDay]:
    """Return the days of a horizon's plan, ascending.

    Parameters
    ----------
    zone
        The first day of the horizon, in the bank's zone.
    """
    plan = plan_of(horizon.plan) if horizon.plan else Plan()
    found = [
        ProposedDay(
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

"""Writing of the roster: new shifts, and changes of their end, end site and capacity."""

from collections.abc import Mapping
from datetime import date, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.errors import Refused
from collector.people.models import Person, Role, RoleGrant
from collector.shifts.models import RosterShift

DEFAULT_TERMS = {
    "capacity_bottles": 160,
    "capacity_ml": 40_000,
    "capacity_tubes": 24,
    "fixed_cents": 0,
    "cents_per_km": 45,
    "cents_per_hour": 2400,
}
"""Capacity and cost of a small van with two cool boxes; Milkround's own starting values."""


def put_on_duty(
    session: Session,
    *,
    collector: Person,
    day: date,
    weeks: int,
    begins: time,
    ends: time,
    start: Site,
    end: Site,
    vehicle: str,
    skills: list[str],
) -> list[RosterShift]:
    """Give a collector a shift on a day, and on the same weekday of the following weeks.

    Parameters
    ----------
    weeks
        Number of shifts, one per week.

    Raises
    ------
    Refused
        `collector_needed` (`name`); `shift_backwards`; `shift_twice` (`day`) if the collector has
        a shift at that time already. One shift may end at the begin of the next.
    """
    collects = select(RoleGrant.id).where(
        RoleGrant.person_id == collector.id, RoleGrant.role == Role.COLLECTOR
    )
    if session.scalar(collects) is None:
        raise Refused("collector_needed", name=collector.name)
    if ends <= begins:
        raise Refused("shift_backwards")
    days = [day + timedelta(weeks=week) for week in range(weeks)]
    _refuse_overlap(session, collector, days, begins=begins, ends=ends)
    shifts = [
        RosterShift(
            bank_id=collector.bank_id,
            day=each,
            collector_id=collector.id,
            begins=begins,
            ends=ends,
            start_site_id=start.id,
            end_site_id=end.id,
            vehicle=vehicle,
            skills=skills,
            **DEFAULT_TERMS,
        )
        for each in days
    ]
    session.add_all(shifts)
    session.flush()
    return shifts


def change_shift(
    session: Session, *, shift_id: int, ends: time, capacities: Mapping[str, int]
) -> RosterShift:
    """Set the end of a shift and its capacities, by the names of their columns."""
    shift = session.get_one(RosterShift, shift_id)
    shift.ends = ends
    for name, capacity in capacities.items():
        setattr(shift, name, capacity)
    return shift


def end_at_site(session: Session, *, shift_id: int, site_id: int) -> RosterShift:
    """Let a shift end at another site."""
    shift = session.get_one(RosterShift, shift_id)
    shift.end_site_id = site_id
    return shift


def _refuse_overlap(
    session: Session, collector: Person, days: list[date], *, begins: time, ends: time
) -> None:
    taken = session.scalars(
        select(RosterShift.day)
        .where(
            RosterShift.collector_id == collector.id,
            RosterShift.day.in_(days),
            RosterShift.begins < ends,
            RosterShift.ends > begins,
        )
        .order_by(RosterShift.day)
    ).first()
    if taken is not None:
        raise Refused("shift_twice", day=taken.isoformat())

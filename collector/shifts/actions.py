"""Writing of the roster: new shifts, changes of a shift, and absences."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Site
from collector.errors import Refused
from collector.people.models import Person, Role, RoleGrant
from collector.shifts.models import Absence, AbsenceReason, RosterShift

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


def write_absence(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    begins_at: datetime,
    ends_at: datetime,
    reason: AbsenceReason,
    person_id: int | None = None,
    vehicle: str | None = None,
    disruption_id: int | None = None,
) -> Absence:
    """Take a collector, or a vehicle, off duty from one instant to another."""
    absence = Absence(
        bank_id=bank_id,
        person_id=person_id,
        vehicle=vehicle,
        begins_at=begins_at,
        ends_at=ends_at,
        reason=reason,
        disruption_id=disruption_id,
        noted_by=actor,
        noted_at=now,
    )
    session.add(absence)
    session.flush()
    _record(session, absence, now=now, actor=actor, action="absence written")
    return absence


def withdraw_absence(session: Session, absence: Absence, *, now: datetime, actor: str) -> None:
    """Put a collector, or a vehicle, back on duty, as if the absence had not been written."""
    absence.withdrawn_at = now
    _record(session, absence, now=now, actor=actor, action="absence withdrawn")


def restore_absence(session: Session, absence: Absence, *, now: datetime, actor: str) -> None:
    """Let a withdrawn absence hold again."""
    absence.withdrawn_at = None
    _record(session, absence, now=now, actor=actor, action="absence restored")


def _record(session: Session, absence: Absence, *, now: datetime, actor: str, action: str) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=absence.bank_id,
        actor=actor,
        action=action,
        subject=f"absence:{absence.id}",
        person=absence.person_id,
        begins_at=absence.begins_at.isoformat(),
        ends_at=absence.ends_at.isoformat(),
    )


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

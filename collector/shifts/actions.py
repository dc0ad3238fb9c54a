"""Writing of the roster: shifts put on and taken off, changes of a shift, and absences."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.fleet import STARTING_CAPACITY, vehicle_known, write_vehicle
from collector.banks.models import Site
from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.field_parsers import FieldMistake
from collector.people.models import Person
from collector.shifts.drafts import (
    RosterFacts,
    ShiftDraft,
    load_roster_facts,
    mistakes_in,
    write_terms,
)
from collector.shifts.models import Absence, AbsenceReason, RosterShift, WeeklyShift

DEFAULT_COSTS = {"fixed_cents": 0, "cents_per_km": 45, "cents_per_hour": 2400}
"""Costs of a small van and its collector; Milkround's own starting values."""


class MistakenShift(Refused):
    """A draft of a shift with mistakes; its code and figures are those of the first.

    Attributes
    ----------
    mistakes
        All mistakes, by the names of the draft's fields.
    """

    def __init__(self, mistakes: list[FieldMistake]) -> None:
        super().__init__(mistakes[0].code, **mistakes[0].figures)
        self.mistakes = mistakes


def put_on_duty(
    session: Session,
    *,
    now: datetime,
    actor: str,
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

    A vehicle that is not known is added with the starting capacity.

    Parameters
    ----------
    weeks
        Number of shifts, one per week.

    Raises
    ------
    MistakenShift
        As `write_shift`.
    """
    known = {each.name for each in vehicle_known(session, collector.bank_id)}
    if vehicle and vehicle not in known:
        capacity = {f"capacity_{name}": most for name, most in STARTING_CAPACITY._asdict().items()}
        facts = {"name": vehicle, "plate": "", "service_due_on": None, **capacity}
        write_vehicle(session, now=now, bank_id=collector.bank_id, actor=actor, facts=facts)
    draft = ShiftDraft(
        begins=begins,
        ends=ends,
        start_site_id=start.id,
        end_site_id=end.id,
        vehicle=vehicle,
        skills=tuple(skills),
    )
    days = [day + timedelta(weeks=week) for week in range(weeks)]
    return [
        write_shift(session, now=now, actor=actor, person=collector, day=each, draft=draft)
        for each in days
    ]


def write_shift(
    session: Session,
    *,
    now: datetime,
    actor: str,
    person: Person,
    day: date,
    draft: ShiftDraft,
    shift_id: int | None = None,
    seen: int = 0,
    facts: RosterFacts | None = None,
) -> RosterShift:
    """Put a person on duty on a day, or change a shift of the `seen` version.

    A shift that was taken from the roster and begins at the same time is put on it again.

    Parameters
    ----------
    facts
        The rows to check against, loaded for many shifts; None loads those of the day.

    Raises
    ------
    MistakenShift
        The draft has mistakes (`shifts.drafts.mistakes_in`).
    Conflict
        A colleague changed or ended the shift meanwhile: `changed_meanwhile`.
    """
    bank_id = person.bank_id
    facts = facts or load_roster_facts(session, bank_id=bank_id, first=day, last=day)
    mistakes = mistakes_in(facts, draft, person=person, day=day, but=shift_id)
    if mistakes:
        raise MistakenShift(mistakes)
    if shift_id is None:
        shift = _taken_off_before(session, person, day, draft) or RosterShift(
            bank_id=bank_id, day=day, collector_id=person.id, **DEFAULT_COSTS
        )
    else:
        shift = shift_seen(session, bank_id=bank_id, shift_id=shift_id, seen=seen)
    write_terms(shift, draft)
    shift.ended_at, shift.changed = None, shift.weekly_id is not None
    capacity = facts.capacity(draft)
    shift.capacity_bottles, shift.capacity_ml, shift.capacity_tubes = capacity
    session.add(shift)
    session.flush()
    if shift not in facts.shifts:
        facts.shifts.append(shift)
    record_shift(session, shift, now=now, actor=actor, action="shift written")
    return shift


def take_off_roster(
    session: Session, *, now: datetime, bank_id: int, actor: str, shift_id: int, seen: int
) -> RosterShift:
    """Take a shift from the roster; its row, its round and its past stay.

    Raises
    ------
    Conflict
        A colleague changed or ended the shift meanwhile: `changed_meanwhile`.
    Refused
        Its day is over: `roster_past`.
    """
    shift = shift_seen(session, bank_id=bank_id, shift_id=shift_id, seen=seen)
    refuse_past(session, bank_id=bank_id, day=shift.day, now=now)
    shift.ended_at, shift.changed = now, shift.weekly_id is not None
    session.flush()
    record_shift(session, shift, now=now, actor=actor, action="shift taken off")
    return shift


def shift_seen(session: Session, *, bank_id: int, shift_id: int, seen: int) -> RosterShift:
    """Return a shift on the roster in the version that a person has seen.

    Raises
    ------
    Conflict
        It has another version by now, or has left the roster: `changed_meanwhile`.
    """
    shift = owned(session, RosterShift, bank_id, shift_id)
    if shift.version != seen or shift.ended_at is not None:
        raise Conflict("changed_meanwhile")
    return shift


def refuse_past(session: Session, *, bank_id: int, day: date, now: datetime) -> None:
    """Refuse a change of a day that is over.

    Raises
    ------
    Refused
        `roster_past`.
    """
    if day < now.astimezone(get_bank(session, bank_id).zone).date():
        raise Refused("roster_past")


def record_shift(
    session: Session,
    shift: RosterShift | WeeklyShift,
    *,
    now: datetime,
    actor: str,
    action: str,
) -> None:
    """Append a change of the roster to the audit chain."""
    kind = "shift" if isinstance(shift, RosterShift) else "weekly_shift"
    when = shift.day if isinstance(shift, RosterShift) else shift.starts_on
    record(
        session,
        now=now,
        bank_id=shift.bank_id,
        actor=actor,
        action=action,
        subject=f"{kind}:{shift.id}",
        person=shift.collector_id,
        day=when.isoformat(),
        begins=f"{shift.begins:%H:%M}",
        ends=f"{shift.ends:%H:%M}",
    )


def _taken_off_before(
    session: Session, person: Person, day: date, draft: ShiftDraft
) -> RosterShift | None:
    return session.scalar(
        select(RosterShift).where(
            RosterShift.collector_id == person.id,
            RosterShift.day == day,
            RosterShift.begins == draft.begins,
            RosterShift.ended_at.is_not(None),
        )
    )


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

"""The roster in the API: shifts, absences, and an absence written or taken back."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated, Final, Literal

from flask import url_for
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from collector.applications.models import Scope
from collector.db import owned, reading, transaction
from collector.errors import Conflict
from collector.people.models import Person
from collector.rounds.queries import planned_shifts
from collector.shifts.actions import withdraw_absence, write_absence
from collector.shifts.duty import during_shift
from collector.shifts.models import Absence, AbsenceReason, RosterShift
from collector.shifts.queries import absences_between, shifts_between
from collector.web.api.callers import caller, zone
from collector.web.api.inputs import Input, Key, Mistaken
from collector.web.api.once import done_once
from collector.web.api.operations import operation
from collector.web.api.outputs import Made, require_match
from collector.web.framework.context import now

MOST_DAYS: Final = 62
LONGEST_ABSENCE: Final = timedelta(days=400)
Instant = Annotated[datetime, Meta(tz=True)]


class ShiftAnswer(Struct, frozen=True, kw_only=True):
    """A shift of a collector, in wall-clock times."""

    id: int
    day: date
    collector_id: int
    begins: time
    ends: time
    vehicle: str
    boxes: list[str]
    skills: list[str]
    start_site_id: int
    end_site_id: int
    taken_off: bool
    version: int


class AbsenceAnswer(Struct, frozen=True, kw_only=True):
    """The time during which a person, a vehicle or the whole bank is off duty."""

    id: int | None
    """Null for a closing day of the bank, which has no row of its own."""
    person_id: int | None
    vehicle: str | None
    begins_at: datetime
    ends_at: datetime
    reason: AbsenceReason
    withdrawn: bool


class RosterAnswer(Struct, frozen=True, kw_only=True):
    """The shifts and the absences of some days."""

    first: date
    last: date
    shifts: list[ShiftAnswer]
    absences: list[AbsenceAnswer]


class PeriodQuery(Input, frozen=True, kw_only=True):
    """Two days, both included."""

    first: date
    last: date


class NewAbsence(Input, frozen=True, kw_only=True):
    """An absence of a person to write."""

    person_id: Key
    begins_at: Instant
    ends_at: Instant
    reason: Literal["leave", "ill", "training"]


@operation("GET", "/roster", scope=Scope.ROSTER_READ, query=PeriodQuery, answer=RosterAnswer)
def get_roster(query: PeriodQuery) -> RosterAnswer:
    """Read the roster of at most 62 days."""
    refuse_long_period(query, MOST_DAYS)
    bank_id, first, last = caller().bank_id, query.first, query.last
    with reading() as session:
        return RosterAnswer(
            first=first,
            last=last,
            shifts=[
                _shift(row)
                for row in shifts_between(session, bank_id=bank_id, first=first, last=last)
            ],
            absences=[
                absence_answer(row)
                for row in absences_between(session, bank_id=bank_id, first=first, last=last)
            ],
        )


@operation("GET", "/absences/<int:absence_id>", scope=Scope.ROSTER_READ, answer=AbsenceAnswer)
def get_absence(absence_id: int) -> AbsenceAnswer:
    """Read an absence."""
    with reading() as session:
        return absence_answer(owned(session, Absence, caller().bank_id, absence_id))


@operation(
    "POST",
    "/absences",
    scope=Scope.ROSTER_WRITE,
    body=NewAbsence,
    answer=AbsenceAnswer,
    made=True,
)
def make_absence(body: NewAbsence) -> Made:
    """Write an absence that touches no planned visit."""
    with transaction() as session:
        key = done_once(session, lambda: _write(session, body))
        found = owned(session, Absence, caller().bank_id, key)
        return Made(absence_answer(found), url_for("api.get_absence", absence_id=key))


@operation(
    "DELETE",
    "/absences/<int:absence_id>",
    scope=Scope.ROSTER_WRITE,
    answer=AbsenceAnswer,
    matched=True,
)
def withdraw_one_absence(absence_id: int) -> AbsenceAnswer:
    """Take an absence back; its row stays, as withdrawn."""
    with transaction() as session:
        absence = owned(session, Absence, caller().bank_id, absence_id)
        require_match(absence_answer(absence))
        if absence.withdrawn_at is None:
            withdraw_absence(session, absence, now=now(), actor=caller().reference)
        return absence_answer(absence)


def refuse_long_period(query: PeriodQuery, most: int) -> None:
    """Refuse a period that ends before it begins, or has too many days.

    Raises
    ------
    Mistaken
        422, about `last`.
    """
    if not timedelta(0) <= query.last - query.first < timedelta(days=most):
        text = f"The last day lies 0 to {most - 1} days after the first."
        raise Mistaken(HTTPStatus.UNPROCESSABLE_ENTITY, "period_backwards", "last", text)


def _write(session: Session, body: NewAbsence) -> int:
    bank_id = caller().bank_id
    owned(session, Person, bank_id, body.person_id)
    if not timedelta(0) < body.ends_at - body.begins_at <= LONGEST_ABSENCE:
        text = f"The absence ends after it begins, within {LONGEST_ABSENCE.days} days."
        raise Mistaken(HTTPStatus.UNPROCESSABLE_ENTITY, "period_backwards", "ends_at", text)
    _refuse_planned(session, body)
    absence = write_absence(
        session,
        now=now(),
        bank_id=bank_id,
        actor=caller().reference,
        begins_at=body.begins_at,
        ends_at=body.ends_at,
        reason=AbsenceReason(body.reason),
        person_id=body.person_id,
    )
    return absence.id


def _refuse_planned(session: Session, body: NewAbsence) -> None:
    """Refuse an absence during planned visits: on the roster, a coordinator decides their lot."""
    absence = Absence(
        person_id=body.person_id,
        begins_at=body.begins_at,
        ends_at=body.ends_at,
        reason=AbsenceReason(body.reason),
    )
    shifts = shifts_between(
        session,
        bank_id=caller().bank_id,
        first=_day(body.begins_at),
        last=_day(body.ends_at),
        person_id=body.person_id,
    )
    touched = [row.id for row in shifts if during_shift(row, [absence], zone())]
    visits = [
        pickup
        for shift in planned_shifts(session, bank_id=caller().bank_id, shifts=touched)
        for pickup in shift.pickups
    ]
    if visits:
        raise Conflict("visits_planned_then", count=len(visits))


def _day(instant: datetime) -> date:
    return instant.astimezone(zone()).date()


def _shift(row: RosterShift) -> ShiftAnswer:
    return ShiftAnswer(
        id=row.id,
        day=row.day,
        collector_id=row.collector_id,
        begins=row.begins,
        ends=row.ends,
        vehicle=row.vehicle,
        boxes=list(row.boxes),
        skills=list(row.skills),
        start_site_id=row.start_site_id,
        end_site_id=row.end_site_id,
        taken_off=row.ended_at is not None,
        version=row.version,
    )


def absence_answer(row: Absence) -> AbsenceAnswer:
    """Return an absence as the API shows it."""
    return AbsenceAnswer(
        id=row.id,
        person_id=row.person_id,
        vehicle=row.vehicle,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        reason=row.reason,
        withdrawn=row.withdrawn_at is not None,
    )

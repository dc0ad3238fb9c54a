"""Writing of holds: one person opens a hold, two lift it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.custody.models import Container
from collector.db import Base, owned
from collector.donors.models import Donor
from collector.errors import Refused
from collector.laboratory.heating.models import Cycle, LabDevice
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.pooling.models import Bottle, LabMaterial, Lot, MilkPool
from collector.laboratory.units.models import StorageUnit
from collector.people.models import Role
from collector.people.queries import roles_of

LONGEST_REASON = 500
"""Longest reason of a hold or of its end, in characters."""
ROWS: dict[HoldSubject, type[Base]] = {
    HoldSubject.DONOR: Donor,
    HoldSubject.CONTAINER: Container,
    HoldSubject.POOL: MilkPool,
    HoldSubject.CYCLE: Cycle,
    HoldSubject.DEVICE: LabDevice,
    HoldSubject.LOT: Lot,
    HoldSubject.BOTTLE: Bottle,
    HoldSubject.UNIT: StorageUnit,
    HoldSubject.MATERIAL: LabMaterial,
}
"""The row of each subject."""


def open_hold(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    subject: HoldSubject,
    subject_id: int,
    reason: str,
    since: date | None = None,
    until: date | None = None,
    result_id: int | None = None,
) -> LaboratoryHold:
    """Stop the milk that a subject reaches, at once and by one person.

    Parameters
    ----------
    since, until
        The first and the last day of a donor's expressions, of a device's cycles, of the stays in
        a unit, or of the pools of a material; None for all. A hold on a unit without a first day
        stops what stands there now or comes later.
    result_id
        The failing result that is the cause.

    Raises
    ------
    NotFound
        The bank has no such subject.
    Refused
        `reason_missing`; `text_too_long` (`most`); `days_backwards`.
    """
    if since and until and until < since:
        raise Refused("days_backwards")
    owned(session, ROWS[subject], bank_id, subject_id)
    hold = LaboratoryHold(
        bank_id=bank_id,
        subject=subject,
        subject_id=subject_id,
        since=since,
        until=until,
        reason=_reason(reason),
        result_id=result_id,
        opened_by_id=person_id,
        opened_at=now,
        lift_asked_by_id=None,
        lift_asked_at=None,
        lift_reason="",
        lifted_by_id=None,
        lifted_at=None,
    )
    session.add(hold)
    _record(session, now, hold, person_id, "hold opened")
    return hold


def ask_to_lift(
    session: Session, *, now: datetime, bank_id: int, person_id: int, hold_id: int, reason: str
) -> LaboratoryHold:
    """Sign first that a hold shall end; it goes on until a second person signs.

    Raises
    ------
    NotFound
        The bank has no such hold.
    Refused
        `hold_lifted`; `reason_missing`; `text_too_long` (`most`); `not_quality_or_releaser`.
    """
    hold = _lock(session, bank_id, hold_id)
    if not roles_of(session, person_id) & {Role.QUALITY, Role.RELEASER}:
        raise Refused("not_quality_or_releaser")
    hold.lift_reason = _reason(reason)
    hold.lift_asked_by_id, hold.lift_asked_at = person_id, now
    _record(session, now, hold, person_id, "end of hold asked")
    return hold


def lift_hold(
    session: Session, *, now: datetime, bank_id: int, person_id: int, hold_id: int
) -> LaboratoryHold:
    """End a hold by the second signature.

    Raises
    ------
    NotFound
        The bank has no such hold.
    Refused
        `hold_lifted`; `hold_end_not_asked`; `two_people_needed`: it is the same person;
        `quality_and_releaser_needed`: the two do not hold both roles.
    """
    hold = _lock(session, bank_id, hold_id)
    if hold.lift_asked_by_id is None:
        raise Refused("hold_end_not_asked")
    refuse_unfit_pair(session, first=hold.lift_asked_by_id, second=person_id)
    hold.lifted_by_id, hold.lifted_at = person_id, now
    first = f"person:{hold.lift_asked_by_id}"
    _record(session, now, hold, person_id, "hold lifted", first=first)
    return hold


def refuse_unfit_pair(session: Session, *, first: int, second: int) -> None:
    """Refuse two signatures that are not of one person of quality and another who releases.

    The keys are those of the sessions that signed, never of a form.

    Raises
    ------
    Refused
        `two_people_needed`; `quality_and_releaser_needed`.
    """
    if first == second:
        raise Refused("two_people_needed")
    one, other = roles_of(session, first), roles_of(session, second)
    fits = Role.QUALITY in one and Role.RELEASER in other
    if not fits and not (Role.RELEASER in one and Role.QUALITY in other):
        raise Refused("quality_and_releaser_needed")


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("reason_missing")
    if len(text) > LONGEST_REASON:
        raise Refused("text_too_long", most=LONGEST_REASON)
    return text.strip()


def _lock(session: Session, bank_id: int, hold_id: int) -> LaboratoryHold:
    """Return a hold that is not lifted, locked until the transaction ends."""
    hold = owned(session, LaboratoryHold, bank_id, hold_id)
    session.refresh(hold, with_for_update=True)
    if hold.lifted_at is not None:
        raise Refused("hold_lifted")
    return hold


def _record(
    session: Session,
    now: datetime,
    hold: LaboratoryHold,
    person_id: int,
    action: str,
    **details: object,
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=hold.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"{hold.subject.value}:{hold.subject_id}",
        hold=hold.id,
        **details,
    )

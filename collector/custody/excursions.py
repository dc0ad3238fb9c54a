"""Temperatures above their limit, of boxes and doors: one person assesses, another decides."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.custody.models import (
    BoxReading,
    BoxReadingKind,
    DoorRecord,
    Excursion,
    ExcursionDecision,
)
from collector.custody.pickup_record import PickupRecordFlag
from collector.db import owned
from collector.errors import Refused

LONGEST_ASSESSMENT = 2000


def record_reading(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    round_id: int,
    event_id: int,
    box: str,
    kind: BoxReadingKind,
    celsius: float,
    device_at: datetime,
    limit: int,
) -> BoxReading:
    """Keep what a box's thermometer showed; above the limit, somebody has to look at it."""
    reading = BoxReading(
        bank_id=bank_id,
        round_id=round_id,
        event_id=event_id,
        box=box,
        kind=kind,
        celsius=celsius,
        device_at=device_at,
        recorded_at=now,
        withdrawn_at=None,
    )
    session.add(reading)
    session.flush()
    if celsius > limit:
        _detect(session, now, bank_id, celsius=celsius, limit=limit, reading_id=reading.id)
    return reading


def detect_at_door(session: Session, *, now: datetime, found: DoorRecord, limit: int) -> None:
    """Open an excursion where a donor's freezer was too warm."""
    if PickupRecordFlag.FREEZER_WARM in found.flags and found.freezer_celsius is not None:
        _detect(
            session,
            now,
            found.bank_id,
            celsius=found.freezer_celsius,
            limit=limit,
            record_id=found.id,
        )


def let_readings_stand(
    session: Session, *, now: datetime, round_id: int, standing: Iterable[int]
) -> None:
    """Withdraw the readings whose event was taken back, and only those."""
    counted = set(standing)
    for reading in session.scalars(select(BoxReading).where(BoxReading.round_id == round_id)):
        stands = reading.event_id in counted
        if stands != (reading.withdrawn_at is None):
            reading.withdrawn_at = None if stands else now
            _follow(session, Excursion.reading_id == reading.id, reading.withdrawn_at)


def let_door_excursions_stand(session: Session, records: Iterable[DoorRecord]) -> None:
    """Withdraw the excursion of a door's record together with it."""
    for found in records:
        _follow(session, Excursion.record_id == found.id, found.withdrawn_at)


def assess(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    excursion_id: int,
    person_id: int,
    assessment: str,
) -> Excursion:
    """Write down what one person found out.

    Raises
    ------
    NotFound
        The bank has no such excursion.
    Refused
        `assessment_missing`; `text_too_long` (`most`); `excursion_decided`: it is over.
    """
    found = owned(session, Excursion, bank_id, excursion_id)
    if found.decision is not None:
        raise Refused("excursion_decided")
    if not assessment.strip():
        raise Refused("assessment_missing")
    if len(assessment) > LONGEST_ASSESSMENT:
        raise Refused("text_too_long", most=LONGEST_ASSESSMENT)
    found.assessment = assessment.strip()
    found.assessed_by_id, found.assessed_at = person_id, now
    _note(session, now, found, person_id, "excursion assessed")
    return found


def decide(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    excursion_id: int,
    person_id: int,
    decision: ExcursionDecision,
    note: str = "",
) -> Excursion:
    """Decide what becomes of the milk; whoever assessed it does not decide it.

    Raises
    ------
    NotFound
        The bank has no such excursion.
    Refused
        `excursion_not_assessed`, `excursion_decided`, `two_people_needed`, `text_too_long`.
    """
    found = owned(session, Excursion, bank_id, excursion_id)
    if found.decision is not None:
        raise Refused("excursion_decided")
    if found.assessed_by_id is None:
        raise Refused("excursion_not_assessed")
    if found.assessed_by_id == person_id:
        raise Refused("two_people_needed")
    if len(note) > LONGEST_ASSESSMENT:
        raise Refused("text_too_long", most=LONGEST_ASSESSMENT)
    found.decision, found.decision_note = decision, note.strip()
    found.decided_by_id, found.decided_at = person_id, now
    _note(session, now, found, person_id, f"excursion decided: {decision.value}")
    return found


def _detect(
    session: Session,
    now: datetime,
    bank_id: int,
    *,
    celsius: float,
    limit: int,
    reading_id: int | None = None,
    record_id: int | None = None,
) -> None:
    session.add(
        Excursion(
            bank_id=bank_id,
            record_id=record_id,
            reading_id=reading_id,
            celsius=celsius,
            limit_celsius=limit,
            detected_at=now,
            withdrawn_at=None,
            assessment="",
            assessed_by_id=None,
            assessed_at=None,
            decision=None,
            decision_note="",
            decided_by_id=None,
            decided_at=None,
        )
    )
    session.flush()


def _follow(session: Session, which: object, withdrawn_at: datetime | None) -> None:
    for excursion in session.scalars(select(Excursion).where(which)):  # type: ignore[arg-type]
        excursion.withdrawn_at = withdrawn_at


def _note(session: Session, now: datetime, found: Excursion, person_id: int, action: str) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=found.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"excursion:{found.id}",
        celsius=found.celsius,
        limit=found.limit_celsius,
    )

"""Excursions: temperatures above their limit; one person assesses them, another decides."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

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
"""Longest assessment or note of a decision, in characters."""


def box_reading(
    *,
    now: datetime,
    bank_id: int,
    round_id: int,
    event_id: int,
    box: str,
    kind: BoxReadingKind,
    celsius: float,
    device_at: datetime,
) -> BoxReading:
    """Return the row of a temperature that a box's thermometer showed, in degrees Celsius."""
    return BoxReading(
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


def open_excursions(
    session: Session,
    *,
    now: datetime,
    records: Iterable[DoorRecord],
    readings: Iterable[BoxReading],
    freezer_warmest: int,
    box_warmest: int,
) -> None:
    """Open an excursion for each new row with a temperature above its limit.

    Parameters
    ----------
    records, readings
        Rows that have their keys.
    freezer_warmest, box_warmest
        The bank's limits, in degrees Celsius.
    """
    for found in records:
        if PickupRecordFlag.FREEZER_WARM in found.flags and found.freezer_celsius is not None:
            excursion = _excursion(now, found.bank_id, found.freezer_celsius, freezer_warmest)
            excursion.record_id = found.id
            session.add(excursion)
    for reading in readings:
        if reading.celsius > box_warmest:
            excursion = _excursion(now, reading.bank_id, reading.celsius, box_warmest)
            excursion.reading_id = reading.id
            session.add(excursion)
    session.flush()


def open_unit_excursion(
    session: Session, *, now: datetime, bank_id: int, celsius: float, limit_celsius: int
) -> Excursion:
    """Open the judgement of a storage unit's excursion; the laboratory knows the unit."""
    excursion = _excursion(now, bank_id, celsius, limit_celsius)
    session.add(excursion)
    session.flush()
    return excursion


def withdraw_readings(
    session: Session, *, now: datetime, events: Iterable[int], standing: Collection[int]
) -> None:
    """Withdraw the readings of these events, with their excursions; restore the standing ones.

    Parameters
    ----------
    events, standing
        Keys of events.
    """
    changed: dict[int, datetime | None] = {}
    readings = session.scalars(select(BoxReading).where(BoxReading.event_id.in_(list(events))))
    for reading in readings:
        stands = reading.event_id in standing
        if stands != (reading.withdrawn_at is None):
            reading.withdrawn_at = None if stands else now
            changed[reading.id] = reading.withdrawn_at
    withdraw_excursions(session, Excursion.reading_id, changed)


def withdraw_excursions(
    session: Session,
    cause: InstrumentedAttribute[int | None],
    changed: Mapping[int, datetime | None],
) -> None:
    """Give each excursion the withdrawal of its cause.

    Parameters
    ----------
    cause
        `Excursion.record_id` or `Excursion.reading_id`.
    changed
        By the cause's key, the instant of its withdrawal; None for a restored cause.
    """
    if not changed:
        return
    for excursion in session.scalars(select(Excursion).where(cause.in_(list(changed)))):
        excursion.withdrawn_at = changed[getattr(excursion, cause.key)]


def assess(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    excursion_id: int,
    person_id: int,
    assessment: str,
) -> Excursion:
    """Keep one person's assessment of an excursion.

    Raises
    ------
    NotFound
        The bank has no such excursion.
    Refused
        `assessment_missing`; `text_too_long` (`most`); `excursion_decided`.
    """
    excursion = owned(session, Excursion, bank_id, excursion_id)
    if excursion.decision is not None:
        raise Refused("excursion_decided")
    if not assessment.strip():
        raise Refused("assessment_missing")
    if len(assessment) > LONGEST_ASSESSMENT:
        raise Refused("text_too_long", most=LONGEST_ASSESSMENT)
    excursion.assessment = assessment.strip()
    excursion.assessed_by_id, excursion.assessed_at = person_id, now
    _note(session, now, excursion, person_id, "excursion assessed")
    return excursion


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
    """Decide on the milk; the author of the assessment may not decide.

    Raises
    ------
    NotFound
        The bank has no such excursion.
    Refused
        `excursion_not_assessed`, `excursion_decided`, `two_people_needed`, `text_too_long`.
    """
    excursion = owned(session, Excursion, bank_id, excursion_id)
    if excursion.decision is not None:
        raise Refused("excursion_decided")
    if excursion.assessed_by_id is None:
        raise Refused("excursion_not_assessed")
    if excursion.assessed_by_id == person_id:
        raise Refused("two_people_needed")
    if len(note) > LONGEST_ASSESSMENT:
        raise Refused("text_too_long", most=LONGEST_ASSESSMENT)
    excursion.decision, excursion.decision_note = decision, note.strip()
    excursion.decided_by_id, excursion.decided_at = person_id, now
    _note(session, now, excursion, person_id, f"excursion decided: {decision.value}")
    return excursion


def _excursion(now: datetime, bank_id: int, celsius: float, limit: int) -> Excursion:
    return Excursion(
        bank_id=bank_id,
        record_id=None,
        reading_id=None,
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


def _note(
    session: Session, now: datetime, excursion: Excursion, person_id: int, action: str
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=excursion.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"excursion:{excursion.id}",
        celsius=excursion.celsius,
        limit=excursion.limit_celsius,
    )

"""Alarms of units: too warm for too long, a probe without readings; acknowledged with a comment."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from collector.audit.actions import record
from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.db import owned
from collector.errors import Refused
from collector.laboratory.units.models import (
    AlarmKind,
    StorageAlarm,
    StorageUnit,
    UnitExcursion,
    UnitProbe,
)

LONGEST_COMMENT = 500


def raise_warm_alarm(
    session: Session, *, now: datetime, row: UnitExcursion, due_at: datetime
) -> None:
    """Raise the alarm of an excursion once."""
    known = select(StorageAlarm.id).where(StorageAlarm.unit_excursion_id == row.id)
    if session.scalar(known) is not None:
        return
    session.add(
        _alarm(
            bank_id=row.bank_id,
            unit_id=row.unit_id,
            kind=AlarmKind.WARM,
            began_at=row.began_at,
            due_at=due_at,
            now=now,
            unit_excursion_id=row.id,
        )
    )
    session.flush()


def silent_probes(session: Session, *, now: datetime, bank_id: int) -> list[UnitProbe]:
    """Return the probes whose loggers post readings and have posted none for too long.

    A probe without a key is read by files only, and its silence is not watched.
    """
    minutes = policies_of(session, bank_id)[PolicyKey.UNIT_SILENCE_MINUTES]
    limit = now - timedelta(minutes=minutes)
    return list(
        session.scalars(
            select(UnitProbe)
            .where(
                UnitProbe.bank_id == bank_id,
                UnitProbe.retired_at.is_(None),
                UnitProbe.key_digest.is_not(None),
                UnitProbe.watched_since < limit,
                or_(UnitProbe.last_read_at.is_(None), UnitProbe.last_read_at < limit),
            )
            .order_by(UnitProbe.id)
        )
    )


def unraised_silences(session: Session, *, now: datetime, bank_id: int) -> list[UnitProbe]:
    """Return the silent probes without an alarm for this silence."""
    return [
        probe
        for probe in silent_probes(session, now=now, bank_id=bank_id)
        if session.scalar(
            select(StorageAlarm.id).where(
                StorageAlarm.probe_id == probe.id, StorageAlarm.began_at == _last_read(probe)
            )
        )
        is None
    ]


def raise_silences(session: Session, *, now: datetime, bank_id: int) -> int:
    """Raise an alarm for each probe that fell silent; return their number."""
    minutes = policies_of(session, bank_id)[PolicyKey.UNIT_SILENCE_MINUTES]
    probes = unraised_silences(session, now=now, bank_id=bank_id)
    session.add_all(
        _alarm(
            bank_id=bank_id,
            unit_id=probe.unit_id,
            kind=AlarmKind.SILENCE,
            began_at=_last_read(probe),
            due_at=_last_read(probe) + timedelta(minutes=minutes),
            now=now,
            probe_id=probe.id,
        )
        for probe in probes
    )
    session.flush()
    return len(probes)


def end_alarms(session: Session, *, unit: StorageUnit) -> None:
    """End the alarms of a unit whose excursion has ended, or whose probe was read again."""
    open_alarms = session.scalars(
        select(StorageAlarm)
        .options(joinedload(StorageAlarm.probe))
        .where(StorageAlarm.unit_id == unit.id, StorageAlarm.over_at.is_(None))
        .execution_options(populate_existing=True)
    )
    for alarm in open_alarms:
        if alarm.unit_excursion_id is not None:
            alarm.over_at = session.get_one(UnitExcursion, alarm.unit_excursion_id).ended_at
        elif alarm.probe is not None:
            alarm.over_at = _read_again_at(alarm.probe, alarm)
    session.flush()


def acknowledge(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    alarm_id: int,
    comment: str,
) -> StorageAlarm:
    """Acknowledge an alarm with a comment.

    Raises
    ------
    NotFound
        The bank has no such alarm.
    Refused
        `alarm_acknowledged`; `comment_missing`; `text_too_long` (`most`).
    """
    owned(session, StorageAlarm, bank_id, alarm_id)
    alarm = session.scalars(
        select(StorageAlarm)
        .where(StorageAlarm.id == alarm_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if alarm.acknowledged_at is not None:
        raise Refused("alarm_acknowledged")
    if not comment.strip():
        raise Refused("comment_missing")
    if len(comment) > LONGEST_COMMENT:
        raise Refused("text_too_long", most=LONGEST_COMMENT)
    alarm.acknowledged_by_id, alarm.acknowledged_at = person_id, now
    alarm.comment = comment.strip()
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="alarm acknowledged",
        subject=f"storage_unit:{alarm.unit_id}",
        alarm=alarm.id,
        kind=alarm.kind.value,
    )
    return alarm


def alarms_of(session: Session, *, bank_id: int, most: int = 50) -> list[StorageAlarm]:
    """Return the alarms of a bank with units and probes, those to acknowledge first."""
    return list(
        session.scalars(
            select(StorageAlarm)
            .options(joinedload(StorageAlarm.unit), joinedload(StorageAlarm.probe))
            .where(StorageAlarm.bank_id == bank_id)
            .order_by(StorageAlarm.acknowledged_at.is_not(None), StorageAlarm.id.desc())
            .limit(most)
            .execution_options(populate_existing=True)
        )
    )


def _last_read(probe: UnitProbe) -> datetime:
    return max(probe.last_read_at or probe.watched_since, probe.watched_since)


def _read_again_at(probe: UnitProbe, alarm: StorageAlarm) -> datetime | None:
    """Return the end of a probe's silence: its retirement, or a reading after the alarm began."""
    if probe.retired_at is not None:
        return probe.retired_at
    is_read = probe.last_read_at is not None and probe.last_read_at > alarm.began_at
    return probe.last_read_at if is_read else None


def _alarm(
    *,
    bank_id: int,
    unit_id: int,
    kind: AlarmKind,
    began_at: datetime,
    due_at: datetime,
    now: datetime,
    probe_id: int | None = None,
    unit_excursion_id: int | None = None,
) -> StorageAlarm:
    return StorageAlarm(
        bank_id=bank_id,
        unit_id=unit_id,
        kind=kind,
        probe_id=probe_id,
        unit_excursion_id=unit_excursion_id,
        began_at=began_at,
        due_at=due_at,
        raised_at=now,
        over_at=None,
        acknowledged_by_id=None,
        acknowledged_at=None,
        comment="",
    )

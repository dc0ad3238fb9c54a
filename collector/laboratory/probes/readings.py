"""Readings of probes: kept as measured, and the excursions that follow from them."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.queries import get_bank
from collector.db import owned
from collector.errors import NotFound, Refused
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.heating.profiles import (
    COLDEST,
    HOTTEST,
    CurveFile,
    ProbeReading,
    read_curve,
)
from collector.laboratory.probes.excursions import follow_spells
from collector.laboratory.probes.series import HUNDREDTHS, by_day, packed, unpacked, warmer
from collector.laboratory.units.models import ProbeDay, ProbeImport, StorageUnit, UnitProbe

CLOCK_TOLERANCE = timedelta(minutes=10)
"""Time by which a logger's clock may be fast; Milkround's own value, not verified."""
MOST_POSTED = 5_000
"""Most readings in one post."""


def post_readings(
    session: Session, *, now: datetime, key: str, readings: Sequence[ProbeReading]
) -> int:
    """Keep the readings that a logger posts; return the number of new ones.

    Parameters
    ----------
    key
        The key of the probe's logger.

    Raises
    ------
    NotFound
        `probe_unknown`: no probe in service has this key.
    Refused
        `readings_missing`, `too_many_readings` (`most`), `reading_not_read`,
        `reading_in_future` (`minutes`).
    """
    probe = probe_with_key(session, key)
    if not readings:
        raise Refused("readings_missing")
    if len(readings) > MOST_POSTED:
        raise Refused("too_many_readings", most=MOST_POSTED)
    if not all(COLDEST <= each.celsius <= HOTTEST for each in readings):
        raise Refused("reading_not_read")
    unit = lock_unit(session, bank_id=probe.bank_id, unit_id=probe.unit_id)
    return keep_readings(session, now=now, unit=unit, readings={probe: readings})


def import_readings(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    unit_id: int,
    profile: CurveProfileName,
    content: bytes,
) -> ProbeImport:
    """Keep the readings of a logger's file; a file that was sent before changes nothing.

    Raises
    ------
    NotFound
        The bank has no such unit.
    Refused
        `file_of_another_unit`; `probe_not_of_unit` (`probe`); `reading_in_future`; the file
        cannot be read (`read_curve`).
    """
    unit = lock_unit(session, bank_id=bank_id, unit_id=unit_id)
    digest = hashlib.sha256(content).hexdigest()
    known = _known_file(session, unit, digest)
    if known is not None:
        return known
    curve = read_curve(content, profile=profile, zone=get_bank(session, bank_id).zone)
    readings = _by_probe(probes_of_unit(session, unit), curve)
    found = ProbeImport(
        bank_id=bank_id,
        unit_id=unit.id,
        sha256=digest,
        file=zlib.compress(content),
        readings=keep_readings(session, now=now, unit=unit, readings=readings),
        imported_by_id=person_id,
        imported_at=now,
    )
    session.add(found)
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="readings imported",
        subject=f"storage_unit:{unit.id}",
        readings=found.readings,
        sha256=digest,
    )
    return found


def keep_readings(
    session: Session,
    *,
    now: datetime,
    unit: StorageUnit,
    readings: Mapping[UnitProbe, Sequence[ProbeReading]],
) -> int:
    """Keep readings of a unit's probes, and follow its warm spells; return the number of new ones.

    Of two readings of one instant, the warmer one is kept.

    Raises
    ------
    Refused
        `reading_in_future` (`minutes`).
    """
    latest = max(each.at for series in readings.values() for each in series)
    if latest > now + CLOCK_TOLERANCE:
        raise Refused("reading_in_future", minutes=round((latest - now).total_seconds() / 60))
    new = sum(_keep(session, probe, series) for probe, series in readings.items())
    session.flush()
    first = min(each.at for series in readings.values() for each in series)
    follow_spells(session, now=now, unit=unit, since=first)
    return new


def probe_with_key(session: Session, key: str) -> UnitProbe:
    """Return the probe in service whose logger has a key.

    Raises
    ------
    NotFound
        `probe_unknown`.
    """
    found = session.scalar(
        select(UnitProbe).where(
            UnitProbe.key_digest == digest_of_key(key), UnitProbe.retired_at.is_(None)
        )
    )
    if found is None:
        raise NotFound("probe_unknown")
    return found


def digest_of_key(key: str) -> str:
    """Return the form in which the key of a logger is stored."""
    return hashlib.sha256(key.encode()).hexdigest()


def lock_unit(session: Session, *, bank_id: int, unit_id: int) -> StorageUnit:
    """Return a unit of a bank, locked until the transaction ends.

    Raises
    ------
    NotFound
        The bank has no such unit.
    """
    unit = owned(session, StorageUnit, bank_id, unit_id)
    session.refresh(unit, with_for_update=True)
    return unit


def probes_of_unit(session: Session, unit: StorageUnit) -> list[UnitProbe]:
    """Return the probes of a unit in service, by name."""
    return list(
        session.scalars(
            select(UnitProbe)
            .where(UnitProbe.unit_id == unit.id, UnitProbe.retired_at.is_(None))
            .order_by(UnitProbe.name)
        )
    )


def _known_file(session: Session, unit: StorageUnit, digest: str) -> ProbeImport | None:
    known = session.scalar(
        select(ProbeImport).where(ProbeImport.bank_id == unit.bank_id, ProbeImport.sha256 == digest)
    )
    if known is not None and known.unit_id != unit.id:
        raise Refused("file_of_another_unit")
    return known


def _by_probe(
    probes: Iterable[UnitProbe], curve: CurveFile
) -> dict[UnitProbe, Sequence[ProbeReading]]:
    known = {each.name: each for each in probes}
    for name in curve.probes:
        if name not in known:
            raise Refused("probe_not_of_unit", probe=name)
    return {known[name]: series for name, series in curve.probes.items()}


def _keep(session: Session, probe: UnitProbe, readings: Sequence[ProbeReading]) -> int:
    days = by_day(readings)
    rows = {each.day: each for each in _days(session, probe, days)}
    new = 0
    for day, series in days.items():
        row = rows.get(day)
        known = unpacked(row.series) if row else {}
        new += sum(second not in known for second in series)
        merged = known | {
            second: warmer(known.get(second), hundredths) for second, hundredths in series.items()
        }
        if row is None:
            row = ProbeDay(bank_id=probe.bank_id, probe_id=probe.id, day=day)
            session.add(row)
        row.count, row.series = len(merged), packed(merged)
        row.least, row.most = min(merged.values()) / HUNDREDTHS, max(merged.values()) / HUNDREDTHS
    last = max(each.at for each in readings)
    if probe.last_read_at is None or last > probe.last_read_at:
        probe.last_read_at = last
    return new


def _days(session: Session, probe: UnitProbe, days: Iterable[date]) -> Sequence[ProbeDay]:
    return session.scalars(
        select(ProbeDay).where(ProbeDay.probe_id == probe.id, ProbeDay.day.in_(list(days)))
    ).all()

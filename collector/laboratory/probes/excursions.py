"""Excursions of units: rows that follow the warm spells of the probes, and never shrink."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of
from collector.custody.excursions import open_unit_excursion
from collector.errors import Refused
from collector.laboratory.heating.profiles import ProbeReading
from collector.laboratory.probes.alarms import end_alarms, raise_warm_alarm
from collector.laboratory.probes.series import readings_of, start_of
from collector.laboratory.probes.spells import WarmSpell, united, warm_spells
from collector.laboratory.units.models import ProbeDay, StorageUnit, UnitExcursion, UnitProbe


def follow_spells(session: Session, *, now: datetime, unit: StorageUnit, since: datetime) -> None:
    """Bring the excursions and the alarms of a unit up to its readings.

    A late reading may begin an excursion earlier or make it longer; none becomes shorter once it
    has ended. An excursion that two people have decided stays as it was decided: a spell that goes
    beyond it is an excursion of its own.

    Parameters
    ----------
    since
        The first instant whose readings changed.
    """
    midnight = start_of(since.astimezone(UTC).date())
    rows = _rows(session, unit, midnight)
    start = min([midnight, *(row.began_at for row in rows)])
    limit = limit_of(session, unit)
    for spell in united(_spells(session, unit, start, limit)):
        touching = [row for row in rows if spell.meets(row.began_at, row.ended_at)]
        if any(_is_decided(row) and _covers(row, spell) for row in touching):
            continue
        row = next((each for each in touching if not _is_decided(each)), None)
        if row is None:
            row = UnitExcursion(
                bank_id=unit.bank_id,
                unit_id=unit.id,
                began_at=spell.began_at,
                ended_at=spell.ended_at,
                warmest=spell.warmest,
                limit_celsius=limit,
                excursion_id=None,
                excursion=None,
            )
            session.add(row)
            rows.append(row)
        else:
            _lengthen(row, spell)
        session.flush()
        judge_length(session, now=now, unit=unit, row=row)
    end_alarms(session, unit=unit)


def judge_length(session: Session, *, now: datetime, unit: StorageUnit, row: UnitExcursion) -> None:
    """Open the judgement of an excursion that is long or warm enough, and raise its alarm."""
    policies = policies_of(session, unit.bank_id)
    span = timedelta(minutes=policies[PolicyKey.UNIT_ALARM_MINUTES])
    spell = WarmSpell(began_at=row.began_at, ended_at=row.ended_at, warmest=row.warmest)
    is_long = spell.lasts(span, until=now)
    # The bank's limit is one of freezers; a unit with a limit of its own blocks by time alone.
    is_hot = unit.warmest_celsius is None and row.warmest > policies[PolicyKey.UNIT_BLOCK_CELSIUS]
    if row.excursion is not None:
        row.excursion.celsius = max(row.excursion.celsius, row.warmest)
    elif is_long or is_hot:
        row.excursion = open_unit_excursion(
            session,
            now=now,
            bank_id=unit.bank_id,
            celsius=row.warmest,
            limit_celsius=row.limit_celsius,
        )
        row.excursion_id = row.excursion.id
    if is_long:
        raise_warm_alarm(session, now=now, row=row, due_at=row.began_at + span)


def refuse_while_warm(session: Session, *, bank_id: int, excursion_id: int) -> None:
    """Refuse a decision on the excursion of a unit that is still too warm.

    Raises
    ------
    Refused
        `excursion_goes_on`.
    """
    going_on = select(UnitExcursion.id).where(
        UnitExcursion.bank_id == bank_id,
        UnitExcursion.excursion_id == excursion_id,
        UnitExcursion.ended_at.is_(None),
    )
    if session.scalar(going_on) is not None:
        raise Refused("excursion_goes_on")


def limit_of(session: Session, unit: StorageUnit) -> int:
    """Return the warmest temperature that a unit may have, in degrees Celsius."""
    if unit.warmest_celsius is not None:
        return unit.warmest_celsius
    return policies_of(session, unit.bank_id)[PolicyKey.UNIT_WARMEST_CELSIUS]


def open_rows(session: Session, bank_id: int) -> list[UnitExcursion]:
    """Return the excursions of a bank's units that go on, with units and judgements."""
    return list(
        session.scalars(
            select(UnitExcursion)
            .options(joinedload(UnitExcursion.unit), joinedload(UnitExcursion.excursion))
            .where(UnitExcursion.bank_id == bank_id, UnitExcursion.ended_at.is_(None))
            .order_by(UnitExcursion.id)
            .execution_options(populate_existing=True)
        )
    )


def _rows(session: Session, unit: StorageUnit, since: datetime) -> list[UnitExcursion]:
    return list(
        session.scalars(
            select(UnitExcursion)
            .options(joinedload(UnitExcursion.excursion))
            .where(
                UnitExcursion.unit_id == unit.id,
                or_(UnitExcursion.ended_at.is_(None), UnitExcursion.ended_at >= since),
            )
            .order_by(UnitExcursion.began_at, UnitExcursion.id)
            .execution_options(populate_existing=True)
        )
    )


def _spells(
    session: Session, unit: StorageUnit, start: datetime, limit: float
) -> Sequence[WarmSpell]:
    rows = session.execute(
        select(UnitProbe, ProbeDay.day, ProbeDay.series)
        .join(ProbeDay, ProbeDay.probe_id == UnitProbe.id)
        .where(UnitProbe.unit_id == unit.id, ProbeDay.day >= start.astimezone(UTC).date())
        .order_by(UnitProbe.id, ProbeDay.day)
    )
    readings: dict[UnitProbe, list[ProbeReading]] = defaultdict(list)
    for probe, day, series in rows:
        readings[probe].extend(readings_of(day, series))
    return [
        _ended_with(probe, spell)
        for probe, series in readings.items()
        for spell in warm_spells(series, limit=limit)
    ]


def _ended_with(probe: UnitProbe, spell: WarmSpell) -> WarmSpell:
    """Return a spell that ends, at the latest, when its probe is retired."""
    if spell.ended_at is not None or probe.retired_at is None:
        return spell
    ended_at = max(probe.retired_at, spell.began_at)
    return WarmSpell(began_at=spell.began_at, ended_at=ended_at, warmest=spell.warmest)


def _lengthen(row: UnitExcursion, spell: WarmSpell) -> None:
    row.began_at = min(row.began_at, spell.began_at)
    row.warmest = max(row.warmest, spell.warmest)
    if row.ended_at is None or spell.ended_at is None:
        row.ended_at = spell.ended_at
    else:
        row.ended_at = max(row.ended_at, spell.ended_at)


def _is_decided(row: UnitExcursion) -> bool:
    return row.excursion is not None and row.excursion.decision is not None


def _covers(row: UnitExcursion, spell: WarmSpell) -> bool:
    if row.began_at > spell.began_at or row.warmest < spell.warmest:
        return False
    return row.ended_at is None or (spell.ended_at is not None and spell.ended_at <= row.ended_at)

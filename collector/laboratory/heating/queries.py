"""Queries of heating: devices, cycles with their lots, lots that wait for heating."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from collector.banks.queries import get_bank
from collector.db import owned
from collector.laboratory.heating.models import Cycle, CycleCurve, LabDevice
from collector.laboratory.heating.profiles import CurveFile, read_curve
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolState

MOST_CYCLES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatedLot:
    """A lot with its pool's number and the sum of its bottles."""

    lot: Lot
    pool: MilkPool
    bottles: int
    volume_ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleContents:
    """A cycle with its device, its lots and its curve, if one was kept."""

    cycle: Cycle
    lots: Sequence[HeatedLot]
    curve: CycleCurve | None


def devices_of(session: Session, bank_id: int) -> list[LabDevice]:
    """Return the pasteurisers of a bank, by name."""
    return list(
        session.scalars(
            select(LabDevice)
            .where(LabDevice.bank_id == bank_id)
            .order_by(LabDevice.name, LabDevice.id)
        )
    )


def cycles_of(session: Session, bank_id: int) -> list[Cycle]:
    """Return the newest cycles of a bank with their devices."""
    return list(
        session.scalars(
            select(Cycle)
            .options(joinedload(Cycle.device))
            .where(Cycle.bank_id == bank_id)
            .order_by(Cycle.id.desc())
            .limit(MOST_CYCLES)
        )
    )


def lots_to_heat(session: Session, bank_id: int) -> list[HeatedLot]:
    """Return the lots of closed pools that have no cycle, oldest first."""
    return _lots(session, Lot.bank_id == bank_id, Lot.cycle_id.is_(None))


def cycle_contents(session: Session, *, bank_id: int, cycle_id: int) -> CycleContents:
    """Return a cycle of a bank.

    Raises
    ------
    NotFound
        The bank has no such cycle.
    """
    owned(session, Cycle, bank_id, cycle_id)
    cycle = session.scalars(
        select(Cycle).options(joinedload(Cycle.device)).where(Cycle.id == cycle_id)
    ).one()
    curve = session.scalar(select(CycleCurve).where(CycleCurve.cycle_id == cycle_id))
    return CycleContents(cycle=cycle, lots=_lots(session, Lot.cycle_id == cycle_id), curve=curve)


def kept_file(session: Session, curve: CycleCurve) -> CurveFile:
    """Return the temperatures of a curve that was kept."""
    zone = get_bank(session, curve.bank_id).zone
    return read_curve(zlib.decompress(curve.file), profile=curve.profile, zone=zone)


def _lots(session: Session, *conditions: ColumnElement[bool]) -> list[HeatedLot]:
    rows = session.execute(
        select(Lot, MilkPool, func.count(Bottle.id), func.sum(Bottle.volume_ml))
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .where(MilkPool.state == PoolState.CLOSED, *conditions)
        .group_by(Lot.id, MilkPool.id)
        .order_by(Lot.id)
    )
    return [HeatedLot(lot=row[0], pool=row[1], bottles=row[2], volume_ml=row[3]) for row in rows]

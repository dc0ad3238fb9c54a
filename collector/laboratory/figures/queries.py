"""Key figures of a period: volumes by step, losses, cycles, age of milk, temperatures.

Every volume is a sum over intakes, inputs of pools and bottles; none is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank
from collector.custody.models import Excursion
from collector.laboratory.destroying.queries import DESTROYED_ML
from collector.laboratory.destructions.models import DestroyedItem, Destruction, DestructionReason
from collector.laboratory.figures.findings import PlateFigures, plates_of
from collector.laboratory.figures.losses import DonorLoss, losses_by_donor
from collector.laboratory.figures.periods import (
    HOUR_SECONDS,
    Period,
    Spread,
    days_between,
    spread_of,
)
from collector.laboratory.figures.scans import ScanFigures, scans_of
from collector.laboratory.figures.waits import WaitFigures, waits_of
from collector.laboratory.heating.models import Cycle, CycleState
from collector.laboratory.holding.models import LotDecision, LotVerdict
from collector.laboratory.pooling.balance import PoolBalance
from collector.laboratory.pooling.models import (
    Bottle,
    LabelPrint,
    Lot,
    MilkPool,
    PoolInput,
    PoolState,
)
from collector.laboratory.reception.models import BenchScan, Intake, IntakeRefusal
from collector.laboratory.units.models import MoveReason, StorageMove, StorageStay, UnitExcursion
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionFigures:
    """Containers that the laboratory took over; volumes in millilitres."""

    accepted: int
    accepted_ml: int
    refused: int
    refused_ml: int
    reasons: Sequence[tuple[IntakeRefusal, int, int]]
    """Each reason with its containers and its volume, the largest volume first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatingFigures:
    """Cycles that ended; volumes of their bottles in millilitres."""

    passed: int
    passed_ml: int
    failed: int
    failed_ml: int
    age_days: Spread | None
    """From the first expression in a pool to its heating."""
    thaw_hours: Spread | None
    """From the first thaw in a pool to its heating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareFigures:
    """Errors that were caught, second prints, and units that were too warm."""

    refused_scans: int
    reprints: int
    excursions: int
    blocking_excursions: int
    decision_days: Spread | None
    """From the begin of a unit's excursion to the decision of two people."""
    missing: int
    """Things that a count missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyedFigures:
    """Milk that was destroyed before a witness; volumes in millilitres."""

    things: int
    volume_ml: int
    reasons: Sequence[tuple[DestructionReason, int, int]]
    """Each reason with its things and its volume, the largest volume first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryFigures:
    """The figures of a period; both days are included."""

    first: date
    last: date
    reception: ReceptionFigures
    pools: int
    """Pools that were closed."""
    balance: PoolBalance
    """The volumes of these pools."""
    heating: HeatingFigures
    released_ml: int
    """Bottles of the lots that were released."""
    rejected_ml: int
    """Bottles of the lots that were rejected or withdrawn."""
    destroyed: DestroyedFigures
    waits: WaitFigures
    plates: PlateFigures
    scans: ScanFigures
    care: CareFigures
    losses: Sequence[DonorLoss]
    """The donors with the largest losses."""


def figures_of(session: Session, *, bank_id: int, first: date, last: date) -> LaboratoryFigures:
    """Return the figures of a period of civil days of the bank."""
    zone = get_bank(session, bank_id).zone
    period = Period(bank_id, ServiceDay(first, zone).epoch, ServiceDay(last, zone).end)
    pools, balance = _pools(session, period)
    decided = _decided(session, period)
    return LaboratoryFigures(
        first=first,
        last=last,
        reception=_reception(session, period),
        pools=pools,
        balance=balance,
        heating=_heating(session, period),
        released_ml=decided.get(LotVerdict.RELEASED, 0),
        rejected_ml=sum(decided.values()) - decided.get(LotVerdict.RELEASED, 0),
        destroyed=_destroyed(session, period),
        waits=waits_of(session, period),
        plates=plates_of(session, period, zone),
        scans=scans_of(session, period),
        care=_care(session, period),
        losses=losses_by_donor(session, period),
    )


def _reception(session: Session, period: Period) -> ReceptionFigures:
    rows = session.execute(
        select(Intake.refused_because, func.count(), func.sum(Intake.volume_ml))
        .where(period.holds(Intake.bank_id, Intake.taken_at), Intake.withdrawn_at.is_(None))
        .group_by(Intake.refused_because)
    ).all()
    accepted = [(count, volume) for reason, count, volume in rows if reason is None]
    reasons = [(reason, count, volume) for reason, count, volume in rows if reason is not None]
    return ReceptionFigures(
        accepted=sum(count for count, _ in accepted),
        accepted_ml=sum(volume for _, volume in accepted),
        refused=sum(count for _, count, _ in reasons),
        refused_ml=sum(volume for _, _, volume in reasons),
        reasons=sorted(reasons, key=lambda each: (-each[2], each[0])),
    )


def _pools(session: Session, period: Period) -> tuple[int, PoolBalance]:
    closed = and_(
        period.holds(MilkPool.bank_id, MilkPool.closed_at), MilkPool.state == PoolState.CLOSED
    )
    pools, sampled, discarded = session.execute(
        select(func.count(), func.sum(MilkPool.sampled_ml), func.sum(MilkPool.discarded_ml)).where(
            closed
        )
    ).one()
    inputs = session.scalar(
        select(func.sum(Intake.volume_ml))
        .join(PoolInput, PoolInput.intake_id == Intake.id)
        .join(MilkPool, MilkPool.id == PoolInput.pool_id)
        .where(closed, PoolInput.withdrawn_at.is_(None))
    )
    filled = session.scalar(
        select(func.sum(Bottle.volume_ml))
        .join(Lot, Lot.id == Bottle.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(closed)
    )
    balance = PoolBalance(
        inputs_ml=inputs or 0,
        filled_ml=filled or 0,
        sampled_ml=sampled or 0,
        discarded_ml=discarded or 0,
    )
    return pools, balance


def _heating(session: Session, period: Period) -> HeatingFigures:
    ended = period.holds(Cycle.bank_id, Cycle.ended_at)
    counts = session.execute(select(Cycle.state, func.count()).where(ended).group_by(Cycle.state))
    cycles = {row[0]: row[1] for row in counts}
    sums = session.execute(
        select(Cycle.state, func.sum(Bottle.volume_ml))
        .join(Lot, Lot.cycle_id == Cycle.id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .where(ended)
        .group_by(Cycle.state)
    )
    volumes = {row[0]: row[1] for row in sums}
    ages = session.execute(
        select(Cycle.began_at, func.min(Intake.expressed_first), func.min(Intake.thaw_began_at))
        .join(Lot, Lot.cycle_id == Cycle.id)
        .join(PoolInput, PoolInput.pool_id == Lot.pool_id)
        .join(Intake, Intake.id == PoolInput.intake_id)
        .where(ended, PoolInput.withdrawn_at.is_(None))
        .group_by(Cycle.id, Lot.id, Cycle.began_at)
    ).all()
    return HeatingFigures(
        passed=cycles.get(CycleState.CURVE_OK, 0),
        passed_ml=volumes.get(CycleState.CURVE_OK, 0),
        failed=cycles.get(CycleState.CURVE_FAILED, 0),
        failed_ml=volumes.get(CycleState.CURVE_FAILED, 0),
        age_days=spread_of([(at.date() - day).days for at, day, _ in ages if at and day]),
        thaw_hours=spread_of(
            [(at - thaw).total_seconds() / HOUR_SECONDS for at, _, thaw in ages if at and thaw]
        ),
    )


def _decided(session: Session, period: Period) -> dict[LotVerdict, int]:
    """Return the volume of the lots of each verdict."""
    rows = session.execute(
        select(LotDecision.verdict, func.sum(Bottle.volume_ml))
        .join(Bottle, Bottle.lot_id == LotDecision.lot_id)
        .where(period.holds(LotDecision.bank_id, LotDecision.decided_at))
        .group_by(LotDecision.verdict)
    )
    return {row[0]: row[1] for row in rows}


def _destroyed(session: Session, period: Period) -> DestroyedFigures:
    rows = session.execute(
        select(
            Destruction.reason,
            func.count(DestroyedItem.id),
            func.sum(DESTROYED_ML),
        )
        .join(DestroyedItem, DestroyedItem.destruction_id == Destruction.id)
        .outerjoin(Bottle, Bottle.id == DestroyedItem.bottle_id)
        .outerjoin(Intake, Intake.id == DestroyedItem.intake_id)
        .where(
            period.holds(Destruction.bank_id, Destruction.witnessed_at),
            DestroyedItem.withdrawn_at.is_(None),
        )
        .group_by(Destruction.reason)
    ).all()
    reasons = sorted(((row[0], row[1], row[2]) for row in rows), key=lambda each: -each[2])
    return DestroyedFigures(
        things=sum(count for _, count, _ in reasons),
        volume_ml=sum(volume for _, _, volume in reasons),
        reasons=reasons,
    )


def _care(session: Session, period: Period) -> CareFigures:
    scans = select(func.count(BenchScan.id)).where(period.holds(BenchScan.bank_id, BenchScan.at))
    prints = select(func.count(LabelPrint.id)).where(
        period.holds(LabelPrint.bank_id, LabelPrint.printed_at), LabelPrint.reprint > 0
    )
    warm = select(func.count(UnitExcursion.id), func.count(UnitExcursion.excursion_id)).where(
        period.holds(UnitExcursion.bank_id, UnitExcursion.began_at)
    )
    excursions, blocking = session.execute(warm).one()
    decided = session.execute(
        select(UnitExcursion.began_at, Excursion.decided_at)
        .join(Excursion, Excursion.id == UnitExcursion.excursion_id)
        .where(period.holds(Excursion.bank_id, Excursion.decided_at))
    )
    missing = (
        select(func.count(StorageStay.id))
        .join(StorageMove, StorageMove.id == StorageStay.ended_move_id)
        .where(
            period.holds(StorageMove.bank_id, StorageMove.at),
            StorageMove.reason == MoveReason.MISSING,
        )
    )
    return CareFigures(
        refused_scans=session.scalar(scans) or 0,
        reprints=session.scalar(prints) or 0,
        excursions=excursions,
        blocking_excursions=blocking,
        decision_days=spread_of([days_between(begin, end) for begin, end in decided if end]),
        missing=session.scalar(missing) or 0,
    )

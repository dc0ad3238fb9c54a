"""Key figures of a period: volumes by step, losses, cycles, age of milk, temperatures.

Every volume is a sum over intakes, inputs of pools and bottles; none is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median, quantiles

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from collector.banks.queries import get_bank
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
from collector.laboratory.units.models import UnitExcursion
from collector.service_day import ServiceDay

HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The median and the 90th percentile of a figure."""

    p50: float
    p90: float


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
    care: CareFigures


@dataclass(frozen=True, slots=True)
class Period:
    """A bank's period from an instant to another, the end excluded."""

    bank_id: int
    begin: datetime
    end: datetime

    def holds(
        self,
        bank: InstrumentedAttribute[int],
        at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    ) -> ColumnElement[bool]:
        """Return the condition on rows of the bank with an instant in the period."""
        return and_(bank == self.bank_id, at >= self.begin, at < self.end)


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
        care=_care(session, period),
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
        age_days=_spread([(at.date() - day).days for at, day, _ in ages if at and day]),
        thaw_hours=_spread(
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


def _care(session: Session, period: Period) -> CareFigures:
    scans = select(func.count(BenchScan.id)).where(period.holds(BenchScan.bank_id, BenchScan.at))
    prints = select(func.count(LabelPrint.id)).where(
        period.holds(LabelPrint.bank_id, LabelPrint.printed_at), LabelPrint.reprint > 0
    )
    warm = select(func.count(UnitExcursion.id), func.count(UnitExcursion.excursion_id)).where(
        period.holds(UnitExcursion.bank_id, UnitExcursion.began_at)
    )
    excursions, blocking = session.execute(warm).one()
    return CareFigures(
        refused_scans=session.scalar(scans) or 0,
        reprints=session.scalar(prints) or 0,
        excursions=excursions,
        blocking_excursions=blocking,
    )


def _spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    if len(values) == 1:
        return Spread(p50=values[0], p90=values[0])
    return Spread(p50=median(values), p90=quantiles(values, n=10, method="inclusive")[8])

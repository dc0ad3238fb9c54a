"""Lists of a period: intakes, pools, lots, bottles, cycles, samples, results, decisions, holds."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.custody.models import Container, Discrepancy
from collector.donors.models import Donor
from collector.errors import Refused
from collector.laboratory.heating.models import Cycle, LabDevice
from collector.laboratory.holding.models import LotDecision
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.lists.handling import (
    destroyed_milk,
    donors_volumes,
    prints_made,
    scans_done,
)
from collector.laboratory.lists.period import AnySelect, ListPeriod
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.sampling.models import LabResult, LabSample
from collector.laboratory.units.models import (
    StorageMove,
    StoragePlace,
    StorageStay,
    StorageUnit,
    UnitExcursion,
)

MOST_ROWS = 50_000

Cell = str | int | float


class LaboratoryList(StrEnum):
    """The lists."""

    INTAKES = "intakes"
    POOLS = "pools"
    INPUTS = "inputs"
    LOTS = "lots"
    BOTTLES = "bottles"
    CYCLES = "cycles"
    SAMPLES = "samples"
    RESULTS = "results"
    DECISIONS = "decisions"
    HOLDS = "holds"
    DISCREPANCIES = "discrepancies"
    STAYS = "stays"
    EXCURSIONS = "excursions"
    DESTROYED = "destroyed"
    SCANS = "scans"
    PRINTS = "prints"
    DONORS = "donors"


Statement = Callable[[ListPeriod], AnySelect]


def list_rows(
    session: Session, which: LaboratoryList, period: ListPeriod, *, zone: ZoneInfo
) -> tuple[list[str], list[list[Cell]]]:
    """Return the names of the columns and the rows of a list, oldest first.

    Raises
    ------
    Refused
        `list_too_long` (`most`).
    """
    statement = STATEMENTS[which](period)
    found = session.execute(statement.limit(MOST_ROWS + 1))
    names = list(found.keys())
    rows = [[_cell(value, zone) for value in row] for row in found]
    if len(rows) > MOST_ROWS:
        raise Refused("list_too_long", most=MOST_ROWS)
    return names, rows


def _cell(value: object, zone: ZoneInfo) -> Cell:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value if isinstance(value, int | float) else str(value)


def _intakes(period: ListPeriod) -> AnySelect:
    return (
        select(
            Container.number.label("container"),
            Donor.number.label("donor"),
            Intake.line,
            Intake.state,
            Intake.volume_ml,
            Intake.measured,
            Intake.expressed_first,
            Intake.expressed_last,
            Intake.refused_because,
            Intake.taken_at,
        )
        .join(Container, Container.id == Intake.container_id)
        .join(Donor, Donor.id == Container.donor_id)
        .where(period.holds(Intake.bank_id, Intake.taken_at), Intake.withdrawn_at.is_(None))
        .order_by(Intake.id)
    )


def _pools(period: ListPeriod) -> AnySelect:
    volume = (
        select(func.sum(Intake.volume_ml))
        .join(PoolInput, PoolInput.intake_id == Intake.id)
        .where(PoolInput.pool_id == MilkPool.id, PoolInput.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            MilkPool.number.label("pool"),
            MilkPool.line,
            MilkPool.state,
            volume.label("inputs_ml"),
            MilkPool.sampled_ml,
            MilkPool.discarded_ml,
            MilkPool.loss_reason,
            MilkPool.made_at,
            MilkPool.closed_at,
        )
        .where(period.holds(MilkPool.bank_id, MilkPool.made_at))
        .order_by(MilkPool.id)
    )


def _inputs(period: ListPeriod) -> AnySelect:
    return (
        select(
            MilkPool.number.label("pool"),
            Container.number.label("container"),
            Intake.volume_ml,
            PoolInput.added_at,
        )
        .join(MilkPool, MilkPool.id == PoolInput.pool_id)
        .join(Intake, Intake.id == PoolInput.intake_id)
        .join(Container, Container.id == Intake.container_id)
        .where(period.holds(PoolInput.bank_id, PoolInput.added_at))
        .where(PoolInput.withdrawn_at.is_(None))
        .order_by(PoolInput.id)
    )


def _lots(period: ListPeriod) -> AnySelect:
    return (
        select(
            MilkPool.number.label("pool"),
            Lot.state,
            Lot.expires_on,
            func.count(Bottle.id).label("bottles"),
            func.sum(Bottle.volume_ml).label("volume_ml"),
            Cycle.began_at.label("heated_at"),
        )
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .join(Bottle, Bottle.lot_id == Lot.id)
        .outerjoin(Cycle, Cycle.id == Lot.cycle_id)
        .where(period.holds(MilkPool.bank_id, MilkPool.made_at))
        .group_by(Lot.id, MilkPool.number, Cycle.began_at)
        .order_by(Lot.id)
    )


def _bottles(period: ListPeriod) -> AnySelect:
    return (
        select(
            Bottle.number.label("bottle"),
            MilkPool.number.label("pool"),
            Lot.state,
            Bottle.volume_ml,
            Lot.expires_on,
            Bottle.filled_at,
            Bottle.scanned_back_at,
            Bottle.left_at,
        )
        .join(Lot, Lot.id == Bottle.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(period.holds(Bottle.bank_id, Bottle.filled_at))
        .order_by(Bottle.id)
    )


def _cycles(period: ListPeriod) -> AnySelect:
    return (
        select(
            Cycle.id.label("cycle"),
            LabDevice.name.label("device"),
            LabDevice.serial,
            Cycle.state,
            Cycle.began_at,
            Cycle.ended_at,
        )
        .join(LabDevice, LabDevice.id == Cycle.device_id)
        .where(period.holds(Cycle.bank_id, Cycle.loaded_at))
        .order_by(Cycle.id)
    )


def _samples(period: ListPeriod) -> AnySelect:
    return (
        select(
            LabSample.number.label("sample"),
            MilkPool.number.label("pool"),
            LabSample.stage,
            LabSample.state,
            LabSample.volume_ml,
            LabSample.laboratory,
            LabSample.lost_reason,
            LabSample.taken_at,
        )
        .join(Lot, Lot.id == LabSample.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(period.holds(LabSample.bank_id, LabSample.taken_at))
        .order_by(LabSample.id)
    )


def _results(period: ListPeriod) -> AnySelect:
    return (
        select(
            LabSample.number.label("sample"),
            LabResult.plate,
            LabResult.analyte,
            LabResult.comparator,
            LabResult.value,
            LabResult.unit,
            LabResult.plated_ul,
            LabResult.method,
            LabResult.entered_at,
            LabResult.verified_at,
            LabResult.superseded_at,
        )
        .join(LabSample, LabSample.id == LabResult.sample_id)
        .where(period.holds(LabResult.bank_id, LabResult.entered_at))
        .order_by(LabResult.id)
    )


def _decisions(period: ListPeriod) -> AnySelect:
    return (
        select(
            MilkPool.number.label("pool"),
            LotDecision.verdict,
            LotDecision.reason,
            LotDecision.decided_at,
        )
        .join(Lot, Lot.id == LotDecision.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .where(period.holds(LotDecision.bank_id, LotDecision.decided_at))
        .order_by(LotDecision.id)
    )


def _holds(period: ListPeriod) -> AnySelect:
    return (
        select(
            LaboratoryHold.subject,
            LaboratoryHold.reason,
            LaboratoryHold.opened_at,
            LaboratoryHold.lifted_at,
            LaboratoryHold.lift_reason,
        )
        .where(period.holds(LaboratoryHold.bank_id, LaboratoryHold.opened_at))
        .order_by(LaboratoryHold.id)
    )


def _discrepancies(period: ListPeriod) -> AnySelect:
    return (
        select(
            Container.number.label("container"),
            Discrepancy.opened_at,
            Discrepancy.closed_at,
            Discrepancy.note,
        )
        .join(Container, Container.id == Discrepancy.container_id)
        .where(period.holds(Discrepancy.bank_id, Discrepancy.opened_at))
        .where(Discrepancy.withdrawn_at.is_(None))
        .order_by(Discrepancy.id)
    )


def _stays(period: ListPeriod) -> AnySelect:
    return (
        select(
            StorageUnit.name.label("unit"),
            StoragePlace.code.label("place"),
            Container.number.label("container"),
            Bottle.number.label("bottle"),
            StorageStay.began_at,
            StorageStay.ended_at,
            StorageMove.reason,
        )
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .join(StorageUnit, StorageUnit.id == StoragePlace.unit_id)
        .join(StorageMove, StorageMove.id == StorageStay.began_move_id)
        .outerjoin(Bottle, Bottle.id == StorageStay.bottle_id)
        .outerjoin(Intake, Intake.id == StorageStay.intake_id)
        .outerjoin(Container, Container.id == Intake.container_id)
        .where(period.holds(StorageStay.bank_id, StorageStay.began_at))
        .order_by(StorageStay.id)
    )


def _excursions(period: ListPeriod) -> AnySelect:
    return (
        select(
            StorageUnit.name.label("unit"),
            UnitExcursion.began_at,
            UnitExcursion.ended_at,
            UnitExcursion.warmest,
            UnitExcursion.limit_celsius,
        )
        .join(StorageUnit, StorageUnit.id == UnitExcursion.unit_id)
        .where(period.holds(UnitExcursion.bank_id, UnitExcursion.began_at))
        .order_by(UnitExcursion.id)
    )


STATEMENTS: Mapping[LaboratoryList, Statement] = {
    LaboratoryList.INTAKES: _intakes,
    LaboratoryList.POOLS: _pools,
    LaboratoryList.INPUTS: _inputs,
    LaboratoryList.LOTS: _lots,
    LaboratoryList.BOTTLES: _bottles,
    LaboratoryList.CYCLES: _cycles,
    LaboratoryList.SAMPLES: _samples,
    LaboratoryList.RESULTS: _results,
    LaboratoryList.DECISIONS: _decisions,
    LaboratoryList.HOLDS: _holds,
    LaboratoryList.DISCREPANCIES: _discrepancies,
    LaboratoryList.STAYS: _stays,
    LaboratoryList.EXCURSIONS: _excursions,
    LaboratoryList.DESTROYED: destroyed_milk,
    LaboratoryList.SCANS: scans_done,
    LaboratoryList.PRINTS: prints_made,
    LaboratoryList.DONORS: donors_volumes,
}

"""Facts of lots: the rows that their checks read, for many lots in a few statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.banks.policies import Policies
from collector.banks.queries import get_bank, policies_of
from collector.custody.discrepancies import differing_containers
from collector.custody.models import Container
from collector.custody.queries import containers_in_excursions
from collector.laboratory.heating.models import Cycle, CycleCurve
from collector.laboratory.holding.reach import LotHolds, held_lots
from collector.laboratory.holds.models import LaboratoryHold
from collector.laboratory.pooling.models import Bottle, LabelPrint, Lot, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.reception.quarantine import covers_of
from collector.laboratory.reception.serology_cover import SerologyCover
from collector.laboratory.release.examinations import Examination, examinations_of
from collector.laboratory.units.warm_milk import all_warm_bottles, warm_intakes
from collector.service_day import ServiceDay


class LotInput(NamedTuple):
    """A container of a lot's pool."""

    pool_id: int
    intake_id: int
    container_id: int
    number: str
    donor_id: int
    line: str
    child_of_id: int | None
    volume_ml: int
    expressed_first: date | None
    expressed_last: date | None
    thaw_began_at: datetime | None
    added_by_id: int


class BottleSums(NamedTuple):
    """Bottles of a lot: their number, their volume, and those that were scanned back."""

    bottles: int = 0
    volume_ml: int = 0
    scanned_back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """Everything that the checks of one lot read."""

    lot: Lot
    pool: MilkPool
    cycle: Cycle | None
    heated_on: date | None
    curve: Sequence[Mapping[str, Any]] | None
    """The kept checks of the curve; None without a curve."""
    inputs: Sequence[LotInput]
    bottles: BottleSums
    printed: int
    """The labels of the latest print."""
    covers: Mapping[int, SerologyCover]
    warm_bottles: list[str]
    """Bottles of the lot that an excursion of a storage unit blocks."""
    warm: frozenset[str]
    """Containers of excursions without the decision to keep the milk."""
    differing: frozenset[int]
    """Keys of containers with an open discrepancy."""
    holds: Sequence[LaboratoryHold]
    examinations: Sequence[Examination]
    """One for each stage."""
    policies: Policies
    today: date

    @property
    def workers(self) -> set[int]:
        """The people who pooled or heated the lot."""
        pooled = {each.added_by_id for each in self.inputs}
        pooled |= {self.pool.made_by_id, self.pool.closed_by_id or self.pool.made_by_id}
        return pooled | ({self.cycle.operator_id} if self.cycle else set())


def facts_of(
    session: Session, *, now: datetime, bank_id: int, lots: Sequence[Lot]
) -> list[LotFacts]:
    """Return the facts of these lots of a bank, in their order."""
    keys = [lot.id for lot in lots]
    pools = _by_key(session, MilkPool, {lot.pool_id for lot in lots})
    cycles = _by_key(session, Cycle, {lot.cycle_id for lot in lots if lot.cycle_id})
    inputs = inputs_by_pool(session, [lot.pool_id for lot in lots])
    zone, policies = get_bank(session, bank_id).zone, policies_of(session, bank_id)
    covers = covers_of(session, _donors(inputs), policies)
    curves, printed = _curves(session, cycles), _printed(session, keys)
    bottles = _bottles(session, keys)
    warm, in_store = _warm_inputs(session, bank_id, inputs), _warm_bottles(session, bank_id, keys)
    differing = frozenset(differing_containers(session, bank_id=bank_id))
    holds: LotHolds = held_lots(session, bank_id=bank_id, lots=keys)
    examinations = examinations_of(session, bank_id=bank_id, lots=lots, zone=zone)
    found = []
    for lot in lots:
        cycle = cycles.get(lot.cycle_id or 0)
        began_at = cycle.began_at if cycle else None
        found.append(
            LotFacts(
                lot=lot,
                pool=pools[lot.pool_id],
                cycle=cycle,
                heated_on=ServiceDay.of(began_at, zone).day if began_at else None,
                curve=curves.get(lot.cycle_id or 0),
                inputs=inputs.get(lot.pool_id, []),
                bottles=bottles.get(lot.id, BottleSums()),
                printed=printed.get(lot.id, 0),
                covers=covers,
                warm=warm,
                warm_bottles=in_store.get(lot.id, []),
                differing=differing,
                holds=holds.get(lot.id, []),
                examinations=examinations[lot.id],
                policies=policies,
                today=ServiceDay.of(now, zone).day,
            )
        )
    return found


def inputs_by_pool(session: Session, pools: Sequence[int]) -> dict[int, list[LotInput]]:
    """Return the containers of each pool, in the order of their emptying."""
    rows = session.execute(
        select(
            PoolInput.pool_id,
            Intake.id,
            Container.id,
            Container.number,
            Container.donor_id,
            Intake.line,
            Intake.child_of_id,
            Intake.volume_ml,
            Intake.expressed_first,
            Intake.expressed_last,
            Intake.thaw_began_at,
            PoolInput.added_by_id,
        )
        .join(Intake, Intake.id == PoolInput.intake_id)
        .join(Container, Container.id == Intake.container_id)
        .where(PoolInput.pool_id.in_(pools), PoolInput.withdrawn_at.is_(None))
        .order_by(PoolInput.id)
    )
    found: dict[int, list[LotInput]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(LotInput._make(row))
    return found


def _donors(inputs: Mapping[int, Sequence[LotInput]]) -> set[int]:
    return {each.donor_id for of_pool in inputs.values() for each in of_pool}


def _warm_inputs(
    session: Session, bank_id: int, inputs: Mapping[int, Sequence[LotInput]]
) -> frozenset[str]:
    """Return the containers that were too warm, on the way or in a storage unit."""
    found = [each for of_pool in inputs.values() for each in of_pool]
    warm = warm_intakes(session, [each.intake_id for each in found])
    stored = {each.number for each in found if each.intake_id in warm}
    return frozenset(containers_in_excursions(session, bank_id=bank_id) | stored)


def _warm_bottles(session: Session, bank_id: int, lots: Sequence[int]) -> dict[int, list[str]]:
    """Return the bottles of lots that stood in a storage unit while it was too warm."""
    warm = all_warm_bottles(session, bank_id=bank_id)
    found: dict[int, list[str]] = defaultdict(list)
    if warm:
        rows = session.execute(
            select(Bottle.lot_id, Bottle.number)
            .where(Bottle.lot_id.in_(lots), Bottle.id.in_(warm))
            .order_by(Bottle.number)
        )
        for lot, number in rows:
            found[lot].append(number)
    return found


def _by_key(session: Session, kind: type[Any], keys: set[int]) -> dict[int, Any]:
    rows = session.scalars(
        select(kind).where(kind.id.in_(keys)).execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _curves(session: Session, cycles: Mapping[int, Cycle]) -> dict[int, list[dict[str, Any]]]:
    rows = session.execute(
        select(CycleCurve.cycle_id, CycleCurve.checks).where(CycleCurve.cycle_id.in_(cycles))
    )
    return {row[0]: row[1] for row in rows}


def _bottles(session: Session, lots: Sequence[int]) -> dict[int, BottleSums]:
    rows = session.execute(
        select(
            Bottle.lot_id,
            func.count(Bottle.id),
            func.sum(Bottle.volume_ml),
            func.count(Bottle.scanned_back_at),
        )
        .where(Bottle.lot_id.in_(lots))
        .group_by(Bottle.lot_id)
    ).all()
    return {row[0]: BottleSums(*row[1:]) for row in rows}


def _printed(session: Session, lots: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(LabelPrint.lot_id, LabelPrint.copies)
        .where(LabelPrint.lot_id.in_(lots))
        .order_by(LabelPrint.id)
    )
    return {row[0]: row[1] for row in rows}

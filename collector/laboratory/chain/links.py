"""Links of the chain: one function and one statement for each kind of step.

Each function takes every pool or container of a chain at once; the count of statements does not
depend on the count of things.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from collector.custody.models import Discrepancy
from collector.laboratory.heating.models import Cycle, CycleCurve
from collector.laboratory.holding.models import LotDecision
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.pooling.models import Bottle, Lot, MilkPool, PoolInput
from collector.laboratory.reception.models import Intake
from collector.laboratory.sampling.judgement import PlatingForm, RuleOutcome, judge_rule
from collector.laboratory.sampling.models import (
    LabResult,
    LabSample,
    SamplingPlan,
    SamplingRule,
)

Keys = Collection[int]
"""Keys of rows of one kind."""
HoldsOf = Mapping[tuple[HoldSubject, int], Sequence[LaboratoryHold]]
"""Holds, open and lifted, by the thing that they name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLink:
    """A sample with its results, and the outcomes of the rules of its plan."""

    sample: LabSample
    results: Sequence[LabResult]
    """All of them, superseded ones too, oldest first."""
    outcomes: Sequence[tuple[SamplingRule, RuleOutcome]]


def intakes_of(session: Session, containers: Keys) -> dict[int, Intake]:
    """Return the intakes that stand, by container."""
    rows = session.scalars(
        select(Intake).where(Intake.container_id.in_(containers), Intake.withdrawn_at.is_(None))
    )
    return {row.container_id: row for row in rows}


def discrepancies_of(session: Session, containers: Keys) -> dict[int, list[Discrepancy]]:
    """Return the discrepancies that were not withdrawn, by container."""
    found: dict[int, list[Discrepancy]] = defaultdict(list)
    for row in session.scalars(
        select(Discrepancy)
        .where(Discrepancy.container_id.in_(containers), Discrepancy.withdrawn_at.is_(None))
        .order_by(Discrepancy.id)
    ):
        found[row.container_id].append(row)
    return found


def inputs_of(session: Session, intakes: Keys) -> dict[int, PoolInput]:
    """Return the inputs that stand, by intake."""
    rows = session.scalars(
        select(PoolInput).where(PoolInput.intake_id.in_(intakes), PoolInput.withdrawn_at.is_(None))
    )
    return {row.intake_id: row for row in rows}


def pools_of(session: Session, pools: Keys) -> list[MilkPool]:
    """Return pools, oldest first."""
    return list(
        session.scalars(select(MilkPool).where(MilkPool.id.in_(pools)).order_by(MilkPool.id))
    )


def lots_of(session: Session, pools: Keys) -> list[Lot]:
    """Return the lots of pools, oldest first."""
    return list(session.scalars(select(Lot).where(Lot.pool_id.in_(pools)).order_by(Lot.id)))


def bottles_of(session: Session, lots: Keys) -> dict[int, list[Bottle]]:
    """Return the bottles of lots by number, by lot."""
    found: dict[int, list[Bottle]] = defaultdict(list)
    for row in session.scalars(
        select(Bottle).where(Bottle.lot_id.in_(lots)).order_by(Bottle.number)
    ):
        found[row.lot_id].append(row)
    return found


def cycles_of(session: Session, cycles: Keys) -> dict[int, Cycle]:
    """Return cycles with their devices, by key."""
    rows = session.scalars(
        select(Cycle).options(joinedload(Cycle.device)).where(Cycle.id.in_(cycles))
    )
    return {row.id: row for row in rows}


def curves_of(session: Session, cycles: Keys) -> dict[int, CycleCurve]:
    """Return the curves of cycles without their files, by cycle."""
    rows = session.scalars(
        select(CycleCurve)
        .options(defer(CycleCurve.file, raiseload=True))
        .where(CycleCurve.cycle_id.in_(cycles))
    )
    return {row.cycle_id: row for row in rows}


def samples_of(session: Session, lots: Keys) -> dict[int, list[SampleLink]]:
    """Return the samples of lots with their results, oldest first, by lot."""
    samples = session.scalars(
        select(LabSample)
        .options(joinedload(LabSample.plan).selectinload(SamplingPlan.rules))
        .where(LabSample.lot_id.in_(lots))
        .order_by(LabSample.id)
    ).all()
    results: dict[int, list[LabResult]] = defaultdict(list)
    for row in session.scalars(
        select(LabResult)
        .join(LabSample, LabSample.id == LabResult.sample_id)
        .where(LabSample.lot_id.in_(lots))
        .order_by(LabResult.id)
    ):
        results[row.sample_id].append(row)
    found: dict[int, list[SampleLink]] = defaultdict(list)
    for sample in samples:
        found[sample.lot_id].append(_judged(sample, results[sample.id]))
    return found


def decisions_of(session: Session, lots: Keys) -> dict[int, list[LotDecision]]:
    """Return the decisions on lots, oldest first, by lot."""
    found: dict[int, list[LotDecision]] = defaultdict(list)
    for row in session.scalars(
        select(LotDecision).where(LotDecision.lot_id.in_(lots)).order_by(LotDecision.id)
    ):
        found[row.lot_id].append(row)
    return found


def holds_naming(
    session: Session, *, bank_id: int, things: Mapping[HoldSubject, Keys]
) -> dict[tuple[HoldSubject, int], list[LaboratoryHold]]:
    """Return the holds that name these things, open or lifted, oldest first."""
    named: list[ColumnElement[bool]] = [
        and_(LaboratoryHold.subject == subject, LaboratoryHold.subject_id.in_(keys))
        for subject, keys in things.items()
    ]
    found: dict[tuple[HoldSubject, int], list[LaboratoryHold]] = defaultdict(list)
    for row in session.scalars(
        select(LaboratoryHold)
        .where(LaboratoryHold.bank_id == bank_id, or_(*named))
        .order_by(LaboratoryHold.id)
    ):
        found[row.subject, row.subject_id].append(row)
    return found


def _judged(sample: LabSample, results: Sequence[LabResult]) -> SampleLink:
    form = PlatingForm(plates=sample.plan.plates, plated_ul=sample.plan.plated_ul)
    standing = [each for each in results if each.superseded_at is None]
    return SampleLink(
        sample=sample,
        results=results,
        outcomes=[(rule, judge_rule(rule, form, standing)) for rule in sample.plan.rules],
    )

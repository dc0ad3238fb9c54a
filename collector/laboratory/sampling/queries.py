"""Queries of sampling: the work list of the bench, one sample, a scanned lot or sample."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from collector.db import owned
from collector.errors import NotFound
from collector.laboratory.labels.numbers import is_bottle_number, read_bottle_number
from collector.laboratory.pooling.models import Bottle, Lot, LotState, MilkPool, PoolState
from collector.laboratory.sampling.actions import SAMPLE, read_sample_number
from collector.laboratory.sampling.judgement import PlatingForm, RuleOutcome, judge_rule
from collector.laboratory.sampling.models import (
    Analyte,
    LabResult,
    LabSample,
    SampleStage,
    SampleState,
    SamplingFrequency,
    SamplingPlan,
    SamplingRule,
)
from collector.laboratory.sampling.plans import standing_plans
from collector.people.queries import names_of

MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSample:
    """A sample that the plan asks for and that was not taken."""

    lot: Lot
    pool: MilkPool
    stage: SampleStage


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """A sample on the work list, with its pool's number and its results so far."""

    sample: LabSample
    pool: MilkPool
    read: int
    """Standing results."""
    wanted: int
    """Results that its plan asks for."""
    unverified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchList:
    """The work of the bench: samples to take, to read, to verify."""

    due: Sequence[DueSample]
    to_read: Sequence[SampleLine]
    to_verify: Sequence[SampleLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePage:
    """A sample with everything that its page shows."""

    sample: LabSample
    pool: MilkPool
    lot: Lot
    results: Sequence[LabResult]
    """All of them, superseded ones too, oldest first."""
    outcomes: Sequence[tuple[SamplingRule, RuleOutcome]]
    names: dict[int, str]
    """The names of the people who wrote, by key."""
    replaces: LabSample | None

    @property
    def standing(self) -> dict[tuple[int, Analyte], LabResult]:
        """The results that no later one replaced, by plate and analyte."""
        return {
            (each.plate, each.analyte): each for each in self.results if each.superseded_at is None
        }

    @property
    def missing(self) -> list[tuple[int, Analyte]]:
        """The plates and analytes of the plan without a result."""
        analytes = list(dict.fromkeys(rule.analyte for rule in self.sample.plan.rules))
        plates = range(1, self.sample.plan.plates + 1)
        standing = self.standing
        return [
            (plate, each) for plate in plates for each in analytes if (plate, each) not in standing
        ]


def bench_list(session: Session, bank_id: int) -> BenchList:
    """Return the work of the bench for lots that are not decided on, oldest first."""
    lines = _lines(session, bank_id)
    return BenchList(
        due=_due(session, bank_id),
        to_read=[each for each in lines if each.read < each.wanted],
        to_verify=[each for each in lines if each.unverified],
    )


def sample_page(session: Session, *, bank_id: int, sample_id: int) -> SamplePage:
    """Return a sample of a bank.

    Raises
    ------
    NotFound
        The bank has no such sample.
    """
    owned(session, LabSample, bank_id, sample_id)
    sample = session.scalars(
        select(LabSample)
        .options(joinedload(LabSample.plan).selectinload(SamplingPlan.rules))
        .where(LabSample.id == sample_id)
        .execution_options(populate_existing=True)
    ).one()
    lot = session.get_one(Lot, sample.lot_id)
    results = session.scalars(
        select(LabResult).where(LabResult.sample_id == sample_id).order_by(LabResult.id)
    ).all()
    standing = [each for each in results if each.superseded_at is None]
    form = PlatingForm(plates=sample.plan.plates, plated_ul=sample.plan.plated_ul)
    people = {sample.taken_by_id} | {each.entered_by_id for each in results}
    people |= {each.verified_by_id for each in results if each.verified_by_id}
    return SamplePage(
        sample=sample,
        pool=session.get_one(MilkPool, lot.pool_id),
        lot=lot,
        results=results,
        outcomes=[(rule, judge_rule(rule, form, standing)) for rule in sample.plan.rules],
        names=names_of(session, people),
        replaces=session.get(LabSample, sample.replaces_id) if sample.replaces_id else None,
    )


def scanned_sample(session: Session, *, bank_id: int, text: str) -> LabSample:
    """Return the sample of a scanned number.

    Raises
    ------
    NotFound
        `sample_unknown` (`number`).
    Refused
        `sample_number_not_read`, `scan_mistyped` (`number`).
    """
    number = read_sample_number(text)
    sample = session.scalar(
        select(LabSample).where(LabSample.bank_id == bank_id, LabSample.number == number)
    )
    if sample is None:
        raise NotFound("sample_unknown", number=number)
    return sample


def is_sample_number(text: str) -> bool:
    """Return whether a scanned text has the form of a sample's number."""
    return SAMPLE.fullmatch(text.strip().upper()) is not None


def scanned_lot(session: Session, *, bank_id: int, text: str) -> Lot:
    """Return the lot of a scanned bottle or of a pool's number.

    Raises
    ------
    NotFound
        `lot_unknown` (`number`).
    Refused
        `scan_mistyped` (`number`).
    """
    number = text.strip().upper()
    lots = select(Lot).where(Lot.bank_id == bank_id)
    if is_bottle_number(number):
        number = read_bottle_number(number)
        lots = lots.join(Bottle, Bottle.lot_id == Lot.id).where(Bottle.number == number)
    else:
        lots = lots.join(MilkPool, MilkPool.id == Lot.pool_id).where(MilkPool.number == number)
    lot = session.scalar(lots)
    if lot is None:
        raise NotFound("lot_unknown", number=number)
    return lot


def _due(session: Session, bank_id: int) -> list[DueSample]:
    """Return the samples that are due of every lot; a plan by cycles is judged on the board."""
    plans = standing_plans(session, bank_id)
    found: list[DueSample] = []
    for stage, plan in plans.items():
        if plan.frequency is not SamplingFrequency.EVERY_LOT:
            continue
        taken = select(LabSample.lot_id).where(
            LabSample.stage == stage, LabSample.state != SampleState.LOST
        )
        lots = (
            select(Lot, MilkPool)
            .join(MilkPool, MilkPool.id == Lot.pool_id)
            .where(
                Lot.bank_id == bank_id,
                Lot.state == LotState.WAITING,
                MilkPool.state != PoolState.DISSOLVED,
                Lot.id.not_in(taken),
            )
            .order_by(Lot.id)
            .limit(MOST_LISTED)
        )
        if stage is SampleStage.POST:
            lots = lots.where(Lot.cycle_id.is_not(None))
        for lot, pool in session.execute(lots):
            found.append(DueSample(lot=lot, pool=pool, stage=stage))
    return found


def _lines(session: Session, bank_id: int) -> list[SampleLine]:
    rows = session.execute(
        select(LabSample, MilkPool)
        .join(Lot, Lot.id == LabSample.lot_id)
        .join(MilkPool, MilkPool.id == Lot.pool_id)
        .options(joinedload(LabSample.plan).selectinload(SamplingPlan.rules))
        .where(
            LabSample.bank_id == bank_id,
            LabSample.state != SampleState.LOST,
            Lot.state.in_((LotState.WAITING, LotState.WITHDRAWN)),
        )
        .order_by(LabSample.id)
    ).all()
    verified = (LabResult.verified_by_id.is_not(None)) | (LabResult.file_id.is_not(None))
    counts = session.execute(
        select(
            LabResult.sample_id,
            func.count(LabResult.id),
            func.count(LabResult.id).filter(~verified),
        )
        .where(
            LabResult.sample_id.in_([row[0].id for row in rows]),
            LabResult.superseded_at.is_(None),
        )
        .group_by(LabResult.sample_id)
    )
    by_sample = {row[0]: (row[1], row[2]) for row in counts}
    found = []
    for sample, pool in rows:
        read, unverified = by_sample.get(sample.id, (0, 0))
        analytes = {rule.analyte for rule in sample.plan.rules}
        wanted = len(analytes) * sample.plan.plates
        found.append(
            SampleLine(sample=sample, pool=pool, read=read, wanted=wanted, unverified=unverified)
        )
    return found

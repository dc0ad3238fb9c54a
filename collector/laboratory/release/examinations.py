"""Examinations of a lot: for each stage the plan, the samples and the results that judge it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from collector.laboratory.heating.models import Cycle
from collector.laboratory.pooling.models import Lot
from collector.laboratory.sampling.judgement import PlatingForm, RuleOutcome, judge_rule
from collector.laboratory.sampling.models import (
    LabResult,
    LabSample,
    SampleStage,
    SampleState,
    SamplingFrequency,
    SamplingPlan,
    SamplingRule,
)
from collector.laboratory.sampling.plans import standing_plans
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSample:
    """A sample with its standing results, judged by its own edition of the plan."""

    sample: LabSample
    results: Sequence[LabResult]

    @property
    def outcomes(self) -> list[tuple[SamplingRule, RuleOutcome]]:
        """The outcome of each rule."""
        plan = self.sample.plan
        form = PlatingForm(plates=plan.plates, plated_ul=plan.plated_ul)
        return [(rule, judge_rule(rule, form, self.results)) for rule in plan.rules]

    @property
    def missing_plates(self) -> list[int]:
        """The plates without the result of some analyte of the plan."""
        found = {(each.plate, each.analyte) for each in self.results}
        wanted = {rule.analyte for rule in self.sample.plan.rules}
        plates = range(1, self.sample.plan.plates + 1)
        return [plate for plate in plates if any((plate, each) not in found for each in wanted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """A lot's examination of one stage.

    Attributes
    ----------
    plan
        The plan that holds now.
    samples
        The samples that judge the lot; with a plan by cycles those of its whole cycle.
    is_chosen
        Whether the plan asks for a sample of this lot or its cycle.
    """

    stage: SampleStage
    plan: SamplingPlan
    samples: Sequence[JudgedSample]
    is_chosen: bool


def examinations_of(
    session: Session, *, bank_id: int, lots: Sequence[Lot], zone: ZoneInfo
) -> dict[int, list[Examination]]:
    """Return the examinations of each lot, one for each stage."""
    plans = standing_plans(session, bank_id)
    own, of_cycle = _judged_samples(session, bank_id=bank_id, lots=lots)
    post = plans[SampleStage.POST]
    by_cycles = post.frequency is SamplingFrequency.CYCLES_OR_MONTH
    due = _due_cycles(session, bank_id, lots, post.every_cycles, zone) if by_cycles else set()
    found: dict[int, list[Examination]] = {}
    for lot in lots:
        found[lot.id] = []
        for stage, plan in plans.items():
            samples = own[lot.id, stage] or of_cycle[lot.cycle_id or 0, stage]
            every = plan.frequency is SamplingFrequency.EVERY_LOT
            by_cycle = plan.frequency is SamplingFrequency.CYCLES_OR_MONTH and lot.cycle_id in due
            chosen = every or by_cycle or bool(samples)
            found[lot.id].append(
                Examination(stage=stage, plan=plan, samples=samples, is_chosen=chosen)
            )
    return found


def cycles_to_sample(
    cycles: Iterable[tuple[int, date]], sampled: Collection[int], every: int
) -> set[int]:
    """Return the cycles for which a plan by cycles and months asks for a sample.

    Parameters
    ----------
    cycles
        Keys and civil days of the cycles of whole months, in their order.
    sampled
        The keys of the cycles that have a sample.
    every
        The number of cycles after which the next one is due.
    """
    due: set[int] = set()
    month, since = (0, 0), None
    for key, day in cycles:
        if (day.year, day.month) != month:
            month, since = (day.year, day.month), None
        since = None if since is None else since + 1
        if since is None or since >= every:
            due.add(key)
        if key in sampled:
            since = 0
    return due


Judged = dict[tuple[int, SampleStage], list[JudgedSample]]


def _judged_samples(
    session: Session, *, bank_id: int, lots: Sequence[Lot]
) -> tuple[Judged, Judged]:
    """Return the samples that are not lost: by their lot, and by cycle if the plan goes by it."""
    keys, cycles = [lot.id for lot in lots], {lot.cycle_id for lot in lots if lot.cycle_id}
    rows = session.execute(
        select(LabSample, Lot.cycle_id)
        .join(Lot, Lot.id == LabSample.lot_id)
        .options(joinedload(LabSample.plan).selectinload(SamplingPlan.rules))
        .where(
            LabSample.bank_id == bank_id,
            LabSample.state != SampleState.LOST,
            or_(Lot.id.in_(keys), Lot.cycle_id.in_(cycles)),
        )
        .order_by(LabSample.id)
        .execution_options(populate_existing=True)
    ).all()
    results: dict[int, list[LabResult]] = defaultdict(list)
    standing = select(LabResult).where(
        LabResult.sample_id.in_([row[0].id for row in rows]), LabResult.superseded_at.is_(None)
    )
    for result in session.scalars(standing.execution_options(populate_existing=True)):
        results[result.sample_id].append(result)
    own: Judged = defaultdict(list)
    of_cycle: Judged = defaultdict(list)
    for sample, cycle_id in rows:
        judged = JudgedSample(sample=sample, results=results[sample.id])
        own[sample.lot_id, sample.stage].append(judged)
        if sample.plan.frequency is SamplingFrequency.CYCLES_OR_MONTH:
            of_cycle[cycle_id or 0, sample.stage].append(judged)
    return own, of_cycle


def _due_cycles(
    session: Session, bank_id: int, lots: Sequence[Lot], every: int, zone: ZoneInfo
) -> set[int]:
    cycles = {lot.cycle_id for lot in lots if lot.cycle_id}
    first = session.scalar(select(func.min(Cycle.began_at)).where(Cycle.id.in_(cycles)))
    if first is None:
        return set()
    begin = ServiceDay.of(first, zone).day.replace(day=1)
    rows = session.execute(
        select(Cycle.id, Cycle.began_at)
        .where(Cycle.bank_id == bank_id, Cycle.began_at >= first - timedelta(days=31))
        .order_by(Cycle.began_at, Cycle.id)
    )
    days = [(key, ServiceDay.of(began_at, zone).day) for key, began_at in rows if began_at]
    of_months = [each for each in days if each[1] >= begin]
    sampled = session.scalars(
        select(Lot.cycle_id)
        .join(LabSample, LabSample.lot_id == Lot.id)
        .where(
            LabSample.stage == SampleStage.POST,
            LabSample.state != SampleState.LOST,
            Lot.cycle_id.in_([key for key, _ in of_months]),
        )
    )
    return cycles_to_sample(of_months, {key for key in sampled if key}, every)

"""Late results: a result that fails after the release stops its lot in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from collector.laboratory.holding.withdrawal import withdraw
from collector.laboratory.pooling.models import Lot, LotState
from collector.laboratory.sampling.judgement import PlatingForm, RuleOutcome, judge_rule
from collector.laboratory.sampling.models import (
    LabResult,
    LabSample,
    SamplingFrequency,
    SamplingPlan,
)

STOPS = (RuleOutcome.FAILED, RuleOutcome.UNDECIDABLE)


def hold_if_failing(
    session: Session, *, now: datetime, person_id: int, sample: LabSample, result: LabResult
) -> list[Lot]:
    """Hold and withdraw the released lots for which a sample fails; return them.

    A sample that stands for a whole cycle stops every lot of the cycle.

    Parameters
    ----------
    sample
        A sample whose lot is locked.
    result
        The result that was entered last.
    """
    plan = session.scalars(
        select(SamplingPlan)
        .options(selectinload(SamplingPlan.rules))
        .where(SamplingPlan.id == sample.plan_id)
    ).one()
    found = session.scalars(
        select(LabResult).where(LabResult.sample_id == sample.id, LabResult.superseded_at.is_(None))
    ).all()
    form = PlatingForm(plates=plan.plates, plated_ul=plan.plated_ul)
    outcomes = [judge_rule(rule, form, found) for rule in plan.rules]
    if not any(outcome in STOPS for outcome in outcomes):
        return []
    lots = _lots_of(session, sample, plan)
    released = [lot for lot in lots if lot.state is LotState.RELEASED]
    for lot in released:
        reason = f"{result.analyte.value} {result.comparator.value}{result.value:.15g}"
        withdraw(session, now=now, person_id=person_id, lot=lot, reason=reason, result_id=result.id)
    return released


def _lots_of(session: Session, sample: LabSample, plan: SamplingPlan) -> Sequence[Lot]:
    lot = session.get_one(Lot, sample.lot_id)
    if plan.frequency is not SamplingFrequency.CYCLES_OR_MONTH or lot.cycle_id is None:
        return [lot]
    return session.scalars(
        select(Lot).where(Lot.cycle_id == lot.cycle_id).order_by(Lot.id).with_for_update()
    ).all()

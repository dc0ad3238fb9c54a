"""Plans of a bank: the standing edition of each stage, and new editions by quality."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from collector.audit.actions import record
from collector.banks.queries import get_bank
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.sampling.models import SampleStage, SamplingPlan, SamplingRule
from collector.laboratory.sampling.presets import OURS, PLANS, STARTING, PlanPreset

MOST_FIGURE = 100_000_000
"""Largest limit of a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHistory:
    """The plan of a stage that holds now, and its earlier editions, newest first."""

    standing: SamplingPlan
    earlier: Sequence[SamplingPlan]


def standing_plans(session: Session, bank_id: int) -> dict[SampleStage, SamplingPlan]:
    """Return the latest edition of each stage, with its rules.

    A bank without an edition has the starting plan of its jurisdiction, which is stored with its
    first sample.
    """
    return {stage: found.standing for stage, found in plan_histories(session, bank_id).items()}


def plan_histories(session: Session, bank_id: int) -> dict[SampleStage, PlanHistory]:
    """Return the plans of each stage with their earlier editions."""
    editions = session.scalars(
        select(SamplingPlan)
        .options(selectinload(SamplingPlan.rules))
        .where(SamplingPlan.bank_id == bank_id)
        .order_by(SamplingPlan.edition.desc())
    ).all()
    found = {}
    for stage in SampleStage:
        of_stage = [each for each in editions if each.stage is stage]
        standing = of_stage[0] if of_stage else _starting(session, bank_id, stage)
        found[stage] = PlanHistory(standing=standing, earlier=of_stage[1:])
    return found


def stored_plan(
    session: Session, *, now: datetime, bank_id: int, stage: SampleStage
) -> SamplingPlan:
    """Return the standing edition of a stage as a stored row."""
    plan = standing_plans(session, bank_id)[stage]
    if plan not in session:
        plan.made_at = now
        session.add(plan)
        session.flush()
    return plan


def adopt_plan(
    session: Session, *, now: datetime, bank_id: int, person_id: int, name: str, after: int
) -> SamplingPlan:
    """Make a preset the next edition of its stage.

    Parameters
    ----------
    after
        The edition that the person saw.

    Raises
    ------
    NotFound
        There is no such preset.
    Conflict
        `changed_meanwhile`: another edition holds now.
    """
    preset = PLANS.get(name)
    if preset is None:
        raise NotFound("not_found")
    standing = stored_plan(session, now=now, bank_id=bank_id, stage=preset.stage)
    plan = _plan(bank_id, name, preset, edition=standing.edition + 1)
    return _add_edition(session, now, person_id, standing, plan, after)


def change_limit(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    stage: SampleStage,
    position: int,
    most: int,
    source: str,
    after: int,
) -> SamplingPlan:
    """Make an edition that differs from the standing one in one limit.

    Samples that were taken before are judged by their own edition.

    Parameters
    ----------
    source
        The source of the new limit; without one it is Milkround's own and not verified.
    after
        The edition that the person saw.

    Raises
    ------
    NotFound
        The plan has no such rule.
    Conflict
        `changed_meanwhile`: another edition holds now.
    Refused
        `rule_out_of_bounds` (`least`, `most`).
    """
    standing = stored_plan(session, now=now, bank_id=bank_id, stage=stage)
    if all(rule.position != position for rule in standing.rules):
        raise NotFound("not_found")
    if not 0 <= most <= MOST_FIGURE:
        raise Refused("rule_out_of_bounds", least=0, most=MOST_FIGURE)
    plan = SamplingPlan(
        **{name: getattr(standing, name) for name in COPIED}, edition=standing.edition + 1
    )
    plan.rules = [_copied(rule) for rule in standing.rules]
    changed = next(rule for rule in plan.rules if rule.position == position)
    changed.most, changed.source, changed.verified_on = most, source.strip() or OURS, None
    return _add_edition(session, now, person_id, standing, plan, after)


COPIED = (
    "bank_id",
    "stage",
    "name",
    "frequency",
    "every_cycles",
    "plates",
    "plated_ul",
    "source",
    "verified_on",
)
"""The columns that a changed edition takes over."""
OF_A_RULE = ("bank_id", "position", "analyte", "measure", "most", "source", "verified_on")


def _copied(rule: SamplingRule) -> SamplingRule:
    return SamplingRule(**{name: getattr(rule, name) for name in OF_A_RULE})


def _add_edition(
    session: Session,
    now: datetime,
    person_id: int,
    standing: SamplingPlan,
    plan: SamplingPlan,
    after: int,
) -> SamplingPlan:
    if standing.edition != after:
        raise Conflict("changed_meanwhile")
    plan.made_by_id, plan.made_at = person_id, now
    session.add(plan)
    session.flush()
    record(
        session,
        now=now,
        bank_id=plan.bank_id,
        actor=f"person:{person_id}",
        action="sampling plan written",
        subject=f"sampling_plan:{plan.id}",
        stage=plan.stage.value,
        edition=plan.edition,
    )
    return plan


def _starting(session: Session, bank_id: int, stage: SampleStage) -> SamplingPlan:
    bank = get_bank(session, bank_id)
    (name,) = (each for each in STARTING[bank.jurisdiction] if PLANS[each].stage is stage)
    return _plan(bank_id, name, PLANS[name], edition=1)


def _plan(bank_id: int, name: str, preset: PlanPreset, *, edition: int) -> SamplingPlan:
    plan = SamplingPlan(
        bank_id=bank_id,
        stage=preset.stage,
        edition=edition,
        name=name,
        frequency=preset.frequency,
        every_cycles=preset.every_cycles,
        plates=preset.plates,
        plated_ul=preset.plated_ul,
        source=preset.source,
        verified_on=preset.verified_on,
        made_by_id=None,
    )
    plan.rules = [
        SamplingRule(
            bank_id=bank_id,
            position=position,
            analyte=rule.analyte,
            measure=rule.measure,
            most=rule.most,
            source=rule.source,
            verified_on=rule.verified_on,
        )
        for position, rule in enumerate(preset.rules, start=1)
    ]
    return plan

"""Proposals of the planner: compared with the present, applied wholly or in part."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import NotFound, Refused
from collector.planning.editing.assignment import Assignment, merge_moves
from collector.planning.editing.commit import ComputedEdit, EditContext, write_edit
from collector.planning.editing.what_if import DayChange, WhatIf
from collector.planning.models import DayEdit, EditKind, PlanningRun
from collector.planning.optimise.rebase import Lapse, rebase
from collector.planning.problem.build import load_facts
from collector.planning.problem.objectives import Objectives
from collector.planning.problem.searches import explain_unassigned
from collector.planning.problem.unassigned import unplanned_visits
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan, day_plan_at_version
from routing.formats.native import plan_data, plan_of
from routing.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProposal:
    """A plan of the planner compared with the day as it is now.

    Attributes
    ----------
    change
        The change that applies every move of the plan that still holds.
    lapsed
        The other moves with the reasons why they are not made.
    """

    run: PlanningRun
    objectives: Objectives
    change: DayChange
    lapsed: Mapping[int, Lapse]


def store_proposal(
    session: Session,
    *,
    bank_id: int,
    run_id: int,
    plan: Plan,
    levels: dict[str, Any] | None = None,
) -> PlanningRun:
    """Store a checked plan as a proposal; the day stays as it is.

    Parameters
    ----------
    levels
        The cheapest, the balanced and the safest plan, checked as well, as the planner wrote them.

    Raises
    ------
    NotFound
        There is no such run in this bank.
    """
    run = owned(session, PlanningRun, bank_id, run_id)
    run.plan, run.levels = plan_data(plan), levels
    session.flush()
    return run


def offer_levels(
    session: Session,
    *,
    bank_id: int,
    run_id: int,
    draft: Plan,
    levels: dict[str, Any],
    now: datetime,
) -> PlanningRun | None:
    """Store the other plans of a run that became the draft as a proposal without a job.

    Returns
    -------
    PlanningRun, optional
        None if all plans are the draft.
    """
    run = owned(session, PlanningRun, bank_id, run_id)
    if all(plan_of(each).orders == draft.orders for each in levels.values()):
        return None
    offer = PlanningRun(
        bank_id=bank_id,
        day=run.day,
        job_id=None,
        day_plan_id=run.day_plan_id,
        day_plan_version=run.day_plan_version,
        problem=run.problem,
        start=plan_data(draft),
        plan=plan_data(draft),
        levels=levels | {"balanced": plan_data(draft)},
        posed_at=now,
        kept_at=None,
        asked=Objectives.from_json(run.asked).as_json() | {"at_once": False},
        settled_at=None,
    )
    session.add(offer)
    session.flush()
    return offer


def is_beside_the_draft(run: PlanningRun) -> bool:
    """Return whether a proposal has the cheaper and the safer plan of a run that was applied."""
    balanced = (run.levels or {}).get("balanced")
    is_draft = balanced is not None and plan_of(balanced).orders == plan_of(run.start).orders
    return run.job_id is None and is_draft


def open_proposal(session: Session, *, bank_id: int, day: date) -> PlanningRun | None:
    """Return the latest plan of a day that is neither applied nor discarded."""
    latest = session.scalar(
        select(PlanningRun)
        .where(PlanningRun.bank_id == bank_id, PlanningRun.day == day)
        .order_by(PlanningRun.id.desc())
        .limit(1)
    )
    if latest is None or latest.settled_at or latest.kept_at or latest.plan is None:
        return None
    return latest


def changes_nothing(run: PlanningRun) -> bool:
    """Return whether a plan, and its cheaper and safer ones, leave every round as it was."""
    start = plan_of(run.start).orders
    plans = (run.plan or {}, *(run.levels or {}).values())
    return all(plan_of(each).orders == start for each in plans)


def was_overtaken(run: PlanningRun) -> bool:
    """Return whether a proposal was to become the draft before the day was changed."""
    return run.kept_at is None and Objectives.from_json(run.asked).at_once


def load_proposal(session: Session, *, bank_id: int, day: date, run_id: int) -> PlanProposal:
    """Return a plan compared with the day as it is now; nothing is written.

    Raises
    ------
    NotFound
        There is no such run of this day, or it has no plan.
    """
    run = owned(session, PlanningRun, bank_id, run_id)
    plan = day_plan(session, bank_id=bank_id, day=day)
    if run.day != day or run.plan is None or plan is None:
        raise NotFound("not_found", kind="planning_runs")
    return _compared(session, run, plan)


def compute_application(
    session: Session,
    *,
    bank_id: int,
    day: date,
    version: int,
    run_id: int,
    only: Collection[int] | None = None,
) -> ComputedEdit:
    """Compute the edit that applies a proposal, or only its moves of these visits.

    Moves that later changes have overtaken are left out (see `rebase`).

    Raises
    ------
    Conflict
        The day has another version than the coordinator's page.
    Refused
        It is applied or discarded already: `proposal_settled`; or it moves nothing:
        `nothing_moves`.
    """
    plan = day_plan_at_version(session, bank_id=bank_id, day=day, version=version)
    found = _compared(session, _unsettled(session, bank_id, run_id), plan)
    chosen = found.change.moved if only is None else frozenset(only) & found.change.moved
    what_if, after = _with_moves(found, chosen)
    if after.orders == what_if.assignment.orders:
        raise Refused("nothing_moves")
    kind = EditKind.APPLIED if only is None else EditKind.TAKEN
    return ComputedEdit.of(what_if, after, kind, _tray(what_if.change(after)))


def apply_proposal(
    session: Session, edit: ComputedEdit, *, context: EditContext, bank_id: int, run_id: int
) -> DayEdit:
    """Write an edit computed from a proposal, and settle the proposal.

    Raises
    ------
    Conflict
        The day has another version than the coordinator's page.
    OutdatedReading
        Requests or shifts of the day changed since the reading.
    Refused
        It is applied or discarded already: `proposal_settled`.
    """
    run = _unsettled(session, bank_id, run_id)
    run.settled_at = context.now
    if edit.kind is EditKind.APPLIED:
        run.kept_at = context.now
    session.flush()
    return write_edit(session, edit, context=context, bank_id=bank_id)


def _unsettled(session: Session, bank_id: int, run_id: int) -> PlanningRun:
    run = owned(session, PlanningRun, bank_id, run_id)
    if run.settled_at or run.kept_at:
        raise Refused("proposal_settled")
    return run


def _tray(change: DayChange) -> dict[int, dict[str, Any] | None]:
    """Return the reasons of the visits that the plan takes out of the rounds."""
    if change.moved <= change.assignment_after.placed:
        return {}
    plan = explain_unassigned(change.problem, change.plan_after)
    return {
        left.pickup_id: {"reason": left.reason, "details": left.details}
        for left in unplanned_visits(change.facts, plan)
    }


def discard_proposal(
    session: Session, *, context: EditContext, bank_id: int, day: date, run_id: int
) -> None:
    """Discard a plan; the day stays as it is.

    Raises
    ------
    NotFound
        There is no such run of this day.
    """
    run = owned(session, PlanningRun, bank_id, run_id)
    if run.day != day:
        raise NotFound("not_found", kind="planning_runs")
    run.settled_at = context.now
    record(
        session,
        now=context.now,
        bank_id=bank_id,
        actor=context.actor,
        action="proposal discarded",
        subject=f"day_plan:{run.day_plan_id}",
        run=run.id,
    )


def select_moves(found: PlanProposal, only: Collection[int]) -> DayChange:
    """Return the change with only the moves of these visits."""
    what_if, after = _with_moves(found, frozenset(only) & found.change.moved)
    return what_if.change(after)


def _with_moves(found: PlanProposal, chosen: frozenset[int]) -> tuple[WhatIf, Assignment]:
    """Return the `WhatIf` of these moves of a proposal, and its assignment with them."""
    change = found.change
    what_if = WhatIf(change.facts, chosen, keep_pins=True)
    return what_if, merge_moves(change.assignment_before, change.assignment_after, chosen)


def _compared(session: Session, run: PlanningRun, plan: DayPlan) -> PlanProposal:
    objectives = Objectives.from_json(run.asked)
    found = rebase(load_facts(session, plan), run, objectives)
    return PlanProposal(run=run, objectives=objectives, change=found.change, lapsed=found.lapsed)

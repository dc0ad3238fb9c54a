"""The draft of a day made from a plan: checked, timed in the day as it is now, written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import OutdatedReading, owned
from collector.errors import Conflict
from collector.planning.editing.commit import EditContext, state_of_day
from collector.planning.editing.commit import log_edit as kept_as
from collector.planning.models import EditKind, PlanningRun
from collector.planning.problem.build import DayFacts, build_problem, load_facts, plannable_pickups
from collector.planning.problem.lawfulness import refuse_unlawful
from collector.planning.problem.objectives import Objectives, in_scope
from collector.planning.problem.searches import explain_unassigned
from collector.planning.problem.unassigned import unplanned_visits
from collector.planning.problem.write_back import (
    UnplannedVisit,
    reload_day,
    update_pickup_states,
    write_rounds,
    write_tray,
)
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan_at_version
from routing.checker.judge import check_plan
from routing.formats.native import plan_data
from routing.plan import Plan
from routing.problem import Problem
from routing.schedule import retimed


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedDraft:
    """A plan timed and explained in the day as it was read.

    Attributes
    ----------
    problem
        The day's problem as it was read.
    plan
        Lawful in that problem, with a reason for each unassigned visit.
    """

    problem: Problem
    plan: Plan


def compute_draft(session: Session, *, bank_id: int, run_id: int, plan: Plan) -> ComputedDraft:
    """Compute the draft that a run's plan makes of its day; `write_draft` writes it.

    1. A plan that breaks a rule of its own problem is refused.
    2. A day that was edited since the problem was built keeps its edits (`Conflict`).
    3. Requests may have come, gone or changed since: the problem is built anew from the rows, the
       plan's orders are timed in it and checked once more.
    4. Each unassigned visit gets a reason.

    Raises
    ------
    NotFound
        There is no such run in this bank.
    Refused
        The plan breaks rules: `plan_breaks_rules` (`rules`).
    Conflict
        The day or its requests were changed first: `changed_meanwhile` (`version`, `revision`).
    """
    run = owned(session, PlanningRun, bank_id, run_id)
    refuse_unlawful(run.problem, plan)
    day = day_plan_at_version(session, bank_id=bank_id, day=run.day, version=run.day_plan_version)
    _, problem = _problem_now(session, run, day)
    return ComputedDraft(problem=problem, plan=_rebased(problem, plan, day))


def write_draft(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    run_id: int,
    draft: ComputedDraft,
    actor: str = "system",
) -> DayPlan:
    """Write a computed draft: rounds, stops, the tray with its reasons, the requests' states.

    Raises
    ------
    NotFound
        There is no such run in this bank.
    Conflict
        The day was edited first: `changed_meanwhile` (`version`, `revision`).
    OutdatedReading
        Requests or shifts of the day changed since the draft was computed.
    """
    run = owned(session, PlanningRun, bank_id, run_id)
    day = edit_day(session, bank_id=bank_id, day=run.day, version=run.day_plan_version)
    before = state_of_day(day)
    facts, problem = _problem_now(session, run, day)
    if problem != draft.problem:
        raise OutdatedReading
    left = [*_not_plannable_visits(facts, problem), *unplanned_visits(facts, draft.plan)]
    write_rounds(session, facts=facts, problem=problem, plan=draft.plan, rounds=facts.rounds)
    write_tray(session, plan=day, unplanned=left, replace_all=True)
    placed = {int(visit) for tour in draft.plan.tours for visit in tour.visits}
    update_pickup_states(facts.pickups, placed=placed)
    run.plan, run.kept_at, run.settled_at = plan_data(draft.plan), now, now
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="plan kept",
        subject=f"day_plan:{day.id}",
        run=run.id,
        planned=len(placed),
        unplanned=len(left),
        cost_cents=draft.plan.cost.total,
    )
    again = reload_day(session, day)
    context = EditContext(now=now, actor=actor)
    kept_as(session, again, before=before, context=context, kind=EditKind.APPLIED)
    return again


def _problem_now(session: Session, run: PlanningRun, day: DayPlan) -> tuple[DayFacts, Problem]:
    facts = in_scope(load_facts(session, day), Objectives.from_json(run.asked))
    return facts, build_problem(facts, plannable_pickups(facts))


def _rebased(problem: Problem, plan: Plan, day: DayPlan) -> Plan:
    """Return the plan with its orders timed in the present problem; new visits are unassigned."""
    orders = {
        shift: [visit for visit in visits if problem.visit(visit) is not None]
        for shift, visits in plan.orders.items()
        if problem.shift(shift) is not None
    }
    timed = retimed(problem, orders)
    if check_plan(problem, timed) or set(plan.orders) - set(orders):
        raise Conflict("changed_meanwhile", version=day.version, revision=day.revision)
    return explain_unassigned(problem, timed)


def _not_plannable_visits(facts: DayFacts, problem: Problem) -> Iterator[UnplannedVisit]:
    for key, pickup in facts.pickups.items():
        why = facts.not_plannable(pickup)
        if why is not None and problem.visit(str(key)) is None:
            yield UnplannedVisit(pickup_id=key, reason=why.value, details={})

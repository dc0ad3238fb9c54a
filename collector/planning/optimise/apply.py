"""The planner's answer: checked again, fitted to the day as it is now, written as draft rounds."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Conflict
from collector.planning.editing.commit import By, remembered
from collector.planning.editing.commit import kept as kept_as
from collector.planning.models import EditKind, PlanningRun
from collector.planning.optimise.proposals import refuse_unlawful
from collector.planning.problem.build import DayFacts, gather, problem_of, to_pose
from collector.planning.problem.objectives import Wish, in_scope
from collector.planning.problem.unassigned import left_out
from collector.planning.problem.write_back import (
    LeftOut,
    reloaded,
    settle_states,
    write_rounds,
    write_tray,
)
from collector.rounds.actions import edit_day
from collector.rounds.models import DayPlan
from routing.analysis.explain import explained
from routing.check.judge import check
from routing.formats.native import plan_data
from routing.plan import Plan
from routing.problem import Problem
from routing.schedule import retimed


def keep(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    run_id: int,
    plan: Plan,
    actor: str = "system",
) -> DayPlan:
    """Make an answer the draft of its day.

    1. A plan that breaks a rule of its own question is refused.
    2. A day that was edited since the question was posed keeps its edits (`Conflict`).
    3. Requests may have come, gone or changed meanwhile: the question is made anew from the rows,
       the plan's orders are timed in it and checked once more.
    4. Rounds, stops, the tray with its reasons and the requests' states are written.

    Raises
    ------
    NotFound
        There is no such run in this bank.
    Refused
        The plan breaks rules: `plan_breaks_rules` (`rules`).
    Conflict
        Somebody was first: `changed_meanwhile` (`version`, `revision`).
    """
    run = owned(session, PlanningRun, bank_id, run_id)
    refuse_unlawful(run, plan)
    day = edit_day(session, bank_id=bank_id, day=run.day, version=run.day_plan_version)
    before = remembered(day)
    facts = in_scope(gather(session, day), Wish.read(run.asked))
    problem = problem_of(facts, to_pose(facts))
    fitted = _fitted(problem, plan, day)
    left = [*_asides(facts, problem), *left_out(facts, fitted)]
    write_rounds(session, facts=facts, problem=problem, plan=fitted, rounds=facts.rounds)
    write_tray(session, plan=day, left=left, whole=True)
    placed = {int(visit) for tour in fitted.tours for visit in tour.visits}
    settle_states(facts.pickups, placed=placed)
    run.plan, run.kept_at, run.settled_at = plan_data(fitted), now, now
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
        cost_cents=fitted.cost.total,
    )
    again = reloaded(session, day)
    by = By(now=now, actor=actor)
    kept_as(session, again, before=before, by=by, kind=EditKind.APPLIED)
    return again


def _fitted(problem: Problem, plan: Plan, day: DayPlan) -> Plan:
    """Time the plan's orders in the question as it is now; what is new in it is unassigned."""
    orders = {
        shift: [visit for visit in visits if problem.visit(visit) is not None]
        for shift, visits in plan.orders.items()
        if problem.shift(shift) is not None
    }
    fitted = explained(problem, retimed(problem, orders))
    if check(problem, fitted) or set(plan.orders) - set(orders):
        raise Conflict("changed_meanwhile", version=day.version, revision=day.revision)
    return fitted


def _asides(facts: DayFacts, problem: Problem) -> Iterator[LeftOut]:
    for key, pickup in facts.pickups.items():
        why = facts.why_aside(pickup)
        if why is not None and problem.visit(str(key)) is None:
            yield LeftOut(pickup_id=key, reason=why.value, details={})

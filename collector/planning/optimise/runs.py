"""Runs: problems of a day as they are given to the planner."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.planning.models import PlanningRun
from collector.planning.problem.build import load_facts
from collector.planning.problem.objectives import (
    AT_ONCE,
    Objectives,
    changeable_rounds,
    in_scope,
    problem_with_objectives,
)
from collector.planning.problem.stored_json import stored_plan, stored_problem
from collector.rounds.actions import open_day


def create_run(
    session: Session, *, now: datetime, bank_id: int, day: date, objectives: Objectives = AT_ONCE
) -> PlanningRun:
    """Build the problem of a day and store it as a run, in the planner's own JSON.

    Raises
    ------
    Refused
        There is no shift on duty that day, or every round of the objectives has started:
        `no_shift_to_plan`.
    """
    plan = open_day(session, bank_id=bank_id, day=day)
    facts = load_facts(session, plan)
    able = facts.rounds_on_duty
    if not able or (objectives.rounds and not changeable_rounds(objectives.rounds, facts)):
        raise Refused("no_shift_to_plan")
    problem, start = problem_with_objectives(in_scope(facts, objectives), objectives)
    run = PlanningRun(
        bank_id=bank_id,
        day=day,
        job_id=None,
        day_plan_id=plan.id,
        day_plan_version=plan.version,
        problem=stored_problem(problem),
        start=stored_plan(start),
        plan=None,
        posed_at=now,
        kept_at=None,
        asked=objectives.as_json(),
        settled_at=None,
    )
    session.add(run)
    session.flush()
    return run

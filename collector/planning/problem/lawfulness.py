"""Checks of plans and of written days against the planner's rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.planning.problem.build import (
    build_problem,
    can_be_timed,
    load_written_facts,
)
from collector.planning.problem.write_back import plan_as_written
from collector.rounds.queries import day_plan
from routing.checker.judge import check_plan
from routing.checker.violation import Violation
from routing.formats.native import problem_of
from routing.plan import Plan


def refuse_unlawful(problem: Mapping[str, Any], plan: Plan) -> None:
    """Refuse a plan that breaks a rule of its own problem.

    Parameters
    ----------
    problem
        The planner's own JSON, as its row keeps it.

    Raises
    ------
    Refused
        `plan_breaks_rules` (`rules`).
    """
    broken = check_plan(problem_of(problem), plan)
    if broken:
        raise Refused("plan_breaks_rules", rules=sorted({str(each.rule) for each in broken}))


def broken_rules(session: Session, *, bank_id: int, day: date) -> tuple[Violation, ...]:
    """Return every rule that the rounds of a day break as written, started or not."""
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None or not plan.rounds:
        return ()
    facts = load_written_facts(session, plan)
    timed = [pickup for pickup in facts.pickups.values() if can_be_timed(pickup, facts.service_day)]
    problem = build_problem(facts, timed)
    return check_plan(problem, plan_as_written(facts, problem))

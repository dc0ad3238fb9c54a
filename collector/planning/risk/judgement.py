"""The judgement of a day as written: its chances, and the rules that it breaks once published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from collector.planning.problem.build import load_written_facts
from collector.planning.problem.write_back import plan_as_written
from collector.planning.risk.chances import RoundChance, chances_of, written_problem
from collector.rounds.models import NOT_STARTED, DayPlan
from collector.rounds.queries import day_plan
from routing.checker.judge import check_plan
from routing.checker.violation import Violation
from routing.plan import Plan
from routing.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDay:
    """A day as written.

    Attributes
    ----------
    chances
        Per round with stops, the chances that it holds.
    broken
        Rules that the rounds ahead of a published day break. Its times were others when it was
        published: a bank learns every night, and a region or a policy may be new.
    """

    chances: Mapping[int, RoundChance] = field(default_factory=dict)
    broken: tuple[Violation, ...] = ()


def judge_day(session: Session, plan: DayPlan | None) -> JudgedDay:
    """Judge a day as written by the travel, the visit times and the policies that count now.

    Parameters
    ----------
    plan
        As `rounds.queries.day_plan` loads it.
    """
    if plan is None or not plan.rounds:
        return JudgedDay()
    facts = load_written_facts(session, plan)
    problem = written_problem(facts)
    written = plan_as_written(facts, problem)
    return JudgedDay(
        chances=chances_of(facts, problem, written), broken=_broken(plan, problem, written)
    )


def rules_broken_since(session: Session, *, bank_id: int, day: date) -> tuple[Violation, ...]:
    """Return the rules that the rounds ahead of a published day break by now."""
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None or not plan.rounds or not plan.revision:
        return ()
    facts = load_written_facts(session, plan)
    problem = written_problem(facts)
    return _broken(plan, problem, plan_as_written(facts, problem))


def _broken(plan: DayPlan, problem: Problem, written: Plan) -> tuple[Violation, ...]:
    ahead = {str(each.shift_id) for each in plan.rounds if each.state in NOT_STARTED}
    if not plan.revision or not ahead:
        return ()
    return tuple(
        each
        for each in check_plan(problem, written)
        if each.shift is None or str(each.shift) in ahead
    )

"""Questions about planning runs, and whether a day as written keeps the rules."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.jobs.models import Job
from collector.planning.models import PlanningRun
from collector.planning.problem.build import as_written, can_be_timed, problem_of
from collector.planning.problem.write_back import written
from collector.rounds.queries import day_plan
from routing.check.judge import check
from routing.check.violation import Violation


def latest_plan_job(session: Session, *, bank_id: int, day: date) -> Job | None:
    """Return the job that planned a day last, or plans it now."""
    found = latest_run(session, bank_id=bank_id, day=day)
    return found[1] if found else None


def latest_run(session: Session, *, bank_id: int, day: date) -> tuple[PlanningRun, Job] | None:
    """Return the question that was posed last about a day, with the job that answers it."""
    found = session.execute(
        select(PlanningRun, Job)
        .join(Job, PlanningRun.job_id == Job.id)
        .where(PlanningRun.bank_id == bank_id, PlanningRun.day == day)
        .order_by(PlanningRun.id.desc())
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def broken_rules(session: Session, *, bank_id: int, day: date) -> tuple[Violation, ...]:
    """Return every rule that the rounds of a day break, as they are written, started or not."""
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None or not plan.rounds:
        return ()
    facts = as_written(session, plan)
    timed = [pickup for pickup in facts.pickups.values() if can_be_timed(pickup, facts.service_day)]
    problem = problem_of(facts, timed)
    return check(problem, written(facts, problem))

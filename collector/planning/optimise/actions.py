"""Requests for a plan of a day, and repetitions of failed ones."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.errors import Conflict
from collector.jobs.actions import AT_WORK, ask_cancel, enqueue, run_again
from collector.jobs.models import Job
from collector.planning.models import PlanningRun
from collector.planning.optimise.changes import published_changes
from collector.planning.optimise.queries import latest_run
from collector.planning.optimise.runs import create_run
from collector.planning.problem.objectives import AT_ONCE, Objectives
from collector.rounds.actions import open_day
from collector.rounds.models import DayPlan

PLAN_DAY = "plan_day"
OVERHEAD_SECONDS = 60
"""Seconds to start the planner, read a large problem and explain unassigned visits."""


def request_plan(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    day: date,
    asked_by: str,
    seconds: int,
    objectives: Objectives = AT_ONCE,
    iterations: int | None = None,
    levels: bool = False,
) -> Job:
    """Create a run for a day and queue its job.

    A second request while the same problem is being solved returns its job. If the day was edited
    or the objectives are others, that job is stopped and the day gets a new run.

    Parameters
    ----------
    seconds
        Time limit of the search, in seconds.
    objectives
        The rounds that the search may change, and their weights.
    iterations
        Limit of the work of the search. On a busy machine it makes the same plan as on an idle one,
        as long as the time limit is ample.
    levels
        Whether the cheapest and the safest plan are searched as well if the plan becomes the draft
        at once; for a proposal they always are.

    Raises
    ------
    Refused
        There is no shift that day, or every round has started: `no_shift_to_plan`. Three re-plans
        are asked for a day that is not published: `not_published`.
    """
    plan = open_day(session, bank_id=bank_id, day=day)
    answering = _answering(session, plan, now=now, objectives=objectives)
    if answering is not None:
        return answering
    run = create_run(session, now=now, bank_id=bank_id, day=day, objectives=objectives)
    asked = {"run": run.id, "day": day.isoformat(), "seconds": seconds, "iterations": iterations}
    asked |= {"propose": not objectives.at_once, "levels": levels or not objectives.at_once}
    asked |= {"changes": published_changes(session, run, plan)} if objectives.replans else {}
    job = enqueue(
        session,
        now=now,
        bank_id=bank_id,
        kind=PLAN_DAY,
        payload=asked,
        asked_by=asked_by,
        deadline_seconds=seconds + OVERHEAD_SECONDS,
    )
    run.job_id = job.id
    _record_asked(session, now, run, job, asked_by)
    return job


def _record_asked(
    session: Session, now: datetime, run: PlanningRun, job: Job, asked_by: str
) -> None:
    record(
        session,
        now=now,
        bank_id=run.bank_id,
        actor=asked_by,
        action="plan asked",
        subject=f"day_plan:{run.day_plan_id}",
        run=run.id,
        job=job.id,
    )


def plan_again(
    session: Session, *, now: datetime, bank_id: int, day: date, job_id: int, asked_by: str
) -> Job:
    """Queue the failed or dead job of a day once more, with the problem that it had.

    If the day was edited since, its plan becomes a proposal, as after any edit during a search.

    Raises
    ------
    Conflict
        The day has a later job: `job_replaced`.
    Refused
        The job is at work, or it has a result: `job_not_ended`, `job_not_failed`.
    """
    known = latest_run(session, bank_id=bank_id, day=day)
    if known is None or known[1].id != job_id:
        raise Conflict("job_replaced", job=job_id)
    run, _ = known
    job = run_again(session, now=now, bank_id=bank_id, job_id=job_id, asked_by=asked_by)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=asked_by,
        action="plan asked again",
        subject=f"day_plan:{run.day_plan_id}",
        run=run.id,
        job=job.id,
    )
    return job


def _answering(
    session: Session, plan: DayPlan, *, now: datetime, objectives: Objectives
) -> Job | None:
    """Return the job at work on this very problem; stop one at work on another."""
    known = latest_run(session, bank_id=plan.bank_id, day=plan.day)
    if known is None:
        return None
    run, job = known
    if job.state not in AT_WORK or job.cancel_asked:
        return None
    if run.day_plan_version == plan.version and Objectives.from_json(run.asked) == objectives:
        return job
    ask_cancel(session, now=now, bank_id=plan.bank_id, job_id=job.id)
    return None

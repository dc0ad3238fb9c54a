"""Queries of planning runs."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.jobs.models import Job
from collector.planning.models import PlanningRun


def latest_run(session: Session, *, bank_id: int, day: date) -> tuple[PlanningRun, Job] | None:
    """Return the latest run of a day with its job."""
    found = session.execute(
        select(PlanningRun, Job)
        .join(Job, PlanningRun.job_id == Job.id)
        .where(PlanningRun.bank_id == bank_id, PlanningRun.day == day)
        .order_by(PlanningRun.id.desc())
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else None

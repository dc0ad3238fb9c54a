"""Questions about planning runs."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.jobs.models import Job
from collector.planning.models import PlanningRun


def latest_plan_job(session: Session, *, bank_id: int, day: date) -> Job | None:
    """Return the job that planned a day last, or plans it now."""
    return session.scalar(
        select(Job)
        .join(PlanningRun, PlanningRun.job_id == Job.id)
        .where(PlanningRun.bank_id == bank_id, PlanningRun.day == day)
        .order_by(PlanningRun.id.desc())
        .limit(1)
    )

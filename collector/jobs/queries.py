"""Queries of jobs."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from collector.db import owned
from collector.jobs.models import Job, JobState


def get_job(session: Session, *, bank_id: int, job_id: int) -> Job:
    """Return a bank's job.

    Raises
    ------
    NotFound
        There is none, or it is another bank's.
    """
    return owned(session, Job, bank_id, job_id)


def something_waits(session: Session, *, now: datetime, kinds: frozenset[str]) -> bool:
    """Return whether a job is claimable, without a lock."""
    abandoned = and_(Job.state == JobState.RUNNING, Job.leased_until < now)
    waits = or_(Job.state == JobState.QUEUED, abandoned)
    return session.scalar(select(Job.id).where(Job.kind.in_(kinds), waits).limit(1)) is not None


def cancel_is_asked(session: Session, *, job_id: int) -> bool:
    """Return whether a cancel of a job is pending."""
    return bool(session.scalar(select(Job.cancel_asked).where(Job.id == job_id)))

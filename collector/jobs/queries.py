"""Queries of jobs."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
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


def claimable(now: datetime, patience: timedelta) -> ColumnElement[bool]:
    """Return the condition of a claimable job: it waits, or its lease has expired.

    Parameters
    ----------
    patience
        The time for which a waiting job is left to others.
    """
    waits: ColumnElement[bool] = Job.state == JobState.QUEUED
    if patience:
        # Without patience no clock counts: the job of a machine with a fast one is claimable too.
        waits = and_(waits, Job.asked_at <= now - patience)
    return or_(waits, and_(Job.state == JobState.RUNNING, Job.leased_until < now))


def something_waits(
    session: Session,
    *,
    now: datetime,
    kinds: frozenset[str],
    patience: timedelta = timedelta(0),
) -> bool:
    """Return whether a job is claimable, without a lock."""
    waits = claimable(now, patience)
    return session.scalar(select(Job.id).where(Job.kind.in_(kinds), waits).limit(1)) is not None


def cancel_is_asked(session: Session, *, job_id: int) -> bool:
    """Return whether a cancel of a job is pending."""
    return bool(session.scalar(select(Job.cancel_asked).where(Job.id == job_id)))

"""Transitions of a job: enqueue, claim, renew, cancel, end, run again.

The row is the truth. A worker holds a lease and a fence. Every write of a worker has the condition
`WHERE fence = ...` and compares the row count, so a worker with an expired lease cannot write after
another worker's claim.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from collector.db import owned
from collector.errors import Conflict, Refused
from collector.jobs.announcements import announce
from collector.jobs.models import Job, JobState
from collector.jobs.queries import claimable

AT_WORK = frozenset({JobState.QUEUED, JobState.RUNNING})
REPEATABLE = frozenset({JobState.FAILED, JobState.DEAD})
"""Ended without a result: the job may be run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claimed job under one fence."""

    job_id: int
    bank_id: int
    kind: str
    payload: dict[str, Any]
    asked_by: str
    fence: int
    deadline_seconds: int


def enqueue(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    kind: str,
    payload: dict[str, Any],
    asked_by: str,
    deadline_seconds: int,
    most_attempts: int = 3,
) -> Job:
    """Enqueue a job of a kind; a supervisor with its handler claims it.

    Parameters
    ----------
    deadline_seconds
        Seconds after which an attempt is killed.
    most_attempts
        Attempts lost with their worker before the job is left `dead`.
    """
    job = Job(
        bank_id=bank_id,
        kind=kind,
        payload=payload,
        state=JobState.QUEUED,
        fence=0,
        attempts=0,
        most_attempts=most_attempts,
        leased_until=None,
        deadline_seconds=deadline_seconds,
        cancel_asked=False,
        progress=[],
        result=None,
        error=None,
        asked_by=asked_by,
        asked_at=now,
        ended_at=None,
    )
    session.add(job)
    session.flush()
    announce(session, job.id)
    return job


def ask_cancel(session: Session, *, now: datetime, bank_id: int, job_id: int) -> Job:
    """Cancel a job: at once if it waits, within two seconds if it runs.

    An ended job is left unchanged.
    """
    job = owned(session, Job, bank_id, job_id)
    _change(
        session,
        and_(Job.id == job_id, Job.state == JobState.QUEUED),
        state=JobState.CANCELLED,
        cancel_asked=True,
        ended_at=now,
    )
    _change(session, and_(Job.id == job_id, Job.state == JobState.RUNNING), cancel_asked=True)
    session.refresh(job)
    return job


def run_again(session: Session, *, now: datetime, bank_id: int, job_id: int, asked_by: str) -> Job:
    """Enqueue a failed or dead job once more with fresh attempts; its fence keeps rising.

    Raises
    ------
    NotFound
        The bank has no such job.
    Refused
        It waits or runs: `job_not_ended`; it is done or cancelled: `job_not_failed`.
    """
    job = owned(session, Job, bank_id, job_id)
    if job.state not in AT_WORK | REPEATABLE:
        raise Refused("job_not_failed", job=job_id)
    queued = _change(
        session,
        and_(Job.id == job_id, Job.state.in_(REPEATABLE)),
        state=JobState.QUEUED,
        attempts=0,
        leased_until=None,
        cancel_asked=False,
        progress=[],
        result=None,
        error=None,
        asked_by=asked_by,
        asked_at=now,
        ended_at=None,
    )
    if not queued:
        raise Refused("job_not_ended", job=job_id)
    session.refresh(job)
    announce(session, job.id)
    return job


def claim(
    session: Session,
    *,
    now: datetime,
    kinds: frozenset[str],
    lease_seconds: float,
    patience: timedelta = timedelta(0),
) -> Claim | None:
    """Claim the oldest job that waits or has an expired lease.

    A job out of attempts becomes `dead`. A job with a pending cancel and a lost worker becomes
    `cancelled`.

    Parameters
    ----------
    patience
        The time for which a job is left to the workers that an announcement wakes.
    """
    while (job := _next(session, now=now, kinds=kinds, patience=patience)) is not None:
        taken = and_(Job.id == job.id, Job.fence == job.fence, claimable(now, patience))
        if job.cancel_asked:
            _change(session, taken, **_ending(JobState.CANCELLED, now), fence=job.fence + 1)
        elif job.attempts >= job.most_attempts:
            error = job.error or "worker_vanished"
            _change(session, taken, **_ending(JobState.DEAD, now), fence=job.fence + 1, error=error)
        elif _change(
            session,
            taken,
            state=JobState.RUNNING,
            fence=job.fence + 1,
            attempts=job.attempts + 1,
            leased_until=now + timedelta(seconds=lease_seconds),
            progress=[],
        ):
            return Claim(
                job_id=job.id,
                bank_id=job.bank_id,
                kind=job.kind,
                payload=job.payload,
                asked_by=job.asked_by,
                fence=job.fence + 1,
                deadline_seconds=job.deadline_seconds,
            )
        session.expire_all()
    return None


def renew(session: Session, held: Claim, *, now: datetime, lease_seconds: float) -> bool:
    """Renew the lease; return False if another worker holds the job by now."""
    until = now + timedelta(seconds=lease_seconds)
    return _change(session, _holds(held), leased_until=until)


def report_progress(session: Session, held: Claim, *, progress: list[dict[str, Any]]) -> bool:
    """Store the progress; return False if another worker holds the job by now."""
    return _change(session, _holds(held), progress=progress)


def finish(
    session: Session,
    held: Claim,
    *,
    now: datetime,
    state: JobState,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """End a job, as the first step of the transaction that writes its result.

    The row stays locked until that transaction ends: the result and the end of the job are stored
    together or not at all.

    Raises
    ------
    Conflict
        The fence no longer holds: `job_taken_over`; no result may be written.
    """
    ending = _ending(state, now)
    if not _change(session, _holds(held), **ending, result=result, error=error):
        raise Conflict("job_taken_over", job=held.job_id)


def retry(session: Session, held: Claim, *, now: datetime, error: str) -> bool:
    """Return a job after a crash to the queue, or mark it `dead` without attempts left."""
    job = session.get_one(Job, held.job_id, populate_existing=True)
    if job.attempts >= job.most_attempts:
        return _change(session, _holds(held), **_ending(JobState.DEAD, now), error=error)
    return _change(
        session, _holds(held), state=JobState.QUEUED, leased_until=None, error=error, progress=[]
    )


def release(session: Session, held: Claim) -> bool:
    """Return a job to the queue without counting the attempt: the worker must stop."""
    return _change(
        session,
        _holds(held),
        state=JobState.QUEUED,
        leased_until=None,
        attempts=Job.attempts - 1,
        progress=[],
    )


def _next(
    session: Session, *, now: datetime, kinds: frozenset[str], patience: timedelta
) -> Job | None:
    return session.scalar(
        select(Job)
        .where(Job.kind.in_(kinds), claimable(now, patience))
        .order_by(Job.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _holds(held: Claim) -> ColumnElement[bool]:
    return and_(Job.id == held.job_id, Job.state == JobState.RUNNING, Job.fence == held.fence)


def _ending(state: JobState, now: datetime) -> dict[str, Any]:
    return {"state": state, "leased_until": None, "ended_at": now}


def _change(session: Session, where: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401
    """Update the row under a condition, and return whether it held."""
    written = session.execute(
        update(Job).where(where).values(**values).execution_options(synchronize_session=False)
    )
    return bool(written.rowcount)  # type: ignore[attr-defined]

"""What happens to a job: asked for, claimed, kept alive, cancelled, ended, run again.

The row is the truth. Whoever works holds a lease and a fence: every write of a worker says
`WHERE fence = ...` and looks at the row count, so that one whose lease ran out, and whose job
another has taken since, can write nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from collector.db import owned
from collector.errors import Conflict, Refused
from collector.jobs.models import Job, JobState

AT_WORK = frozenset({JobState.QUEUED, JobState.RUNNING})
REPEATABLE = frozenset({JobState.FAILED, JobState.DEAD})
"""Ended without a result: the job may be run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job in somebody's hands, under one fence."""

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
    """Ask for a piece of work; whatever runs the handlers of its kind will take it.

    Parameters
    ----------
    deadline_seconds
        How long one attempt may take before it is killed.
    most_attempts
        How often it may take its worker down before it is left `dead` for somebody to look at.
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
    return job


def ask_cancel(session: Session, *, now: datetime, bank_id: int, job_id: int) -> Job:
    """Ask that a job be stopped: at once if nobody works on it, within two seconds otherwise.

    Asking for what has ended changes nothing.
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
    """Queue a failed or dead job once more, with all its attempts; its fence goes on rising.

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
    return job


def claim(
    session: Session, *, now: datetime, kinds: frozenset[str], lease_seconds: float
) -> Claim | None:
    """Take the oldest job that waits, or whose worker's lease has run out.

    A job that was abandoned as often as it may be tried is left `dead`; one that was to be
    stopped when its worker vanished is `cancelled`.
    """
    while (job := _next(session, now=now, kinds=kinds)) is not None:
        taken = and_(Job.id == job.id, Job.fence == job.fence, _open(now))
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
    """Keep the lease; False says that the job is somebody else's by now."""
    until = now + timedelta(seconds=lease_seconds)
    return _change(session, _holds(held), leased_until=until)


def report_progress(session: Session, held: Claim, *, progress: list[dict[str, Any]]) -> bool:
    """Note how far the work has come; False says that the job is somebody else's by now."""
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
    """End a job. Called first in the transaction that writes what came of the work.

    The row stays locked until that transaction ends: what it writes and the end of the job are
    kept together, or neither is.

    Raises
    ------
    Conflict
        The fence no longer holds: `job_taken_over`; nothing may be written.
    """
    ending = _ending(state, now)
    if not _change(session, _holds(held), **ending, result=result, error=error):
        raise Conflict("job_taken_over", job=held.job_id)


def retry(session: Session, held: Claim, *, now: datetime, error: str) -> bool:
    """Give back a job that took its worker down: to the queue, or `dead` if once too often."""
    job = session.get_one(Job, held.job_id, populate_existing=True)
    if job.attempts >= job.most_attempts:
        return _change(session, _holds(held), **_ending(JobState.DEAD, now), error=error)
    return _change(
        session, _holds(held), state=JobState.QUEUED, leased_until=None, error=error, progress=[]
    )


def release(session: Session, held: Claim) -> bool:
    """Give back a job untried: the worker was told to stop."""
    return _change(
        session,
        _holds(held),
        state=JobState.QUEUED,
        leased_until=None,
        attempts=Job.attempts - 1,
        progress=[],
    )


def _next(session: Session, *, now: datetime, kinds: frozenset[str]) -> Job | None:
    return session.scalar(
        select(Job)
        .where(Job.kind.in_(kinds), _open(now))
        .order_by(Job.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _open(now: datetime) -> ColumnElement[bool]:
    """Whether anybody may take a job: it waits, or whoever took it is gone."""
    abandoned = and_(Job.state == JobState.RUNNING, Job.leased_until < now)
    return or_(Job.state == JobState.QUEUED, abandoned)


def _holds(held: Claim) -> ColumnElement[bool]:
    return and_(Job.id == held.job_id, Job.state == JobState.RUNNING, Job.fence == held.fence)


def _ending(state: JobState, now: datetime) -> dict[str, Any]:
    return {"state": state, "leased_until": None, "ended_at": now}


def _change(session: Session, where: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401
    """Write only if the row still is as the caller believes, and say whether it was."""
    written = session.execute(
        update(Job).where(where).values(**values).execution_options(synchronize_session=False)
    )
    return bool(written.rowcount)  # type: ignore[attr-defined]

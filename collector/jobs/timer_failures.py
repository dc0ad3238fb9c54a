"""Failures of timers: recorded, cleared and listed."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.jobs.models import TimerFailure


def record_timer_failure(
    session: Session, *, now: datetime, bank_id: int, timer: str, subject: str, error: Exception
) -> TimerFailure:
    """Record a failed attempt of a task."""
    found = session.scalar(
        select(TimerFailure).where(
            TimerFailure.bank_id == bank_id,
            TimerFailure.timer == timer,
            TimerFailure.subject == subject,
        )
    )
    if found is None:
        found = TimerFailure(
            bank_id=bank_id, timer=timer, subject=subject, attempts=0, first_failed_at=now
        )
        session.add(found)
    found.error = type(error).__name__
    found.attempts += 1
    found.last_failed_at = now
    session.flush()
    return found


def clear_timer_failures(
    session: Session, *, bank_id: int, timer: str, subjects: list[str]
) -> None:
    """Delete the failures of tasks that succeeded."""
    session.execute(
        delete(TimerFailure).where(
            TimerFailure.bank_id == bank_id,
            TimerFailure.timer == timer,
            TimerFailure.subject.in_(subjects),
        )
    )


def timer_failures(session: Session, *, bank_id: int) -> list[TimerFailure]:
    """Return the failures of a bank's timers, the oldest first."""
    return list(
        session.scalars(
            select(TimerFailure)
            .where(TimerFailure.bank_id == bank_id)
            .order_by(TimerFailure.first_failed_at, TimerFailure.id)
        )
    )

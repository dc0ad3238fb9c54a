"""Rows of background jobs, of timers, and of the maintenance of the installation."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class JobState(StrEnum):
    """The state of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEAD = "dead"
    """Out of attempts after lost workers; a coordinator may run it again."""


class Job(BankOwned, Base):
    """A background job with lease, fence and attempts."""

    __tablename__ = "jobs"

    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(index=True)
    fence: Mapped[int]
    """Incremented by each claim; a result is stored only under the fence of its claim."""
    attempts: Mapped[int]
    most_attempts: Mapped[int]
    leased_until: Mapped[datetime | None]
    deadline_seconds: Mapped[int]
    cancel_asked: Mapped[bool]
    progress: Mapped[list[dict[str, Any]]]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TimerFailure(BankOwned, Base):
    """A failed task of a timer; the row goes when the task succeeds."""

    __tablename__ = "timer_failures"
    __table_args__ = (UniqueConstraint("bank_id", "timer", "subject"),)

    timer: Mapped[str]
    subject: Mapped[str]
    """The row of the task, as `bank:1` or `round:12`."""
    error: Mapped[str]
    """The class of the error; its text may hold personal data and is in the log only."""
    attempts: Mapped[int]
    first_failed_at: Mapped[datetime]
    last_failed_at: Mapped[datetime]


class WorkerPulse(Base):
    """The last completed turn of a thread of the worker; an old one reveals a dead worker."""

    __tablename__ = "worker_pulses"

    name: Mapped[str] = mapped_column(unique=True)
    """`timers` or `delivery`."""
    at: Mapped[datetime]


class MaintenanceKind(StrEnum):
    """The kind of a maintenance run."""

    CHECKUP = "checkup"
    BACKUP = "backup"
    DRILL = "drill"
    COMPACTION = "compaction"
    """Pages of the database rewritten, so that erased data is in none."""


class MaintenanceRun(Base):
    """One check-up, backup or restore drill of the installation, with its figures."""

    __tablename__ = "maintenance_runs"

    kind: Mapped[MaintenanceKind] = mapped_column(index=True)
    started_at: Mapped[datetime]
    milliseconds: Mapped[int]
    succeeded: Mapped[bool]
    figures: Mapped[dict[str, Any]]
    """Sizes, counts and findings; no personal data."""

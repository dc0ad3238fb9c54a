"""The row of a background job."""

from datetime import datetime
from enum import StrEnum
from typing import Any

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

"""The row that is the truth about a piece of background work."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DEAD = "dead"
    """It took its worker down too often; somebody must look, then may run it again."""


class Job(BankOwned, Base):
    """One piece of work: who holds it until when, under which fence, how often it was tried."""

    __tablename__ = "jobs"

    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(index=True)
    fence: Mapped[int]
    """Raised by each claim; a result is kept only under the fence it was claimed with."""
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

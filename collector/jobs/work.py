"""What a handler and the supervisor say to one another; what a job is about stays the handler's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy.orm import Session

from collector.jobs.actions import Claim
from collector.jobs.models import JobState


class How(StrEnum):
    """How a child came to its end."""

    EXITED = "exited"
    CANCELLED = "cancelled"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child came to its end, and with which exit code if by itself (negative: a signal)."""

    how: How
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutcome:
    """How a job ends."""

    state: JobState
    result: dict[str, Any] | None = None
    error: str | None = None


class Work(Protocol):
    """One attempt at one job."""

    @property
    def argv(self) -> Sequence[str]:
        """The program that does it."""
        ...

    @property
    def stdin(self) -> bytes:
        """What the program reads."""
        ...

    def heard(self, line: str) -> dict[str, Any] | None:
        """Take in a line of the program's output; return what of it is progress to show."""
        ...

    def prepare(self, session: Session, *, ended: Ended) -> None:
        """Compute, from a reading, the result that `conclude` writes."""
        ...

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:
        """Write what came of it, in the transaction that ends the job.

        None says that the program crashed: the job is tried again.

        Raises
        ------
        OutdatedReading
            Rows changed since `prepare`: it is called again, then this.
        """
        ...


Handler = Callable[[Session, Claim], Work]
"""Prepares an attempt at a job of one kind; it only reads."""

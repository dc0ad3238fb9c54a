"""Interface between the supervisor and the handlers of jobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy.orm import Session

from collector.jobs.actions import Claim
from collector.jobs.loaded_program import Program
from collector.jobs.models import JobState


class How(StrEnum):
    """The cause of a child's end."""

    EXITED = "exited"
    CANCELLED = "cancelled"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The cause of a child's end, and its exit code (negative: a signal)."""

    how: How
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutcome:
    """The end of a job."""

    state: JobState
    result: dict[str, Any] | None = None
    error: str | None = None


class Work(Protocol):
    """One attempt at one job."""

    @property
    def program(self) -> Program:
        """The program to run."""
        ...

    @property
    def arguments(self) -> Sequence[str]:
        """The arguments of the program."""
        ...

    @property
    def stdin(self) -> bytes:
        """The standard input of the program."""
        ...

    def heard(self, line: str) -> dict[str, Any] | None:
        """Process a line of the program's output, and return its progress, if any."""
        ...

    def prepare(self, session: Session, *, ended: Ended) -> None:
        """Compute, from a reading, the result that `conclude` writes."""
        ...

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:
        """Store the result, in the transaction that ends the job.

        None means a crash of the program: the job is tried again.

        Raises
        ------
        OutdatedReading
            Rows changed since `prepare`: both are called again.
        """
        ...


Handler = Callable[[Session, Claim], Work]
"""Prepare an attempt at a job of one kind, by reading only."""

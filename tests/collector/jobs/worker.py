"""A supervisor as a process of its own, for tests that kill it.

    python worker.py DATABASE_URL LEASE_SECONDS

Its jobs are of kind `script`: the payload's `program` is Python that the child runs. Like the real
worker it keeps its program loaded.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from collector import db, models
from collector.clock import SystemClock
from collector.jobs.actions import Claim
from collector.jobs.loaded_program import Program
from collector.jobs.models import JobState
from collector.jobs.supervisor import run_supervisor
from collector.jobs.work import Ended, How, JobOutcome
from collector.people.models import SignInAttempt

RUNNER = Program(
    main="tests.collector.jobs.runner:main", preload="tests.collector.jobs.runner:preload"
)


@dataclass(slots=True, kw_only=True)
class Script:
    """An attempt at a script: its lines are progress, and the last line is its result."""

    job_id: int
    arguments: tuple[str, ...]
    program: Program = RUNNER
    stdin: bytes = b""
    last: str = ""

    def heard(self, line: str) -> dict[str, Any]:
        self.last = line
        return {"said": line}

    def prepare(self, session: Session, *, ended: Ended) -> None:
        """There is nothing to compute."""

    def conclude(self, session: Session, *, now: datetime, ended: Ended) -> JobOutcome | None:
        if ended.how is How.EXITED and ended.code != 0:
            return None
        if self.last == "refuse":
            raise ValueError("a bug in the handler")
        # The rows count how often the result of this job was written.
        written = {"address_hash": f"job:{self.job_id}", "at": now}
        session.execute(insert(SignInAttempt).values(**written))
        states = {
            How.EXITED: JobState.DONE,
            How.CANCELLED: JobState.CANCELLED,
            How.OVERDUE: JobState.FAILED,
        }
        return JobOutcome(
            state=states[ended.how], result={"last": self.last, "how": ended.how.value}
        )


def script(_session: Session, claim: Claim) -> Script:
    """The handler of `script` jobs."""
    return Script(job_id=claim.job_id, arguments=(claim.payload["program"],))


def main() -> None:
    """Work until a signal."""
    url, lease = sys.argv[1:]
    assert models.EVERY_MODULE
    app = Flask("worker")
    db.connect(app, url)
    run_supervisor(
        {"script": script},
        clock=SystemClock(),
        enter=app.app_context,
        warm=RUNNER,
        lease_seconds=float(lease),
    )


if __name__ == "__main__":
    main()

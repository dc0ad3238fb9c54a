"""A supervisor as a process of its own, for tests that kill it.

    python worker.py DATABASE_URL LEASE_SECONDS

Its jobs are of kind `script`: the payload's `program` is Python that the child runs. Like the real
one it keeps a child ready.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from collector import db, models
from collector.clock import SystemClock
from collector.jobs.actions import Claim
from collector.jobs.models import JobState
from collector.jobs.supervisor import run_supervisor
from collector.jobs.work import Ended, How, JobOutcome
from collector.people.models import SignInAttempt

RUNNER = (sys.executable, "-u", str(Path(__file__).with_name("runner.py")))


@dataclass(slots=True, kw_only=True)
class Script:
    """Runs a program; what it prints is progress, and its last line the result."""

    job_id: int
    argv: tuple[str, ...]
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
        # A row that only counts: how often was the result of this job written?
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
    return Script(job_id=claim.job_id, argv=(*RUNNER, claim.payload["program"]))


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
        ahead=RUNNER,
        lease_seconds=float(lease),
    )


if __name__ == "__main__":
    main()

"""A database with jobs, supervisors that can be started and killed, and what lives of them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.config import Settings
from collector.db import reading, transaction
from collector.jobs.actions import ask_cancel, enqueue
from collector.jobs.models import Job, JobState
from collector.people.models import SignInAttempt
from tests.town import Town

Answer = TypeVar("Answer")

LEASE = 1.5
ROOT = Path(__file__).parents[3]
FOR_EVER = "import os, time; print(os.getpid()); time.sleep(600)"

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is tried on one of them only."""


class Shop:
    """A database with jobs, and supervisors that can be started and killed."""

    def __init__(self, app: Flask, settings: Settings, bank_id: int, stack: ExitStack) -> None:
        self.app, self.settings, self.bank_id, self._stack = app, settings, bank_id, stack

    def supervisor(self) -> subprocess.Popen[bytes]:
        worker = str(Path(__file__).with_name("worker.py"))
        url = self.settings.database_url
        command = [sys.executable, worker, url, str(LEASE)]
        process = subprocess.Popen(command, cwd=ROOT)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def ask(self, program: str, *, deadline_seconds: int = 60, most_attempts: int = 3) -> int:
        with self.app.app_context(), transaction() as session:
            return enqueue(
                session,
                now=datetime.now(UTC),
                bank_id=self.bank_id,
                kind="script",
                payload={"program": program},
                asked_by="system",
                deadline_seconds=deadline_seconds,
                most_attempts=most_attempts,
            ).id

    def cancel(self, job_id: int) -> None:
        with self.app.app_context(), transaction() as session:
            ask_cancel(session, now=datetime.now(UTC), bank_id=self.bank_id, job_id=job_id)

    def job(self, job_id: int) -> Job:
        with self.app.app_context(), reading() as session:
            job = session.get_one(Job, job_id)
            session.expunge(job)
            return job

    def times_written(self, job_id: int) -> int:
        mine = SignInAttempt.address_hash == f"job:{job_id}"
        with self.app.app_context(), reading() as session:
            return session.scalar(select(func.count()).where(mine)) or 0

    def child(self, job_id: int, *, other_than: int = 0) -> int:
        """Wait for a child to say its process id."""

        def said() -> int:
            progress = self.job(job_id).progress
            pid = int(progress[0]["said"]) if progress else 0
            return pid if pid != other_than else 0

        return eventually(said)

    def until(self, job_id: int, state: JobState) -> Job:
        eventually(lambda: self.job(job_id).state is state)
        return self.job(job_id)


def eventually(question: Callable[[], Answer], *, seconds: float = 20) -> Answer:
    """Ask again until the answer is true."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
    return answer


def children(pid: int) -> set[int]:
    """Return the processes that a process has started and that live."""
    found = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            status = (each / "stat").read_text(encoding="ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, parent = status.rpartition(")")[2].split()[:2]
        if int(parent) == pid and state not in {"Z", "X"}:
            found.add(int(each.name))
    return found


def is_gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return True
    return status.rpartition(")")[2].split()[0] in {"Z", "X"}


@pytest.fixture
def shop(app: Flask, settings: Settings, town: Town) -> Iterator[Shop]:
    with ExitStack() as stack:
        yield Shop(app, settings, town.bank, stack)

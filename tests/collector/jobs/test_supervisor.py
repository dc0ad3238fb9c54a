"""Real processes and real signals: whatever is killed, nothing is lost, doubled or left behind."""

from __future__ import annotations

import os
import signal
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

pytestmark = pytest.mark.processes

Answer = TypeVar("Answer")

LEASE = 1.5

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What has nothing to do with the kind of database is tried on one of them only."""
ROOT = Path(__file__).parents[3]

FOR_EVER = "import os, time; print(os.getpid()); time.sleep(600)"
ONCE_THEN_DONE = """
import os, pathlib, time
mark = pathlib.Path({mark!r})
print(os.getpid())
if not mark.exists():
    mark.touch()
    time.sleep(600)
print("done")
"""


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


def test_a_killed_child_is_tried_again_and_its_result_written_once(shop: Shop, tmp_path: Path):
    shop.supervisor()
    job_id = shop.ask(ONCE_THEN_DONE.format(mark=str(tmp_path / "mark")))
    os.kill(shop.child(job_id), signal.SIGKILL)
    job = shop.until(job_id, JobState.DONE)
    assert (job.attempts, job.result) == (2, {"last": "done", "how": "exited"})
    assert shop.times_written(job_id) == 1


def test_a_killed_supervisor_takes_its_child_with_it_and_another_does_the_job(
    shop: Shop, tmp_path: Path
):
    first = shop.supervisor()
    job_id = shop.ask(ONCE_THEN_DONE.format(mark=str(tmp_path / "mark")))
    child = shop.child(job_id)
    first.kill()
    eventually(lambda: is_gone(child), seconds=2)
    shop.supervisor()
    job = shop.until(job_id, JobState.DONE)
    assert (job.attempts, job.fence) == (2, 2)
    assert shop.times_written(job_id) == 1


def test_a_cancel_kills_the_child_and_all_it_started_within_two_seconds(shop: Shop):
    shop.supervisor()
    grandchild = (
        "import subprocess, sys;"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(p.pid, flush=True); p.wait()"
    )
    job_id = shop.ask(grandchild)
    child = shop.child(job_id)
    asked = time.monotonic()
    shop.cancel(job_id)
    eventually(lambda: is_gone(child), seconds=2)
    job = shop.until(job_id, JobState.CANCELLED)
    assert time.monotonic() - asked < 3
    assert job.result == {"last": str(child), "how": "cancelled"}


@on_sqlite
def test_a_deadline_is_kept_to_the_second(shop: Shop):
    shop.supervisor()
    job_id = shop.ask(FOR_EVER, deadline_seconds=1)
    child = shop.child(job_id)
    eventually(lambda: is_gone(child), seconds=2.5)
    assert shop.until(job_id, JobState.FAILED).result == {"last": str(child), "how": "overdue"}


@on_sqlite
def test_a_poisonous_job_is_dead_after_three_attempts_and_tells_its_error(shop: Shop):
    shop.supervisor()
    poison = shop.ask("import os, sys; sys.stderr.write('poison'); sys.stderr.flush(); os.abort()")
    bug = shop.ask("print('refuse')")
    after = shop.ask("print('done')")
    job = shop.until(poison, JobState.DEAD)
    assert (job.attempts, job.error) == (3, "poison")
    assert shop.until(bug, JobState.DEAD).error == "ValueError: a bug in the handler"
    assert shop.until(after, JobState.DONE).attempts == 1
    assert shop.times_written(poison) + shop.times_written(bug) == 0


@on_sqlite
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_supervisor_told_to_stop_kills_its_child_and_gives_the_job_back(
    shop: Shop, number: signal.Signals
):
    supervisor = shop.supervisor()
    job_id = shop.ask(FOR_EVER)
    child = shop.child(job_id)
    supervisor.send_signal(number)
    assert supervisor.wait(5) == 0
    assert is_gone(child)
    job = shop.job(job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_a_supervisor_that_was_asleep_for_too_long_writes_nothing(shop: Shop, tmp_path: Path):
    sleeper = shop.supervisor()
    gate = tmp_path / "gate"
    program = (
        "import os, pathlib, time; print(os.getpid())\n"
        f"while not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.02)\n"
        "print('done')"
    )
    job_id = shop.ask(program)
    first = shop.child(job_id)
    sleeper.send_signal(signal.SIGSTOP)
    shop.supervisor()
    shop.child(job_id, other_than=first)
    gate.touch()
    assert shop.until(job_id, JobState.DONE).fence == 2
    sleeper.send_signal(signal.SIGCONT)
    eventually(lambda: is_gone(first))
    sleeper.send_signal(signal.SIGTERM)
    assert sleeper.wait(5) == 0
    assert shop.times_written(job_id) == 1


@on_sqlite
def test_an_idle_supervisor_hardly_works_and_stops_promptly(shop: Shop):
    supervisor = shop.supervisor()
    shop.until(shop.ask("print('done')"), JobState.DONE)
    ticks = cpu_ticks(supervisor.pid)
    began = time.monotonic()
    eventually(lambda: time.monotonic() - began > 2)
    assert cpu_ticks(supervisor.pid) - ticks < 0.3 * os.sysconf("SC_CLK_TCK")
    supervisor.terminate()
    assert supervisor.wait(5) == 0


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])

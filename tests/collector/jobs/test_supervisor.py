"""Real processes and real signals: whatever is killed, nothing is lost, doubled or left behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from collector.jobs.models import JobState
from tests.collector.jobs.shop import FOR_EVER, Shop, eventually, is_gone, on_sqlite, shop

__all__ = ["shop"]

pytestmark = [pytest.mark.twin, pytest.mark.processes]

ONCE_THEN_DONE = """
import os, pathlib, time
mark = pathlib.Path({mark!r})
print(os.getpid())
if not mark.exists():
    mark.touch()
    time.sleep(600)
print("done")
"""


def test_a_killed_child_is_tried_again_and_its_result_written_once(
    shop: Shop, tmp_path: Path
) -> None:
    shop.supervisor()
    job_id = shop.ask(ONCE_THEN_DONE.format(mark=str(tmp_path / "mark")))
    os.kill(shop.child(job_id), signal.SIGKILL)
    job = shop.until(job_id, JobState.DONE)
    assert (job.attempts, job.result) == (2, {"last": "done", "how": "exited"})
    assert shop.times_written(job_id) == 1


def test_a_killed_supervisor_takes_its_child_with_it_and_another_does_the_job(
    shop: Shop, tmp_path: Path
) -> None:
    first = shop.supervisor()
    job_id = shop.ask(ONCE_THEN_DONE.format(mark=str(tmp_path / "mark")))
    child = shop.child(job_id)
    first.kill()
    eventually(lambda: is_gone(child), seconds=2)
    shop.supervisor()
    job = shop.until(job_id, JobState.DONE)
    assert (job.attempts, job.fence) == (2, 2)
    assert shop.times_written(job_id) == 1


def test_a_cancel_kills_the_child_and_all_it_started_within_two_seconds(shop: Shop) -> None:
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
def test_a_deadline_is_kept_to_the_second(shop: Shop) -> None:
    shop.supervisor()
    job_id = shop.ask(FOR_EVER, deadline_seconds=1)
    child = shop.child(job_id)
    eventually(lambda: is_gone(child), seconds=2.5)
    assert shop.until(job_id, JobState.FAILED).result == {"last": str(child), "how": "overdue"}


@on_sqlite
def test_a_poisonous_job_is_dead_after_three_attempts_and_tells_its_error(shop: Shop) -> None:
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
) -> None:
    supervisor = shop.supervisor()
    job_id = shop.ask(FOR_EVER)
    child = shop.child(job_id)
    supervisor.send_signal(number)
    assert supervisor.wait(5) == 0
    assert is_gone(child)
    job = shop.job(job_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_a_supervisor_that_was_asleep_for_too_long_writes_nothing(
    shop: Shop, tmp_path: Path
) -> None:
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
def test_an_idle_supervisor_hardly_works_and_stops_promptly(shop: Shop) -> None:
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

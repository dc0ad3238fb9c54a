"""The warm worker: a program loaded once, its forked children, and its certain end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from collector.jobs import warm_worker
from collector.jobs.child import Child
from collector.jobs.loaded_program import Program
from collector.jobs.models import JobState
from collector.jobs.warm_worker import WarmWorker
from tests.collector.jobs.shop import (
    FOR_EVER,
    ROOT,
    Shop,
    children,
    eventually,
    is_gone,
    on_sqlite,
    shop,
)
from tests.collector.jobs.worker import RUNNER

__all__ = ["shop"]

pytestmark = pytest.mark.processes

PARENT = "import os; print(os.getppid())"
ECHO = "import os, sys; print(os.getpid(), len(sys.stdin.read()))"
WITH_CHILD = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid)
{then}
"""
BROKEN = Program(main=RUNNER.main, preload="tests.collector.jobs.runner:missing")


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> Iterator[WarmWorker]:
    monkeypatch.chdir(ROOT)
    with closing(WarmWorker(RUNNER)) as worker:
        worker.keep()
        yield worker


def started(worker: WarmWorker, program: str, *, stdin: bytes = b"") -> Child:
    return worker.child(RUNNER, [program], stdin=stdin)


def output(child: Child) -> list[str]:
    """Return the lines of a child until its end, and close it."""
    lines: list[str] = []
    with closing(child):
        while not child.is_over():
            lines += child.lines(wait=0.1)
        return [*lines, *child.lines(wait=0)]


def loaded(worker: WarmWorker) -> int:
    """Return the process id of the loaded program."""
    (pid,) = output(started(worker, PARENT))
    return int(pid)


def first_line(child: Child) -> int:
    return int(eventually(lambda: list(child.lines(wait=0.1)))[0])


def test_a_task_is_forked_and_reads_all_its_input(warm: WarmWorker) -> None:
    with closing(started(warm, ECHO, stdin=b"x" * 1_000_000)) as child:
        (line,) = eventually(lambda: list(child.lines(wait=0.1)))
        assert line == f"{child.pid} 1000000"


def test_one_loaded_program_forks_every_task(warm: WarmWorker) -> None:
    assert loaded(warm) == loaded(warm)


def test_a_task_leaves_nothing_behind_for_the_next(warm: WarmWorker) -> None:
    output(started(warm, "import os, sys; os.environ['LEFT'] = sys.path[0] = 'behind'"))
    (line,) = output(started(warm, "import os, sys; print(os.environ.get('LEFT'), sys.path[0])"))
    assert "behind" not in line


def test_a_program_that_is_not_warm_is_loaded_for_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with closing(WarmWorker()) as cold:
        cold.keep()
        assert [line.split()[1] for line in output(started(cold, ECHO, stdin=b"four"))] == ["4"]


@pytest.mark.parametrize(
    ("program", "code", "complaint"),
    [
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('refused')", 1, "refused"),
        ("raise ValueError('a bug')", 1, "ValueError: a bug"),
        ("import os; os.abort()", -signal.SIGABRT, ""),
    ],
)
def test_the_end_of_a_task_is_reported(
    warm: WarmWorker, program: str, code: int, complaint: str
) -> None:
    with closing(started(warm, program)) as child:
        eventually(child.is_over)
        assert child.end() == code
        assert child.complaints().endswith(complaint)


def test_the_children_of_a_task_end_with_it(warm: WarmWorker) -> None:
    with closing(started(warm, WITH_CHILD.format(then=""))) as child:
        grandchild = first_line(child)
        eventually(child.is_over)
    eventually(lambda: is_gone(grandchild), seconds=2)


def test_a_killed_task_takes_along_its_children_and_leaves_the_program_loaded(
    warm: WarmWorker,
) -> None:
    before = loaded(warm)
    child = started(warm, WITH_CHILD.format(then="child.wait()"))
    grandchild = first_line(child)
    assert child.end() == -signal.SIGKILL
    child.close()
    eventually(lambda: is_gone(grandchild), seconds=2)
    assert loaded(warm) == before


def test_a_task_that_is_not_forked_yet_ends_with_the_program(warm: WarmWorker) -> None:
    with closing(started(warm, FOR_EVER)) as first, closing(started(warm, FOR_EVER)) as queued:
        running = first_line(first)
        assert queued.end() == -signal.SIGKILL
        eventually(lambda: is_gone(running), seconds=2)


def test_a_loaded_program_that_was_killed_takes_its_task_along_and_is_replaced(
    warm: WarmWorker,
) -> None:
    before = loaded(warm)
    with closing(started(warm, FOR_EVER)) as child:
        pid = first_line(child)
        os.kill(before, signal.SIGKILL)
        eventually(child.is_over, seconds=2)
        assert child.end() == -signal.SIGKILL
    eventually(lambda: is_gone(pid), seconds=2)
    assert loaded(warm) != before


def test_a_program_that_cannot_be_loaded_fails_its_task_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    with closing(WarmWorker()) as cold, closing(cold.child(BROKEN, [], stdin=b"")) as child:
        eventually(child.is_over)
        assert child.end() != 0
        assert "has no attribute 'missing'" in child.complaints()


def test_a_program_that_ends_is_loaded_again_after_a_rest(
    warm: WarmWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = loaded(warm)
    os.kill(before, signal.SIGKILL)
    eventually(lambda: is_gone(before))
    others = children(os.getpid())
    warm.keep()
    assert children(os.getpid()) == others
    passed = time.monotonic() + warm_worker.REST_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: passed)
    warm.keep()
    assert len(children(os.getpid()) - others) == 1


def test_a_closed_worker_ends_its_program(warm: WarmWorker) -> None:
    pid = loaded(warm)
    warm.close()
    assert is_gone(pid)


def waiting(supervisor: subprocess.Popen[bytes]) -> int:
    """Return the process that a supervisor has loaded."""
    return min(eventually(lambda: children(supervisor.pid)))


@on_sqlite
def test_the_jobs_of_a_supervisor_are_forked_from_one_process(shop: Shop) -> None:
    supervisor = shop.supervisor()
    pid = waiting(supervisor)
    for _ in range(2):
        job = shop.until(shop.ask(PARENT), JobState.DONE)
        assert (job.result, job.attempts) == ({"last": str(pid), "how": "exited"}, 1)


@on_sqlite
def test_a_supervisor_whose_program_was_killed_does_the_job_at_the_first_attempt(
    shop: Shop,
) -> None:
    supervisor = shop.supervisor()
    dead = waiting(supervisor)
    os.kill(dead, signal.SIGKILL)
    eventually(lambda: is_gone(dead))
    job = shop.until(shop.ask(PARENT), JobState.DONE)
    assert job.attempts == 1
    assert job.result != {"last": str(dead), "how": "exited"}


@on_sqlite
def test_a_killed_supervisor_takes_its_loaded_program_along(shop: Shop) -> None:
    supervisor = shop.supervisor()
    pid = waiting(supervisor)
    supervisor.kill()
    eventually(lambda: is_gone(pid), seconds=2)


@on_sqlite
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_supervisor_that_stops_ends_its_loaded_program(
    shop: Shop, number: signal.Signals
) -> None:
    supervisor = shop.supervisor()
    pid = waiting(supervisor)
    supervisor.send_signal(number)
    assert supervisor.wait(5) == 0
    assert is_gone(pid)

"""The child that was started ahead: used once, replaced, never left behind, never in the way."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from collector.jobs import warm_worker as spares
from collector.jobs.child import Child
from collector.jobs.models import JobState
from collector.jobs.warm_worker import Spare
from tests.collector.jobs.shop import FOR_EVER, Shop, children, eventually, is_gone, on_sqlite, shop
from tests.collector.jobs.worker import RUNNER

__all__ = ["shop"]

pytestmark = pytest.mark.processes

PID = "import os; print(os.getpid())"
ECHO = "import os, sys; print(os.getpid(), len(sys.stdin.read()))"


@pytest.fixture
def born() -> Callable[[], set[int]]:
    """Return the children since this test began: a browser of another test may live on."""
    others = children(os.getpid())
    return lambda: children(os.getpid()) - others


@pytest.fixture
def waiting(born: Callable[[], set[int]]) -> Callable[[], int]:
    """Return the one process that this test has started ahead."""

    def only() -> int:
        (pid,) = born()
        return pid

    return only


@pytest.fixture
def spare(born: Callable[[], set[int]]) -> Iterator[Spare]:
    assert born() == set()
    with closing(Spare(RUNNER)) as one:
        one.keep()
        yield one


def said(child: Child) -> list[str]:
    """Return what a child says until it ends, and let go of it."""
    lines: list[str] = []
    while not child.is_over():
        lines += child.lines(wait=0.1)
    lines += child.lines(wait=0)
    child.close()
    return lines


def test_a_task_is_handed_to_the_one_that_waits_with_all_it_is_to_read(
    spare: Spare, waiting: Callable[[], int]
) -> None:
    pid, text = waiting(), b"x" * 1_000_000
    assert said(spare.child((*RUNNER, ECHO), stdin=text)) == [f"{pid} {len(text)}"]


def test_it_does_one_task_and_the_next_is_done_by_another(
    spare: Spare, waiting: Callable[[], int]
) -> None:
    first = waiting()
    assert said(spare.child((*RUNNER, PID), stdin=b"")) == [str(first)]
    spare.keep()
    second = waiting()
    assert said(spare.child((*RUNNER, PID), stdin=b"")) == [str(second)]
    assert first != second


def test_without_one_that_waits_a_child_is_started_for_the_task(spare: Spare) -> None:
    said(spare.child((*RUNNER, PID), stdin=b""))
    child = spare.child((*RUNNER, ECHO), stdin=b"four")
    assert said(child) == [f"{child.pid} 4"]


def test_another_program_is_not_handed_over(spare: Spare, waiting: Callable[[], int]) -> None:
    pid = waiting()
    assert said(spare.child((*RUNNER[:2], "-c", PID), stdin=b"")) != [str(pid)]
    assert not is_gone(pid)


def test_one_that_died_while_it_waited_is_not_used(
    spare: Spare, waiting: Callable[[], int]
) -> None:
    dead = waiting()
    os.kill(dead, signal.SIGKILL)
    eventually(lambda: is_gone(dead))
    child = spare.child((*RUNNER, PID), stdin=b"")
    assert child.pid != dead
    assert said(child) == [str(child.pid)]


def test_one_that_died_is_replaced_but_not_again_and_again(
    spare: Spare,
    monkeypatch: pytest.MonkeyPatch,
    waiting: Callable[[], int],
    born: Callable[[], set[int]],
) -> None:
    dead = waiting()
    os.kill(dead, signal.SIGKILL)
    eventually(lambda: is_gone(dead))
    spare.keep()
    assert born() == set()
    passed = time.monotonic() + spares.REST_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: passed)
    spare.keep()
    assert waiting() != dead


def test_nobody_waits_for_no_program(born: Callable[[], set[int]]) -> None:
    with closing(Spare()) as none:
        none.keep()
        assert born() == set()


def test_closed_it_ends_the_one_that_waits(spare: Spare, waiting: Callable[[], int]) -> None:
    pid = waiting()
    spare.close()
    assert is_gone(pid)


def ready(supervisor: subprocess.Popen[bytes]) -> int:
    """Wait until a supervisor has a child that waits."""
    return min(eventually(lambda: children(supervisor.pid)))


def test_a_supervisor_uses_its_spare_then_starts_another(shop: Shop) -> None:
    supervisor = shop.supervisor()
    first = ready(supervisor)
    job = shop.until(shop.ask(PID), JobState.DONE)
    assert (job.result, job.attempts) == ({"last": str(first), "how": "exited"}, 1)
    second = eventually(lambda: children(supervisor.pid) - {first})
    job = shop.until(shop.ask(PID), JobState.DONE)
    assert job.result == {"last": str(min(second)), "how": "exited"}


@on_sqlite
def test_while_a_job_runs_nobody_waits(shop: Shop) -> None:
    supervisor = shop.supervisor()
    ready(supervisor)
    child = shop.child(shop.ask(FOR_EVER))
    assert children(supervisor.pid) == {child}


@on_sqlite
def test_a_supervisor_whose_spare_was_killed_does_the_job_at_the_first_attempt(shop: Shop) -> None:
    supervisor = shop.supervisor()
    dead = ready(supervisor)
    os.kill(dead, signal.SIGKILL)
    job = shop.until(shop.ask(PID), JobState.DONE)
    assert job.attempts == 1
    assert job.result != {"last": str(dead), "how": "exited"}


@on_sqlite
def test_a_killed_supervisor_takes_its_spare_with_it(shop: Shop) -> None:
    supervisor = shop.supervisor()
    pid = ready(supervisor)
    supervisor.kill()
    eventually(lambda: is_gone(pid), seconds=2)


@on_sqlite
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_supervisor_that_stops_ends_its_spare(shop: Shop, number: signal.Signals) -> None:
    supervisor = shop.supervisor()
    pid = ready(supervisor)
    supervisor.send_signal(number)
    assert supervisor.wait(5) == 0
    assert is_gone(pid)


@on_sqlite
def test_a_job_done_by_the_spare_keeps_its_deadline_and_can_be_stopped(shop: Shop) -> None:
    supervisor = shop.supervisor()
    first = ready(supervisor)
    late = shop.ask(FOR_EVER, deadline_seconds=1)
    assert shop.child(late) == first
    assert shop.until(late, JobState.FAILED).result == {"last": str(first), "how": "overdue"}
    assert is_gone(first)
    second = ready(supervisor)
    stopped = shop.ask(FOR_EVER)
    assert shop.child(stopped) == second
    shop.cancel(stopped)
    assert shop.until(stopped, JobState.CANCELLED).error is None
    assert is_gone(second)

"""Programs tied to their parent: real processes, real kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.jobs.parent_death import ORPHANED, tied
from tests.collector.jobs.shop import ROOT, eventually, is_gone

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform != "linux", reason="the request to the kernel is Linux's"),
]

PARENT = """
import subprocess, sys
from signal import Signals
from collector.jobs.parent_death import tied
program = [sys.executable, "-uc", sys.argv[1]]
subprocess.Popen(tied(program, number=Signals(int(sys.argv[2])))).wait()
"""
"""A program that ties another to itself; both write to the same output."""

HOLDS_THE_LOCK = "import ctypes, os; print(os.getpid()); ctypes.PyDLL(None).sleep(600)"
"""The interpreter's lock is held: no thread of Python could end the process."""

ENDS_GENTLY = """
import os, pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path({mark!r}).touch(), sys.exit()))
print(os.getpid())
time.sleep(600)
"""


@contextmanager
def parent_of(program: str, number: signal.Signals) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start a parent with a tied child, and return it with the child's process id."""
    command = [sys.executable, "-c", PARENT, program, str(number.value)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout
        yield parent, int(parent.stdout.readline())


def test_a_killed_parent_takes_along_a_child_that_holds_the_interpreters_lock() -> None:
    with parent_of(HOLDS_THE_LOCK, signal.SIGKILL) as (parent, child):
        assert not is_gone(child)
        parent.kill()
        eventually(lambda: is_gone(child), seconds=2)


def test_a_child_may_ask_for_a_signal_that_it_handles(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with parent_of(ENDS_GENTLY.format(mark=str(mark)), signal.SIGTERM) as (parent, child):
        parent.kill()
        eventually(lambda: is_gone(child), seconds=5)
        assert mark.exists()


def test_a_program_whose_parent_is_gone_already_does_not_start() -> None:
    _, module, name, _, *settings = tied([])
    command = [sys.executable, module, name, "1", *settings, sys.executable, "-c", "print('ran')"]
    orphan = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (orphan.returncode, orphan.stdout) == (ORPHANED, "")


def test_a_tied_program_keeps_its_arguments_and_yields_to_others() -> None:
    program = [sys.executable, "-c", "import os, sys; print(os.nice(0), sys.argv[1:])", "a b", "-x"]
    done = subprocess.run(tied(program, niceness=5), capture_output=True, text=True, check=True)
    assert done.stdout.split(" ", 1) == [str(os.nice(0) + 5), "['a b', '-x']\n"]

"""Compilation of the planner beside other work: its failure is told, and it never outlives it."""

import subprocess
import sys
import time

import pytest

from collector.planning.optimise import jobs


def _planner(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(jobs, "PLANNER", (sys.executable, "-c", program))


def test_the_wait_ends_with_the_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    _planner(monkeypatch, "import sys; sys.exit(sys.argv[1] != 'warm')")
    with jobs.compiling_planner() as compiled:
        compiled()


def test_a_failed_compilation_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _planner(monkeypatch, "import sys; sys.exit(3)")
    with pytest.raises(subprocess.CalledProcessError), jobs.compiling_planner() as compiled:
        compiled()


def test_other_work_that_fails_ends_the_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    _planner(monkeypatch, "import time; time.sleep(600)")
    since = time.monotonic()
    with pytest.raises(ZeroDivisionError), jobs.compiling_planner():
        _ = 1 / 0
    assert time.monotonic() - since < 300

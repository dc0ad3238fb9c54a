"""Searches with a copy of the planner's sources, in a new process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import routing
from routing.compiled import CHECKED
from routing.formats.native import write_problem
from routing.problem import Problem

ROOT = Path(routing.__file__).parent.parent

in_new_processes = pytest.mark.skipif(CHECKED, reason="the compiled run starts the same processes")

SEARCH = """
import json, sys
from routing.formats.native import read_problem
from routing.kernel.search import Kernel
kernel = Kernel(read_problem(sys.stdin.read()), seed=5)
assert kernel.initialise()
kernel.run(40, 4.0, 0.1)
print(json.dumps([kernel.orders(), kernel.best_cost, len(kernel.pool_tours())]))
"""


def copy_of_sources(folder: Path) -> Path:
    """Copy the planner into a folder; return its kernel there."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "routing", folder / "routing", ignore=ignored)
    return folder / "routing" / "kernel"


def search(folder: Path, problem: Problem, *, checked: bool) -> "subprocess.CompletedProcess[str]":
    """Search with the modules of a folder, compiled or in plain Python."""
    return subprocess.run(
        [sys.executable, "-c", SEARCH],
        cwd=folder,
        env={**os.environ, "MILKROUND_CHECKED": "1" if checked else ""},
        input=write_problem(problem),
        capture_output=True,
        text=True,
        check=False,
    )

"""The process of the planner from outside: killed, and without a reader."""

import json
import signal
import subprocess

import pytest

from routing.check.judge import check_plan
from routing.formats.native import plan_of, write_plan, write_problem
from routing.problem import Problem
from routing.schedule import retimed
from tests.routing.shell import BUSY, PATIENCE, ROOT, ROUTING, TOWN, Writer


def searching(problem: Problem) -> subprocess.Popen[str]:
    """Start a search of an hour."""
    child = subprocess.Popen(
        [*ROUTING, "solve", "-", "--seconds", "3600", "--progress", "json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    assert child.stdin is not None
    child.stdin.write(write_problem(problem))
    child.stdin.close()
    return child


@pytest.mark.processes
def test_a_killed_search_has_left_a_legal_plan():
    with searching(BUSY) as child:
        assert child.stdout is not None
        line = json.loads(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
    assert line["kind"] == "improvement"
    assert check_plan(BUSY, plan_of(line["plan"])) == ()


@pytest.mark.processes
def test_a_search_without_a_reader_ends_by_itself():
    with searching(BUSY) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.wait(PATIENCE) != 0


@pytest.mark.processes
def test_an_answer_without_a_reader_is_no_error(on_disk: Writer):
    asked = on_disk("problem.json", write_problem(TOWN))
    with subprocess.Popen(
        [*ROUTING, "insertions", str(asked), "-", "anna"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
        child.stdout = None
        _, complaint = child.communicate(write_plan(retimed(TOWN, {})), timeout=PATIENCE)
    assert (child.returncode, complaint) == (3, "")

"""The process of the planner from outside: killed, and without a reader."""

import json
import os
import shlex
import signal
import subprocess

import pytest

from routing.checker.judge import check_plan
from routing.formats.native import plan_of, read_plan, write_plan, write_problem
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


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_search_that_is_stopped_writes_its_best_plan(number: signal.Signals, on_disk: Writer):
    here, there = os.openpty()
    asked = on_disk("problem", write_problem(BUSY))
    with subprocess.Popen(
        [*ROUTING, "solve", str(asked), "--seconds", "3600"],
        stdout=subprocess.PIPE,
        stderr=there,
        text=True,
        cwd=ROOT,
    ) as child:
        os.close(there)
        shown = os.read(here, 1_000)  # waits for the first plan, which a terminal is told of
        child.send_signal(number)
        assert child.stdout is not None
        plan = read_plan(child.stdout.read())
        assert child.wait(PATIENCE) == 0
    assert b"cost" in shown
    assert b"Stopped: the best plan so far is written." in os.read(here, 10_000)
    os.close(here)
    assert check_plan(BUSY, plan) == ()


@pytest.mark.processes
@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_closed_stream_is_a_wrong_input(closed: str, on_disk: Writer):
    source = "-" if closed == "<&-" else on_disk("problem", write_problem(TOWN))
    command = f"{shlex.join(ROUTING)} solve {source} --iterations 1 {closed}"
    done = subprocess.run(
        ["sh", "-c", command],  # noqa: S607 - the system's own shell
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "standard input or output: is closed\n")

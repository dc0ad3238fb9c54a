"""The planner's process as whoever started it sees it: killed, unread, orphaned, started ahead."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from routing.check.judge import check
from routing.formats.native import plan_of, write_plan, write_problem
from routing.problem import Problem
from routing.schedule import retimed
from tests.routing.shell import BUSY, PATIENCE, ROOT, ROUTING, TOWN, Writer, run_apart


def searching(asked: Problem, *arguments: str) -> subprocess.Popen[str]:
    """A search that would last for an hour, and has shown its first plan."""
    child = subprocess.Popen(
        [*ROUTING, "solve", "-", "--seconds", "3600", "--progress", "json", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    assert child.stdin is not None
    child.stdin.write(write_problem(asked))
    child.stdin.close()
    return child


@pytest.mark.processes
def test_a_killed_search_has_left_a_legal_plan():
    with searching(BUSY) as child:
        assert child.stdout is not None
        line = json.loads(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
    assert line["kind"] == "improvement"
    assert check(BUSY, plan_of(line["plan"])) == ()


@pytest.mark.processes
def test_a_search_nobody_reads_ends_by_itself():
    with searching(BUSY) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.wait(PATIENCE) != 0


@pytest.mark.processes
def test_an_answer_nobody_reads_is_no_accident(on_disk: Writer):
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


PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "routing", "solve", sys.argv[1], "--seconds",
    "3600", "--progress", "json", "--die-with-parent"])
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_a_search_dies_with_its_parent(on_disk: Writer):
    asked = on_disk("problem.json", write_problem(BUSY))
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, asked],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as parent:
        assert parent.stdout is not None
        # The child writes to us as well, and we go on reading: only its parent will be gone.
        child = int(parent.stdout.readline())
        assert json.loads(parent.stdout.readline())["kind"] == "improvement"
        assert alive(child)
        parent.kill()
        ends = time.monotonic() + PATIENCE
        while alive(child) and time.monotonic() < ends:
            time.sleep(0.05)
        assert not alive(child)


def alive(process: int) -> bool:
    """Whether it runs; a zombie that init has not collected yet does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.processes
def test_a_search_whose_parent_is_gone_already_does_not_begin():
    failed = run_apart("solve", "-", "--die-with-parent", "1", text=write_problem(TOWN))
    assert (failed.returncode, failed.stdout) == (os.EX_UNAVAILABLE, "")


@pytest.mark.processes
def test_one_that_waits_is_handed_a_command_and_what_it_reads(on_disk: Writer):
    asked = on_disk("problem.json", write_problem(TOWN))
    ours, theirs = socket.socketpair()
    waits = [*ROUTING, "wait"]
    with (
        ours,
        theirs,
        subprocess.Popen(waits, stdin=theirs, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child,
    ):
        command = ["solve", "-", "--iterations", "50", "--progress", "json"]
        with asked.open("rb") as problem:
            socket.send_fds(ours, [json.dumps(command).encode()], [problem.fileno()])
        said, _ = child.communicate(timeout=PATIENCE)
    lines = [json.loads(line) for line in said.splitlines()]
    assert (child.returncode, lines[-1]["kind"]) == (0, "done")
    assert check(TOWN, plan_of(lines[-1]["plan"])) == ()


@pytest.mark.processes
def test_one_that_waits_ends_when_nobody_is_left_to_hand_it_anything():
    ours, theirs = socket.socketpair()
    with theirs, subprocess.Popen([*ROUTING, "wait"], stdin=theirs, cwd=ROOT) as child:
        ours.close()
        assert child.wait(PATIENCE) == 0


def test_one_waits_on_a_socket_only():
    refused = run_apart("wait")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "socket" in refused.stderr

"""The demonstration as a new user runs it: once, served, stopped, killed."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from collector.processes import free_port
from routing import Budget, Plan, Problem, solve
from routing.cost import tour_cost
from routing.formats.native import plan_of, problem_of
from routing.spreads import UNPRICED
from tests.routing.sampler import sample

pytestmark = pytest.mark.processes

PATIENCE_SECONDS = 60
HELD_OUT = 202
"""Seed of days that had no part in the choice of any price."""
MILKROUND = [sys.executable, "-m", "collector.cli"]


def test_the_whole_day_at_once_as_one_json_object(tmp_path: Path) -> None:
    done = subprocess.run(
        [*MILKROUND, "demo", "--once", "--json", "--home", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS * 4,
    )
    told = json.loads(done.stdout)
    planned = told["planned"]
    assert told["visits"] == 48
    assert planned == 46
    assert told["violations"] == 0
    assert told["revision"] == 1
    assert told["rounds"] == 4
    assert told["events_accepted"] == 2 * planned + 2 * 4 + planned_emptyings(tmp_path)
    assert told["containers_received"] > 300
    reasons = {each["town"]: each["reason"] for each in told["unassigned"]}
    assert "outside her hours" in reasons.pop("Floirac")
    assert "after its collector's hours" in reasons.pop("Hagetmau")
    assert reasons == {}
    assert_published_plan_holds(tmp_path)
    assert_laboratory_adds_up(tmp_path, told)


def planned_emptyings(home: Path) -> int:
    """Return how often the published rounds empty their boxes on the way."""
    with closing(sqlite3.connect(home / "milkround.sqlite3")) as database:
        (count,) = database.execute("SELECT count(*) FROM planned_emptyings").fetchone()
    return int(count)


def assert_laboratory_adds_up(home: Path, told: dict[str, int]) -> None:
    """Compare each figure of the laboratory with the rows of the database."""
    with closing(sqlite3.connect(home / "milkround.sqlite3")) as database:

        def one(statement: str) -> int:
            (value,) = database.execute(statement).fetchone()
            return int(value or 0)

        accepted = "withdrawn_at IS NULL AND refused_because IS NULL"
        assert told["intakes"] == one(f"SELECT count(*) FROM intakes WHERE {accepted}")  # noqa: S608
        assert told["pools"] == one("SELECT count(*) FROM pools WHERE state = 'closed'")
        lots = "SELECT count(*) FROM lots WHERE state = "
        assert told["lots_released"] == one(lots + "'released'")
        assert told["lots_rejected"] == one(lots + "'rejected'") == 2
        standing = "SELECT count(*) FROM storage_stays WHERE ended_at IS NULL AND bottle_id > 0"
        assert told["bottles_stored"] == one(standing)
        here = "SELECT count(*) FROM bottles WHERE left_at IS NULL"
        assert told["bottles_stored"] == one(here)
        gone = one("SELECT count(*) FROM bottles WHERE left_at IS NOT NULL")
        destroyed = one(
            "SELECT count(*) FROM destroyed_items JOIN destructions d ON d.id = destruction_id"
            " WHERE witnessed_at IS NOT NULL AND bottle_id > 0"
        )
        assert gone > destroyed > 0
        assert told["bottles_dispensed"] == gone - destroyed
        assert one("SELECT count(*) FROM destructions WHERE witnessed_at IS NULL") == 1
        assert one("SELECT count(DISTINCT kind) FROM lab_materials WHERE closed_at IS NULL") == 4
        assert told["orders_served"] == one("SELECT count(DISTINCT order_id) FROM dispensings") > 0
        assert told["open_links"] == 1
        emptied = """
            SELECT sum(volume_ml) FROM pool_inputs JOIN intakes ON intakes.id = intake_id
            WHERE pool_inputs.withdrawn_at IS NULL
        """
        assert told["ml_in"] == one(emptied)
        beside = one("SELECT sum(sampled_ml + discarded_ml) FROM pools")
        assert told["ml_out"] == one("SELECT sum(volume_ml) FROM bottles") + beside
        lost = told["ml_in"] - told["ml_out"]
        assert told["balance_permille"] == round(1000 * lost / told["ml_in"])
        waiting = f"SELECT sum(volume_ml) FROM intakes WHERE state = 'quarantine' AND {accepted}"  # noqa: S608
        scanned_in = one(f"SELECT sum(volume_ml) FROM intakes WHERE {accepted}")  # noqa: S608
        assert scanned_in == told["ml_in"] + one(waiting)


def assert_published_plan_holds(home: Path) -> None:
    """Judge the published plan by the sampler, which shares no code and has heavier tails."""
    with closing(sqlite3.connect(home / "milkround.sqlite3")) as database:
        rows = database.execute("SELECT problem, plan FROM planning_runs WHERE kept_at IS NOT NULL")
        asked, plan = (json.loads(text) for text in rows.fetchall()[-1])
    problem, published = problem_of(asked), plan_of(plan)
    unpriced = replace(problem, safety=UNPRICED)
    cheapest = solve(unpriced, Budget(iterations=10_000))
    assert len(cheapest.unassigned) == len(published.unassigned)
    assert paid(unpriced, published) <= 1.08 * paid(unpriced, cheapest)
    for seed in (1, HELD_OUT):
        tally = sample(problem, published, days=3_000, seed=seed)
        # 5 % of days, known from so many to 0.8 %.
        assert max(tally.broken_clocks().values()) <= 5.8
        assert tally.kept_promises() >= 96.7
        assert tally.ends_in_time() >= 96.7


def paid(problem: Problem, plan: Plan) -> int:
    """Return what the tours of a plan cost in driving and work, in cents."""
    return sum(tour_cost(problem, tour).paid for tour in plan.tours)


def test_a_killed_demonstration_leaves_nothing_goes_on_in_its_folder_and_stops_by_ctrl_c(
    tmp_path: Path, first_port: int
) -> None:
    with served(tmp_path, first_port) as (process, port):
        assert len(links_of(process)) == 6
        assert len(children(port)) >= 1
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)
        eventually(lambda: not children(port))
    with served(tmp_path, first_port) as (process, port):
        links = links_of(process)
        assert len(links) == 6
        for link in links:
            with urlopen(link) as answer:  # noqa: S310 - our own server
                assert answer.status == 200
        assert len(children(port)) >= 1
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0
        assert children(port) == []


@contextmanager
def served(home: Path, first_port: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve a demonstration from a shell that ignores Ctrl-C; yield the process and its port."""
    port = free_port("127.0.0.1", first_port)
    ignoring_ctrl_c = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
    command = [*ignoring_ctrl_c, *MILKROUND, "demo", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, port
        finally:
            process.kill()


def links_of(process: subprocess.Popen[str]) -> list[str]:
    """Return the links it prints; reads until it says how to stop."""
    assert process.stdout
    said = ""
    while "Ctrl-C" not in said:
        line = process.stdout.readline()
        assert line, f"it ended early: {said}"
        said += line
    return re.findall(r"http://\S+(?=#go)", said)


def children(port: int) -> list[int]:
    """Return the processes that serve at a port, or work beside them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_text(encoding="utf-8", errors="replace")
                command = (entry / "cmdline").read_text(encoding="utf-8", errors="replace")
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue
            if f"PUBLIC_URL=http://127.0.0.1:{port}" in environment and "collector" in command:
                found.append(int(entry.name))
    return [each for each in found if each != os.getpid()]


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for a condition, and fail when it does not come true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)

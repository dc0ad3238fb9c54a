"""How fast the board's pages answer while two plans are being searched: ``python -m bench.pages``.

A bank of its own on the loopback address: the demonstration's day, published and half driven, a
real server of two workers, two solves beside it, and a few coordinators who open one page after
another. Each page's times are told; the goal is 150 ms at the 99th percentile.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import db, reading, transaction
from collector.demo import day as demo_day
from collector.installation import application
from collector.jobs.loaded_program import GENTLE
from collector.jobs.parent_death import tied
from collector.people.actions import begin_session
from collector.people.models import Role, Surface
from collector.people.queries import people_with_role
from collector.planning.models import PlanningRun
from collector.processes import Processes, free_port
from collector.worker import work_until_idle

LOOPBACK = "127.0.0.1"
PAGES = {
    "morning": "/board/morning",
    "the day": "/board/days/{day}",
    "live": "/board/days/{day}/dispatch",
    "live, pane": "/board/days/{day}/dispatch/pane",
    "weeks": "/board/horizon",
    "reports": "/board/bank/reports",
    "close of day": "/board/days/{day}/dispatch/close",
    "requests": "/board/inbox",
}


def main() -> None:
    """Prepare a bank, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="how often each page is opened")
    parser.add_argument("--people", type=int, default=2, help="coordinators at once")
    parser.add_argument("--solves", type=int, default=2, help="plans searched meanwhile")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        port = free_port(LOOPBACK, 8480)
        os.environ["MILKROUND_HOME"], os.environ["PUBLIC_URL"] = (
            folder,
            f"http://{LOOPBACK}:{port}",
        )
        os.environ.pop("DATABASE_URL", None)
        app = application(settings_from(os.environ))
        day, cookie, problem = prepared(app)
        with Processes() as processes:
            processes.start(["serve", "--port", str(port)], log=Path(folder) / "log")
            processes.wait_for_port(LOOPBACK, port)
            solves = [searched(problem) for _ in range(options.solves)]
            try:
                tell(measured(port, cookie, day, options.rounds, options.people))
            finally:
                for solve in solves:
                    solve.kill()
                    solve.wait()


def prepared(app: Flask) -> tuple[str, str, str]:
    """Make a day, drive the half of it, and return it with a way in and its question."""
    clock = SystemClock()
    with app.test_request_context():
        bank_id, day = demo_day.prepare(clock)
        demo_day.plan_and_publish(
            clock, bank_id, day, seconds=2, work=lambda: work_until_idle(app, clock)
        )
        demo_day.drive(clock, bank_id, day)
        with reading() as session:
            problem = json.dumps(session.query(PlanningRun).first().problem)
        with transaction() as session:
            claire = people_with_role(session, bank_id=bank_id, role=Role.COORDINATOR)[0]
            cookie = begin_session(
                session,
                now=clock.now(),
                bank_id=bank_id,
                surface=Surface.DESK,
                person_id=claire.id,
                proved_at=clock.now(),
            )
        db.engine.dispose()
    return day.isoformat(), cookie, problem


def searched(problem: str) -> subprocess.Popen[bytes]:
    """Start a search that lasts as long as the measurement."""
    child = subprocess.Popen(  # noqa: S603 - our own command
        tied([sys.executable, "-m", "routing", "solve", "-", "--seconds", "600"], niceness=GENTLE),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if child.stdin is None:
        raise RuntimeError("the planner does not listen")
    child.stdin.write(problem.encode())
    child.stdin.close()
    return child


def measured(port: int, cookie: str, day: str, rounds: int, people: int) -> dict[str, list[float]]:
    """Return the milliseconds of every page, from all coordinators."""
    times: dict[str, list[float]] = {name: [] for name in PAGES}

    def look() -> None:
        for number in range(rounds + 1):
            for name, path in PAGES.items():
                took = opened(port, cookie, path.format(day=day))
                if number:  # the first time a worker reads its templates
                    times[name].append(took)

    coordinators = [threading.Thread(target=look) for _ in range(people)]
    for each in coordinators:
        each.start()
    for each in coordinators:
        each.join()
    return times


def opened(port: int, cookie: str, path: str) -> float:
    """Open a page and return how many milliseconds it took to its last byte."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"milkround_desk={cookie}"})
    answer = connection.getresponse()
    answer.read()
    took = 1000 * (time.perf_counter() - began)
    connection.close()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path}: {answer.status}")
    return took


def tell(times: dict[str, list[float]]) -> None:
    """Say the median and the 99th percentile of each page and of all."""
    load = os.getloadavg()[0]
    print(f"{datetime.now(UTC):%F %R} UTC, load {load:.1f} on {os.cpu_count()} cores, ms")
    print(f"{'page':<14} {'median':>8} {'p99':>8}")
    for name, found in {**times, "all": list(chain(*times.values()))}.items():
        ordered = sorted(found)
        late = ordered[max(0, -(-99 * len(ordered) // 100) - 1)]
        print(f"{name:<14} {statistics.median(found):>8.0f} {late:>8.0f}")


if __name__ == "__main__":
    main()

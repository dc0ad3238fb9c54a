"""Hours of mixed load with solves, kills and clock jumps: ``python -m bench.soak --minutes 120``.

The demonstration's day is served with its worker. API, phones and the board ask at low rates, a
plan is searched every minute, a process is killed with SIGKILL every five minutes, and the clock
of server and worker jumps by five minutes and back each minute. Every minute the
invariants are checked: each acknowledged event is stored once, the audit chain is whole, no job is
older than its deadline, and no answer is a server error other than the announced 503.
"""

import argparse
import json
import os
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import OK, SERVICE_UNAVAILABLE, HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from flask import Flask
from sqlalchemy import func, select

from bench.jumping_processes import jumping_clock
from bench.load import UNREACHED, Keys, phone_headers, prepared
from bench.pages import LOOPBACK
from bench.postgresql import new_database
from collector.audit.queries import first_broken_link
from collector.banks.models import Bank
from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import db, reading, transaction
from collector.installation import application
from collector.jobs.models import Job, JobState
from collector.people.models import Surface
from collector.planning.optimise.actions import request_plan
from collector.processes import Processes, free_port
from collector.rounds.models import RoundEvent
from tests.collector.jobs.shop import children

JUMP: Final = timedelta(minutes=5)
ITERATIONS: Final = 3_000
SERVER_ERRORS: Final = 500
OVERDUE: Final = timedelta(minutes=10)
"""Age at which a job that is neither done nor dead is stuck: its deadline is shorter."""


class Soak:
    """A served bank, its clients, and the counts of all that happened."""

    def __init__(self, app: Flask, port: int, keys: Keys, folder: Path) -> None:
        self.app, self.port, self.keys, self.folder = app, port, keys, folder
        self.answers: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.acknowledged: set[str] = set()
        self.memory: list[tuple[float, int]] = []
        self.over = threading.Event()
        self.pids: list[int] = []
        self.jobs: list[int] = []
        self.clock = jumping_clock(folder)
        self.dice = Random(1)  # noqa: S311 - the choice of the victims

    def run(self, minutes: float, kill_every: float) -> None:
        """Load, kill and check until the time is over."""
        clients = [
            threading.Thread(target=self._ask, args=(rate, name))
            for name, rate in (("rows", 4.0), ("round", 1.0), ("event", 2.0), ("board", 0.5))
        ]
        for client in clients:
            client.start()
        began, kills = time.monotonic(), count(1)
        try:
            while (passed := time.monotonic() - began) < 60 * minutes:
                self.memory.append((passed, self._memory()))
                self._plan()
                if passed > kill_every * self.counts["kills"] + kill_every / 2:
                    self._kill(next(kills))
                self._jump()
                self.over.wait(60 - (time.monotonic() - began) % 60)
                self._check()
        finally:
            self.over.set()
            for client in clients:
                client.join()
        self._check()

    def report(self) -> dict[str, object]:
        """Return the counts, the growth of memory in percent, and the last jobs' states."""
        kept = [megabytes for _, megabytes in self.memory]
        tenth = max(1, len(kept) // 10)
        early, late = (
            statistics.median(part) for part in (kept[tenth : 2 * tenth] or kept, kept[-tenth:])
        )
        return {
            "answers": dict(sorted(self.answers.items())),
            "events acknowledged": len(self.acknowledged),
            **dict(self.counts),
            "MB early": early,
            "MB late": late,
            "growth in percent": round(100 * (late / early - 1), 1),
        }

    def _ask(self, rate: float, name: str) -> None:
        line = HTTPConnection(LOOPBACK, self.port, timeout=60)
        numbers = count(1_000_000)
        phone, csrf_token = phone_headers(self.port, self.keys)
        while not self.over.wait(1 / rate):
            key = str(uuid4())
            method, path, body, headers = self._request(name, key, next(numbers), phone, csrf_token)
            status, text = _answered(line, method, path, body, headers)
            self.answers[f"{name} {status}"] += 1
            if name == "event" and status == OK:
                accepted = json.loads(text)["outcomes"]
                self.acknowledged |= {each["client_id"] for each in accepted}
        line.close()

    def _request(
        self, name: str, key: str, number: int, phone: dict[str, str], csrf_token: str
    ) -> tuple[str, str, bytes | None, dict[str, str]]:
        round_path = f"/phone/rounds/{self.keys.round_id}"
        if name == "rows":
            bearer = {"Authorization": f"Bearer {self.keys.token}"}
            return "GET", "/api/v1/donors?limit=25", None, bearer
        if name == "round":
            return "GET", round_path, None, phone
        if name == "board":
            desk = {"Cookie": f"{Surface.DESK.value}={self.keys.desk}"}
            return "GET", f"/board/days/{self.keys.day}", None, desk
        event = {
            "client_id": key,
            "kind": "box_read",
            "pickup": None,
            "sequence": number,
            "device_at": datetime.now(UTC).isoformat(),
            "device": str(uuid4()),
            "payload": {"box": "C-07", "celsius": -20.5},
        }
        headers = phone | {"Content-Type": "application/json", "X-CSRFToken": csrf_token}
        headers["Referer"] = f"http://{LOOPBACK}:{self.port}/phone/"
        return "POST", f"{round_path}/events", json.dumps([event]).encode(), headers

    def _plan(self) -> None:
        """Ask for a search of the next day; the worker does it."""
        with self.app.app_context():
            with transaction() as session:
                bank_id = session.scalars(select(Bank.id)).first()
                self.jobs.append(
                    request_plan(
                        session,
                        now=SystemClock().now(),
                        bank_id=bank_id,
                        day=datetime.fromisoformat(self.keys.day).date(),
                        asked_by="system",
                        seconds=30,
                        iterations=ITERATIONS,
                    ).id
                )
            db.session.remove()

    def _kill(self, number: int) -> None:
        """Kill a child of the server and of the worker in turn."""
        parent = self.pids[number % len(self.pids)]
        victims = sorted(children(parent))
        if victims:
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(victims), signal.SIGKILL)
        self.counts["kills"] += 1

    def _jump(self) -> None:
        """Let the clock of server and worker jump forth, or back."""
        self.counts["clock jumps"] += 1
        self.clock.jump(JUMP * (self.counts["clock jumps"] % 2))

    def _check(self) -> None:
        """Check the invariants, and count what fails."""
        with self.app.app_context():
            with reading() as session:
                expected = set(self.acknowledged)
                stored = Counter(session.scalars(select(RoundEvent.client_id)))
                broken = [
                    first_broken_link(session, bank_id)
                    for bank_id in session.scalars(select(Bank.id))
                ]
                waiting = (JobState.QUEUED, JobState.RUNNING)
                old = Job.asked_at < datetime.now(UTC) - OVERDUE
                stuck = session.scalar(
                    select(func.count()).where(Job.state.in_(waiting), old, Job.id.in_(self.jobs))
                )
                states = Counter(session.scalars(select(Job.state).where(Job.id.in_(self.jobs))))
            db.session.remove()
        self.counts["checks"] += 1
        self.counts["events lost"] = sum(stored[key] == 0 for key in expected)
        self.counts["events doubled"] = sum(stored[key] > 1 for key in expected)
        self.counts["broken audit chains"] = sum(each is not None for each in broken)
        self.counts["jobs stuck"] = stuck or 0
        for state, number in states.items():
            self.counts[f"plans {state.value}"] = number
        self.counts["unanswered"] = sum(
            number for name, number in self.answers.items() if name.endswith(f" {UNREACHED}")
        )
        self.counts["server errors"] = sum(
            number
            for name, number in self.answers.items()
            if (status := int(name.split()[-1])) >= SERVER_ERRORS and status != SERVICE_UNAVAILABLE
        )

    def _memory(self) -> int:
        """Return the proportional memory of server, worker and their children, in MB."""
        found, waiting = 0, list(self.pids)
        while waiting:
            pid = waiting.pop()
            waiting += children(pid)
            with suppress(OSError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
                found += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return found // 1024


def main() -> None:
    """Soak as long as asked, and print the report as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--kill-every", type=float, default=300, help="seconds between two kills")
    parser.add_argument("--postgresql", action="store_true", help="a database of the local server")
    options = parser.parse_args()
    with soaked(postgresql=options.postgresql) as soak:
        soak.run(options.minutes, options.kill_every)
        found = soak.report()
    print(json.dumps(found, indent=1))
    faults = (
        "unanswered",
        "events lost",
        "events doubled",
        "broken audit chains",
        "jobs stuck",
        "server errors",
    )
    sys.exit(any(found[fault] for fault in faults))


@contextmanager
def soaked(*, postgresql: bool) -> Iterator[Soak]:
    """Serve the demonstration's published day with a worker, under a clock that can jump."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        port = free_port(LOOPBACK, 8475)
        os.environ["MILKROUND_HOME"] = temporary
        os.environ["PUBLIC_URL"] = f"http://{LOOPBACK}:{port}"
        os.environ.pop("DATABASE_URL", None)
        if postgresql:
            os.environ["DATABASE_URL"] = new_database("milkround_bench_soak")
        app = application(settings_from(os.environ))
        soak = Soak(app, port, prepared(app), folder)
        soak.clock.jump(timedelta())
        with Processes() as processes:
            module = "bench.jumping_processes"
            soak.pids = [
                processes.start_module(module, ["serve", "--port", str(port)], log=folder / "log"),
                processes.start_module(module, ["work"], log=folder / "log"),
            ]
            processes.wait_for_port(LOOPBACK, port)
            yield soak


def _answered(
    line: HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> tuple[int, bytes]:
    """Return the status and the content; a request that no worker answered is sent again."""
    for pause in (0.0, 0.2, 1.0, 3.0, 5.0):
        time.sleep(pause)  # a killed worker is replaced within a second or so
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()
        except (HTTPException, OSError):
            line.close()
    return UNREACHED, b""


if __name__ == "__main__":
    main()

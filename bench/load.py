"""Load of the API, the phone and the board at fixed rates: ``python -m bench.load``.

The demonstration's day is published on a server of its own on the loopback address, and two plans
are searched beside it. Each kind of request arrives at its own rate, whether or not the server has
answered the one before. A time counts from the instant at which the request was due, so a server
that falls behind is not measured on fewer requests.
"""

import argparse
import json
import math
import os
import queue
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import OK, HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from flask import Flask

from bench.pages import LOOPBACK, searched
from bench.postgresql import new_database
from collector.applications.models import Scope
from collector.applications.tokens import make_application
from collector.clock import SystemClock
from collector.config import settings_from
from collector.db import db, reading, transaction
from collector.demo import day as demo_day
from collector.installation import application
from collector.people.actions import begin_session
from collector.people.models import Role, Surface
from collector.people.queries import people_with_role
from collector.planning.models import PlanningRun
from collector.processes import Processes, free_port
from collector.rounds.queries import day_plan
from collector.worker import work_until_idle

CLIENTS = 64
"""Connections of the clients, each used again as long as the server keeps it open."""
ITERATIONS = 2_000
UNREACHED = -1
"""Status of a request without an answer."""


@dataclass(slots=True)
class Kind:
    """A kind of request with its rate per second and its measured milliseconds."""

    name: str
    rate: float
    request: Callable[[], tuple[str, str, bytes | None, dict[str, str]]]
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The way in of each client, and the day, the round and the problem."""

    token: str
    desk: str
    phone: str
    day: str
    round_id: int
    problem: str


def main() -> None:
    """Prepare a bank, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rows", type=float, default=400, help="API pages of 25 rows per second")
    parser.add_argument("--rounds", type=float, default=20, help="rounds read by phones per second")
    parser.add_argument("--events", type=float, default=20, help="events of phones per second")
    parser.add_argument("--board", type=float, default=2, help="days drawn per second")
    parser.add_argument("--solves", type=int, default=2, help="plans searched meanwhile")
    parser.add_argument("--workers", type=int, default=2, help="processes of the web server")
    parser.add_argument("--postgresql", action="store_true", help="a database of the local server")
    options = parser.parse_args()
    with served(postgresql=options.postgresql, workers=options.workers) as (port, keys):
        kinds = kinds_of(port, keys, options)
        solves = [searched(keys.problem) for _ in range(options.solves)]
        try:
            measure(port, kinds, options.seconds)
        finally:
            for solve in solves:
                solve.kill()
                solve.wait()
        tell(kinds, options)


@contextmanager
def served(*, postgresql: bool, workers: int) -> Iterator[tuple[int, Keys]]:
    """Serve a published day of the demonstration; yield the port and the keys."""
    with TemporaryDirectory() as folder:
        port = free_port(LOOPBACK, 8470)
        os.environ["MILKROUND_HOME"] = folder
        os.environ["PUBLIC_URL"] = f"http://{LOOPBACK}:{port}"
        os.environ.pop("DATABASE_URL", None)
        if postgresql:
            os.environ["DATABASE_URL"] = new_database("milkround_bench_load")
        keys = prepared(application(settings_from(os.environ)))
        with Processes() as processes:
            command = ["serve", "--port", str(port), "--workers", str(workers)]
            processes.start(command, log=Path(folder) / "log")
            processes.wait_for_port(LOOPBACK, port)
            yield port, keys


def prepared(app: Flask) -> Keys:
    """Publish the demonstration's day, and return the way in of each client."""
    clock = SystemClock()
    with app.test_request_context():
        bank_id, day = demo_day.prepare(clock)
        demo_day.plan_and_publish(
            clock,
            bank_id,
            day,
            seconds=60,
            iterations=ITERATIONS,
            work=lambda: work_until_idle(app, clock),
        )
        with reading() as session:
            problem = json.dumps(session.query(PlanningRun).first().problem)
            plan = day_plan(session, bank_id=bank_id, day=day)
            driven = next(each for each in plan.rounds if each.published)
            round_id, collector = driven.id, driven.shift.collector_id
        with transaction() as session:
            claire = people_with_role(session, bank_id=bank_id, role=Role.COORDINATOR)[0]
            now = clock.now()
            _, token = make_application(
                session,
                now=now,
                bank_id=bank_id,
                person_id=claire.id,
                name="Load",
                scopes=[Scope.DONORS_READ],
                expires_at=now + timedelta(days=1),
            )
            who = {"now": now, "bank_id": bank_id, "proved_at": now}
            desk = begin_session(session, **who, surface=Surface.DESK, person_id=claire.id)
            phone = begin_session(session, **who, surface=Surface.PHONE, person_id=collector)
        db.engine.dispose()
    return Keys(
        token=token, desk=desk, phone=phone, day=day.isoformat(), round_id=round_id, problem=problem
    )


def kinds_of(port: int, keys: Keys, options: argparse.Namespace) -> list[Kind]:
    """Return the kinds of requests that have a rate."""
    desk = {"Cookie": f"{Surface.DESK.value}={keys.desk}"}
    phone, csrf_token = phone_headers(port, keys)
    round_path = f"/phone/rounds/{keys.round_id}"
    numbers = count(1_000_000)
    device = str(uuid4())

    def rows() -> tuple[str, str, bytes | None, dict[str, str]]:
        return "GET", "/api/v1/donors?limit=25", None, {"Authorization": f"Bearer {keys.token}"}

    def event() -> tuple[str, str, bytes | None, dict[str, str]]:
        read = {
            "client_id": str(uuid4()),
            "kind": "box_read",
            "pickup": None,
            "sequence": next(numbers),
            "device_at": datetime.now(UTC).isoformat(),
            "device": device,
            "payload": {"box": "C-07", "celsius": -20.5},
        }
        headers = phone | {"Content-Type": "application/json", "X-CSRFToken": csrf_token}
        headers["Referer"] = f"http://{LOOPBACK}:{port}/phone/"
        return "POST", f"{round_path}/events", json.dumps([read]).encode(), headers

    kinds = [
        Kind("API, 25 rows", options.rows, rows),
        Kind("phone's round", options.rounds, lambda: ("GET", round_path, None, phone)),
        Kind("phone's event", options.events, event),
        Kind("board's day", options.board, lambda: ("GET", f"/board/days/{keys.day}", None, desk)),
    ]
    return [kind for kind in kinds if kind.rate]


def measure(port: int, kinds: list[Kind], seconds: float) -> None:
    """Send each kind at its rate for some seconds; its times are kept in it."""
    due: queue.SimpleQueue[tuple[Kind, float] | None] = queue.SimpleQueue()
    clients = [threading.Thread(target=_client, args=(port, due)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    began = time.perf_counter() + 0.1
    plan = sorted(
        (
            (began + number / kind.rate, kind)
            for kind in kinds
            for number in range(_total(kind, seconds))
        ),
        key=lambda each: each[0],
    )
    for at, kind in plan:
        time.sleep(max(0.0, at - time.perf_counter()))
        due.put((kind, at))
    for _ in clients:
        due.put(None)
    for client in clients:
        client.join()


def tell(kinds: list[Kind], options: argparse.Namespace) -> None:
    """Print the median and the 99th percentile of each kind, and the answers other than 200."""
    database = "PostgreSQL" if options.postgresql else "SQLite"
    head = f"{datetime.now(UTC):%F %R} UTC, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    head += f", {database}, {options.solves} solves, {options.seconds:.0f} s"
    print(f"{head}, ms from the instant at which each request was due")
    print(f"{'request':<16} {'per s':>6} {'number':>7} {'median':>8} {'p99':>8}  other answers")
    for kind in kinds:
        ordered = sorted(kind.times)
        late = ordered[max(0, math.ceil(0.99 * len(ordered)) - 1)] if ordered else math.nan
        middle = statistics.median(ordered) if ordered else math.nan
        others = {status: n for status, n in sorted(kind.statuses.items()) if status != OK}
        print(
            f"{kind.name:<16} {kind.rate:>6.0f} {sum(kind.statuses.values()):>7}"
            f" {middle:>8.0f} {late:>8.0f}  {others or 'none'}"
        )


def _total(kind: Kind, seconds: float) -> int:
    return int(kind.rate * seconds)


def _client(port: int, due: "queue.SimpleQueue[tuple[Kind, float] | None]") -> None:
    line = HTTPConnection(LOOPBACK, port, timeout=60)
    while (asked := due.get()) is not None:
        kind, at = asked
        status = _answered(line, kind)
        kind.times.append(1000 * (time.perf_counter() - at))
        kind.statuses[status] = kind.statuses.get(status, 0) + 1
    line.close()


def _answered(line: HTTPConnection, kind: Kind) -> int:
    method, path, body, headers = kind.request()
    for _ in range(2):  # the server may have closed a line that rested
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            answer.read()
        except (HTTPException, OSError):
            line.close()
        else:
            return answer.status
    return UNREACHED


def phone_headers(port: int, keys: Keys) -> tuple[dict[str, str], str]:
    """Return the cookies of a phone, and the token that its POSTs carry."""
    headers = {"Cookie": f"{Surface.PHONE.value}={keys.phone}"}
    line = HTTPConnection(LOOPBACK, port, timeout=60)
    line.request("GET", "/phone/session", None, headers)
    answer = line.getresponse()
    token: str = json.loads(answer.read())["csrf_token"]
    cookies = [each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or []]
    line.close()
    return {"Cookie": "; ".join([headers["Cookie"], *cookies])}, token


if __name__ == "__main__":
    main()

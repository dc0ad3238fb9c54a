"""Time to accept the events of one round: ``python -m bench.phone_events``.

One phone sends the events of a round of fourteen stops to the endpoint, in POSTs of a fixed size,
oldest first. Each number of events has a database and a round of its own. SQL statements are
counted at the cursor, transactions where they begin.

Seconds are CPU seconds of this process, phone and server together, beside the wall clock. The
exponent compares a row with the one above: the logarithm of the ratio of their seconds, divided by
the logarithm of the ratio of their events. It is 1 for linear time and 2 for quadratic time.
"""

import argparse
import math
import platform
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event

from collector import migrations
from collector.app import create_app
from collector.config import Settings
from collector.db import db, transaction
from collector.db import sqlite as sqlite_driver
from tests.builders import add_donor, add_pickup
from tests.conftest import SetClock
from tests.phone_round import FIRST_ARRIVAL, publish_round
from tests.town import MORNING, build_town, sign_in

STOPS = 14
BOTTLES = 7
HEAD = (
    "| events | POSTs | CPU s | wall s | CPU ms per event | CPU ms of the first, median, last POST"
    " | statements per POST | transactions per POST | exponent |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of POSTs: of each the CPU seconds, the statements and the transactions."""

    events: int
    wall: float
    seconds: list[float]
    statements: list[int]
    transactions: list[int]

    @property
    def total(self) -> float:
        """CPU seconds of the whole series."""
        return sum(self.seconds)


def round_events(visits: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield a round's events without end: each visit is recorded, corrected and put off in turn."""
    undone = ""
    for sequence, (kind, visit) in enumerate(_steps(visits), start=1):
        client_id = str(UUID(int=sequence))
        payload: dict[str, Any] = {}
        if kind == "collected":
            payload, undone = _record(), client_id
        elif kind == "undone":
            payload = {"undoes": undone, "reason": "mistake"}
        elif kind == "box_read":
            payload = {"box": "C-07", "celsius": -20.5}
        yield {
            "client_id": client_id,
            "kind": kind,
            "pickup": None if kind == "box_read" else visit,
            "sequence": sequence,
            "device_at": (FIRST_ARRIVAL + timedelta(seconds=sequence)).isoformat(),
            "device": str(UUID(int=1)),
            "payload": payload,
        }


def measure(folder: Path, count: int, size: int) -> Series:
    """Send `count` events in POSTs of `size` to a round of their own."""
    app = _application(folder)
    with app.app_context():
        town = build_town()
        with transaction() as session:
            donors = [add_donor(session, town.bank, first_name=f"D{n}") for n in range(STOPS)]
            visits = tuple(add_pickup(session, donor, bottles=BOTTLES).id for donor in donors)
            round_id = publish_round(session, town.shifts[0], visits).id
        db.session.remove()
    client = sign_in(app, bank=town.bank, person=town.ana)
    stream = round_events(visits)
    seconds, statements, transactions = [], [], []
    began_at = time.perf_counter()
    for start in range(0, count, size):
        events = list(islice(stream, min(size, count - start)))
        with _counted(app) as counts:
            began = time.process_time()
            _post(client, round_id, events)
            seconds.append(time.process_time() - began)
        statements.append(counts["statements"])
        transactions.append(counts["transactions"])
    return Series(
        events=count,
        wall=time.perf_counter() - began_at,
        seconds=seconds,
        statements=statements,
        transactions=transactions,
    )


def main() -> None:
    """Print one row per number of events."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--size", type=int, default=100, help="events in one POST")
    options = parser.parse_args()
    print(f"{_where()}, POSTs of {options.size} events.\n\n{HEAD}")
    former: Series | None = None
    for count in options.events:
        with TemporaryDirectory() as folder:
            found = measure(Path(folder), count, options.size)
        print(_row(found, former), flush=True)
        former = found


def _steps(visits: Sequence[int]) -> Iterator[tuple[str, int]]:
    for visit in cycle(visits):
        for kind in ("en_route", "arrived", "collected", "undone", "box_read", "postponed"):
            yield kind, visit


def _record() -> dict[str, Any]:
    return {
        "bottles": BOTTLES,
        "volume_ml": 200 * BOTTLES,
        "freezer_celsius": -19.5,
        "storage_ok": True,
        "containers": [],
        "refused": [],
        "box": "C-07",
        "seal": "",
        "checks": {},
        "tubes": [],
        "pump": "",
        "empties_left": 6,
        "photo": None,
        "note": "",
    }


def _application(folder: Path) -> Flask:
    url = f"sqlite:///{folder / 'bench.sqlite3'}"
    engine = create_engine(url, module=sqlite_driver)
    migrations.upgrade(engine)
    engine.dispose()
    settings = Settings(
        home=folder,
        database_url=url,
        secret_key="a secret of the bench, long enough",  # noqa: S106 - it guards nothing
        testing=True,
    )
    app = create_app(settings, clock=SetClock(MORNING))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@contextmanager
def _counted(app: Flask) -> Iterator[Counter[str]]:
    """Count the statements and the transactions of the block."""
    counts: Counter[str] = Counter()

    def statement(*_: object) -> None:
        counts["statements"] += 1

    def begin(*_: object) -> None:
        counts["transactions"] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "begin", begin)
    try:
        yield counts
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "begin", begin)


def _post(client: FlaskClient, round_id: int, events: list[dict[str, Any]]) -> None:
    answer = client.post(
        f"/phone/rounds/{round_id}/events", json=events, headers={"Accept": "application/json"}
    )
    statuses = Counter(each["status"] for each in answer.get_json()["outcomes"])
    if statuses != {"accepted": len(events)}:
        raise RuntimeError(f"not every event was accepted: {answer.get_json()}")


def _row(found: Series, former: Series | None) -> str:
    times = [1_000 * seconds for seconds in found.seconds]
    exponent = ""
    if former is not None:
        ratio = math.log(found.total / former.total) / math.log(found.events / former.events)
        exponent = f"{ratio:.2f}"
    cells = [
        f"{found.events:,}",
        f"{len(times):,}",
        f"{found.total:.2f}",
        f"{found.wall:.1f}",
        f"{1_000 * found.total / found.events:.2f}",
        f"{times[0]:.0f}, {statistics.median(times):.0f}, {times[-1]:.0f}",
        f"{statistics.median(found.statements):.0f}",
        f"{statistics.median(found.transactions):.0f}",
        exponent,
    ]
    return "| " + " | ".join(cells) + " |"


def _where() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        check=False,
        capture_output=True,
        text=True,
    ).stdout.strip()
    machine = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{machine}, commit {commit}, {datetime.now(UTC):%d %B %Y}, SQLite"


if __name__ == "__main__":
    main()

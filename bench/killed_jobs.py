"""Jobs under kills of their processes: ``python -m bench.killed_jobs``.

Two supervisors do 200 jobs. Sixty times a child or a supervisor is killed with SIGKILL; a killed
supervisor is started again. In the end each job is done and its result written once, and no
process that they started lives on. The time to heal is from a kill to the next result.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from flask import Flask
from sqlalchemy import func, select

from bench.postgresql import new_database
from collector import migrations, models
from collector.db import connect, db, reading, transaction
from collector.jobs.actions import enqueue
from collector.jobs.models import Job, JobState
from collector.people.models import SignInAttempt
from tests.collector.jobs import worker
from tests.collector.jobs.shop import children, is_gone
from tests.town import build_town

LEASE_SECONDS: Final = 1.5
SUPERVISORS: Final = 2
PROGRAM: Final = "import time\nprint('begun', flush=True)\ntime.sleep(0.15)\nprint('done')"
MOST_ATTEMPTS: Final = 100
"""A kill is no fault of the job: none may be given up for it."""
PATIENCE_SECONDS: Final = 600
ORPHANS_END_SECONDS: Final = 2


def main() -> None:
    """Kill as often as asked, and print the counts as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--postgresql", action="store_true", help="a database of the local server")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/milkround.sqlite3"
        if options.postgresql:
            url = new_database("milkround_bench_jobs")
        print(json.dumps(killed(url, jobs=options.jobs, kills=options.kills)))


def killed(url: str, *, jobs: int, kills: int, seed: int = 1) -> dict[str, float]:
    """Do the jobs under kills; count those lost, doubled and left, with the longest healing.

    Parameters
    ----------
    url
        An empty database.

    Raises
    ------
    TimeoutError
        The jobs did not end within ten minutes.
    """
    app = _application(url)
    with app.app_context():
        bank_id = build_town().bank
        keys = _enqueued(bank_id, jobs)
        supervisors = [_supervisor(url) for _ in range(SUPERVISORS)]
        try:
            healing, started = _kill_until_done(url, supervisors, jobs=jobs, kills=kills, seed=seed)
        finally:
            for each in supervisors:
                each.kill()
                each.wait()
        written = _written(keys)
        return {
            "jobs": jobs,
            "kills": len(healing),
            "lost": sum(written[key] == 0 for key in keys),
            "doubled": sum(written[key] > 1 for key in keys),
            "orphans": _living(started),
            "longest healing in seconds": round(max(healing, default=0.0), 1),
        }


def _kill_until_done(
    url: str, supervisors: list[subprocess.Popen[bytes]], *, jobs: int, kills: int, seed: int
) -> tuple[list[float], set[int]]:
    """Kill a child or a supervisor after some results each; return healing times and children."""
    dice = Random(seed)  # noqa: S311 - the moments of the kills
    due = sorted(dice.randrange(jobs - 1) for _ in range(kills))
    healing: list[float] = []
    started: set[int] = set()
    killed_at: float | None = None
    done_then = 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (done := _done()) < jobs:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{done} of {jobs} jobs are done")
        started |= {pid for each in supervisors for pid in children(each.pid)}
        if killed_at is not None and done > done_then:
            healing.append(time.monotonic() - killed_at)
            killed_at = None
        if killed_at is None and due and done >= due[0]:
            due.pop(0)
            _kill_one(url, supervisors, dice)
            killed_at, done_then = time.monotonic(), done
        time.sleep(0.01)
    if killed_at is not None:
        healing.append(time.monotonic() - killed_at)
    return healing, started


def _kill_one(url: str, supervisors: list[subprocess.Popen[bytes]], dice: Random) -> None:
    """Kill a supervisor, and start another; or kill all the children of one."""
    number = dice.randrange(len(supervisors))
    victim = supervisors[number]
    if dice.choice((True, False)):
        victim.kill()
        victim.wait()
        supervisors[number] = _supervisor(url)
        return
    for pid in children(victim.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _living(pids: set[int]) -> int:
    """Return how many processes still live two seconds after the end of all supervisors."""
    deadline = time.monotonic() + ORPHANS_END_SECONDS
    while any(not is_gone(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return sum(not is_gone(pid) for pid in pids)


def _supervisor(url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(worker.__file__), url, str(LEASE_SECONDS)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command


def _enqueued(bank_id: int, jobs: int) -> list[int]:
    with transaction() as session:
        return [
            enqueue(
                session,
                now=datetime.now(UTC),
                bank_id=bank_id,
                kind="script",
                payload={"program": PROGRAM},
                asked_by="system",
                deadline_seconds=60,
                most_attempts=MOST_ATTEMPTS,
            ).id
            for _ in range(jobs)
        ]


def _done() -> int:
    with reading() as session:
        ended = select(func.count()).where(Job.state == JobState.DONE)
        count = session.scalar(ended) or 0
    db.session.remove()
    return count


def _written(keys: list[int]) -> Counter[int]:
    """Return how often the result of each job was written."""
    with reading() as session:
        rows = session.scalars(select(SignInAttempt.address_hash))
        names = Counter(rows)
    return Counter({key: names[f"job:{key}"] for key in keys})


def _application(url: str) -> Flask:
    if not models.EVERY_MODULE:
        raise RuntimeError("the application has no tables")
    app = Flask("killed jobs")
    connect(app, url)
    with app.app_context():
        migrations.upgrade(db.engine)
    return app


if __name__ == "__main__":
    main()

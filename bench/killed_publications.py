"""Publications killed at any step: ``python -m bench.killed_publications``.

A day of two rounds is published, changed, and published again by a process that is killed with
SIGKILL at its nth step: a statement, or the commit. Afterwards the day must be wholly the old
revision or wholly the new one, with its notices and its frozen rounds; then it is published.
"""

import argparse
import json
import os
import signal
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench.forked import Steps, exit_code, forked
from bench.postgresql import new_database
from collector import migrations
from collector.app import create_app
from collector.audit.models import AuditEntry
from collector.audit.queries import first_broken_link
from collector.config import Settings
from collector.db import db, reading, transaction
from collector.notices.models import Notice
from collector.rounds.actions import publish
from collector.rounds.models import DayPlan, Publication
from collector.rounds.queries import day_plan
from tests.builders import DAY
from tests.collector.rounds.days import draft
from tests.conftest import SetClock
from tests.phone_round import FIRST_ARRIVAL
from tests.town import MORNING, Town, build_town

State = tuple[Any, ...]


def main() -> None:
    """Kill as often as asked, and print the counts as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--postgresql", action="store_true", help="a database of the local server")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/milkround.sqlite3"
        if options.postgresql:
            url = new_database("milkround_bench_publications")
        print(json.dumps(killed(url, Path(folder), kills=options.kills)))


def killed(url: str, home: Path, *, kills: int) -> dict[str, int]:
    """Publish and kill; count the days that were wholly old, wholly new, and mixed.

    Parameters
    ----------
    url
        An empty database.
    kills
        Number of publications that are killed, spread evenly over the steps of one.
    """
    app = bench_application(url, home)
    with app.app_context():
        town = build_town()
        _draft(town, number=0)
        _publish(town)
        _draft(town, number=1)
        db.session.remove()
        steps = _steps_of_a_publication(town)
        found = Counter(kills=kills, steps=steps, old=0, new=0, mixed=0)
        for number in range(1, kills + 1):
            _draft(town, number=number + 1)
            old = _state(town)
            db.session.remove()
            db.engine.dispose()
            last = 1 + (number - 1) * (steps - 1) // max(kills - 1, 1)
            code = exit_code(forked(partial(_publish_until, app, town, last)))
            found["killed"] += code == -signal.SIGKILL
            found[_fate(old, _state(town))] += 1
            if _state(town) == old:
                _publish(town)
            with reading() as session:
                found["broken audit chains"] += first_broken_link(session, town.bank) is not None
            db.session.remove()
    return dict(found)


def _fate(old: State, now: State) -> str:
    """Return whether a day is the old one, the new one, or a mixture."""
    if now == old:
        return "old"
    revision, frozen, stops, publications, notices, acts = now
    whole = (
        revision == old[0] + 1
        and publications == old[3] + 1
        and frozen == stops
        and notices > old[4]
        and acts >= old[5]
    )
    return "new" if whole else "mixed"


def _state(town: Town) -> State:
    """Return revision, frozen and drafted begins, and the numbers of publications and notices."""
    with reading() as session:
        plan = day_plan(session, bank_id=town.bank, day=DAY)
        if plan is None:
            raise RuntimeError("the day has no draft")
        frozen = tuple(
            tuple(stop["begins_at"] for stop in (each.published or {"stops": []})["stops"])
            for each in plan.rounds
        )
        stops = tuple(
            tuple(stop.begins_at.isoformat() for stop in each.stops) for each in plan.rounds
        )
        counts = [
            session.scalar(select(func.count()).select_from(row))
            for row in (Publication, Notice, AuditEntry)
        ]
        return plan.revision, frozen, stops, *counts


def _draft(town: Town, *, number: int) -> None:
    """Draft two rounds an hour earlier or later than before, so that each donor is told."""
    later = FIRST_ARRIVAL + timedelta(minutes=60 * (number % 2))
    first, second, third = town.pickups
    with transaction() as session:
        draft(
            session,
            town,
            {0: [(first, later), (second, later + timedelta(minutes=40))], 1: [(third, later)]},
        )


def _publish(town: Town) -> None:
    with transaction() as session:
        version = session.scalars(select(DayPlan).where(DayPlan.day == DAY)).one().version
        publish(
            session,
            now=MORNING,
            bank_id=town.bank,
            day=DAY,
            version=version,
            person_id=town.claire,
        )


def _publish_until(app: Flask, town: Town, last: int) -> None:
    """Publish, and die at the nth step."""
    with app.app_context():
        Steps(db.engine, last=last)
        _publish(town)
        # The last step was the commit: the process dies after it.
        os.kill(os.getpid(), signal.SIGKILL)


def _steps_of_a_publication(town: Town) -> int:
    """Publish a changed draft; return its number of steps, and of the instant after them."""
    counted = Steps(db.engine)
    _publish(town)
    db.session.remove()
    return counted.seen + 1


def bench_application(url: str, home: Path) -> Flask:
    """Return an application on an empty database, at the hour of the tests' town."""
    settings = Settings(
        home=home,
        database_url=url,
        secret_key="a secret of the bench, long enough",  # noqa: S106 - it guards nothing
        testing=True,
    )
    app = create_app(settings, clock=SetClock(MORNING))
    with app.app_context():
        migrations.upgrade(db.engine)
    return app


if __name__ == "__main__":
    main()

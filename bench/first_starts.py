"""First starts of an installation: processes that race, and migrations that are killed.

    python -m bench.first_starts race --rounds 200
    python -m bench.first_starts kill --points 40 [--url postgresql+psycopg://...]

Every start is a process of its own, forked from one that has loaded the application. `race` starts
four on an empty folder at the same instant. `kill` ends a migration with SIGKILL at its nth
statement, and migrates again.
"""

import argparse
import json
import os
import signal
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from bench.forked import exit_code, forked
from collector import migrations
from collector.config import settings_from
from collector.db import Base, sqlite, tune_sqlite
from collector.installation import application
from collector.kept_secrets import FEWEST_CHARACTERS

STARTS = 4


def race(rounds: int, url: str | None = None) -> dict[str, int]:
    """Start four processes on an empty folder, again and again; count keys and failures."""
    found = Counter[str](rounds=rounds)
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            gate = time.monotonic() + 0.02
            started = [forked(partial(_start, home, url, gate)) for _ in range(STARTS)]
            codes = [exit_code(pid) for pid in started]
            keys = {path.read_text() for path in home.glob("seen.*")}
            found["starts"] += STARTS
            found["failed starts"] += sum(code != 0 for code in codes)
            found["rounds with one key"] += len(keys) == 1 and len(min(keys)) >= FEWEST_CHARACTERS
    return dict(found)


def _start(home: Path, url: str | None, gate: float) -> None:
    while time.monotonic() < gate:
        pass
    environ = {"MILKROUND_HOME": str(home)} | ({"DATABASE_URL": url} if url else {})
    settings = settings_from(environ)
    application(settings)
    (home / f"seen.{os.getpid()}").write_text(settings.secret_key)


def kill(points: int, url: str) -> dict[str, int]:
    """Kill a migration at evenly spread statements; count whole, empty and broken databases."""
    statements = _statements_of_a_migration(url)
    found = Counter[str](statements=statements, kills=points)
    for point in range(points):
        at = 1 + point * (statements - 1) // max(points - 1, 1)
        engine = _engine(url)
        _empty(engine, url)
        child = forked(partial(_migrate_until, url, at))
        code = exit_code(child)
        found["killed"] += code == -signal.SIGKILL
        tables = set(inspect(engine).get_table_names()) - {"alembic_version"}
        whole = tables == set(Base.metadata.tables) and migrations.is_current(engine)
        found["whole" if whole else "undone" if not tables else "broken"] += 1
        migrations.upgrade(engine)
        found["migrated afterwards"] += migrations.is_current(engine)
        engine.dispose()
    return dict(found)


def _migrate_until(url: str, last: int) -> None:
    """Migrate, and die at the nth statement."""
    engine, seen = _engine(url), Counter[str]()

    @event.listens_for(engine, "before_cursor_execute")
    def count(*_: object) -> None:
        seen["statements"] += 1
        if seen["statements"] == last:
            os.kill(os.getpid(), signal.SIGKILL)

    migrations.upgrade(engine)


def _statements_of_a_migration(url: str) -> int:
    engine, seen = _engine(url), Counter[str]()
    _empty(engine, url)

    @event.listens_for(engine, "before_cursor_execute")
    def count(*_: object) -> None:
        seen["statements"] += 1

    migrations.upgrade(engine)
    engine.dispose()
    return seen["statements"]


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool)
    engine = create_engine(url, module=sqlite, poolclass=NullPool)
    tune_sqlite(engine)
    return engine


def _empty(engine: Engine, url: str) -> None:
    if make_url(url).get_backend_name() != "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return
    for path in Path(make_url(url).database or "").parent.glob("milkround.sqlite3*"):
        path.unlink()


def main() -> None:
    """Run what the command line asks for, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("what", choices=("race", "kill"))
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--points", type=int, default=40)
    parser.add_argument("--url", help="an empty database; default SQLite in a new folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.what == "race":
            counts = race(asked.rounds, asked.url)
        else:
            counts = kill(asked.points, asked.url or f"sqlite:///{folder}/milkround.sqlite3")
    print(json.dumps(counts))


if __name__ == "__main__":
    main()

"""The recorded installation of 0.1: its database, and the things that people and phones hold."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, make_url

from collector.db import sqlite as sqlite_driver
from collector.db import tune_sqlite

FOLDER = Path(__file__).parent / "from_0_1"
BLOB = re.compile(r"X'([0-9a-f]*)'")

Rows = dict[str, list[dict[str, Any]]]
"""By table, each row by its columns, in the order of its keys."""


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


HELD: dict[str, Any] = json.loads(read("held.json"))
PHONES: dict[str, Any] = json.loads(read("phones.json"))
SENT: list[dict[str, Any]] = json.loads(read("sent.json"))
PRESENT = datetime.fromisoformat(HELD["present"])


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """Open an engine with the driver and the settings of the application."""
    is_sqlite = url.startswith("sqlite")
    engine = create_engine(url, **({"module": sqlite_driver} if is_sqlite else {}))
    if is_sqlite:
        tune_sqlite(engine)
    yield engine
    engine.dispose()


def load(url: str) -> None:
    """Put the recorded database into an empty one."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(url).database))) as connection:
            script = read("schema_sqlite.sql") + read("rows.sql")
            connection.executescript(f"BEGIN; {script} COMMIT;")
        return
    # PostgreSQL has another literal for bytes, and reads an instant without a zone as local time.
    rows = BLOB.sub(r"'\\x\1'", read("rows.sql"))
    script = f"{read('schema_postgresql.sql')} SET TIME ZONE 'UTC'; {rows} {_go_on_counting()}"
    with connected(url) as engine, engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute(script)


def rows_of(engine: Engine) -> Rows:
    """Return every row of every table but `alembic_version`."""
    metadata = MetaData()
    metadata.reflect(engine)
    tables = [table for table in metadata.sorted_tables if table.name != "alembic_version"]
    with engine.connect() as connection:
        return {
            table.name: [
                dict(row._mapping)  # noqa: SLF001 - a public name with an underscore
                for row in connection.execute(table.select().order_by(table.c.id))
            ]
            for table in tables
        }


def events_of(phone: str) -> list[dict[str, Any]]:
    """Return the events of a phone by their sequence."""
    rows = PHONES[phone]["database"]["stores"]["events"]["rows"]
    return sorted((event for _, event in rows), key=lambda event: int(event["sequence"]))


def photos_of(phone: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each photo on a phone."""
    for name, photo in PHONES[phone]["database"]["stores"]["photos"]["rows"]:
        yield name, base64.b64decode(photo["bytes"]["$bytes"])


def _go_on_counting() -> str:
    """Return statements that set each sequence to the last key of its table."""
    tables = re.findall(r'^INSERT INTO "(\w+)"', read("rows.sql"), re.MULTILINE)
    counted = "SELECT setval('{0}_id_seq', (SELECT max(id) FROM \"{0}\"));"
    return "".join(counted.format(table) for table in tables)

"""The database of the recording as text that SQLite and PostgreSQL both load."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Boolean, Table, create_engine, event, text
from sqlalchemy.pool import NullPool

from collector import migrations
from collector.db import Base
from collector.db import sqlite as sqlite_driver

WRITES_SCHEMA = ("CREATE", "ALTER", "DROP", "INSERT INTO", "UPDATE")


def schema(url: str) -> str:
    """Return the statements that the migrations sent to an empty database of this kind."""
    module = {"module": sqlite_driver} if url.startswith("sqlite") else {}
    engine = create_engine(url, poolclass=NullPool, **module)
    sent: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, given: object, *_rest: object) -> None:
        if statement.strip().upper().startswith(WRITES_SCHEMA):
            if given:
                raise RuntimeError(f"a statement of the migrations has parameters: {statement}")
            sent.append(_on_few_lines(statement))

    migrations.upgrade(engine)
    engine.dispose()
    return "".join(f"{statement};\n" for statement in sent)


def schema_of_postgresql(server: str, name: str = "milkround_recording") -> str:
    """Return the same of a database that is made on a server for this, and dropped."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        return schema(engine.url.set(database=name).render_as_string(hide_password=False))
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def rows(file: Path) -> str:
    """Return every row, one INSERT a table, in an order that no foreign key minds."""
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        tables = [_of_table(connection, table) for table in Base.metadata.sorted_tables]
    return "".join(f"{statement};\n" for statement in tables if statement)


def _of_table(connection: sqlite3.Connection, table: Table) -> str:
    booleans = {column.name for column in table.columns if isinstance(column.type, Boolean)}
    found = connection.execute(f'SELECT * FROM "{table.name}" ORDER BY id').fetchall()  # noqa: S608
    if not found:
        return ""
    names = found[0].keys()
    columns = ", ".join(f'"{name}"' for name in names)
    values = ",\n".join(
        "(" + ", ".join(_literal(row[name], is_boolean=name in booleans) for name in names) + ")"
        for row in found
    )
    return f'INSERT INTO "{table.name}" ({columns}) VALUES\n{values}'


def _literal(value: object, *, is_boolean: bool) -> str:
    if value is None:
        return "NULL"
    if is_boolean:
        return "TRUE" if value else "FALSE"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def _on_few_lines(statement: str) -> str:
    return " ".join(statement.split())

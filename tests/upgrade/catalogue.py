"""Schema of a database by its own catalogue, without the order of columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

MARK = "alembic_version"
CONSTRAINT = re.compile(r'CONSTRAINT "?(\w+)"?')

COLUMNS = """
    SELECT table_name, column_name, udt_name, character_maximum_length, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
OTHERS = """
    SELECT relkind::text, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('r', 'i')
    UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type', typname FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
"""


def catalogue(engine: Engine) -> set[tuple[Any, ...]]:
    """Return every column, constraint, index and trigger, each as a tuple of its properties."""
    of_kind: dict[str, Callable[[Connection], set[tuple[Any, ...]]]] = {
        "sqlite": _of_sqlite,
        "postgresql": _of_postgresql,
    }
    with engine.connect() as connection:
        return of_kind[engine.dialect.name](connection)


def _of_postgresql(connection: Connection) -> set[tuple[Any, ...]]:
    return {
        tuple(row)
        for question in (COLUMNS, CONSTRAINTS, INDEXES, OTHERS)
        for row in connection.execute(text(question))
    }


def _of_sqlite(connection: Connection) -> set[tuple[Any, ...]]:
    found: set[tuple[Any, ...]] = set()
    for kind, name, table, sql in connection.execute(
        text("SELECT type, name, tbl_name, sql FROM sqlite_master")
    ).all():
        if kind == "table":
            found |= {(name, *each) for each in _of_table(connection, name, sql)}
        elif sql is not None:
            found.add((table, kind, name, sql))
    return found


def _of_table(connection: Connection, name: str, sql: str) -> set[tuple[Any, ...]]:
    """Return the columns, the foreign keys, the unique columns, the names and the checks."""

    def told(pragma: str, of: str = name) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in connection.execute(text(f'PRAGMA {pragma}("{of}")'))]

    checks = inspect(connection).get_check_constraints(name)
    unique = [index for _, index, is_unique, *_rest in told("index_list") if is_unique]
    return {
        *(("column", *column[1:]) for column in told("table_info")),
        *(("foreign key", *key[2:]) for key in told("foreign_key_list")),
        *(("unique", *(column for *_n, column in told("index_info", of))) for of in unique),
        *(("constraint", constraint) for constraint in CONSTRAINT.findall(sql)),
        *(("check", check["name"], check["sqltext"]) for check in checks),
    }

"""Databases of the benchmarks on the local PostgreSQL server."""

from contextlib import suppress
from typing import Final

import psycopg

SERVER: Final = "postgres@127.0.0.1:5432"
MAINTENANCE: Final = f"postgresql://{SERVER}/postgres"


def database_url(name: str) -> str:
    """Return the address of a database of the local server."""
    return f"postgresql+psycopg://{SERVER}/{name}"


def has_database(name: str) -> bool:
    """Return whether the local server has a database of this name."""
    with psycopg.connect(MAINTENANCE) as to:
        found = to.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def new_database(name: str) -> str:
    """Create a database, in place of a former one of this name, and return its address."""
    with psycopg.connect(MAINTENANCE, autocommit=True) as to:
        with suppress(psycopg.errors.InvalidCatalogName):
            to.execute(f"DROP DATABASE {name} WITH (FORCE)")
        to.execute(f"CREATE DATABASE {name}")
    return database_url(name)

"""Migration of a database to this version's schema, and its check."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection, RootTransaction
from sqlalchemy.exc import OperationalError

from collector.asset_root import asset_root
from collector.db import WRITES
from collector.writer_queue import is_locked

SCHEMA_LOCK = 3_141_002
"""Number of PostgreSQL's advisory lock around a change of the schema; an arbitrary constant."""

LONGEST_WAIT_SECONDS = 600.0
"""Longest wait for another process that changes the schema of an SQLite database."""

WAITING = "Another process is changing the schema of the database: waiting for it."

log = logging.getLogger(__name__)


class UnknownSchemaError(Exception):
    """The database is at a revision without a way to this version; nothing was changed."""


class BrokenKeysError(Exception):
    """A change of the schema would leave rows that refer to no row; it was taken back."""


def upgrade(
    engine: Engine, revision: str = "head", *, tell: Callable[[str], object] = log.warning
) -> None:
    """Bring the schema up to a revision, in one transaction.

    A second process waits for the first, and tells so. A database at the last revision of the
    release before has the schema of the baseline already: only its mark changes, and its rows stay
    untouched.

    Raises
    ------
    UnknownSchemaError
        The revision is an older one of the release before, or of a newer version.
    """
    with _exclusive(engine, tell) as connection:
        config = _config(connection)
        _move_to_baseline(connection, config)
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema down to a revision; `base` removes everything."""
    with _exclusive(engine) as connection:
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema of this version."""
    with engine.connect() as connection:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return _revision_of(connection) == head


@contextmanager
def _exclusive(engine: Engine, tell: Callable[[str], object] = log.warning) -> Iterator[Connection]:
    """Open a transaction that excludes any other change of the schema.

    After an upgrade the web server and the worker start together, and both migrate.
    """
    with (
        engine.connect().execution_options(**{WRITES: True}) as connection,
        _keys_checked_at_the_end(connection),
        _begin_alone(connection, tell),
    ):
        yield connection
        if connection.dialect.name == "sqlite":
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise BrokenKeysError(broken)


def _begin_alone(connection: Connection, tell: Callable[[str], object]) -> RootTransaction:
    """Begin a transaction under the lock of the schema, after any other process's."""
    if connection.dialect.name == "sqlite":
        return _begin_immediate(connection, tell)
    begun = connection.begin()
    taken = text(f"SELECT pg_try_advisory_xact_lock({SCHEMA_LOCK})")
    if not connection.execute(taken).scalar_one():
        tell(WAITING)
        connection.execute(text(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})"))
    return begun


def _begin_immediate(connection: Connection, tell: Callable[[str], object]) -> RootTransaction:
    """Take the writer lock of SQLite, however long a migration by another process lasts."""
    told, limit = False, time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        try:
            return connection.begin()
        except OperationalError as error:
            if not is_locked(error) or time.monotonic() > limit:
                raise
            if not told:
                tell(WAITING)
            told = True


@contextmanager
def _keys_checked_at_the_end(connection: Connection) -> Iterator[None]:
    """Let SQLite remake a table that others refer to; a transaction cannot switch that itself."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.cursor()
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _move_to_baseline(connection: Connection, config: Config) -> None:
    present, scripts = _revision_of(connection), ScriptDirectory.from_config(config)
    if present is None or present in {each.revision for each in scripts.walk_revisions()}:
        return
    baseline = _baseline(scripts)
    if present == baseline.module.replaces:
        command.stamp(config, baseline.revision, purge=True)
    elif present in baseline.module.came_before:
        raise UnknownSchemaError(
            f"The database is at revision {present} of {baseline.module.of_release}: upgrade it"
            f" first with the last version of {baseline.module.of_release}, then with this one."
        )
    else:
        raise UnknownSchemaError(
            f"The database is at revision {present}, unknown to this version: install the version"
            " that made it, or a newer one."
        )


def _baseline(scripts: ScriptDirectory) -> Script:
    """Return the first revision of this release."""
    (first,) = scripts.get_bases()
    baseline = scripts.get_revision(first)
    if baseline is None:
        raise LookupError(first)
    return baseline


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(asset_root() / "migrations"))
    config.attributes["connection"] = connection
    return config

"""The database: base of all rows, `transaction` and `reading`, and SQLite's settings.

Flask-SQLAlchemy is used in this file only, so that leaving it would be one file's change.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from weakref import WeakKeyDictionary

import pysqlite3.dbapi2 as sqlite
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, Enum, ForeignKey, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from collector.errors import Conflict, NotFound
from collector.writer_queue import PATIENCE_SECONDS, Wait, WriterQueue

AFTER_COMMIT = "milkround_after_commit"
"""Key of a session's acts that wait for its commit."""
WRITES = "milkround_writes"
WAITS = "milkround_waits"
"""Execution options of a writer: that it writes, and its seconds of patience for SQLite's lock."""
SWITCH_PAUSE_SECONDS = 0.02
"""Pause between two attempts to switch a new SQLite database to WAL."""
MOST_COMPUTATIONS = 3
"""Computations of one write until `compute_then_write` gives up."""

Row = TypeVar("Row", bound="Base")
Computed = TypeVar("Computed")
Written = TypeVar("Written")

_queues: WeakKeyDictionary[Engine, WriterQueue] = WeakKeyDictionary()
_write_is_open: ContextVar[bool] = ContextVar("milkround_write_is_open", default=False)


class OutdatedReading(Exception):  # noqa: N818 - it is an answer, caught by the caller
    """Rows that a result was computed from have changed before the result was written."""


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive instant raises."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert an aware instant to UTC; refuse a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every row."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            length=40,
            values_callable=lambda members: [member.value for member in members],
        ),
        datetime: UtcInstant,
        dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
        list[str]: JSON().with_variant(JSONB(), "postgresql"),
        list[list[float]]: JSON().with_variant(JSONB(), "postgresql"),
        list[dict[str, Any]]: JSON().with_variant(JSONB(), "postgresql"),
    }

    id: Mapped[int] = mapped_column(primary_key=True)


class BankOwned:
    """Mixin of rows that belong to one bank; queries filter by it."""

    bank_id: Mapped[int] = mapped_column(ForeignKey("banks.id"), index=True)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


def connect(app: Flask, url: str) -> None:
    """Bind the application to its database."""
    sqlite_url = make_url(url).get_backend_name() == "sqlite"
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # An error of the database goes to the log without any data: `hide_parameters`.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = (
        {"module": sqlite, "connect_args": {"timeout": PATIENCE_SECONDS}, "hide_parameters": True}
        if sqlite_url
        else {"pool_pre_ping": True, "hide_parameters": True}
    )
    db.init_app(app)
    if sqlite_url:
        with app.app_context():
            tune_sqlite(db.engine)


def tune_sqlite(engine: Engine) -> None:
    """Make SQLite durable and let a writer take its lock before it reads.

    In its default mode a transaction that reads and then writes loses to another one without an
    error being seen by either reader; `BEGIN IMMEDIATE` makes the second wait instead.
    """

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:  # noqa: ANN401
        connection.isolation_level = None
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            _switch_to_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if WAITS in options:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={round(options[WAITS] * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")

    _queues[engine] = WriterQueue()


def _switch_to_wal(connection: Any) -> None:  # noqa: ANN401 - the driver's own
    """Switch a new database to WAL; SQLite does not wait for another process that does so too."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite.OperationalError:
            if time.monotonic() > limit:
                raise
            time.sleep(SWITCH_PAUSE_SECONDS)
        else:
            return


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit all changes of the block, or none.

    Entered by the surfaces, the command line and the supervisor only, and never nested.

    Raises
    ------
    Conflict
        Another transaction changed a row that this one had read.
    OperationalError
        The database is away or full, or SQLite's lock stayed with another writer for too long
        (`collector.writer_queue`).
    """
    session = db.session()
    if session.in_transaction():
        raise RuntimeError("a transaction is already open")
    open_before = _write_is_open.set(True)
    queue = _queues.get(db.engine)
    owed: list[Callable[[], None]] = []
    try:
        with queue.turn() if queue else nullcontext() as wait:
            _begin_write(session, wait)
            yield session
            session.commit()
    except StaleDataError as stale:
        session.rollback()
        raise Conflict("changed_meanwhile") from stale
    except BaseException:
        session.rollback()
        raise
    finally:
        _write_is_open.reset(open_before)
        owed = session.info.pop(AFTER_COMMIT, owed)
        session.close()
    for act in owed:
        act()


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Act once the open `transaction` is committed, and never if it is taken back."""
    session.info.setdefault(AFTER_COMMIT, []).append(act)


def _begin_write(session: Session, wait: Wait | None) -> None:
    """Begin a transaction that writes, at the end of its wait for the lock."""
    if wait is None:
        session.connection(execution_options={WRITES: True})
        return
    session.connection(execution_options={WRITES: True, WAITS: wait.seconds_left})
    wait.end()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a read-only session; changes of the block are discarded.

    It is closed, not rolled back: rows that were read stay readable afterwards.
    """
    session = db.session()
    try:
        yield session
    finally:
        session.close()


def compute_then_write(
    compute: Callable[[Session], Computed], write: Callable[[Session, Computed], Written]
) -> Written:
    """Compute a result from a reading, then write it in a transaction of its own.

    SQLite has one writer lock: a search within a transaction holds up every other writer. Entered
    by the surfaces only, like `transaction`.

    Parameters
    ----------
    compute
        Return the result, with no row in it: rows of a reading cannot be written.
    write
        Compare the rows with the result, and write it; raise `OutdatedReading` if they differ. The
        result is then computed again, at most `MOST_COMPUTATIONS` times.

    Raises
    ------
    Conflict
        The rows changed during every computation: `changed_meanwhile`.
    """
    for _ in range(MOST_COMPUTATIONS):
        with reading() as session:
            computed = compute(session)
        try:
            with transaction() as session:
                return write(session, computed)
        except OutdatedReading:
            continue
    raise Conflict("changed_meanwhile")


def refuse_within_transaction(work: str) -> None:
    """Refuse to begin a long computation while this thread has a write transaction open.

    Raises
    ------
    RuntimeError
        A `transaction` is open: a mistake in the program.
    """
    if _write_is_open.get():
        raise RuntimeError(f"{work} within a write transaction: compute it from a reading")


def owned(session: Session, row: type[Row], bank_id: int, key: int) -> Row:
    """Return a bank's row by its key.

    Raises
    ------
    NotFound
        There is none, or it is another bank's; the error does not differ.
    """
    found = session.get(row, key)
    if found is None or getattr(found, "bank_id", None) != bank_id:
        raise NotFound("not_found", kind=row.__tablename__)
    return found


NOT_READY = ("42P01", "42703", "25006")
"""Answers of PostgreSQL that a schema lacks a table or a column, or that it takes no change."""
NOT_THERE = ("08", "53", "57P", "58")
"""Beginnings of its answers that it is away, stopping, full, or that its disk fails."""


def is_away(error: DBAPIError) -> bool:
    """Return whether a database is away, full, stopping or without its schema.

    SQLite reports all of it as `OperationalError`. PostgreSQL reports a missing table as a mistake
    of the statement, and a standby as an internal error.
    """
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlstate", None) or ""
    return code in NOT_READY or code.startswith(NOT_THERE)


def is_duplicate(error: IntegrityError) -> bool:
    """Return whether the database refused a row because its key exists already."""
    text = str(error.orig).lower()
    return "unique" in text

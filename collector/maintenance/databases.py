"""Copies of a database: dump, restore into a scratch place, and exchange of the present one."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from collector.maintenance.errors import BackupError

SIDES = ("-wal", "-shm")


def is_sqlite(url: str) -> bool:
    """Return whether a database is an SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def unpooled(url: str) -> Engine:
    """Return an engine whose connections are closed after use."""
    driver = {"module": sqlite} if is_sqlite(url) else {}
    return create_engine(url, poolclass=NullPool, **driver)


def dump(url: str, target: Path) -> None:
    """Copy a database in use to a file: SQLite's online backup, or `pg_dump` in custom format."""
    if not is_sqlite(url):
        _run(url, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")
        return
    path = _path(url)
    if not path.exists():
        raise BackupError(f"There is no database {path}.")
    with closing(sqlite.connect(str(path))) as source, closing(sqlite.connect(str(target))) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def scratch_database(url: str, dumped: Path) -> Iterator[str]:
    """Restore a dump into a scratch database, and give its address; it goes afterwards."""
    if is_sqlite(url):
        copy = dumped.with_name("scratch.sqlite3")
        shutil.copyfile(dumped, copy)
        try:
            yield f"sqlite:///{copy}"
        finally:
            copy.unlink()
        return
    name = f"milkround_scratch_{secrets.token_hex(6)}"
    _create(url, name)
    try:
        scratch = make_url(url).set(database=name).render_as_string(hide_password=False)
        _fill(scratch, dumped)
        yield scratch
    finally:
        _administer(url, [f'DROP DATABASE "{name}" WITH (FORCE)'])


def is_empty(url: str) -> bool:
    """Return whether a database is absent or has no table."""
    if is_sqlite(url) and not _path(url).exists():
        return True
    engine = unpooled(url)
    query = (
        "SELECT count(*) FROM sqlite_master"
        if is_sqlite(url)
        else "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    )
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one()) == 0


def exchange(url: str, dumped: Path, *, now: datetime) -> str | None:
    """Put a dump in the place of a database; return the name under which the present one is kept.

    Raises
    ------
    BackupError
        Another process uses the database.
    """
    kept = None if is_empty(url) else f"before_{now:%Y%m%dT%H%M%SZ}"
    if is_sqlite(url):
        return _exchange_file(_path(url), dumped, kept)
    return _exchange_database(url, dumped, kept)


def _exchange_file(path: Path, dumped: Path, kept: str | None) -> str | None:
    aside = path.with_name(f"{path.name}.{kept}") if kept else None
    if aside is not None:
        _close_file(path)
        path.rename(aside)
    for side in SIDES:
        path.with_name(path.name + side).unlink(missing_ok=True)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.restored")
    shutil.copyfile(dumped, unfinished)
    unfinished.chmod(0o600)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)
    return str(aside) if aside else None


def _close_file(path: Path) -> None:
    """Write the log of SQLite into its file; that fails while another process has it open."""
    with closing(sqlite.connect(str(path), timeout=1)) as present:
        try:
            present.execute("PRAGMA journal_mode=DELETE")
        except sqlite.OperationalError as used:
            raise BackupError(
                f"{path} is in use: stop `milkround serve` and `milkround work` first."
            ) from used


def _exchange_database(url: str, dumped: Path, kept: str | None) -> str | None:
    name = make_url(url).database or ""
    if kept is None:
        _fill(url, dumped)
        return None
    aside = f"{name}_{kept}"
    _administer(url, [f'ALTER DATABASE "{name}" RENAME TO "{aside}"'])
    try:
        _create(url, name)
        _fill(url, dumped)
    except BackupError:
        _administer(
            url,
            [
                f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
                f'ALTER DATABASE "{aside}" RENAME TO "{name}"',
            ],
        )
        raise
    return aside


def _create(url: str, name: str) -> None:
    _administer(url, [f'CREATE DATABASE "{name}" TEMPLATE template0'])


def _fill(url: str, dumped: Path) -> None:
    _run(url, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(dumped))


def _administer(url: str, statements: Sequence[str]) -> None:
    """Run statements on the server, outside the database that they name."""
    server = make_url(url).set(database="postgres")
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    except DBAPIError as refused:
        raise BackupError(
            f"PostgreSQL refused: {str(refused.orig).strip()}. Stop `milkround serve` and"
            " `milkround work`, and let the role create databases (ALTER ROLE ... CREATEDB)."
        ) from refused


def _run(url: str, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's; the password travels in its environment."""
    address: URL = make_url(url)
    plain = address.set(drivername="postgresql", password=None)
    words = [program, f"--dbname={plain.render_as_string()}", *arguments]
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    try:
        subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
            words, env=os.environ | secret, check=True, capture_output=True, text=True
        )
    except FileNotFoundError as absent:
        raise BackupError(f"{program} is not installed: apt install postgresql-client.") from absent
    except subprocess.CalledProcessError as failed:
        raise BackupError(f"{program} failed: {failed.stderr.strip()}") from failed


def _path(url: str) -> Path:
    return Path(make_url(url).database or "")

"""The situations every test may ask for: a database of each kind, a clock, a town."""

from __future__ import annotations

import filecmp
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from werkzeug.routing import Rule

from collector import migrations
from collector.app import create_app
from collector.config import Settings
from collector.db import Base, db
from collector.db import sqlite as sqlite_driver
from collector.upkeep_settings import Upkeep
from tests.reused_application import ReusedApplication
from tests.town import MORNING, Town, build_town

ROOT = Path(__file__).parent.parent
IN_CI = os.environ.get("CI") == "true"
POSTGRESQL = os.environ.get(
    "MILKROUND_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


class SetClock:
    """A clock that shows what a test sets it to."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def advance(self, **duration: float) -> None:
        self.instant += timedelta(**duration)


UNCOUNTED = ("hypothesis", "postgresql", "browser")
"""Marks of tests whose lines are not counted: counting makes them twice as long."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs every test of the database on PostgreSQL too."""
    parser.addoption(
        "--twins", action="store_true", help="run every test of the database on PostgreSQL too"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the tests that run on PostgreSQL, and the tests that count as covering.

    A test runs on PostgreSQL if its module says that the database matters (`twin`): locks, races,
    constraints, JSON, collation, migrations. Its lines are not counted there, because its twin on
    SQLite drives the same ones, nor are the lines of a sweep, which drives them a thousand times.
    """
    if not config.getoption("--twins"):
        config.hook.pytest_deselected(items=[item for item in items if _is_spare(item)])
        items[:] = [item for item in items if not _is_spare(item)]
    for item in items:
        if any(map(item.get_closest_marker, UNCOUNTED)):
            item.add_marker("no_cover")


def _is_spare(item: pytest.Item) -> bool:
    """Return whether a test on PostgreSQL says no more than its twin on SQLite."""
    callspec = getattr(item, "callspec", None)
    on_postgresql = callspec is not None and callspec.params.get("database_url") == "postgresql"
    return on_postgresql and item.get_closest_marker("twin") is None


@pytest.fixture(scope="session")
def migrated_sqlite() -> Path:
    """An empty SQLite database at the latest schema, to be copied; kept from run to run."""
    digest = hashlib.sha256()
    for source in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(source.read_bytes())
    kept = ROOT / ".pytest_cache" / f"empty-{digest.hexdigest()[:16]}.sqlite3"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        mine = kept.with_suffix(f".{os.getpid()}")
        engine = create_engine(f"sqlite:///{mine}", module=sqlite_driver)
        migrations.upgrade(engine)
        engine.dispose()
        mine.replace(kept)
    return kept


@pytest.fixture(scope="session")
def first_port() -> int:
    """Where this process looks for free ports.

    Another one looks elsewhere, even in another checkout: a port that both found free would let
    the one test the other one's server. All are below those that outgoing connections are given.
    """
    return 11_000 + os.getpid() % 800 * 25


@pytest.fixture(scope="session")
def postgresql() -> Engine:
    """The PostgreSQL server; skips, saying so, where there is none (in CI that is an error)."""
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        server.connect().close()
    except OperationalError:
        if IN_CI:
            raise
        pytest.skip(f"no PostgreSQL server answers at {POSTGRESQL}")
    return server


@contextmanager
def new_database(server: Engine, name: str) -> Iterator[str]:
    """Create a database on the server and give its address; drop it afterwards."""
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        # Nobody will miss it after a power cut, so no commit waits for the disk.
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def empty_postgresql(postgresql: Engine, worker_id: str) -> Iterator[str]:
    """The address of a database that has nothing in it."""
    with new_database(postgresql, f"milkround_empty_{worker_id}_{os.getpid()}") as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: Engine, worker_id: str) -> Iterator[str]:
    """The address of a database of this test worker's own, at the latest schema."""
    with new_database(postgresql, f"milkround_test_{worker_id}_{os.getpid()}") as url:
        engine = create_engine(url)
        migrations.upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database at the latest schema: each test that uses it runs once on each kind."""
    if request.param == "sqlite":
        copy = tmp_path / "milkround.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), copy)
        return f"sqlite:///{copy}"
    url = str(request.getfixturevalue("migrated_postgresql"))
    engine = create_engine(url)
    with engine.begin() as connection:
        _empty(connection)
    engine.dispose()
    return url


def _empty(connection: Connection) -> None:
    """Empty every table and begin its numbers anew.

    TRUNCATE makes new files for some fifty tables and takes half a second; this takes ten
    milliseconds.
    """
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(table.delete())
    connection.execute(
        text(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )
    )


@pytest.fixture(scope="session", autouse=True)
def addresses_compiled_once() -> Iterator[None]:
    """Applications beside the reused one have the same six hundred addresses to compile."""
    compiled: dict[tuple[str, ...], Any] = {}
    compile_anew = Rule._compile_builder  # noqa: SLF001

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002
        named = rule.rule, str(rule.subdomain), repr(rule.defaults), repr(append_unknown)
        if named not in compiled:
            compiled[named] = compile_anew(rule, append_unknown)
        return compiled[named]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Each test has an engine of its own, with the same statements to compile."""
    first: dict[str, Engine] = {}
    make_anew = SQLAlchemy._make_engine  # noqa: SLF001

    def make_engine(extension: SQLAlchemy, *options: Any) -> Engine:  # noqa: ANN401
        engine = make_anew(extension, *options)
        known = first.get(engine.dialect.name)
        if known is None or known.dialect.server_version_info is None:
            # A dialect learns the version of its server at the first connection of its engine.
            first[engine.dialect.name] = engine
            return engine
        # A compiled statement is filed under its dialect, so engines share both.
        engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache  # noqa: SLF001
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLAlchemy, "_make_engine", make_engine)
        yield


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at the town's morning."""
    return SetClock(MORNING)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of an installation under test."""
    return settings_of(database_url, tmp_path)


def settings_of(database_url: str, home: Path) -> Settings:
    """Return the settings of an installation under test."""
    return Settings(
        home=home,
        database_url=database_url,
        secret_key="a secret of the tests, long enough",  # noqa: S106 - it guards nothing
        upkeep=Upkeep(audit_key="an audit key of the tests, long enough"),
        testing=True,
    )


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Where applications keep the templates that were compiled once."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def reused_application(
    compiled_templates: FileSystemBytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> ReusedApplication:
    """The application that the tests of this process have in turn."""
    home = tmp_path_factory.mktemp("application")
    settings = settings_of(f"sqlite:///{home / 'none.sqlite3'}", home)
    return ReusedApplication(settings, compiled_templates)


@pytest.fixture
def app(
    settings: Settings,
    clock: SetClock,
    compiled_templates: FileSystemBytecodeCache,
    request: pytest.FixtureRequest,
) -> Iterator[Flask]:
    """The application on an empty database; a test with addresses of its own gets its own."""
    reused: ReusedApplication = request.getfixturevalue("reused_application")
    if reused.fits(settings) and not request.node.get_closest_marker("own_application"):
        app = reused.renew(settings, clock)
    else:
        app = create_app(settings, clock=clock)
        app.config["WTF_CSRF_ENABLED"] = False
        app.jinja_env.bytecode_cache = compiled_templates
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def built_town(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Town]:
    """A SQLite database with the town, to be copied."""
    home = tmp_path_factory.mktemp("town")
    path = home / "town.sqlite3"
    shutil.copy(migrated_sqlite, path)
    app = create_app(settings_of(f"sqlite:///{path}", home), clock=SetClock(MORNING))
    with app.app_context():
        town = build_town()
        db.engine.dispose()
    return path, town


@pytest.fixture
def town(app: Flask, request: pytest.FixtureRequest) -> Town:
    """The hand-checkable town, its bank and its cast, in the application's database."""
    with app.app_context():
        if not _is_empty_sqlite(db.engine, request):
            return build_town()
        db.engine.dispose()
        path, town = request.getfixturevalue("built_town")
        shutil.copy(path, str(db.engine.url.database))
        return cast("Town", town)


def _is_empty_sqlite(engine: Engine, request: pytest.FixtureRequest) -> bool:
    """Return whether a database is still the copy of the empty one."""
    if engine.dialect.name != "sqlite":
        return False
    return filecmp.cmp(
        str(engine.url.database), request.getfixturevalue("migrated_sqlite"), shallow=False
    )

"""PostgreSQL that is away, full or without its schema: said so, nothing half-written, healed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, TextClause, create_engine, func, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

from collector import migrations
from collector.app import create_app
from collector.db import db, reading
from collector.people.models import SignInAttempt
from tests.conftest import SetClock, settings_of
from tests.town import Town, build_town, sign_in

pytestmark = pytest.mark.postgresql
ADDRESS = {"email": "claire@town.example"}
PAGES = ("/board/morning", "/board/", "/account/sessions")


@pytest.fixture
def own(empty_postgresql: str, tmp_path: Path, clock: SetClock) -> Iterator[Flask]:
    """The application on a database that the test may take away."""
    engine = create_engine(empty_postgresql, poolclass=NullPool)
    migrations.upgrade(engine)
    engine.dispose()
    app = create_app(settings_of(empty_postgresql, tmp_path), clock=clock)
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def folk(own: Flask) -> Town:
    with own.app_context():
        town = build_town()
        db.session.remove()
    return town


def name_of(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.url.database)


@contextmanager
def away(server: Engine, name: str) -> Iterator[None]:
    """Close the connections of a database, and keep it under another name during the block."""
    ends = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with server.connect() as connection:
        connection.execute(ends, {"name": name})
        connection.execute(text(f"ALTER DATABASE {name} RENAME TO {name}_away"))
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {name}_away RENAME TO {name}"))


def is_said(answer: TestResponse, words: str = "The database does not answer") -> bool:
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5"), answer.text
    return words in answer.text


def attempts(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(SignInAttempt)) or 0


def test_every_page_says_that_the_database_is_away_and_heals(
    own: Flask, folk: Town, postgresql: Engine
) -> None:
    claire = sign_in(own, bank=folk.bank, person=folk.claire)
    ana = sign_in(own, bank=folk.bank, person=folk.ana)
    with away(postgresql, name_of(own)):
        for page in PAGES:
            assert is_said(claire.get(page))
        assert is_said(own.test_client().post("/sign-in", data=ADDRESS))
        french = {"Accept-Language": "fr"}
        answer = own.test_client().post("/sign-in", data=ADDRESS, headers=french)
        assert is_said(answer, "La base de donn\N{LATIN SMALL LETTER E WITH ACUTE}es")
        told = ana.get("/phone/session", headers={"Accept": "application/json"})
        assert (told.status_code, told.get_json()["error"]) == (503, "http_503")
    assert claire.get("/board/morning").status_code == 200
    with own.test_client().post("/sign-in", data=ADDRESS) as answer:
        assert answer.status_code == 200
    assert attempts(own) == 3


def test_a_missing_table_or_column_is_no_fault_of_the_page(own: Flask, folk: Town) -> None:
    claire = sign_in(own, bank=folk.bank, person=folk.claire)
    for missing in ("RENAME TO gone", "RENAME COLUMN surface TO gone"):
        with own.app_context(), db.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE web_sessions {missing}"))
        assert is_said(claire.get("/board/morning"))
        back = (
            "gone RENAME TO web_sessions"
            if missing.startswith("RENAME TO")
            else "web_sessions RENAME COLUMN gone TO surface"
        )
        with own.app_context(), db.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {back}"))
    assert claire.get("/board/morning").status_code == 200


def test_a_database_that_takes_no_change_says_so(own: Flask, folk: Town) -> None:
    assert folk
    with own.app_context():
        name = name_of(own)
        with db.engine.begin() as connection:
            connection.execute(
                text(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            )
        db.engine.dispose()
    assert is_said(own.test_client().post("/sign-in", data=ADDRESS))
    assert own.test_client().get("/sign-in").status_code == 200


@pytest.fixture
def small_disk(postgresql: Engine, own: Flask) -> Iterator[None]:
    """Move the database to a disk of 96 MB."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts a small disk")
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="milkround-disk-"))
    folder.chmod(0o755)
    disk, name = folder / "disk", name_of(own)
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(disk)],  # noqa: S607
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        shutil.rmtree(folder)
        pytest.skip("this machine mounts no small disk")
    space = f"small_{os.getpid()}"
    ends = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    try:
        shutil.chown(disk, "postgres", "postgres")
        disk.chmod(0o700)
        with postgresql.connect() as connection:
            connection.execute(text(f"CREATE TABLESPACE {space} LOCATION '{disk}'"))
            connection.execute(ends, {"name": name})
            connection.execute(text(f"ALTER DATABASE {name} SET TABLESPACE {space}"))
            yield
            connection.execute(ends, {"name": name})
            connection.execute(text(f"ALTER DATABASE {name} SET TABLESPACE pg_default"))
            connection.execute(text(f"DROP TABLESPACE {space}"))
    finally:
        subprocess.run(["umount", str(disk)], check=False)  # noqa: S607
        shutil.rmtree(folder)


def run_for_ever(connection: Connection, statement: TextClause, rows: int) -> None:
    while True:
        connection.execute(statement, {"rows": rows})


def fill(url: str) -> None:
    """Fill the disk to its last page."""
    engine = create_engine(make_url(url), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("CREATE UNLOGGED TABLE filler (words text)"))
        some = text(
            "INSERT INTO filler SELECT repeat(md5(random()::text), 60)"
            " FROM generate_series(1, :rows)"
        )
        for rows in (2_000, 200, 20, 1, 1):
            with pytest.raises(OperationalError) as full:
                run_for_ever(connection, some, rows)
            assert full.value.orig.sqlstate == "53100"
    engine.dispose()


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_said_and_stores_nothing_by_half(own: Flask, folk: Town) -> None:
    claire = sign_in(own, bank=folk.bank, person=folk.claire)
    with own.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    fill(url)
    for _ in range(2):
        assert is_said(own.test_client().post("/sign-in", data=ADDRESS))
    assert attempts(own) == 0
    assert claire.get("/board/morning").status_code == 200
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("DROP TABLE filler"))
    engine.dispose()
    with own.test_client().post("/sign-in", data=ADDRESS) as answer:
        assert answer.status_code == 200
    assert attempts(own) == 3

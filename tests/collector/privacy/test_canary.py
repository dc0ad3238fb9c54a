"""Erasure, looked for everywhere: each column that can hold a donor's data gets a word of its own.

Every column of text, JSON or bytes of the whole schema is named here: as one in which a word is
planted, or as one that holds none of a donor's data, with the reason. A new column fails until it
is named.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import JSON, Enum, LargeBinary, String, create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from collector.banks.models import Bank
from collector.db import Base, db, transaction
from collector.donors.models import CallBack, Donor
from collector.maintenance import compaction
from collector.maintenance.compaction import compaction_is_due, rewrite_pages
from collector.maintenance_timer import COMPACT, due_commands
from collector.models import EVERY_MODULE
from collector.planning.models import (
    Disruption,
)
from collector.privacy.actions import erase
from collector.privacy.retention import empty_old_problems, has_old_problems
from tests.builders import DAY, MORNING
from tests.collector.privacy.planted_words import plant, word
from tests.collector.privacy.text_columns import HARMLESS, PLANTED
from tests.town import Town

pytestmark = pytest.mark.twin


def test_every_column_that_can_hold_a_word_is_named() -> None:
    assert EVERY_MODULE
    kinds = (String, JSON, LargeBinary)
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, kinds) and not isinstance(column.type, Enum)
    }
    assert columns - PLANTED - set(HARMLESS) == set(), "plant a word in it, or say why not"
    assert (PLANTED | set(HARMLESS)) - columns == set(), "there is no such column any more"
    assert PLANTED & set(HARMLESS) == set()


@pytest.fixture
def planted(app: Flask, town: Town) -> Iterator[Callable[[], str]]:
    """A donor with a word in each column; gives the whole content of the database as text."""
    with app.app_context():
        with transaction() as session:
            plant(session, town)
        yield lambda: content(session_of_all())


def session_of_all() -> Session:
    return Session(db.engine)


def content(session: Session) -> str:
    with session:
        return " ".join(
            str(bytes(cell) if isinstance(cell, memoryview) else cell)
            for table in Base.metadata.sorted_tables
            for row in session.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608
            for cell in row
        )


def erase_dora(town: Town) -> None:
    with transaction() as session:
        erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="person:1")


def test_every_planted_word_is_there_before_and_none_afterwards(
    planted: Callable[[], str], town: Town
) -> None:
    before = planted()
    assert {each for each in PLANTED if word(each) not in before} == set()
    erase_dora(town)
    after = planted()
    assert {each for each in PLANTED if word(each) in after} == set()
    assert "Kanary" not in after


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the writers of other tests, whose databases are on the same server."""
    monkeypatch.setattr(compaction, "WAIT_SECONDS", 120)


def raw_files(path: Path) -> bytes:
    """Return the bytes of an SQLite database, its log included."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


def raw_tables() -> bytes:
    """Return the files of a PostgreSQL database if they can be read, or else its dump.

    Its log of changes (WAL) is not among them: it is recycled, and archived as the bank decides.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        place = connection.execute(
            text(
                "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database"
                " WHERE datname = current_database()"
            )
        ).scalar_one()
    db.engine.dispose()
    if os.access(place, os.R_OK):
        return b"".join(file.read_bytes() for file in Path(place).iterdir() if file.is_file())
    address = make_url(db.engine.url).set(drivername="postgresql")
    return subprocess.run(
        ["pg_dump", f"--dbname={address.render_as_string(hide_password=False)}"],  # noqa: S607
        capture_output=True,
        check=True,
    ).stdout


def test_no_page_of_the_database_keeps_a_word(planted: Callable[[], str], town: Town) -> None:
    assert "Kanary" in planted()
    path = Path(str(db.engine.url.database))
    on_file = db.engine.dialect.name == "sqlite"
    assert b"Kanary" in (raw_files(path) if on_file else raw_tables())
    if not on_file:
        # The server does so by itself, a minute after enough changes.
        with db.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    erase_dora(town)
    with transaction() as session:
        assert not compaction_is_due(session, now=MORNING + timedelta(minutes=1))
        assert compaction_is_due(session, now=MORNING + timedelta(minutes=6))
        shared = {"started_at": MORNING}
        assert COMPACT not in due_commands(session, None, now=MORNING.replace(hour=9), **shared)
        at_night = MORNING.replace(hour=2) + timedelta(days=1)
        assert COMPACT in due_commands(session, None, now=at_night, **shared)
    db.session.remove()
    db.engine.dispose()
    assert rewrite_pages(db.engine)
    db.engine.dispose()
    assert b"Kanary" not in (raw_files(path) if on_file else raw_tables())


def test_a_reader_from_before_the_rewriting_leaves_it_for_the_next_run(
    planted: Callable[[], str], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Kanary" in planted()
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite waits for its readers itself")
    reader = db.engine.execution_options(isolation_level="REPEATABLE READ").connect()
    with reader:
        reader.execute(select(Donor.id))
        erase_dora(town)
        with monkeypatch.context() as hasty:
            hasty.setattr(compaction, "WAIT_SECONDS", 0)
            assert not rewrite_pages(db.engine)
    assert rewrite_pages(db.engine)


def test_a_writer_of_another_database_leaves_the_rewriting_for_the_next_run(
    planted: Callable[[], str], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Kanary" in planted()
    if db.engine.dialect.name == "sqlite":
        pytest.skip("an SQLite file has no neighbour")
    elsewhere = create_engine(db.engine.url.set(database="postgres"))
    with elsewhere.connect() as writer:
        writer.execute(text("SELECT pg_current_xact_id()"))
        erase_dora(town)
        with monkeypatch.context() as hasty:
            hasty.setattr(compaction, "WAIT_SECONDS", 0)
            assert not rewrite_pages(db.engine)
    elsewhere.dispose()
    assert rewrite_pages(db.engine)


def test_problems_of_days_that_are_over_are_emptied_for_everybody(
    planted: Callable[[], str], town: Town
) -> None:
    words = [word(f"{table}.problem") for table in ("planning_runs", "horizons", "disruptions")]
    words.append(word("proposals.problem"))
    said = {"bank_id": town.bank}
    with transaction() as session:
        assert not has_old_problems(session, now=MORNING, **said)
    assert all(each in planted() for each in words)
    later = MORNING + timedelta(days=2)
    with transaction() as session:
        zone = session.get_one(Bank, town.bank).zone
        assert later.astimezone(zone).date() > DAY
        assert has_old_problems(session, now=later, **said)
        assert not has_old_problems(session, now=later, bank_id=town.other_bank)
        empty_old_problems(session, now=later, **said)
    assert not any(each in planted() for each in words)
    with transaction() as session:
        assert not has_old_problems(session, now=later, **said)
        assert session.scalars(select(Disruption)).one().ended_at == later


def test_another_donor_keeps_her_data(planted: Callable[[], str], town: Town) -> None:
    with transaction() as session:
        others = session.scalars(select(Donor.family_name).where(Donor.id != town.dora)).all()
        callbacks = len(session.scalars(select(CallBack)).all())
    erase_dora(town)
    left = planted()
    assert [name for name in others if name not in left] == []
    assert callbacks >= 0

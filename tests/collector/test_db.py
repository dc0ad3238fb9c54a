"""The two ways into the database: all or nothing, nothing lost between two, one bank at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from collector.db import (
    MOST_COMPUTATIONS,
    OutdatedReading,
    compute_then_write,
    db,
    owned,
    reading,
    refuse_within_transaction,
    transaction,
)
from collector.donors.models import Donor
from collector.errors import Conflict, NotFound
from collector.people.models import Person, SignInLink
from collector.pickups.models import Pickup
from tests.builders import MORNING
from tests.town import Town

pytestmark = pytest.mark.twin


def test_what_raises_leaves_nothing_behind(app: Flask, town: Town) -> None:
    def break_off() -> None:
        with transaction() as session:
            session.get_one(Person, town.claire).name = "Somebody else"
            session.flush()
            raise ZeroDivisionError

    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            break_off()
        with reading() as session:
            assert session.get_one(Person, town.claire).name == "Claire"


def test_a_transaction_inside_a_transaction_is_a_mistake(app: Flask) -> None:
    with app.app_context(), transaction(), pytest.raises(RuntimeError), transaction():
        pytest.fail("it was opened")


def test_another_writer_writes_during_a_computation(app: Flask, town: Town) -> None:
    """SQLite has one writer lock: were it held, the other writer would wait for this one."""

    def rename() -> None:
        with app.app_context(), transaction() as session:
            session.get_one(Person, town.claire).name = "Clara"

    def compute(session: Session) -> str:
        before = session.get_one(Person, town.claire).name
        with ThreadPoolExecutor(1) as other:
            other.submit(rename).result(timeout=20)
        return before

    with app.app_context():
        before, after = compute_then_write(
            compute,
            lambda session, before: (before, session.get_one(Person, town.claire).name),
        )
    assert (before, after) == ("Claire", "Clara")


def test_an_outdated_result_is_computed_again_and_not_for_ever(app: Flask) -> None:
    computed: list[int] = []

    def compute(_: Session) -> int:
        computed.append(len(computed))
        return computed[-1]

    def write(_: Session, number: int) -> int:
        if number == 0:
            raise OutdatedReading
        return number

    def never(_: Session, _number: int) -> None:
        raise OutdatedReading

    with app.app_context():
        assert compute_then_write(compute, write) == 1
        with pytest.raises(Conflict, match="changed_meanwhile"):
            compute_then_write(compute, never)
    assert len(computed) == 2 + MOST_COMPUTATIONS


def test_long_work_within_a_write_is_a_mistake(app: Flask) -> None:
    with app.app_context():
        with transaction(), pytest.raises(RuntimeError, match="a search"):
            refuse_within_transaction("a search")
        with reading():
            refuse_within_transaction("a search")


def test_reading_keeps_nothing(app: Flask, town: Town) -> None:
    with app.app_context():
        with reading() as session:
            session.get_one(Person, town.claire).name = "Somebody else"
            session.flush()
        with reading() as session:
            assert session.get_one(Person, town.claire).name == "Claire"


def test_eight_writers_who_read_first_lose_no_update(app: Flask, town: Town) -> None:
    def raise_it(_: int) -> None:
        with app.app_context():
            for _round in range(10):
                while not raised_once(town):
                    db.session.remove()
            db.session.remove()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(raise_it, range(8)))
    with app.app_context(), reading() as session:
        assert session.get_one(Pickup, town.pickups[0]).bottles == 8 + 80


def raised_once(town: Town) -> bool:
    """Add a bottle, or say that somebody was first."""
    try:
        with transaction() as session:
            session.get_one(Pickup, town.pickups[0]).bottles += 1
    except Conflict:
        return False
    return True


def test_another_banks_row_is_not_found(app: Flask, town: Town) -> None:
    with app.app_context(), reading() as session:
        assert owned(session, Donor, town.bank, town.dora).id == town.dora
        with pytest.raises(NotFound):
            owned(session, Donor, town.other_bank, town.dora)
        with pytest.raises(NotFound):
            owned(session, Donor, town.bank, 999_999)


def test_an_instant_without_a_zone_is_refused(app: Flask, town: Town) -> None:
    with app.app_context(), pytest.raises(StatementError, match="no time zone"), transaction() as s:
        s.get_one(Donor, town.dora).registered_at = datetime(2026, 11, 22)  # noqa: DTZ001 - refused


def test_an_instant_comes_back_as_it_went_in(app: Flask, town: Town) -> None:
    with app.app_context(), reading() as session:
        kept = session.get_one(Donor, town.dora).registered_at
    assert kept == MORNING
    assert kept.utcoffset() == MORNING.utcoffset()


def test_foreign_keys_and_checks_are_kept(app: Flask, town: Town) -> None:
    nobody = SignInLink(
        bank_id=town.bank,
        token_hash="x",  # noqa: S106 - not a password
        person_id=None,
        donor_id=None,
        made_at=MORNING,
        expires_at=MORNING,
        used_at=None,
    )
    with app.app_context():
        with pytest.raises(IntegrityError), transaction() as session:
            session.add(nobody)
        with pytest.raises(IntegrityError), transaction() as session:
            session.get_one(Donor, town.dora).address_id = 999_999


def test_sqlite_is_durable_and_new_enough(app: Flask, database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        with app.app_context(), reading() as session:
            assert session.scalar(text("SHOW server_version"))
        return
    with app.app_context(), reading() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        version = session.scalar(text("SELECT sqlite_version()"))
        assert tuple(map(int, str(version).split("."))) >= (3, 51, 3)
        assert session.scalars(select(Person)).first() is None

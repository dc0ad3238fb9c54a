"""Queue of writers: a few wait, the next ones give up at once, and readers never wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from collector.db import _queues, db, reading, sqlite, transaction
from collector.people.models import Person
from collector.writer_queue import WriterQueue, is_locked
from tests.town import Town


@contextmanager
def held_by_another_process(app: Flask) -> Iterator[None]:
    """Hold SQLite's writer lock from outside the application."""
    with app.app_context():
        path = db.engine.url.database
    with closing(sqlite.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_writer_beyond_the_patient_ones_gives_up_first() -> None:
    queue, ended = WriterQueue(patience=60, patient=1), list[str]()
    inside, free = threading.Event(), threading.Event()

    def hold() -> None:
        with queue.turn() as wait:
            wait.end()
            inside.set()
            free.wait()

    def patient() -> None:
        with queue.turn():
            ended.append("patient")

    with ThreadPoolExecutor(2) as threads:
        holder = threads.submit(hold)
        inside.wait()
        waiting = threads.submit(patient)
        while queue.waiting < 1:
            threading.Event().wait(0.001)
        with pytest.raises(OperationalError) as hasty, queue.turn():
            pytest.fail("the turn is taken")
        ended.append("hasty")
        free.set()
        holder.result()
        waiting.result()
    assert is_locked(hasty.value)
    assert ended == ["hasty", "patient"]
    assert queue.waiting == 0


def test_a_held_lock_refuses_writers_and_lets_readers_read(app: Flask, town: Town) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL locks rows, not the database")
        _queues[db.engine] = WriterQueue(patience=0.05)
    with app.app_context(), held_by_another_process(app):
        with pytest.raises(OperationalError) as refused, transaction():
            pytest.fail("the lock is held")
        with reading() as session:
            names = session.scalars(select(Person.name)).all()
    assert is_locked(refused.value)
    assert "Claire" in names
    with app.app_context(), transaction() as session:
        session.get_one(Person, town.claire).name = "Clara"


def test_a_failed_write_gives_its_turn_back(app: Flask, town: Town) -> None:
    assert town.bank
    for _ in range(5):
        with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
            raise ZeroDivisionError
    with app.app_context(), transaction() as session:
        session.get_one(Person, town.claire).name = "Clara"

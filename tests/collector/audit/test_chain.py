"""The audit chain: every tampering is found, and two who append at once make one chain."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.audit.models import AuditEntry, AuditHead
from collector.audit.queries import first_broken_link, history_of
from collector.db import db, reading, transaction
from tests.builders import MORNING
from tests.town import Town

pytestmark = pytest.mark.twin

TAMPERINGS = 1000


def write(session: Session, town: Town, count: int) -> None:
    for number in range(count):
        record(
            session,
            now=MORNING + timedelta(seconds=number),
            bank_id=town.bank,
            actor="system",
            action="tested",
            subject=f"pickup:{number % 3}",
            number=number,
        )


def test_an_untouched_chain_is_whole_and_tells_a_subjects_history(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        write(session, town, 9)
        assert first_broken_link(session, town.bank) is None
        told = history_of(session, bank_id=town.bank, subject="pickup:1")
        assert [entry.details["number"] for entry in told] == [1, 4, 7]
        assert history_of(session, bank_id=town.other_bank, subject="pickup:1") == []


def test_a_thousand_tamperings_are_all_found(app: Flask, town: Town) -> None:
    chance = random.Random(20261122)  # noqa: S311 - a seeded choice of tamperings
    with app.app_context(), transaction() as session:
        write(session, town, 12)
        for _ in range(TAMPERINGS):
            with session.begin_nested() as attempt:
                tamper(session, town, chance)
                session.expire_all()
                assert first_broken_link(session, town.bank) is not None
                attempt.rollback()
        assert first_broken_link(session, town.bank) is None


def tamper(session: Session, town: Town, chance: random.Random) -> None:
    """Change, remove or cut entries, as somebody with a database client would."""
    victim = chance.randint(1, 12)
    mine = AuditEntry.bank_id == town.bank
    one = update(AuditEntry).where(mine, AuditEntry.sequence == victim)
    session.execute(
        chance.choice(
            [
                one.values(action="was never done"),
                one.values(actor=f"person:{chance.randint(1, 99)}"),
                one.values(subject=f"pickup:{chance.randint(100, 999)}"),
                one.values(at=MORNING - timedelta(minutes=chance.randint(1, 999))),
                one.values(details={"number": chance.randint(100, 999)}),
                one.values(digest=f"{chance.getrandbits(256):064x}"),
                delete(AuditEntry).where(mine, AuditEntry.sequence == victim),
                delete(AuditEntry).where(mine, AuditEntry.sequence >= victim),
                update(AuditHead).where(AuditHead.bank_id == town.bank).values(sequence=11),
            ]
        )
    )


def test_eight_who_append_at_once_make_one_chain(app: Flask, town: Town) -> None:
    def append(_: int) -> None:
        with app.app_context():
            for _round in range(5):
                with transaction() as session:
                    write(session, town, 1)
            db.session.remove()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(append, range(8)))
    with app.app_context(), reading() as session:
        assert first_broken_link(session, town.bank) is None
        entries = session.scalars(select(AuditEntry).where(AuditEntry.bank_id == town.bank)).all()
        assert len(entries) == 1 + 8 * 5

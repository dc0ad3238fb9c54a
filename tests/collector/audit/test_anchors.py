"""Signed heads: a chain computed anew, a forged head and a removed one are found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from collector.audit.actions import GENESIS, digest_of, record
from collector.audit.anchors import (
    AnchorTrouble,
    fault_of_line,
    first_anchor_fault,
    latest_anchor,
    line_of,
)
from collector.audit.models import AuditAnchor, AuditEntry, AuditHead
from collector.audit.queries import first_broken_link
from collector.audit.signing import HeadSigner, SignedHead
from collector.banks.models import Bank
from collector.db import reading, transaction
from collector.notices.models import Notice
from collector.people.actions import add_person
from collector.people.audit_heads import AuditHeads
from collector.people.models import Role
from collector.timers import run_due_tasks
from tests.builders import MORNING
from tests.town import Town

pytestmark = pytest.mark.twin

SIGNER = HeadSigner("an audit key of the tests, long enough")
DAYS = 4


@pytest.fixture
def slug(app: Flask, town: Town) -> str:
    """The bank of a chain that was signed on four days, by the worker's timers."""
    for day in range(DAYS):
        now = MORNING + timedelta(days=day)
        with app.app_context(), transaction() as session:
            for number in range(3):
                write(session, town, day * 3 + number)
        with app.app_context():
            run_due_tasks(now, AuditHeads(SIGNER))
            run_due_tasks(now, AuditHeads(SIGNER))
    with app.app_context(), reading() as session:
        return session.get_one(Bank, town.bank).slug


def write(session: Session, town: Town, number: int) -> None:
    record(
        session,
        now=MORNING,
        bank_id=town.bank,
        actor="system",
        action="tested",
        subject="pickup:1",
        number=number,
    )


def compute_anew(session: Session, town: Town, first: int) -> None:
    """Change an entry, and give it and every later one a digest that fits."""
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.bank_id == town.bank).order_by(AuditEntry.sequence)
    ).all()
    digest = GENESIS
    for entry in entries:
        if entry.sequence == first:
            entry.actor = "person:99"
        entry.previous_digest = digest
        entry.digest = digest = digest_of(entry)
    head = session.scalars(select(AuditHead).where(AuditHead.bank_id == town.bank)).one()
    head.digest = digest
    session.flush()


def fault(session: Session, town: Town, slug: str) -> tuple[int, AnchorTrouble] | None:
    found = first_anchor_fault(session, SIGNER, bank_id=town.bank, bank=slug)
    return (found.number, found.trouble) if found else None


def test_a_head_is_signed_once_a_day_and_fits_its_chain(app: Flask, town: Town, slug: str) -> None:
    with app.app_context(), reading() as session:
        anchors = session.scalars(
            select(AuditAnchor).where(AuditAnchor.bank_id == town.bank).order_by(AuditAnchor.number)
        ).all()
        assert [anchor.number for anchor in anchors] == [1, 2, 3, 4]
        assert anchors[1].day - anchors[0].day == timedelta(days=1)
        assert fault(session, town, slug) is None


def test_a_chain_computed_anew_is_found_though_its_links_fit(
    app: Flask, town: Town, slug: str
) -> None:
    with app.app_context(), transaction() as session:
        anchor = latest_anchor(session, bank_id=town.bank)
        assert anchor is not None
        compute_anew(session, town, anchor.sequence)
        assert first_broken_link(session, town.bank) is None
        assert fault(session, town, slug) == (DAYS, AnchorTrouble.RECOMPUTED)
        compute_anew(session, town, 1)
        assert fault(session, town, slug) == (1, AnchorTrouble.RECOMPUTED)


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (lambda anchors: update(anchors).values(digest="f" * 64), (1, AnchorTrouble.FORGED)),
        (
            lambda anchors: update(anchors).where(anchors.number == 3).values(sequence=1),
            (3, AnchorTrouble.FORGED),
        ),
        (lambda anchors: update(anchors).values(signature="x"), (1, AnchorTrouble.FORGED)),
        (lambda anchors: delete(anchors).where(anchors.number == 2), (2, AnchorTrouble.MISSING)),
    ],
)
def test_a_forged_or_removed_head_is_found(
    app: Flask,
    town: Town,
    slug: str,
    tamper: Callable[..., object],
    expected: tuple[int, AnchorTrouble],
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(tamper(AuditAnchor))  # type: ignore[call-overload]
        assert fault(session, town, slug) == expected


def test_a_head_signed_by_another_key_is_forged(app: Flask, town: Town, slug: str) -> None:
    other = HeadSigner("another key that the thief has, long enough")
    with app.app_context(), transaction() as session:
        anchor = latest_anchor(session, bank_id=town.bank)
        assert anchor is not None
        head = SignedHead(
            bank=slug,
            number=anchor.number,
            day=anchor.day,
            sequence=anchor.sequence,
            digest=anchor.digest,
        )
        anchor.signature = other.sign(head)
        session.flush()
        assert fault(session, town, slug) == (DAYS, AnchorTrouble.FORGED)


def test_a_mailed_head_finds_a_chain_whose_own_heads_were_removed(
    app: Flask, town: Town, slug: str
) -> None:
    with app.app_context(), transaction() as session:
        quality = add_person(
            session,
            bank_id=town.bank,
            name="Quentin",
            email="quentin@bank.example",
            roles=[Role.QUALITY],
            language="fr",
        )
        key = quality.id
    with app.app_context():
        run_due_tasks(MORNING + timedelta(days=DAYS), AuditHeads(SIGNER, mailed=True))
    with app.app_context(), transaction() as session:
        notices = select(Notice).where(Notice.template == "audit_head")
        notice = session.scalars(notices.where(Notice.recipient == f"person:{key}")).one()
        line = notice.figures["line"]
        latest = latest_anchor(session, bank_id=town.bank)
        assert latest is not None
        assert line == line_of(latest, slug)
        session.execute(delete(AuditAnchor))
        judged = {"bank_id": town.bank, "bank": slug}
        assert fault_of_line(session, SIGNER, line=line, **judged) is None
        compute_anew(session, town, 2)
        assert fault(session, town, slug) is None
        assert fault_of_line(session, SIGNER, line=line, **judged) is AnchorTrouble.RECOMPUTED
        with pytest.raises(ValueError, match="milk"):
            fault_of_line(session, SIGNER, line="no milk today", **judged)

"""Proof again before grave acts: five minutes, the text that waits, the exemption."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.audit.models import AuditEntry
from collector.db import db, reading, transaction
from collector.people.actions import add_person
from collector.people.models import Role
from tests.builders import DAY
from tests.conftest import SetClock
from tests.town import Town
from tests.web.account.test_factors import by_link, code_of, enrol

SEAL = "/board/bank/erasures/seal"
GRAVE = {
    "board.erasures.erasure",
    "board.erasures.seal",
    "board.erasures.part",
    "board.exports.rounds",
    "board.import_review.rejected",
    "board.reports.csv",
    "board.reports.xlsx",
    "board.reports_forecasts.csv",
    "board.roster_files.export",
    "board.staff.add",
    "board.staff.change",
    "board.staff.come_back",
    "board.staff.reset",
    "badge.remove",
    "badge.write",
    "factors.confirm_app",
    "factors.remove_app",
    "factors.add_passkey",
    "factors.remove_key",
    "factors.new_codes",
}


@pytest.fixture
def quality(app: Flask, town: Town) -> int:
    with app.app_context():
        with transaction() as session:
            key = add_person(
                session,
                bank_id=town.bank,
                name="Quentin",
                email="quentin@town.example",
                roles=[Role.QUALITY, Role.COORDINATOR],
                language="en",
            ).id
        db.session.remove()
    return key


def test_seals_erasure_exports_and_factors_are_grave(app: Flask) -> None:
    marked = {name for name, view in app.view_functions.items() if getattr(view, "is_grave", False)}
    assert marked >= GRAVE


def test_an_act_within_five_minutes_asks_for_nothing(
    app: Flask, clock: SetClock, town: Town, quality: int
) -> None:
    browser = by_link(app, clock, town, quality)
    enrol(browser, clock)
    clock.advance(minutes=5)
    assert browser.post(SEAL, data={"number": "1", "reason": "recall"}).status_code == 422
    clock.advance(seconds=1)
    assert browser.post(SEAL, data={"number": "1", "reason": "recall"}).status_code == 403


def waiting(page: str) -> dict[str, str]:
    return {
        unescape(name): unescape(text)
        for name, text in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    }


def test_the_text_of_a_late_act_waits_for_the_code(
    app: Flask, clock: SetClock, town: Town, quality: int
) -> None:
    browser = by_link(app, clock, town, quality)
    secret, _ = enrol(browser, clock)
    clock.advance(minutes=6)
    late = browser.post(SEAL, data={"number": "1", "reason": 'a "recall" <b>'})
    form = waiting(late.text)
    assert form["reason"] == 'a "recall" <b>'
    wrong = browser.post(SEAL, data=form | {"proof_code": "000000"})
    assert (wrong.status_code, waiting(wrong.text)["reason"]) == (403, form["reason"])
    assert "proof_code" not in waiting(wrong.text)
    right = browser.post(SEAL, data=form | {"proof_code": code_of(secret, clock)})
    assert right.status_code == 422  # The number is no donor's: the act itself was tried.
    assert "does not exist" in right.text
    assert browser.post(SEAL, data=form).status_code == 422


def test_a_late_export_asks_and_then_goes_on(
    app: Flask, clock: SetClock, town: Town, quality: int
) -> None:
    browser = by_link(app, clock, town, quality)
    secret, _ = enrol(browser, clock)
    clock.advance(minutes=6)
    file = f"/board/days/{DAY}/rounds.csv"
    asked = browser.get(file).headers["Location"]
    assert asked.startswith("/account/proof?next=")
    assert "Please prove it again" in browser.get(asked).text
    onward = browser.post(asked, data={"code": code_of(secret, clock)}).headers["Location"]
    assert onward == file
    assert browser.get(file).status_code == 200


def test_an_erasure_without_the_code_changes_nothing(
    app: Flask, clock: SetClock, town: Town, quality: int
) -> None:
    browser = by_link(app, clock, town, quality)
    enrol(browser, clock)
    clock.advance(minutes=6)
    before = audited(app)
    _erase(browser, town)
    assert audited(app) == before


def _erase(browser: FlaskClient, town: Town) -> None:
    assert browser.post(f"/board/bank/erasures/donors/{town.dora}").status_code == 403


def audited(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return len(session.scalars(select(AuditEntry.id)).all())

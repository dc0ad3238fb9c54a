"""Second proofs that a colleague has lost: an administrator removes them, for a reason."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.audit.models import AuditEntry
from collector.db import reading
from collector.notices.models import Notice
from collector.people.models import RecoveryCode, TotpSecret
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.account.test_factors import DESK, by_link, enrol

pytestmark = pytest.mark.twin
REASON = {"reason": "Telephone lost, she rang from the ward"}
REMOVED = "second factors removed"


def place(person: int) -> str:
    return f"/board/bank/people/{person}/second-proofs/removal"


@pytest.fixture
def adele(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.adele)


def test_a_colleague_sets_up_new_proofs_and_is_told(
    app: Flask, clock: SetClock, town: Town, adele: FlaskClient
) -> None:
    claire = by_link(app, clock, town, town.claire)
    enrol(claire, clock)
    assert "Second proofs lost" in adele.get(f"/board/bank/people/{town.claire}").text
    assert adele.post(place(town.claire), data=REASON).status_code == 303
    assert claire.get(DESK).headers["Location"].startswith("/sign-in")
    with app.app_context(), reading() as session:
        assert session.scalars(select(TotpSecret)).all() == []
        assert session.scalars(select(RecoveryCode)).all() == []
        act = session.scalars(select(AuditEntry).where(AuditEntry.action == REMOVED)).one()
        assert act.actor == f"person:{town.adele}"
        assert act.details["reason"] == REASON["reason"]
        told = session.scalars(select(Notice)).all()
        (notice,) = [each for each in told if each.figures.get("change") == REMOVED]
        assert (notice.to, notice.figures["by_oneself"]) == ("claire@town.example", False)
    again = by_link(app, clock, town, town.claire)
    assert "Set up an app" in again.get("/account/proofs").text


def test_it_needs_a_reason_and_another_person(town: Town, adele: FlaskClient) -> None:
    empty = adele.post(place(town.claire), data={"reason": " "})
    assert empty.status_code == 422
    assert "it is kept in the audit chain" in empty.text
    assert adele.post(place(town.adele), data=REASON).status_code == 422


def test_it_needs_a_proof_of_the_last_five_minutes(
    app: Flask, clock: SetClock, town: Town, adele: FlaskClient
) -> None:
    clock.advance(minutes=6)
    late = adele.post(place(town.claire), data=REASON)
    assert late.status_code == 403
    assert REASON["reason"] in late.text
    with app.app_context(), reading() as session:
        assert REMOVED not in session.scalars(select(AuditEntry.action)).all()


@pytest.mark.usefixtures("town")
def test_roles_are_given_with_a_proof_of_the_last_five_minutes(
    clock: SetClock, adele: FlaskClient
) -> None:
    clock.advance(minutes=6)
    person = {"name": "Eve", "email": "eve@town.example", "roles-admin": "yes", "language": "en"}
    assert adele.post("/board/bank/people", data=person).status_code == 403


def test_a_colleague_of_another_bank_is_not_found(town: Town, adele: FlaskClient) -> None:
    assert adele.post(place(town.sophie), data=REASON).status_code == 404

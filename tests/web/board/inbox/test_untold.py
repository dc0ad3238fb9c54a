"""The question of the board whether a collector is told of changed details."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import transaction
from collector.donors.models import Donor
from collector.pickups.models import Pickup
from collector.places.models import Address
from tests.builders import DAY
from tests.phone_round import publish_round
from tests.town import Town, sign_in

JSON = {"Accept": "application/json"}


@pytest.fixture
def round_id(app: Flask, town: Town) -> int:
    with app.app_context(), transaction() as session:
        round_ = publish_round(session, town.shifts[0], town.pickups[:2])
        donor = session.get_one(Donor, session.get_one(Pickup, town.pickups[0]).donor_id)
        session.get_one(Address, donor.address_id).access_notes = "code 51A3"
        return round_.id


def words(client: FlaskClient, address: str) -> str:
    return " ".join(client.get(address).get_data(as_text=True).split())


def test_a_changed_door_code_is_asked_about_and_reaches_the_phone(
    app: Flask, town: Town, round_id: int
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    ana = sign_in(app, bank=town.bank, person=town.ana)
    file = f"/board/donors/{town.dora}"
    for address in ("/board/inbox", file):
        page = words(claire, address)
        assert "Tell the collector?" in page
        assert "is now <ins>code 51A3</ins>" in page
    assert "Changed details that the collector has not" in words(claire, "/board/morning")

    form = {"pickup": town.pickups[0], "day": DAY.isoformat(), "donor": town.dora}
    told = claire.post("/board/inbox/untold", data=form)
    assert (told.status_code, told.headers["Location"]) == (303, file)
    assert "Tell the collector?" not in words(claire, file)
    sent = ana.get(f"/phone/rounds/{round_id}", headers=JSON).get_json()
    assert sent["revision"] == 2
    assert sent["stops"][0]["address"]["access_notes"] == "code 51A3"


def test_the_answer_no_keeps_the_old_details_and_may_be_taken_back(
    app: Flask, town: Town, round_id: int
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    form = {"pickup": town.pickups[0], "day": DAY.isoformat(), "donor": 0}
    assert "No, not this time" in words(claire, "/board/inbox")
    kept = claire.post("/board/inbox/untold/omissions", data=form)
    assert (kept.status_code, kept.headers["Location"]) == (303, "/board/inbox")
    page = words(claire, "/board/inbox")
    assert "Tell the collector?" not in page
    assert "1 stop keeps its published details" in page
    assert "Look at the changes" not in words(claire, "/board/morning")
    ana = sign_in(app, bank=town.bank, person=town.ana)
    assert ana.get(f"/phone/rounds/{round_id}", headers=JSON).get_json()["revision"] == 1

    claire.post("/board/inbox/untold", data=form)
    assert ana.get(f"/phone/rounds/{round_id}", headers=JSON).get_json()["revision"] == 2
    assert "keeps its published details" not in words(claire, "/board/inbox")


def test_a_visit_of_another_day_is_not_found(app: Flask, town: Town, round_id: int) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    for day in ("2026-11-25", "no day"):
        form = {"pickup": town.pickups[0], "day": day, "donor": 0}
        assert claire.post("/board/inbox/untold", data=form).status_code == 404
    assert round_id

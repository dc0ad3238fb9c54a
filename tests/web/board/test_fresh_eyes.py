"""Findings of people who used the board for the first time."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.banks.calendar import close_on
from collector.db import reading, transaction
from collector.donors.models import CallBack, CallBackState, Donor
from collector.donors.queries import donors_of
from collector.people.actions import add_person
from collector.people.models import Role
from collector.people.queries import staff_of
from collector.places.postcodes import import_postcodes
from tests.builders import MORNING
from tests.town import Town
from tests.web.board.donors.test_donors import desk

COMMUNES = """postcode;town;geopoint
33600;PESSAC;44.79,-0.67
"""
SITE = {"kind": "antenne", "name": "Antenne", "town": "Pessac", "latitude": "", "longitude": ""}


@pytest.fixture
def client(app: Flask, town: Town) -> FlaskClient:
    return desk(app, town, Role.COORDINATOR)


def test_names_with_an_accent_stand_where_a_person_looks_for_them(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        for key, name in ((town.dora, "Zola"), (town.elise, "Élan"), (town.fanny, "dubois")):
            session.get_one(Donor, key).family_name = name
        for name in ("Zoé", "Élodie", "éva", "Denis"):
            add_person(
                session,
                bank_id=town.bank,
                name=name,
                email=f"{name}@x.example",
                roles=[Role.ADMIN],
                language="fr",
            )
    with app.app_context(), reading() as session:
        assert [each.family_name for each in donors_of(session, town.bank)] == [
            "dubois",
            "Élan",
            "Zola",
        ]
        names = [each.name for each in staff_of(session, town.bank)]
        assert names[-5:] == ["Claire", "Denis", "Élodie", "éva", "Zoé"]


def test_a_call_for_which_a_donor_waits_is_on_her_file(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    assert "Waits for a call" not in client.get(f"/board/donors/{town.dora}").text
    with app.app_context(), transaction() as session:
        session.add(
            CallBack(
                bank_id=town.bank,
                donor_id=town.dora,
                day=date(2026, 11, 25),
                half="morning",
                state=CallBackState.ASKED,
                asked_at=MORNING,
            )
        )
    page = re.sub(r"\s+", " ", client.get(f"/board/donors/{town.dora}").text)
    assert "Waits for a call" in page
    assert "Wednesday 25 November, in the morning" in page


def test_a_closing_day_shows_no_hours_of_shifts(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    cell = re.compile(rf'id="cell-{town.ana}-2026-11-24".*?</a>', re.DOTALL)
    before = cell.search(client.get("/board/roster").text)
    assert before is not None
    assert 'class="span"' in before[0]
    with app.app_context(), transaction() as session:
        close_on(
            session,
            now=MORNING,
            bank_id=town.bank,
            actor="person:1",
            day=date(2026, 11, 24),
            name="Works",
        )
    after = cell.search(client.get("/board/roster").text)
    assert after is not None
    assert 'class="span"' not in after[0]
    assert "mark-off" in after[0]


def test_without_an_address_service_the_centre_of_the_commune_is_offered(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    nowhere = client.post("/board/bank/sites", data=SITE | {"act": "centre"})
    assert (nowhere.status_code, "not in the installed list" in nowhere.text) == (422, True)
    assert "centre of" not in client.get(f"/board/donors/{town.dora}/position").text
    with app.app_context(), transaction() as session:
        import_postcodes(session, COMMUNES.encode())
        session.get_one(Donor, town.dora)
        donor = next(each for each in donors_of(session, town.bank) if each.id == town.dora)
        donor.address.postcode = "33600"
    found = client.post("/board/bank/sites", data=SITE | {"act": "centre"})
    assert found.status_code == 200
    assert 'value="44.79"' in found.text
    assert 'value="-0.67"' in found.text
    assert 'class="wrong"' not in found.text
    page = client.get(f"/board/donors/{town.dora}/position").text
    assert "at the centre of Pessac for now" in page
    placed = client.post(
        f"/board/donors/{town.dora}/position", data={"latitude": "44.79", "longitude": "-0.67"}
    )
    assert placed.status_code == 303


def test_slots_and_places_leave_the_typed_request_where_it_is(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    """The browser sends no page of its own, so that Back has nothing to send again."""
    assert app
    page = client.get(f"/board/inbox/requests/new?donor={town.dora}").text
    assert 'hx-target="#request-form"' in page
    assert 'hx-post="/board/inbox/requests/slots"' in page

"""Zones from the screen: drawn, changed, removed, and what they decide."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.banks.models import Zone
from collector.banks.queries import zones_of
from collector.banks.zones import add_zone
from collector.db import reading, transaction
from collector.donors.queries import donors_of
from collector.people.models import Role
from collector.pickups.flags import zone_at
from collector.planning.horizon.due_dates import days_in_zone
from tests.builders import DAY, MORNING
from tests.town import Town
from tests.web.board.bank.test_equipment import adele, said
from tests.web.board.donors.test_donors import desk

__all__ = ["adele"]

ZONES = "/board/bank/zones"
OUTLINE = "44.0, -1.5\n45.5, -1.5\n45.5, 0.5\n44.0, 0.5"
SENT = {"name": "Drawn", "outline": OUTLINE, "postcodes": "", "weekdays": ["2"], "seen": "0"}


@pytest.fixture
def client(app: Flask, town: Town) -> FlaskClient:
    return desk(app, town, Role.COORDINATOR)


def the_zone(app: Flask, town: Town) -> Zone:
    with app.app_context(), reading() as session:
        (found,) = zones_of(session, town.bank)
        return found


def test_a_zone_is_drawn_changed_and_removed(app: Flask, town: Town, client: FlaskClient) -> None:
    assert "No zone yet" in said(client.get(ZONES))
    empty = said(client.get(f"{ZONES}/new"))
    assert re.search(r'id="postcodes"[^>]* value=""', empty)
    assert re.search(r"<textarea[^>]*></textarea>", empty)
    assert client.post(ZONES, data=SENT).status_code == 303
    zone = the_zone(app, town)
    assert (len(zone.outline), zone.weekdays, zone.postcodes) == (4, ["2"], [])
    assert "4 corners" in said(client.get(ZONES))
    form = said(client.get(f"{ZONES}/{zone.id}"))
    assert "44.0, -1.5\n45.5, -1.5" in form
    changed = SENT | {"outline": "", "postcodes": "33 40", "seen": str(zone.version)}
    assert client.post(f"{ZONES}/{zone.id}", data=changed).status_code == 303
    assert the_zone(app, town).postcodes == ["33", "40"]
    assert client.post(f"{ZONES}/{zone.id}", data=changed).status_code == 409
    stale = {"seen": str(zone.version)}
    assert client.post(f"{ZONES}/{zone.id}/removal", data=stale).status_code == 409
    seen = {"seen": str(the_zone(app, town).version)}
    assert client.post(f"{ZONES}/{zone.id}/removal", data=seen).status_code == 303
    with app.app_context(), reading() as session:
        assert zones_of(session, town.bank) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "This must not be empty."),
        ({"outline": ""}, "Draw the zone on the map, or write beginnings of its postcodes."),
        ({"outline": "44, 0\n45, 0"}, "An outline has at least three corners."),
        ({"outline": "44, -1\n45, 0\n45, -1\n44, 0"}, "The outline crosses itself."),
        ({"outline": "44, -1\n45, 0\nPessac"}, "“Pessac” is no corner."),
        ({"outline": "14, -1\n15, 0\n15, -1"}, "This place does not lie in"),
        ({"postcodes": "33 *"}, "“*” is no beginning of a postcode."),
    ],
)
def test_a_mistaken_zone_is_not_written(
    app: Flask, town: Town, client: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    answer = client.post(ZONES, data=SENT | changes)
    assert answer.status_code == 422
    assert sentence in said(answer)
    with app.app_context(), reading() as session:
        assert zones_of(session, town.bank) == []


def test_two_zones_of_one_name_are_refused(client: FlaskClient) -> None:
    assert client.post(ZONES, data=SENT).status_code == 303
    again = client.post(ZONES, data=SENT)
    assert again.status_code == 422
    assert "There is a zone called Drawn already." in said(again)


def test_the_weekdays_of_a_drawn_zone_decide_over_those_of_postcodes(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    assert client.post(ZONES, data=SENT).status_code == 303
    week = [DAY + timedelta(days=number) for number in range(7)]
    with app.app_context(), transaction() as session:
        facts = {"name": "Codes", "postcodes": ["33"], "outline": [], "weekdays": ["4"]}
        add_zone(session, now=MORNING, bank_id=town.bank, actor="person:1", facts=facts)
        zones = zones_of(session, town.bank)
        donor = donors_of(session, town.bank)[0]
        found = zone_at(zones, donor.address_on(DAY))
        assert found is not None
        assert found.name == "Drawn"
        served = days_in_zone(zones, donor, week, every_day=False)
        assert [day.isoweekday() for day in served] == [2]
        assert days_in_zone(zones, donor, week, every_day=True) == week


def test_homes_of_donors_are_on_the_map_of_a_person_who_may_see_donors(
    client: FlaskClient, adele: FlaskClient
) -> None:
    dots = "Small dots are homes of donors."
    assert dots in said(client.get(f"{ZONES}/new"))
    assert dots not in said(adele.get(f"{ZONES}/new"))

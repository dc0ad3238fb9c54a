"""Pages of material: bookings, counts, loans, loads, and mistakes at their fields."""

from __future__ import annotations

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import reading
from collector.donors.models import Donor
from collector.material.models import MaterialItem
from collector.material.queries import StockPlace, loans_of, stock_of
from collector.people.models import Role
from tests.town import Town, sign_in
from tests.web.board.donors.test_donors import desk

HOME = "/board/bank/material"


@pytest.fixture
def client(app: Flask, town: Town) -> FlaskClient:
    return desk(app, town, Role.COORDINATOR)


def number_of(app: Flask, donor: int) -> str:
    with app.app_context(), reading() as session:
        return session.get_one(Donor, donor).number


def bottles(app: Flask, town: Town) -> int:
    with app.app_context(), reading() as session:
        place = StockPlace(site_id=town.site)
        return stock_of(session, town.bank).get((place, MaterialItem.BOTTLES), 0)


def test_a_delivery_a_gift_and_a_count_are_booked(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    place, dora = f"site:{town.site}", number_of(app, town.dora)
    delivery = {"kind": "received", "item": "bottles", "quantity": "100", "target": place}
    assert client.post(f"{HOME}/movements", data=delivery).status_code == 303
    gift = {"kind": "to_donor", "item": "bottles", "quantity": "8", "origin": place}
    assert client.post(f"{HOME}/movements", data=gift | {"donor": dora}).status_code == 303
    assert bottles(app, town) == 92
    count = {"place": place, "counted_item": "bottles", "counted": "90"}
    assert client.post(f"{HOME}/counts", data=count).status_code == 303
    assert bottles(app, town) == 90
    page = client.get(HOME).text
    assert "Lost, broken or expired" in page
    assert "Empty bottles we left: 8" in client.get(f"/board/donors/{town.dora}").text
    assert dora in client.get(f"{HOME}?donor={dora}").text


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"quantity": "0"}, "quantity", "from 1 to 100000"),
        ({"quantity": "many"}, "quantity", "whole number"),
        ({"origin": ""}, "origin", "Choose the place from which it goes"),
        ({"donor": "99999999"}, "donor", "Give the number of a donor of this bank"),
        ({}, "quantity", "Only 0 are there by the books"),
    ],
)
def test_a_mistake_stands_at_its_field(
    app: Flask, town: Town, client: FlaskClient, change: dict[str, str], field: str, told: str
) -> None:
    gift = {"kind": "to_donor", "item": "bottles", "quantity": "8", "origin": f"site:{town.site}"}
    sent = gift | {"donor": number_of(app, town.dora)} | change
    answer = client.post(f"{HOME}/movements", data=sent)
    assert answer.status_code == 422
    assert told in html.unescape(answer.text).split(f'id="{field}-wrong">')[1].split("</p>")[0]
    assert bottles(app, town) == 0


def test_a_device_is_added_lent_and_back(app: Flask, town: Town, client: FlaskClient) -> None:
    device = {"serial": "P-17", "name": "Pump", "site_id": str(town.site)}
    assert client.post(f"{HOME}/devices", data=device).status_code == 303
    assert client.post(f"{HOME}/devices", data=device).status_code == 422
    loan = {"device_id": "1", "donor": number_of(app, town.dora), "due_on": "2026-12-20"}
    late = client.post(f"{HOME}/loans", data=loan | {"due_on": "2026-01-01"})
    assert (late.status_code, "This day is over" in late.text) == (422, True)
    assert client.post(f"{HOME}/loans", data=loan).status_code == 303
    assert client.post(f"{HOME}/loans", data=loan).status_code == 409
    assert "P-17" in client.get(f"{HOME}/loans").text
    assert "on loan, due back on 20 December 2026" in client.get(f"/board/donors/{town.dora}").text
    wrong = client.post(f"{HOME}/loans/1/due", data={"due_on": "2026-01-01"})
    assert (wrong.status_code, 'id="due-1-wrong"' in wrong.text) == (422, True)
    assert client.post(f"{HOME}/loans/1/due", data={"due_on": "2027-01-20"}).status_code == 303
    assert client.post(f"{HOME}/loans/1/end").status_code == 303
    assert client.post(f"{HOME}/loans/1/end").status_code == 409
    assert client.post(f"{HOME}/devices/1/retirement").status_code == 303
    with app.app_context(), reading() as session:
        assert loans_of(session, bank_id=town.bank) == []


def test_the_loads_of_a_day_are_reached_by_a_picked_day(client: FlaskClient) -> None:
    picked = client.get(f"{HOME}/days?day=2026-11-24")
    assert picked.location == f"{HOME}/days/2026-11-24"
    assert "No round of this day has a visit yet" in client.get(picked.location).text
    assert client.get(f"{HOME}/days").location == f"{HOME}/days/2026-11-24"


def test_a_donor_without_bottles_asks_for_a_drop(app: Flask, town: Town) -> None:
    client = sign_in(app, bank=town.bank, donor=town.elise)
    page = client.get("/donor/request/?only=material").text
    assert 'name="only_material" value="yes" checked' in page
    nothing = client.post("/donor/request/", data={"only_material": "yes", "empties_wanted": "0"})
    assert (nothing.status_code, "Say how many empty bottles" in nothing.text) == (422, True)
    sent = client.post("/donor/request/", data={"only_material": "yes", "empties_wanted": "10"})
    assert sent.status_code == 303

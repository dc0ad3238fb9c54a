"""The public pages: open to anyone, without a script, and honest about who comes."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from collector.banks.models import Lactarium, Zone
from collector.db import transaction
from tests.town import Town, sign_in

pytestmark = pytest.mark.usefixtures("town")

PAGES = ["/give", "/give/who", "/give/how", "/lactariums", "/give/where?postcode=33600"]


def says(app: Flask, path: str, language: str = "en") -> str:
    answer = app.test_client().get(path, headers={"Accept-Language": language})
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_public_page_needs_no_sign_in_no_script_and_nobody_else(
    app: Flask, path: str, language: str
) -> None:
    answer = app.test_client().get(path, headers={"Accept-Language": language})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(https?:[^"]+)"', text) == []


def test_the_bank_that_lives_here_is_offered_where_its_zone_holds_her(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        session.add(Zone(bank_id=town.bank, name="Gironde", postcodes=["33"]))
        pessac = session.query(Lactarium).filter_by(town="Pessac").one()
        pessac.bank_id = town.bank
    text = says(app, "/give/where?postcode=33%20600")
    assert "Yes, somebody collects around 33600" in text
    assert "/banks/town/contact?postcode=33600" in text
    assert "Yes" not in says(app, "/give/where?postcode=40000")


def test_where_nobody_is_known_to_come_the_page_says_so_and_what_else_there_is(app: Flask) -> None:
    text = says(app, "/give/where?postcode=06000")
    assert "No collection here, as far as we know" in text
    assert "Please do not give milk to another family directly" in text
    assert "Perhaps: ask" in says(app, "/give/where?postcode=33000")


def test_what_is_no_postcode_is_said_and_kept(app: Flask) -> None:
    answer = app.test_client().get("/give/where?postcode=336", headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert 'value="336"' in answer.get_data(as_text=True)
    assert "five digits" in answer.get_data(as_text=True)


def test_every_line_of_the_directory_says_how_well_it_is_known(app: Flask) -> None:
    text = says(app, "/lactariums")
    assert text.count("Read at its own page") == 16
    assert text.count("That it exists was read") == 2
    assert text.count("Not verified") == 4
    assert "Hôpital Necker" in text
    assert text.count('class="mark ') == 20, "two lie overseas"


CONTACT = {
    "first_name": "Hélène",
    "phone": "06 55 55 00 01",
    "email": "",
    "postcode": "33600",
    "baby_born_on": "2026-10-01",
    "language": "fr",
}


def test_a_first_contact_opens_a_file_and_its_own_browser_goes_on(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/banks/town/contact", data=CONTACT)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/donor/screening/")
    home = client.get("/donor/screening/", headers={"Accept-Language": "en"})
    assert "Hello Hélène" in home.get_data(as_text=True)
    assert "Begin with the questions" in home.get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"first_name": " "}, "Tell us a first name"),
        ({"phone": ""}, "Give a telephone number or an e-mail address"),
        ({"phone": "hello"}, "not a telephone number"),
        ({"email": "a@b"}, "not an e-mail address"),
        ({"postcode": ""}, "Give your postcode"),
        ({"baby_born_on": "2026-11-24"}, "This day has not come yet"),
        ({"baby_born_on": "soon"}, "Write the day as"),
    ],
)
def test_a_contact_that_cannot_be_used_is_said_and_nothing_is_lost(
    app: Flask, change: dict[str, str], told: str
) -> None:
    client = app.test_client()
    answer = client.post(
        "/banks/town/contact", data=CONTACT | change, headers={"Accept-Language": "en"}
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in text.replace("&#39;", "'")
    assert 'value="33600"' in text or "postcode" in change
    assert client.get("/donor/screening/").status_code == 302, "no door was opened"


def test_one_network_address_makes_so_many_contacts_an_hour_and_no_more(app: Flask) -> None:
    client = app.test_client()
    for _ in range(30):
        assert client.post("/banks/town/contact", data=CONTACT).status_code == 303
    assert client.post("/banks/town/contact", data=CONTACT).status_code == 429


def test_the_self_check_is_kept_part_by_part_and_sent_at_the_end(app: Flask) -> None:
    client = app.test_client()
    client.post("/banks/town/contact", data=CONTACT)
    english = {"Accept-Language": "en"}
    part = client.get("/donor/screening/questions/1", headers=english).get_data(as_text=True)
    keys = re.findall(r'name="(\w+)" value="no"', part)
    assert "tobacco" in keys
    half = client.post("/donor/screening/questions/1", data={keys[0]: "no"}, headers=english)
    assert half.status_code == 422
    assert half.get_data(as_text=True).count("Choose one of the three answers") == len(keys) - 1
    again = client.get("/donor/screening/questions/1", headers=english).get_data(as_text=True)
    assert again.count("checked") == 1, "what she answered was kept"
    for number in (1, 2, 3):
        page = client.get(f"/donor/screening/questions/{number}", headers=english)
        names = re.findall(r'name="(\w+)" value="no"', page.get_data(as_text=True))
        answer = client.post(
            f"/donor/screening/questions/{number}", data=dict.fromkeys(names, "no")
        )
        assert answer.status_code == 303
    assert answer.headers["Location"] == "/donor/screening/call-back"
    home = client.get("/donor/screening/", headers=english).get_data(as_text=True)
    assert "We found nothing in your answers" in home
    assert "a nurse talks with you first" in home


def test_a_call_is_chosen_and_chosen_again(app: Flask, town: Town) -> None:
    client = sign_in(app, bank=town.bank, donor=town.dora)
    page = client.get("/donor/screening/call-back").get_data(as_text=True)
    first, second = re.findall(r'value="(2026-[\d-]+/\w+)"', page)[:2]
    for half in (first, second):
        chosen = client.post("/donor/screening/call-back", data={"half_day": half})
        assert chosen.status_code == 303
    assert client.post("/donor/screening/call-back", data={"half_day": "x"}).status_code == 422


def test_a_candidate_erases_herself_at_once(app: Flask) -> None:
    client = app.test_client()
    client.post("/banks/town/contact", data=CONTACT)
    copy = client.get("/donor/my-data/copy")
    assert "Hélène" in copy.get_data(as_text=True)
    gone = client.post("/donor/my-data/erasure")
    assert gone.headers["Location"] == "/give"
    assert client.get("/donor/screening/").status_code == 302

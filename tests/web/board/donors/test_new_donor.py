"""A new donor on the telephone: one screen, duplicates as typed, households kept apart."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from collector.audit.models import AuditEntry
from collector.db import reading, transaction
from collector.donors.duplicates import duplicates_of, household_of
from collector.donors.models import CallBack, Donor, DonorState, SeparateFiles
from collector.donors.queries import get_donor
from collector.notices.models import Notice
from collector.pickups.models import Pickup, PickupState, Purpose
from collector.places.geocoding import GeocodedPosition
from collector.privacy.actions import erase
from collector.shifts.models import RosterShift
from tests.builders import MORNING
from tests.town import Town, sign_in
from tests.web.test_session import ask_for_link

NEW = "/board/donors/new"
HANNA = {
    "first_name": "Hanna",
    "family_name": "Roux",
    "phone": "06 39 98 00 42",
    "email": "",
    "language": "fr",
    "line": "3 rue du Lac",
    "postcode": "33600",
    "town": "Pessac",
    "baby_born_on": "2026-10-01",
    "once": "a key of this form",
    "tell": "yes",
}
VISIT = {"day_1": "2026-12-01", "opens_1": "09:00", "closes_1": "12:00", "note": "Ring twice"}
THEIRS = {"phone": "+33 6 39 98 00 00"}
"""The telephone that all donors of the town share."""


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def text(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def rows(app: Flask, row: type[Any], *conditions: Any) -> list[Any]:  # noqa: ANN401 - conditions
    with app.app_context(), reading() as session:
        return list(session.scalars(select(row).where(*conditions)))


def hannas(app: Flask) -> list[Donor]:
    return rows(app, Donor, Donor.first_name == "Hanna")


def test_one_screen_opens_the_file_the_call_and_the_visit(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    assert "A nurse calls her back" in text(claire.get(NEW))
    half = {"half_day": "2026-11-23/afternoon"}
    answer = claire.post(NEW, data=HANNA | VISIT | half)
    assert answer.status_code == 303
    (hanna,) = hannas(app)
    assert answer.location == f"/board/donors/{hanna.id}"
    assert (hanna.state, hanna.family_name) == (DonorState.CANDIDATE, "Roux")
    (call,) = rows(app, CallBack, CallBack.donor_id == hanna.id)
    assert (call.day.isoformat(), call.half) == ("2026-11-23", "afternoon")
    (visit,) = rows(app, Pickup, Pickup.donor_id == hanna.id)
    assert visit.purposes == [Purpose.FIRST_INTERVIEW]
    assert (visit.note, visit.state) == ("Ring twice", PickupState.ASKED)
    told = {each.template for each in rows(app, Notice, Notice.recipient == f"donor:{hanna.id}")}
    assert told == {"contact_received", "call_booked"}
    acts = rows(app, AuditEntry, AuditEntry.subject == f"donor:{hanna.id}")
    assert {each.actor for each in acts} == {f"person:{town.claire}"}


def test_a_form_sent_twice_opens_one_file(app: Flask, claire: FlaskClient) -> None:
    for _ in range(2):
        assert claire.post(NEW, data=HANNA | VISIT).status_code == 303
    (hanna,) = hannas(app)
    assert len(rows(app, Pickup, Pickup.donor_id == hanna.id)) == 1


def test_the_second_button_leads_to_the_request_of_a_candidate(claire: FlaskClient) -> None:
    answer = claire.post(NEW, data=HANNA | {"then_times": "yes"}, follow_redirects=True)
    page = text(answer)
    assert "Her address has no place on the map yet" in page
    assert "no milk is fetched" in page
    assert "Since the last visit" not in page


def test_placing_the_address_leads_back_to_the_request(claire: FlaskClient) -> None:
    asked = claire.post(NEW, data=HANNA | {"then_times": "yes"})
    page = claire.get(asked.location).get_data(as_text=True)
    (link,) = re.findall(r'href="([^"]+/position[^"]*)"', page)
    answer = claire.post(unescape(link), data={"latitude": "44.8", "longitude": "-0.6"})
    assert (answer.status_code, answer.location) == (303, asked.location)
    assert "no place on the map yet" not in text(claire.get(asked.location))
    elsewhere = f"{link.split('?')[0]}?next=https://example.org/"
    away = claire.post(elsewhere, data={"latitude": "44.8", "longitude": "-0.6"})
    assert away.location == "/board/inbox"


def test_a_slot_that_a_candidate_agrees_to_is_accepted(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(RosterShift, town.shifts[0]).skills = ["blood"]
    claire.post(NEW, data=HANNA)
    (hanna,) = hannas(app)
    place = {"latitude": "44.8", "longitude": "-0.6"}
    claire.post(f"/board/donors/{hanna.id}/position", data=place)
    call = {"donor": str(hanna.id), "once": "another key"}
    offered = claire.post("/board/inbox/requests/slots", data=call).get_data(as_text=True)
    slot = re.findall(r'name="slot"[^>]*value="([^"]+)"', offered, re.DOTALL)[0]
    held = claire.post("/board/inbox/requests/slots/held", data=call | {"slot": slot})
    (key,) = re.findall(r'name="held" value="([^"]+)"', held.get_data(as_text=True))
    assert claire.post("/board/inbox/requests", data=call | {"held": key}).status_code == 303
    (visit,) = rows(app, Pickup, Pickup.donor_id == hanna.id)
    assert visit.state is PickupState.ACCEPTED
    (told,) = rows(
        app,
        Notice,
        Notice.recipient == f"donor:{hanna.id}",
        Notice.template == "visit_agreed",
    )
    assert told.figures["agreed"] is True


def test_the_address_is_looked_up_where_the_operator_chose_a_service(
    app: Flask, town: Town, claire: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Finds:
        def geocode(self, *, line: str, postcode: str, town: str) -> GeocodedPosition:
            assert (line, postcode, town) == ("3 rue du Lac", "33600", "Pessac")
            return GeocodedPosition(latitude=44.8, longitude=-0.63, score=0.9, provider="ban")

    monkeypatch.setitem(app.extensions, "milkround_geocoder", Finds())
    chosen = replace(app.extensions["milkround_settings"], geocoder="ban")
    monkeypatch.setitem(app.extensions, "milkround_settings", chosen)
    claire.post(NEW, data=HANNA)
    (hanna,) = hannas(app)
    with app.app_context(), reading() as session:
        position = get_donor(session, town.bank, hanna.id).address.position
        assert position is not None
        assert position.latitude == 44.8


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first_name": ""}, "first name"),
        ({"phone": ""}, "telephone"),
        ({"phone": "06 39"}, "telephone"),
        ({"postcode": "99999"}, "99999"),
        ({"baby_born_on": "2027-01-01"}, "has not come yet"),
        ({"second_name": "Paul"}, "second person"),
        ({"half_day": "2026-11-22/morning"}, "half-day"),
        ({"half_day": "x"}, "half-day"),
        (VISIT | {"closes_1": "08:00"}, "must come after the first"),
        (VISIT | {"day_1": "2026-11-01"}, "is over"),
    ],
)
def test_a_mistake_is_shown_and_nothing_is_kept(
    app: Flask, claire: FlaskClient, given: dict[str, str], words: str
) -> None:
    answer = claire.post(NEW, data=HANNA | given)
    assert answer.status_code == 422
    assert words in text(answer).lower() + text(answer)
    assert hannas(app) == []


def test_likely_files_are_shown_as_she_speaks(town: Town, claire: FlaskClient) -> None:
    nothing = claire.post(f"{NEW}/duplicates", data={"first_name": "Dora"})
    assert nothing.text.strip() == ""
    by_name = claire.post(f"{NEW}/duplicates", data={"first_name": "dora", "family_name": "MARTIN"})
    assert f"/board/donors/{town.dora}" in by_name.text
    by_phone = claire.post(f"{NEW}/duplicates", data={"phone": "0639980000"})
    assert f"/board/donors/{town.elise}" in by_phone.text


def test_a_shared_telephone_needs_the_word_that_it_is_another_donor(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    answer = claire.post(NEW, data=HANNA | THEIRS)
    assert answer.status_code == 422
    assert "a file shares what you typed" in text(answer)
    assert hannas(app) == []
    all_three = [str(key) for key in (town.dora, town.elise, town.fanny)]
    part = claire.post(NEW, data=HANNA | THEIRS | {"apart": all_three[:1]})
    assert part.status_code == 422
    assert claire.post(NEW, data=HANNA | THEIRS | {"apart": all_three}).status_code == 303
    (hanna,) = hannas(app)
    with app.app_context(), reading() as session:
        donor = get_donor(session, town.bank, hanna.id)
        assert duplicates_of(session, donor) == []
        assert [each.id for each in household_of(session, donor)] == list(map(int, all_three))
    page = text(claire.get(f"/board/donors/{hanna.id}"))
    assert "may be hers too" not in page
    assert "Shares telephone, e-mail or address with" in page


def test_a_file_of_another_bank_is_no_household(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    apart = {"apart": str(town.stranger_donor)}
    assert claire.post(NEW, data=HANNA | apart).status_code == 404
    assert hannas(app) == []
    household = f"/board/donors/{town.dora}/household"
    assert claire.post(household, data={"other": str(town.stranger_donor)}).status_code == 404


def test_twins_on_file_are_kept_apart_by_one_click_and_merged_by_none(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    file = f"/board/donors/{town.dora}"
    assert "2 other files may be hers too" in text(claire.get(file))
    for other in (town.elise, town.fanny, town.fanny, town.dora):
        assert claire.post(f"{file}/household", data={"other": str(other)}).status_code == 303
    assert "may be hers too" not in text(claire.get(file))
    assert len(rows(app, SeparateFiles)) == 2
    page = text(claire.get(f"/board/donors/{town.fanny}"))
    assert "Another file may be hers too" in page, "Elise and Fanny are still a question"


def test_the_link_of_a_shared_address_names_its_donor(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Donor, town.elise).email = "dora@home.example"
    ask_for_link(app.test_client(), "dora@home.example")
    figures = [each.figures for each in rows(app, Notice, Notice.template == "sign_in")]
    assert {each["name"] for each in figures} == {"Dora", "Elise"}
    ask_for_link(app.test_client(), "fanny@home.example")
    (alone,) = [
        each.figures["name"]
        for each in rows(app, Notice, Notice.recipient == f"donor:{town.fanny}")
    ]
    assert alone == ""


def test_an_erased_file_is_in_no_household(app: Flask, town: Town, claire: FlaskClient) -> None:
    claire.post(f"/board/donors/{town.dora}/household", data={"other": str(town.elise)})
    with app.app_context(), transaction() as session:
        for pickup in session.scalars(select(Pickup).where(Pickup.donor_id == town.dora)):
            pickup.state = PickupState.CANCELLED
        erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="person:1")
    assert rows(app, SeparateFiles) == []

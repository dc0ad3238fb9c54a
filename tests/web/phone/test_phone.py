from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.banks.models import Bank
from collector.custody.models import RefusalReason
from collector.db import db, transaction
from collector.pickups.models import Purpose
from collector.rounds.events.schema import json_schema
from collector.rounds.models import EventKind, NotDoneReason, Round
from collector.web.phone.field_words import field_words
from collector.web.phone.rounds import MOST_EVENTS
from tests.conftest import SetClock
from tests.phone_round import collected, phone_event, publish_round
from tests.town import Town, sign_in

JSON = {"Accept": "application/json"}
ROOT = Path(__file__).parents[3]
SHELL = (
    ROOT / "templates" / "phone" / "home.html",
    ROOT / "collector" / "web" / "phone" / "blueprint.py",
)


@pytest.fixture
def round_id(app: Flask, town: Town) -> int:
    with app.app_context():
        with transaction() as session:
            found = publish_round(session, town.shifts[0], town.pickups[:2]).id
        db.session.remove()
        return found


@pytest.fixture
def ana(app: Flask, town: Town, round_id: int) -> FlaskClient:  # noqa: ARG001 - she has a round
    return sign_in(app, bank=town.bank, person=town.ana)


def _post(client: FlaskClient, round_id: int, events: object) -> Any:  # noqa: ANN401
    return client.post(f"/phone/rounds/{round_id}/events", json=events, headers=JSON)


def test_the_shell_carries_its_words_and_no_round(ana: FlaskClient) -> None:
    page = ana.get("/phone/").get_data(as_text=True)
    found = re.search(r'<script type="application/json" id="texts">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["here"] == "I'm here"
    assert "Dora" not in page


def test_every_word_the_programs_ask_for_is_there(ana: FlaskClient, app: Flask) -> None:
    page = ana.get("/phone/").get_data(as_text=True)
    found = re.search(r'id="texts">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    words = json.loads(found[1])
    assert app.static_folder is not None
    folder = Path(app.static_folder) / "js" / "phone"
    program = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.js"))
    plain = set(re.findall(r'\bt\("(\w+)"', program))
    plurals = set(re.findall(r'\bcounted\("(\w+)"', program))
    wanted = plain | {f"{key}_{form}" for key in plurals for form in ("one", "many")}
    wanted |= {f"reason_{reason.value}" for reason in NotDoneReason}
    wanted |= {f"refusal_{reason.value}" for reason in RefusalReason}
    wanted |= {f"purpose_{purpose.value}" for purpose in Purpose}
    wanted |= {f"kind_{kind.value}" for kind in EventKind}
    assert wanted <= set(words)
    shell = " ".join(path.read_text(encoding="utf-8") for path in SHELL)
    named = set(re.findall(r"\w+", program + shell))
    assert [key for key in words if not named & set(stems(key))] == []


def stems(key: str) -> list[str]:
    """Return a text's key and the beginnings with which a script may build it."""
    parts = key.split("_")
    begun = ["_".join(parts[:n]) for n in range(1, len(parts))]
    return [key, *begun, *(f"{each}_" for each in begun)]


def test_a_coordinator_is_turned_away_and_a_stranger_asked_to_sign_in(
    app: Flask, town: Town, round_id: int
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert claire.get("/phone/rounds", headers=JSON).status_code == 401
    stranger = app.test_client()
    assert stranger.get("/phone/rounds", headers=JSON).status_code == 401
    assert _post(stranger, round_id, [phone_event("started")]).status_code == 401
    assert stranger.get("/phone/", headers={"Accept": "text/html"}).status_code == 302


def test_a_colleague_and_another_bank_find_no_such_round(
    app: Flask, town: Town, round_id: int
) -> None:
    for bank, person in ((town.bank, town.bruno), (town.other_bank, town.sophie)):
        other = sign_in(app, bank=bank, person=person)
        for path in (f"/phone/rounds/{round_id}", f"/phone/rounds/{round_id}/events"):
            assert other.get(path, headers=JSON).status_code == 404
        assert _post(other, round_id, [phone_event("started")]).status_code == 404
        assert other.get("/phone/rounds", headers=JSON).get_json()["rounds"] == []


def test_todays_and_tomorrows_rounds_are_listed_and_no_others(
    ana: FlaskClient, clock: SetClock, round_id: int
) -> None:
    def listed() -> list[int]:
        rounds = ana.get("/phone/rounds", headers=JSON).get_json()["rounds"]
        return [each["round"] for each in rounds]

    assert listed() == [round_id]
    clock.advance(hours=-9)
    assert listed() == []


def test_midnight_takes_no_round_that_is_under_way(
    app: Flask, town: Town, clock: SetClock, round_id: int
) -> None:
    clock.advance(hours=35)
    ana = sign_in(app, bank=town.bank, person=town.ana)
    _post(ana, round_id, [phone_event("started")])
    clock.advance(hours=9)
    listed = ana.get("/phone/rounds", headers=JSON).get_json()["rounds"]
    assert [each["round"] for each in listed] == [round_id]
    clock.advance(hours=24)
    later = sign_in(app, bank=town.bank, person=town.ana)
    assert later.get("/phone/rounds", headers=JSON).get_json()["rounds"] == []


def test_midnight_takes_a_round_that_was_not_started(
    app: Flask,
    town: Town,
    clock: SetClock,
    round_id: int,  # noqa: ARG001 - it is there
) -> None:
    clock.advance(hours=44)
    ana = sign_in(app, bank=town.bank, person=town.ana)
    assert ana.get("/phone/rounds", headers=JSON).get_json()["rounds"] == []


def test_the_revision_is_the_etag(app: Flask, ana: FlaskClient, round_id: int) -> None:
    first = ana.get(f"/phone/rounds/{round_id}", headers=JSON)
    assert first.headers["ETag"] == '"1"'
    assert [stop["first_name"] for stop in first.get_json()["stops"]] == ["Dora", "Elise"]
    known = {**JSON, "If-None-Match": '"1"'}
    assert ana.get(f"/phone/rounds/{round_id}", headers=known).status_code == 304
    with app.app_context(), transaction() as session:
        session.get_one(Round, round_id).revision = 2
    again = ana.get(f"/phone/rounds/{round_id}", headers=known)
    assert (again.status_code, again.headers["ETag"]) == (200, '"2"')


def test_a_round_that_was_never_published_is_not_there(
    app: Flask, ana: FlaskClient, round_id: int
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Round, round_id).revision = 0
    assert ana.get(f"/phone/rounds/{round_id}", headers=JSON).status_code == 404
    assert _post(ana, round_id, [phone_event("started")]).status_code == 404


def test_each_event_is_answered_for_itself(ana: FlaskClient, town: Town, round_id: int) -> None:
    dora, _, fanny = town.pickups
    good, wrong = collected(dora), collected(fanny, sequence=2)
    answer = _post(ana, round_id, [good, wrong, good, "?"]).get_json()["outcomes"]
    assert [each["status"] for each in answer] == ["accepted", "refused", "duplicate", "refused"]
    assert answer[1]["code"] == "pickup_not_in_round"
    assert "coordinator" in answer[1]["message"]
    assert answer[3]["client_id"] is None
    kept = ana.get(f"/phone/rounds/{round_id}/events", headers=JSON).get_json()["events"]
    assert [each["client_id"] for each in kept] == [good["client_id"]]


def test_every_refusal_has_its_sentence(ana: FlaskClient, town: Town, round_id: int) -> None:
    dora, elise = town.pickups[:2]
    label = collected(dora, containers=["A"])
    assert _post(ana, round_id, [label]).get_json()["outcomes"][0]["status"] == "accepted"
    wrong = [
        collected(elise, sequence=2, freezer_celsius=None),
        collected(elise, sequence=3, freezer_celsius=40),
        collected(elise, sequence=4, storage_ok=None),
        collected(elise, sequence=5, bottles=999),
        collected(elise, sequence=6, volume_ml=0),
        collected(elise, sequence=7, bottles=0, volume_ml=0),
        collected(elise, sequence=8, containers=["B", "B"]),
        collected(elise, sequence=9, bottles=1, containers=["B", "C"]),
        collected(elise, sequence=10, containers=["A"]),
        phone_event("handed_over", sequence=11, site=town.site),
        phone_event("handed_over", sequence=12, site=999, box_celsius=-20),
        phone_event("not_done", elise, sequence=13, reason="rain"),
    ]
    outcomes = _post(ana, round_id, wrong).get_json()["outcomes"]
    assert {each["status"] for each in outcomes} == {"refused"}
    assert all(each["message"] and "%" not in each["message"] for each in outcomes)
    assert len({each["code"] for each in outcomes}) == len(wrong)


def test_a_refusal_names_the_field_for_the_form_and_in_words(
    ana: FlaskClient, town: Town, round_id: int
) -> None:
    elise = town.pickups[1]
    wrong = [
        collected(elise, sequence=1, volume_ml=70_000),
        collected(elise, sequence=2, freezer_celsius=40),
        collected(elise, sequence=3, freezer_celsius=None),
    ]
    answer = ana.post(f"/phone/rounds/{round_id}/events", json=wrong, headers=JSON)
    volume, freezer, absent = answer.get_json()["outcomes"]
    assert (volume["field"], freezer["field"]) == ("volume_ml", "freezer_celsius")
    assert "Volume in millilitres" in volume["message"]
    assert (absent["code"], absent["field"]) == ("freezer_celsius_needed", None)


def test_each_field_of_an_event_that_a_form_has_is_known_in_words(ana: FlaskClient) -> None:  # noqa: ARG001 - its request has a language
    """A further field of a payload needs words in `collector.web.phone.field_words`."""
    payloads = (each for name, each in json_schema()["$defs"].items() if "Event" not in name)
    fields = {
        name
        for each in payloads
        for name, field in each.get("properties", {}).items()
        if field.get("type") != "boolean"
    }
    made_by_phone = {"checks", "kind", "lacking", "revision", "undoes", "site"}
    assert {name for name in fields - made_by_phone if field_words(name) == name} == set()


def test_a_post_that_is_no_list_or_too_long_is_refused(ana: FlaskClient, round_id: int) -> None:
    assert _post(ana, round_id, {"kind": "started"}).status_code == 422
    assert _post(ana, round_id, [{}] * (MOST_EVENTS + 1)).status_code == 422
    assert _post(ana, round_id, [{}] * 3).status_code == 200
    nothing = ana.post(f"/phone/rounds/{round_id}/events", data="[", headers=JSON)
    assert nothing.status_code in {400, 415}


def test_events_need_the_token_that_the_session_gives(
    app: Flask, ana: FlaskClient, round_id: int
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    refused = _post(ana, round_id, [phone_event("started")])
    assert (refused.status_code, refused.get_json()["error"]) == (400, "form_too_old")
    session = ana.get("/phone/session", headers=JSON).get_json()
    assert session["person"]["name"] == "Ana"
    headers = {**JSON, "X-CSRFToken": session["csrf_token"]}
    answer = ana.post(
        f"/phone/rounds/{round_id}/events", json=[phone_event("started")], headers=headers
    )
    assert answer.get_json()["outcomes"][0]["status"] == "accepted"


def test_the_service_worker_is_never_cached_and_names_its_build(app: Flask) -> None:
    answer = app.test_client().get("/phone/service-worker.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/phone/"
    assert answer.mimetype == "text/javascript"
    assert answer.get_data(as_text=True).startswith('self.SHELL_BUILD="')


def test_the_web_manifest_describes_the_app_in_the_language_of_the_phone(app: Flask) -> None:
    french = {"Accept-Language": "fr-FR"}
    manifest = app.test_client().get("/phone/app.webmanifest", headers=french).get_json()
    assert manifest["lang"] == "fr"
    assert "tournée" in manifest["description"]
    places = [each["url"] for each in manifest["shortcuts"]]
    assert places == ["/phone/#/", "/phone/#/incident", "/phone/#/sync"]
    assert all(each["name"] for each in manifest["shortcuts"])
    assert {each["form_factor"] for each in manifest["screenshots"]} == {"narrow"}
    assert all("-fr-" in each["src"] for each in manifest["screenshots"])


def test_the_run_sheet_carries_the_telephone_of_the_bank(
    app: Flask, ana: FlaskClient, town: Town, round_id: int
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Bank, town.bank).phone = "+33 5 36 49 00 00"
    page = ana.get(f"/phone/rounds/{round_id}/sheet").get_data(as_text=True)
    assert "The bank: +33 5 36 49 00 00" in page


def test_the_page_names_itself_to_an_iphone(ana: FlaskClient) -> None:
    page = ana.get("/phone/").get_data(as_text=True)
    for name in ("apple-mobile-web-app-capable", "apple-mobile-web-app-title", "app-bytes"):
        assert f'<meta name="{name}" content="' in page


def test_the_web_manifest_has_icons_of_both_sizes_and_a_maskable_one(app: Flask) -> None:
    client = app.test_client()
    manifest = client.get("/phone/app.webmanifest").get_json()
    assert (manifest["start_url"], manifest["display"]) == ("/phone/", "standalone")
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in manifest["icons"] + manifest["screenshots"]:
        with client.get(icon["src"]) as picture:
            assert picture.data.startswith(b"\x89PNG")

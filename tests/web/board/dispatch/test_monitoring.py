"""Monitoring on the board, the quality desk, the sheet, the calendar, a revoked phone."""

from __future__ import annotations

import copy
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.custody.models import Excursion
from collector.db import db, reading, transaction
from collector.people.actions import add_person
from collector.people.models import Role, RoleGrant
from collector.pickups.models import Pickup, PickupState
from collector.rounds.models import Incident, Round
from collector.web.phone.device import HEADER
from tests.builders import DAY
from tests.phone_round import collected, phone_event, publish_round
from tests.town import Town, sign_in

JSON = {"Accept": "application/json"}
ROAD = f"/board/days/{DAY}/dispatch/monitoring"


@pytest.fixture
def round_id(app: Flask, town: Town) -> int:
    with app.app_context():
        with transaction() as session:
            found = publish_round(session, town.shifts[0], town.pickups[:2]).id
        db.session.remove()
    return found


@pytest.fixture
def ana(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.ana)


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def say(client: FlaskClient, round_id: int, *events: dict[str, Any]) -> None:
    answer = client.post(f"/phone/rounds/{round_id}/events", json=list(events), headers=JSON)
    assert [each["status"] for each in answer.get_json()["outcomes"]] == ["accepted"] * len(events)


def incident(sequence: int, kind: str, note: str) -> dict[str, Any]:
    return phone_event("incident", sequence=sequence) | {"payload": {"kind": kind, "note": note}}


def row(app: Flask, kind: type[Any]) -> Any:  # noqa: ANN401
    with app.app_context(), reading() as session:
        return session.scalars(select(kind)).one()


def test_an_incident_is_decided_and_the_phone_hears_of_it(
    app: Flask, ana: FlaskClient, claire: FlaskClient, round_id: int
) -> None:
    say(ana, round_id, incident(1, "vehicle", "flat tyre"))
    assert "flat tyre" in claire.get(ROAD).get_data(as_text=True)
    form = {"incident": row(app, Incident).id, "decision": "call", "note": "06 55"}
    assert claire.post(f"{ROAD}/decisions", data=form).status_code == 303
    listed = ana.get("/phone/rounds", headers=JSON).get_json()["rounds"][0]
    assert [(each["decision"], each["note"]) for each in listed["incidents"]] == [("call", "06 55")]


def test_an_incident_or_an_acknowledgement_does_not_start_a_round(
    app: Flask, ana: FlaskClient, round_id: int
) -> None:
    say(ana, round_id, phone_event("acknowledged", sequence=1, revision=1))
    say(ana, round_id, incident(2, "unwell", ""))
    found = row(app, Round)
    assert (found.state.value, found.acknowledged) == ("published", 1)


def test_a_first_revision_is_not_said_to_be_unseen(
    app: Flask, ana: FlaskClient, claire: FlaskClient, round_id: int
) -> None:
    say(ana, round_id, phone_event("started", sequence=1))
    assert "has not yet seen revision" not in claire.get(ROAD).get_data(as_text=True)
    with app.app_context(), transaction() as session:
        session.get_one(Round, round_id).revision = 2
    assert "has not yet seen revision 2" in claire.get(ROAD).get_data(as_text=True)


def test_a_load_that_was_left_behind_is_shown(
    ana: FlaskClient, claire: FlaskClient, round_id: int
) -> None:
    say(ana, round_id, phone_event("started", sequence=1, lacking=["blood_sample"]))
    page = " ".join(claire.get(ROAD).get_data(as_text=True).split())
    assert "Left without: kits for blood samples" in page


def test_the_photo_of_a_closed_door_is_linked_from_the_dispatch(
    ana: FlaskClient, claire: FlaskClient, town: Town, round_id: int
) -> None:
    photo = str(UUID(int=9))
    said = {"reason": "nobody_home", "photo": photo}
    say(ana, round_id, phone_event("not_done", town.pickups[0], sequence=2, **said))
    page = claire.get(f"/board/days/{DAY}/dispatch").get_data(as_text=True)
    assert f"{ROAD}/photos/{photo}" in page
    config = ana.get("/phone/rounds", headers=JSON).get_json()["terms"]
    assert config["proofs"]["nobody_home"]["photo"] == "off"


def test_both_versions_of_a_disagreement_are_shown_and_one_is_let_stand(
    ana: FlaskClient, claire: FlaskClient, town: Town, round_id: int
) -> None:
    first = collected(town.pickups[0], sequence=2, bottles=3, volume_ml=500)
    second = collected(town.pickups[0], sequence=2, bottles=4, volume_ml=600)
    second["client_id"] = str(UUID(int=7))
    say(ana, round_id, first, second)
    page = claire.get(ROAD).get_data(as_text=True)
    assert "3 bottles" in page
    assert "4 bottles" in page
    events = [int(each.split('"')[0]) for each in page.split('name="event" value="')[1:]]
    for event in (events[0], events[0]):
        assert claire.post(f"{ROAD}/records", data={"event": event}).status_code == 303
    assert "Two phones" not in claire.get(ROAD).get_data(as_text=True)
    told = ana.get(f"/phone/rounds/{round_id}/events", headers=JSON).get_json()["events"]
    assert [each["kind"] for each in told] == ["collected", "collected", "undone"]


def test_a_warm_box_is_assessed_by_one_and_decided_by_another(
    app: Flask, ana: FlaskClient, claire: FlaskClient, town: Town, round_id: int
) -> None:
    say(ana, round_id, phone_event("box_read", sequence=1, box="2", celsius=-9.5))
    found = row(app, Excursion).id
    address = f"/board/bank/excursions/{found}"
    early = claire.post(f"{address}/decision", data={"decision": "keep"})
    assert early.status_code == 422
    done = claire.post(f"{address}/assessment", data={"assessment": "lid open, ten minutes"})
    assert done.status_code == 303
    assert claire.post(f"{address}/decision", data={"decision": "keep"}).status_code == 422
    with app.app_context():
        with transaction() as session:
            nadia = add_person(
                session,
                bank_id=town.bank,
                name="Nadia",
                email="nadia@town.example",
                roles=[Role.QUALITY],
                language="en",
            ).id
        db.session.remove()
    quality = sign_in(app, bank=town.bank, person=nadia)
    assert "lid open" in quality.get("/board/bank/excursions").get_data(as_text=True)
    assert quality.post(f"{address}/decision", data={"decision": "keep"}).status_code == 303
    assert claire.post(f"{address}/assessment", data={"assessment": "x"}).status_code == 422


def test_a_reading_that_was_taken_back_is_no_excursion(
    ana: FlaskClient, claire: FlaskClient, round_id: int
) -> None:
    warm = phone_event("box_read", sequence=1, box="2", celsius=-9.5)
    say(ana, round_id, warm, phone_event("undone", sequence=2, undoes=warm["client_id"]))
    assert "Nothing was too warm" in claire.get("/board/bank/excursions").get_data(as_text=True)


def test_a_record_of_a_visit_that_was_moved_away_is_kept_and_shown(
    app: Flask, ana: FlaskClient, claire: FlaskClient, town: Town, round_id: int
) -> None:
    dora = town.pickups[0]
    say(ana, round_id, phone_event("arrived", dora, sequence=1))
    with app.app_context(), transaction() as session:
        round_ = session.get_one(Round, round_id)
        assert round_.published
        stops = [stop for stop in round_.published["stops"] if stop["pickup"] != dora]
        round_.published = round_.published | {"stops": stops}
    say(ana, round_id, collected(dora, sequence=2))
    with app.app_context(), reading() as session:
        assert session.get_one(Pickup, dora).state is PickupState.COLLECTED
    assert "taken out of this round" in claire.get(ROAD).get_data(as_text=True)


def test_a_revoked_phone_learns_it_at_its_next_contact(
    app: Flask, ana: FlaskClient, claire: FlaskClient, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        publish_round(session, town.shifts[0], town.pickups[:2])
    key = str(UUID(int=3))
    ours = {**JSON, HEADER: key, "User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130"}
    assert ana.get("/phone/rounds", headers=ours).status_code == 200
    page = claire.get(ROAD).get_data(as_text=True)
    assert "Android Chrome" in page
    device = page.split('name="device" value="')[1].split('"')[0]
    assert claire.post(f"{ROAD}/revocations", data={"device": device}).status_code == 303
    assert ana.get("/phone/rounds", headers=ours).status_code == 401
    told = app.test_client().get(f"/phone/devices/{key}", headers=JSON).get_json()
    assert told == {"revoked": True}
    again = sign_in(app, bank=town.bank, person=town.ana)
    refused = again.get("/phone/rounds", headers=ours)
    assert (refused.status_code, refused.get_json()["error"]) == (401, "device_revoked")


def test_the_cost_of_a_deferral_is_shown(app: Flask, ana: FlaskClient, town: Town) -> None:
    dora, elise, fanny = town.pickups
    with app.app_context():
        with transaction() as session:
            # Fanny lives farthest: going down to Dora first and up to Elise again is a detour.
            round_id = publish_round(session, town.shifts[0], (fanny, dora, elise)).id
        db.session.remove()

    def price(pickup: int) -> dict[str, int]:
        address = f"/phone/rounds/{round_id}/visits/{pickup}/later"
        found: dict[str, int] = ana.get(address, headers=JSON).get_json()
        return found

    assert price(dora)["metres"] < 0
    assert price(elise) == {"seconds": 0, "metres": 0}
    assert "error" in price(town.stranger_pickup)


def test_the_sheet_has_a_code_for_each_stop_and_no_name(
    app: Flask, ana: FlaskClient, claire: FlaskClient, round_id: int
) -> None:
    with app.app_context(), transaction() as session:
        round_ = session.get_one(Round, round_id)
        stops = copy.deepcopy(round_.published["stops"])
        stops[0]["address"]["access_notes"] = "Bell MARTIN, second floor, ask for Dora"
        round_.published = round_.published | {"stops": stops}
    for client, address in (
        (claire, f"{ROAD}/sheets/{round_id}"),
        (ana, f"/phone/rounds/{round_id}/sheet"),
    ):
        page = client.get(address).get_data(as_text=True)
        assert page.count("data:image/svg+xml") == 2
        assert "Bell …, second floor, ask for …" in page
        assert "Dora" not in page
        assert "Martin" not in page
        assert "rue du Port" in page


def test_the_sheet_is_a_file_where_the_extra_is_installed(
    claire: FlaskClient, round_id: int
) -> None:
    pytest.importorskip("weasyprint")
    answer = claire.get(f"{ROAD}/sheets/{round_id}.pdf")
    assert answer.data.startswith(b"%PDF")


def test_a_calendar_shows_shifts_until_its_address_is_ended(
    app: Flask, ana: FlaskClient, town: Town
) -> None:
    made = ana.post("/phone/calendar", headers=JSON).get_json()["address"]
    path = "/" + made.split("/", 3)[3]
    stranger = app.test_client()
    calendar = stranger.get(path).get_data(as_text=True)
    assert calendar.count("BEGIN:VEVENT") == 1
    assert "Dora" not in calendar
    assert ana.delete("/phone/calendar", headers=JSON).get_json() == {"working": False}
    assert stranger.get(path).status_code == 404
    assert town


def test_a_coordinators_calendar_shows_every_shift(app: Flask, claire: FlaskClient) -> None:
    made = claire.post("/board/bank/reports/calendar", data={"what": "make"}).get_data(as_text=True)
    found = re.search(r"/calendar/[^\"]+\.ics", made)
    assert found is not None
    calendar = app.test_client().get(found[0]).get_data(as_text=True)
    assert calendar.count("BEGIN:VEVENT") == 2
    assert "Bruno: Round" in calendar
    assert "Dora" not in calendar
    claire.post("/board/bank/reports/calendar", data={"what": "end"})
    assert app.test_client().get(found[0]).status_code == 404


def test_a_collectors_calendar_shows_only_her_shifts_even_if_she_coordinates(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        grant = RoleGrant(bank_id=town.bank, person_id=town.ana, role=Role.COORDINATOR)
        session.add(grant)
        session.flush()
        key = grant.id
    ana = sign_in(app, bank=town.bank, person=town.ana)
    hers = ana.post("/phone/calendar", headers=JSON).get_json()["address"]
    board = ana.post("/board/bank/reports/calendar", data={"what": "make"}).get_data(as_text=True)
    everybodys = re.search(r"/calendar/[^\"]+\.ics", board)
    assert everybodys is not None
    paths, stranger = ["/" + hers.split("/", 3)[3], everybodys[0]], app.test_client()
    shown = [stranger.get(path).get_data(as_text=True).count("BEGIN:VEVENT") for path in paths]
    assert shown == [1, 2]
    with app.app_context(), transaction() as session:
        session.delete(session.get_one(RoleGrant, key))
    assert [stranger.get(path).status_code for path in paths] == [200, 404]


def test_a_photo_is_stored_once_and_shown_on_the_board(
    ana: FlaskClient, claire: FlaskClient, round_id: int
) -> None:
    name = UUID(int=5)
    address = f"/phone/rounds/{round_id}/photos/{name}"
    for _ in range(2):
        assert ana.post(address, data=b"\xff\xd8\xff...", headers=JSON).status_code == 200
    assert ana.post(address, data=b"GIF", headers=JSON).status_code == 422
    assert claire.get(f"{ROAD}/photos/{name}").data == b"\xff\xd8\xff..."
    assert claire.get(f"{ROAD}/photos/{UUID(int=6)}").status_code == 404

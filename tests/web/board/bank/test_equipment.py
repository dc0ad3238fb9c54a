"""Sites, vehicles, boxes, people and the opening of a bank on the screen."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from collector.banks.fleet import boxes_of, vehicle_known
from collector.banks.models import Bank, Site
from collector.banks.queries import banks, sites_of
from collector.db import reading, transaction
from collector.opening_code import NAME, forget_opening_code, is_opening_code, opening_code
from collector.people.models import Person
from collector.people.queries import person_by_email
from collector.people.staff import person_with_roles, roles_text
from collector.shifts.actions import write_shift
from collector.shifts.models import RosterShift
from collector.shifts.queries import contract_of, shifts_on
from tests.builders import DAY, MORNING
from tests.collector.planning.days import planned
from tests.collector.shifts.rosters import draft, vehicle
from tests.town import Town, prove, sign_in

LATER = DAY + timedelta(days=7)
CAPACITY = {"capacity_bottles": "80", "capacity_ml": "20 L", "capacity_tubes": "12"}
SITE = {"kind": "antenne", "name": "Landes", "town": "Mont-de-Marsan", "latitude": "43.89"}
PERSON = {"name": "Zoe", "email": "zoe@town.example", "language": "fr", "roles-collector": "yes"}
OPENING = {
    "name": "Lactarium d'Été",
    "town": "Pessac",
    "jurisdiction": "FR",
    "time_zone": "Europe/Paris",
    "language": "fr",
    "person": "Claire",
    "email": "claire@ete.example",
}


@pytest.fixture
def adele(app: Flask, town: Town) -> FlaskClient:
    client = sign_in(app, bank=town.bank, person=town.adele)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def put_ana_on_duty(app: Flask, town: Town, **terms: object) -> int:
    with app.app_context(), transaction() as session:
        vehicle(session, town)
        return write_shift(
            session,
            now=MORNING,
            actor="system",
            person=session.get_one(Person, town.ana),
            day=LATER,
            draft=draft(town, vehicle="Van", **terms),
        ).id


def shift(app: Flask, key: int) -> RosterShift:
    with app.app_context(), reading() as session:
        return session.get_one(RosterShift, key)


def test_a_vehicle_is_added_changed_and_retired_with_its_shifts(
    app: Flask, town: Town, adele: FlaskClient
) -> None:
    key = put_ana_on_duty(app, town)
    added = adele.post("/board/bank/fleet/vehicles", data=CAPACITY | {"name": "Clio"})
    assert added.status_code == 303
    change = CAPACITY | {"name": "Kangoo", "seen": "1"}
    assert adele.post("/board/bank/fleet/vehicles/1", data=change).status_code == 303
    assert (shift(app, key).vehicle, shift(app, key).capacity_bottles) == ("Kangoo", 80)
    assert adele.post("/board/bank/fleet/vehicles/1", data=change).status_code == 409
    retired = adele.post("/board/bank/fleet/vehicles/1/retirement", data={"seen": "2"})
    assert retired.status_code == 303
    assert (shift(app, key).vehicle, shift(app, key).capacity_bottles) == ("", 160)
    page = said(adele.get("/board/bank/fleet"))
    assert "1 shift ahead is without it now." in page
    with app.app_context(), reading() as session:
        found = {each.name: each for each in vehicle_known(session, town.bank)}
        assert (found["Clio"].capacity_ml, found["Kangoo"].retired_on) == (
            20_000,
            MORNING.date(),
        )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"capacity_bottles": "0"}, "Give a number from 1 to 2000."),
        ({"capacity_ml": ""}, "Give a number."),
        ({"name": ""}, "This must not be empty."),
        ({"name": "Van"}, "There is a vehicle called Van already."),
    ],
)
def test_a_vehicle_that_carries_nothing_is_refused_at_its_field(
    app: Flask, town: Town, adele: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    with app.app_context(), transaction() as session:
        vehicle(session, town)
    sent = CAPACITY | {"name": "Clio"} | changes
    answer = adele.post("/board/bank/fleet/vehicles", data=sent)
    assert answer.status_code == 422
    assert sentence in said(answer)
    with app.app_context(), reading() as session:
        assert len(vehicle_known(session, town.bank)) == 1


def test_a_box_has_dates_that_the_fleet_and_the_morning_announce(
    app: Flask, town: Town, adele: FlaskClient
) -> None:
    dates = {"qualified_until": "2026-12-01", "thermometer_due_on": "2027-06-01"}
    sent = CAPACITY | dates | {"code": "B7", "thermometer": "T7"}
    assert adele.post("/board/bank/fleet/boxes", data=sent).status_code == 303
    fleet = said(adele.get("/board/bank/fleet"))
    assert "qualification" in fleet
    assert "1 December 2026" in fleet
    morning = sign_in(app, bank=town.bank, person=town.claire)
    morning.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "B7: Tue 1 Dec" in said(morning.get("/board/morning"))
    assert adele.post("/board/bank/fleet/boxes", data=sent).status_code == 422
    retired = adele.post("/board/bank/fleet/boxes/1/retirement", data={"seen": "1"})
    assert retired.status_code == 303
    with app.app_context(), reading() as session:
        (box,) = boxes_of(session, town.bank)
        assert box.retired_on == MORNING.date()


def test_a_site_is_added_changed_and_retired_once_no_shift_uses_it(
    app: Flask, town: Town, adele: FlaskClient
) -> None:
    sent = SITE | {"longitude": "-0.5", "receives": "yes", "opens": "08:00", "closes": "17:00"}
    assert adele.post("/board/bank/sites", data=sent | {"weekdays": ["1", "2"]}).status_code == 303
    with app.app_context(), reading() as session:
        (added,) = [each for each in sites_of(session, town.bank) if each.name == "Landes"]
        assert (added.opens, added.weekdays) == (time(8), ["1", "2"])
    for changes, sentence in (
        ({"closes": "07:00"}, "The second time must come after the first."),
        ({"opens": ""}, "Give both hours, or neither."),
        ({"latitude": "-0.5", "longitude": "43.89"}, "exchange them"),
        ({"name": "Bank"}, "There is a site called Bank already."),
    ):
        answer = adele.post(f"/board/bank/sites/{added.id}", data=sent | {"seen": "2"} | changes)
        assert answer.status_code == 422
        assert sentence in said(answer)
    used = adele.post(f"/board/bank/sites/{town.site}/retirement", data={"seen": "1"})
    assert used.status_code == 422
    assert "Shifts still begin or end there" in said(used)
    seen = {"seen": str(added.version)}
    assert adele.post(f"/board/bank/sites/{added.id}/retirement", data=seen).status_code == 303
    stale = adele.post(f"/board/bank/sites/{added.id}/retirement", data=seen)
    assert stale.status_code == 409
    with app.app_context(), reading() as session:
        assert session.get_one(Site, added.id).retired_on == MORNING.date()


def test_a_person_gets_roles_a_contract_and_other_roles(
    app: Flask, town: Town, adele: FlaskClient
) -> None:
    sent = PERSON | {"hours": "35,5", "blood": "yes", "home_site_id": str(town.site)}
    assert adele.post("/board/bank/people", data=sent).status_code == 303
    with app.app_context(), reading() as session:
        zoe = person_by_email(session, "zoe@town.example")
        assert zoe is not None
        contract = contract_of(session, bank_id=town.bank, person_id=zoe.id)
        assert contract is not None
        assert (contract.weekly_minutes, contract.skills) == (2130, ["blood"])
    change = PERSON | {"roles-quality": "yes", "seen": "collector", "hours": ""}
    assert adele.post(f"/board/bank/people/{zoe.id}", data=change).status_code == 303
    with app.app_context(), reading() as session:
        found = person_with_roles(session, bank_id=town.bank, person_id=zoe.id)
        assert roles_text(found) == "collector,quality"
    assert adele.post(f"/board/bank/people/{zoe.id}", data=change).status_code == 409


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "ana@town.example"}, "A person has this address already"),
        ({"email": "nowhere"}, "This is not an e-mail address."),
        ({"roles-collector": ""}, "Choose at least one role."),
        ({"hours": "61"}, "Give the paid hours of a week"),
        ({"name": ""}, "This must not be empty."),
    ],
)
def test_a_mistaken_person_is_not_written(
    app: Flask, adele: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    answer = adele.post("/board/bank/people", data=PERSON | changes)
    assert answer.status_code == 422
    assert sentence in said(answer)
    with app.app_context(), reading() as session:
        assert person_by_email(session, "zoe@town.example") is None


def test_a_person_who_leaves_loses_access_and_the_rounds_are_named(
    app: Flask, town: Town, adele: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        person_id = next(each.shift.collector_id for each in plan.rounds if each.stops)
    phone = sign_in(app, bank=town.bank, person=person_id)
    assert phone.get("/phone/").status_code == 200
    left = adele.post(f"/board/bank/people/{person_id}/leaving", data={"last": "2026-11-23"})
    assert left.status_code == 303
    assert phone.get("/phone/").status_code != 200
    page = said(adele.get("/board/bank/people"))
    assert "can no longer sign in" in page
    assert "These rounds have visits and no collector any more" in page
    with app.app_context(), reading() as session:
        on_duty = {each.collector_id for each in shifts_on(session, bank_id=town.bank, day=DAY)}
        assert person_id not in on_duty
    back = adele.post(f"/board/bank/people/{person_id}/return")
    assert back.status_code == 303


def test_an_administrator_keeps_the_own_role(town: Town, adele: FlaskClient) -> None:
    page = said(adele.get(f"/board/bank/people/{town.adele}"))
    assert "End the access" not in page
    change = {"name": "Adele", "email": "adele@town.example", "roles-quality": "yes"}
    answer = adele.post(f"/board/bank/people/{town.adele}", data=change | {"seen": "admin"})
    assert answer.status_code == 422
    assert "You keep the role of administrator" in said(answer)
    left = adele.post(f"/board/bank/people/{town.adele}/leaving", data={})
    assert left.status_code == 422


def test_steps_of_the_opening_are_missing_done_or_put_off(
    app: Flask, town: Town, adele: FlaskClient
) -> None:
    page = said(adele.get("/board/bank/opening"))
    assert re.search(r"The first site.*?done", page, re.DOTALL)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    claire.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "The usual week" in said(claire.get("/board/morning"))
    for step in ("week", "fleet", "messages", "texts"):
        put_off = adele.post(f"/board/bank/opening/steps/{step}", data={"skipped": "yes"})
        assert put_off.status_code == 303
    assert "The usual week" not in said(claire.get("/board/morning"))
    assert adele.post("/board/bank/opening/steps/week").status_code == 303
    assert "The usual week" in said(claire.get("/board/morning"))
    assert adele.post("/board/bank/opening/steps/nothing").status_code == 404


def test_the_facts_of_a_bank_change(app: Flask, town: Town, adele: FlaskClient) -> None:
    facts = {"name": "New name", "town": "Town", "phone": "05", "time_zone": "Indian/Reunion"}
    facts |= {"language": "en", "holiday_region": "974"}
    assert adele.post("/board/bank/opening", data=facts).status_code == 303
    with app.app_context(), reading() as session:
        bank = session.get_one(Bank, town.bank)
        assert (bank.name, bank.time_zone, bank.holiday_region) == (
            "New name",
            "Indian/Reunion",
            "974",
        )
    answer = adele.post("/board/bank/opening", data=facts | {"time_zone": "Nowhere"})
    assert answer.status_code == 422


def test_another_bank_is_opened_by_the_first_ones_administrator_alone(
    app: Flask, adele: FlaskClient
) -> None:
    opened = adele.post("/board/bank/opening/banks", data=OPENING)
    assert opened.status_code == 303
    with app.app_context(), reading() as session:
        assert "lactarium-d-ete" in {bank.slug for bank in banks(session)}
        person = person_by_email(session, "claire@ete.example")
        assert person is not None
        key, bank_id = person.id, person.bank_id
    assert adele.post("/board/bank/opening/banks", data=OPENING).status_code == 422
    other = sign_in(app, bank=bank_id, person=key)
    assert other.get("/board/bank/opening").status_code == 200
    assert other.get("/board/bank/opening/banks/new").status_code == 404


def test_the_first_bank_is_opened_with_the_code_of_the_console(app: Flask) -> None:
    home: Path = app.extensions["milkround_settings"].home
    client = app.test_client()
    assert client.get("/opening").status_code == 200
    assert 'href="/opening"' in said(client.get("/"))
    code = opening_code(home)
    assert opening_code(home) == code
    wrong = client.post("/opening", data=OPENING | {"code": "WRONG"})
    assert wrong.status_code == 422
    half = client.post("/opening", data=OPENING | {"code": code, "person": ""})
    assert half.status_code == 422
    opened = client.post("/opening", data=OPENING | {"code": f"{code[:6].lower()}-{code[6:]}"})
    assert opened.status_code == 303
    assert "/link/" in opened.headers["Location"]
    assert not (home / NAME).exists()
    assert not is_opening_code(home, code)
    entered = client.post(opened.headers["Location"])
    assert entered.status_code == 303
    asked = client.get("/board/bank/opening")
    assert asked.status_code == 302, "the administrator has no second factor yet"
    assert "next=" in asked.headers["Location"]
    assert client.get(asked.headers["Location"], follow_redirects=True).status_code == 200
    with app.app_context(), reading() as session:
        administrator = session.scalars(select(Person.id)).one()
    prove(app, administrator, app.extensions["milkround_clock"].now())
    assert client.get("/board/bank/opening").status_code == 200
    assert client.get("/opening").status_code == 404
    assert 'href="/opening"' not in said(client.get("/"))
    people = said(client.get("/board/bank/people"))
    assert re.search(r'il manque encore.*href="/board/bank/sites"', people, re.DOTALL)
    assert "il manque encore" not in said(client.get("/board/donors"))
    forget_opening_code(home)


def test_guesses_of_the_code_are_counted(app: Flask) -> None:
    client = app.test_client()
    code = opening_code(app.extensions["milkround_settings"].home)
    for _ in range(10):
        client.post("/opening", data=OPENING | {"code": "GUESS"})
    late = client.post("/opening", data=OPENING | {"code": code})
    assert late.status_code == 422
    with app.app_context(), reading() as session:
        assert banks(session) == []
        assert session.query(Person).count() == 0


def test_people_are_the_administrators_page_and_sites_a_coordinators_too(
    app: Flask, town: Town
) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert claire.get("/board/bank/people").status_code == 403
    assert claire.get("/board/bank/sites").status_code == 200

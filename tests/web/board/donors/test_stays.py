"""Days elsewhere: the planner, the phone and the slots go to another address, or to a ward."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.banks.queries import policies_of
from collector.db import reading, transaction
from collector.donors.models import FileChange, MeetingPlace, Stay
from collector.donors.queries import get_donor
from collector.donors.stays import donors_at
from collector.pickups.flags import Flag, flags
from collector.pickups.models import Pickup, PickupState
from collector.pickups.queries import get_pickup
from collector.places.models import Address, Position
from collector.planning.problem.build import address_place, build_problem, load_facts
from collector.privacy.actions import erase
from collector.privacy.queries import copy_of
from collector.rounds.publication import stop_details
from collector.rounds.queries import day_plan
from collector.rounds.stop_details import untold_changes
from tests.builders import DAY, MORNING
from tests.collector.planning.on_the_road import published
from tests.town import Town, sign_in

AWAY = {
    "first_day": "2026-11-23",
    "last_day": "2026-11-27",
    "line": "5 quai Neuf",
    "postcode": "33600",
    "town": "Pessac",
    "access_notes": "Second gate",
    "latitude": "44.82",
    "longitude": "-0.64",
}
WARD = {
    "name": "Ward 3",
    "phone": "05 56 00 00 00",
    "line": "1 avenue du Centre",
    "postcode": "33000",
    "town": "Bordeaux",
    "latitude": "44.83",
    "longitude": "-0.58",
}
AFTER = date(2026, 11, 28)


ROOT = Path(__file__).parents[4]
OWN_ADDRESS = re.compile(r"\bdonor\.address\b")
READ_HER_OWN = {
    "collector/demo/day.py",
    "collector/donors/contact.py",
    "collector/donors/duplicates.py",
    "collector/donors/file_history.py",
    "collector/donors/queries.py",
    "collector/planning/horizon/due_dates.py",
    "collector/planning/horizon/problem.py",
    "collector/privacy/actions.py",
    "collector/privacy/queries.py",
    "collector/web/api/donors.py",
    "collector/web/board/donors/contact_form.py",
    "collector/web/board/donors/page.py",
    "collector/web/donor/contact_details.py",
    "collector/web/donor/pages.py",
}
"""The files about a donor's own address; a visit asks for the address of its day."""


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def stay(client: FlaskClient, donor: int, **given: str) -> int:
    return client.post(f"/board/donors/{donor}/stays", data=AWAY | given).status_code


def ward(app: Flask, client: FlaskClient, **given: str) -> int:
    assert client.post("/board/donors/places", data=WARD | given).status_code == 303
    with app.app_context(), reading() as session:
        return (
            session.scalars(select(MeetingPlace.id).order_by(MeetingPlace.id.desc())).first() or 0
        )


def in_ward(app: Flask, client: FlaskClient, town: Town) -> int:
    """Put Dora and Elise on a ward, without a last day."""
    place = ward(app, client)
    for donor in (town.dora, town.elise):
        assert stay(client, donor, place=str(place), last_day="") == 303
    return place


def test_no_visit_is_read_with_the_donors_own_address() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "collector").rglob("*.py")
        if OWN_ADDRESS.search(path.read_text("utf-8"))
    }
    assert found - READ_HER_OWN == set(), "use donor.address_on(day)"
    assert READ_HER_OWN - found == set()


def test_a_round_goes_to_the_address_of_the_day(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    assert stay(claire, town.dora) == 303
    with app.app_context(), reading() as session:
        donor = get_donor(session, town.bank, town.dora)
        assert donor.address_on(DAY).line == "5 quai Neuf"
        assert donor.address_on(AFTER) is donor.address
        pickup = get_pickup(session, town.bank, town.pickups[0])
        assert stop_details(pickup, DAY)["address"]["access_notes"] == "Second gate"
        assert stop_details(pickup, AFTER)["address"]["line"] == "1 rue du Port"
    page = re.sub(r"\s+", " ", claire.get(f"/board/donors/{town.dora}").text)
    assert "5 quai Neuf, Pessac" in page


def test_the_planner_and_a_published_round_have_the_address_of_the_day(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    stay(claire, town.dora)
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        stops = [stop for each in plan.rounds for stop in (each.published or {}).get("stops", ())]
        (hers,) = [stop for stop in stops if stop["pickup"] == town.pickups[0]]
        assert hers["address"]["latitude"] == 44.82
    with app.app_context(), reading() as session:
        plan = day_plan(session, bank_id=town.bank, day=DAY)
        assert plan is not None
        facts = load_facts(session, plan)
        problem = build_problem(facts, facts.pickups.values())
        name = address_place(facts.pickups[town.pickups[0]], DAY)
        (place,) = [place for place in problem.places if place.id == name]
        assert (place.latitude, place.longitude) == (44.82, -0.64)


def test_a_change_of_address_after_publication_is_told_to_the_collector(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        published(session, town)
        assert untold_changes(session, bank_id=town.bank, today=DAY) == []
    stay(claire, town.dora)
    with app.app_context(), reading() as session:
        (change,) = untold_changes(session, bank_id=town.bank, today=DAY)
        assert change.pickup.id == town.pickups[0]
        assert {each.name for each in change.details} == {"address", "access", "position"}


def test_mothers_on_a_ward_are_met_there_until_they_are_home_again(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    place = in_ward(app, claire, town)
    page = re.sub(r"\s+", " ", claire.get("/board/donors/places").text)
    assert "Dora Martin</a>, <a" in page
    with app.app_context(), reading() as session:
        here = donors_at(session, town.bank, on=date(2027, 5, 1))
        assert [each.first_name for each in here[place]] == ["Dora", "Elise"]
        donor = get_donor(session, town.bank, town.dora)
        other = get_donor(session, town.bank, town.elise)
        assert donor.address_on(DAY) is other.address_on(DAY), "one door for both"
        (dora,) = donor.stays
    home = f"/board/donors/{town.dora}/stays/{dora.id}/ending"
    assert claire.post(home).status_code == 303
    with app.app_context(), reading() as session:
        assert get_donor(session, town.bank, town.dora).stays == [], "it began today"
        assert get_donor(session, town.bank, town.elise).address_on(DAY).line == WARD["line"]


def test_a_stay_that_began_ends_the_day_before_she_is_home(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    stay(claire, town.dora, first_day="2026-11-20")
    with app.app_context(), reading() as session:
        (kept,) = session.scalars(select(Stay))
    claire.post(f"/board/donors/{town.dora}/stays/{kept.id}/ending")
    with app.app_context(), reading() as session:
        (kept,) = session.scalars(select(Stay))
        assert kept.last_day == date(2026, 11, 22)
        fields = session.scalars(select(FileChange.field).where(FileChange.donor_id == town.dora))
        assert list(fields) == ["stays", "stays"]
        copy = copy_of(session, bank_id=town.bank, donor_id=town.dora)
        assert copy["stays"][0]["line"] == "5 quai Neuf"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"last_day": "2026-11-20"}, "before the first"),
        ({"first_day": "2026-11-10", "last_day": "2026-11-20"}, "These days are over"),
        ({"last_day": ""}, "Give the last day"),
        ({"first_day": ""}, "24/11/2026"),
        ({"line": ""}, "street and the town"),
        ({"latitude": ""}, "click on the map"),
        ({"latitude": "48.2", "longitude": "16.4"}, "country"),
        ({"place": "77"}, ""),
    ],
)
def test_a_mistaken_stay_is_refused_with_the_remedy(
    app: Flask, town: Town, claire: FlaskClient, given: dict[str, str], words: str
) -> None:
    answer = claire.post(f"/board/donors/{town.dora}/stays", data=AWAY | given)
    assert answer.status_code in ({422} if words else {404})
    assert words in answer.text
    with app.app_context(), reading() as session:
        assert session.scalars(select(Stay)).all() == []


def test_two_stays_do_not_overlap(town: Town, claire: FlaskClient) -> None:
    assert stay(claire, town.dora) == 303
    assert stay(claire, town.dora, first_day="2026-11-27", last_day="2026-11-30") == 422
    assert stay(claire, town.dora, first_day="2026-11-28", last_day="2026-11-30") == 303


def test_a_ward_is_changed_retired_and_its_name_unique(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    place = ward(app, claire)
    assert claire.post("/board/donors/places", data=WARD).status_code == 422
    address = f"/board/donors/places/{place}"
    assert 'value="Ward 3"' in claire.get(address).text
    moved = WARD | {"name": "Ward 4", "latitude": "44.9", "seen": "1"}
    assert claire.post(address, data=moved).status_code == 303
    assert claire.post(address, data=moved).status_code == 409
    assert (
        claire.post(address, data=moved | {"seen": "2", "line": "2 allée Est"}).status_code == 303
    )
    assert claire.post(address, data=moved | {"seen": "2"}).status_code == 409
    with app.app_context(), reading() as session:
        positions = session.scalars(select(Position.latitude)).all()
        assert positions.count(44.9) >= 1
        assert 44.83 not in positions
    assert claire.post(f"{address}/retirement").status_code == 303
    assert "Ward 4" not in claire.get(f"/board/donors/{town.dora}/stays/new").text
    assert claire.post(f"{address}/retirement").status_code == 303
    assert "Ward 4" in claire.get(f"/board/donors/{town.dora}/stays/new").text


def test_a_stay_abroad_of_the_zones_is_flagged_on_its_days_only(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        address = get_donor(session, town.bank, town.dora).address
        session.delete(address.position)
    stay(claire, town.dora)
    with app.app_context(), reading() as session:
        pickup = get_pickup(session, town.bank, town.pickups[0])
        known = {"policies": policies_of(session, town.bank), "zones": ()}
        assert Flag.ADDRESS_NOT_FOUND not in flags(pickup, on=DAY, **known)
        assert Flag.ADDRESS_NOT_FOUND in flags(pickup, on=AFTER, **known)


def test_stays_are_erased_with_their_addresses_and_the_ward_stays(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    place = in_ward(app, claire, town)
    stay(claire, town.fanny)
    with app.app_context(), transaction() as session:
        for pickup in session.scalars(select(Pickup)):
            pickup.state = PickupState.CANCELLED
        for donor in (town.dora, town.fanny):
            erase(session, now=MORNING, bank_id=town.bank, donor_id=donor, actor="person:1")
    with app.app_context(), reading() as session:
        assert [each.donor_id for each in session.scalars(select(Stay))] == [town.elise]
        lines = session.scalars(select(Address.line)).all()
        assert AWAY["line"] not in lines
        assert session.get_one(MeetingPlace, place).name == "Ward 3"
        assert WARD["line"] in lines


def test_another_banks_stays_and_wards_are_not_found(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    place = in_ward(app, claire, town)
    sophie = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert stay(sophie, town.dora) == 404
    assert stay(sophie, town.stranger_donor, place=str(place)) == 404
    assert sophie.get(f"/board/donors/places/{place}").status_code == 404
    assert sophie.post(f"/board/donors/places/{place}", data=WARD).status_code == 404
    assert sophie.post(f"/board/donors/{town.dora}/stays/1/ending").status_code == 404

"""History of a donor's file: each field before and after, by whom; a second person to call."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.db import reading, transaction
from collector.donors.file_history import FIELDS
from collector.donors.models import Donor, FileChange
from collector.donors.queries import get_donor
from collector.pickups.models import Pickup, PickupState
from collector.privacy.actions import erase
from collector.privacy.merge import join_files
from collector.privacy.queries import copy_of
from collector.privacy.separation import part_files
from collector.web.data_copy_wording import LABELS
from tests.builders import MORNING, add_donor
from tests.town import Town, sign_in

TYPED = {
    "first_name": "Dora",
    "family_name": "Martin",
    "phone": "+33 6 39 98 00 00",
    "email": "dora@home.example",
    "language": "en",
    "line": "1 rue du Port",
    "postcode": "33000",
    "town": "Bordeaux",
    "access_notes": "",
    "baby_born_on": "2026-08-01",
}
SECOND = {"second_name": "Paul", "second_tie": "the father", "second_phone": "06 39 98 00 09"}


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def correct(client: FlaskClient, cast: Town, **given: str) -> int:
    address = f"/board/donors/candidates/{cast.dora}/contact"
    return client.post(address, data=TYPED | given).status_code


def changes(app: Flask, donor: int) -> dict[str, tuple[str, str, str]]:
    with app.app_context(), reading() as session:
        rows = session.scalars(select(FileChange).where(FileChange.donor_id == donor))
        return {row.field: (row.before, row.after, row.changed_by) for row in rows}


def test_each_corrected_field_is_kept_before_and_after_and_no_other(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    assert correct(claire, town, language="fr", line="2 rue du Port", discreet="yes") == 303
    me = f"person:{town.claire}"
    assert changes(app, town.dora) == {
        "language": ("en", "fr", me),
        "line": ("1 rue du Port", "2 rue du Port", me),
        "discreet": ("", "yes", me),
        "position": ("44.80000, -0.60000", "", me),
    }
    page = re.sub(r"\s+", " ", claire.get(f"/board/donors/{town.dora}").text)
    assert "Corrections of her file" in page
    assert "<bdi>1 rue du Port</bdi>" in page
    assert "<td>Claire</td>" in page


def test_a_correction_that_changes_nothing_leaves_no_history(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    assert correct(claire, town) == 303
    assert changes(app, town.dora) == {}
    assert "Corrections of her file" not in claire.get(f"/board/donors/{town.dora}").text


def test_a_place_on_the_map_and_the_donors_own_correction_are_in_the_history(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    place = {"latitude": "44.81", "longitude": "-0.61"}
    claire.post(f"/board/donors/{town.dora}/position", data=place)
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    dora.post("/donor/contact-preferences", data={"channel": "email", "discreet": "yes"})
    kept = changes(app, town.dora)
    moved = ("44.80000, -0.60000", "44.81000, -0.61000", f"person:{town.claire}")
    assert kept["position"] == moved
    assert kept["discreet"] == ("", "yes", f"donor:{town.dora}")


@pytest.mark.parametrize("left", ["second_name", "second_phone"])
def test_a_second_person_has_a_name_and_a_telephone(
    app: Flask, town: Town, claire: FlaskClient, left: str
) -> None:
    assert correct(claire, town, **SECOND | {left: ""}) == 422
    assert correct(claire, town, **SECOND) == 303
    page = claire.get(f"/board/donors/{town.dora}").text
    assert "Paul, the father" in page
    assert 'href="tel:0639980009"' in page
    with app.app_context(), reading() as session:
        (found,) = session.scalars(select(Donor).where(Donor.second_name == "Paul"))
        assert found.id == town.dora


def test_every_field_of_the_history_has_its_words() -> None:
    assert set(FIELDS) <= set(LABELS)


def test_the_history_is_in_her_copy_and_erased_with_her_file(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    correct(claire, town, town="Pessac", **SECOND)
    with app.app_context(), transaction() as session:
        for pickup in session.scalars(select(Pickup).where(Pickup.donor_id == town.dora)):
            pickup.state = PickupState.CANCELLED
        copy = copy_of(session, bank_id=town.bank, donor_id=town.dora)
        assert copy["donor"]["second_name"] == "Paul"
        assert {each["field"] for each in copy["changes"]} == {"town", "position", *SECOND}
        erase(session, now=MORNING, bank_id=town.bank, donor_id=town.dora, actor="person:1")
        session.flush()
        assert get_donor(session, town.bank, town.dora).second_name == ""
    assert changes(app, town.dora) == {}


def test_a_merge_and_its_separation_move_the_history_and_the_second_person(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        for pickup in session.scalars(select(Pickup).where(Pickup.donor_id == town.dora)):
            pickup.state = PickupState.CANCELLED
    correct(claire, town, **SECOND)
    with app.app_context(), transaction() as session:
        kept = add_donor(session, town.bank, first_name="Dora").id
        about = {"now": MORNING, "bank_id": town.bank, "actor": f"person:{town.claire}"}
        join_files(session, **about, kept_id=kept, gone_id=town.dora)
        number = get_donor(session, town.bank, town.dora).number
    assert set(changes(app, kept)) == set(SECOND)
    assert changes(app, town.dora) == {}
    with app.app_context(), transaction() as session:
        assert get_donor(session, town.bank, kept).second_name == "Paul"
        assert get_donor(session, town.bank, town.dora).second_name == ""
        part_files(session, **about, number=number, reason="two donors")
    assert set(changes(app, town.dora)) == set(SECOND)
    with app.app_context(), reading() as session:
        assert get_donor(session, town.bank, kept).second_name == ""
        assert get_donor(session, town.bank, town.dora).second_phone == SECOND["second_phone"]

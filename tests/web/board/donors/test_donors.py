"""The staff's side of a donor's file: calls, interview, decisions, blood tests, erasure."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.banks.models import Lactarium
from collector.db import reading, transaction
from collector.donors.call_backs import offered, request_call_back
from collector.donors.contact import mark_phone_unreached
from collector.donors.models import Donor, DonorState
from collector.donors.queries import get_donor
from collector.donors.screening import first_contact
from collector.people.actions import add_person
from collector.people.models import Role
from collector.pickups.models import Pickup, PickupState
from tests.builders import MORNING
from tests.town import Town, sign_in

pytestmark = pytest.mark.twin


@pytest.fixture
def ida(app: Flask, town: Town) -> int:
    """A candidate who chose when to be called."""
    with app.app_context(), transaction() as session:
        donor = first_contact(
            session,
            now=MORNING,
            bank_id=town.bank,
            first_name="Ida",
            email=None,
            phone="06 39 98 00 02",
            postcode="33600",
            language="fr",
            baby_born_on=None,
            discreet=False,
        )
        wanted = offered(session, now=MORNING, bank_id=town.bank)[0]
        request_call_back(
            session, now=MORNING, bank_id=town.bank, donor_id=donor.id, half_day=wanted
        )
        return donor.id


def desk(app: Flask, town: Town, *roles: Role) -> FlaskClient:
    with app.app_context(), transaction() as session:
        person = add_person(
            session,
            bank_id=town.bank,
            name="Nora",
            email="nora@town.example",
            roles=roles,
            language="en",
        )
        key = person.id
    client = sign_in(app, bank=town.bank, person=key)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def file_of(app: Flask, town: Town, key: int) -> Donor:
    with app.app_context(), reading() as session:
        return get_donor(session, town.bank, key)


def test_a_candidate_becomes_a_donor_by_a_call_an_interview_a_sample_and_a_decision(
    app: Flask, town: Town, ida: int
) -> None:
    client = desk(app, town, Role.PROFESSIONAL)
    page = client.get("/board/donors/candidates").get_data(as_text=True)
    assert "Ida" in page
    assert "not sent yet" in page
    assert (
        client.post("/board/donors/candidates/calls/1", data={"reached": "yes"}).status_code == 303
    )
    care = f"/board/donors/{ida}/clinical-file"
    assert client.get(care).status_code == 200
    signed = client.post(f"{care}/interview", data={"on": "2026-11-23", "consent": "2026-1"})
    assert signed.status_code == 303
    early = client.post(f"{care}/decisions", data={"to": "eligible"})
    assert early.status_code == 422
    blood = f"/board/donors/blood-tests/donors/{ida}"
    client.post(blood, data={"drawn_on": "2026-11-23", "outcome": "pending"})
    assert file_of(app, town, ida).state is DonorState.AWAITING_SEROLOGY
    assert "Results awaited" in client.get("/board/donors/blood-tests").get_data(as_text=True)
    test_id = file_of(app, town, ida).serologies[0].id
    client.post(blood, data={"test": str(test_id), "outcome": "clear"})
    assert client.post(f"{care}/decisions", data={"to": "eligible"}).status_code == 303
    assert file_of(app, town, ida).state is DonorState.ELIGIBLE
    paused = client.post(
        f"{care}/decisions",
        data={"to": "suspended", "because": "illness", "until": "2026-12-24", "note": "flu"},
    )
    assert paused.status_code == 303
    shown = client.get(care).get_data(as_text=True)
    assert "illness" in shown
    assert "flu" in shown


def test_a_coordinator_reads_no_health_reason_and_decides_nothing(
    app: Flask, town: Town, ida: int
) -> None:
    client = desk(app, town, Role.COORDINATOR)
    file = client.get(f"/board/donors/{ida}").get_data(as_text=True)
    assert "Correct her contact" in file
    assert "Interview and decisions" not in file
    assert client.get(f"/board/donors/{ida}/clinical-file").status_code == 403
    assert client.get(f"/board/donors/blood-tests/donors/{ida}").status_code == 403


def test_a_contact_is_completed_and_an_address_that_moved_loses_its_place(
    app: Flask, town: Town
) -> None:
    client = desk(app, town, Role.COORDINATOR)
    typed = {
        "first_name": "Dora",
        "family_name": "Duval",
        "phone": "06 39 98 00 03",
        "line": "2 rue Neuve",
        "postcode": "33600",
        "town": "Pessac",
    }
    there = f"/board/donors/candidates/{town.dora}/contact"
    assert client.get(there).status_code == 200
    assert client.post(there, data=typed | {"first_name": ""}).status_code == 422
    for field, text in (
        ("postcode", "99999"),
        ("town", "Bordeaux CEDEX"),
        ("baby_born_on", "1926-05-03"),
    ):
        answer = client.post(there, data=typed | {field: text})
        assert answer.status_code == 422
        assert f'id="{field}-wrong"' in answer.text
        assert f'value="{text}"' in answer.text, "it stays as it was typed"
    assert client.post(there, data=typed).status_code == 303
    dora = file_of(app, town, town.dora)
    assert (dora.family_name, dora.address.town) == ("Duval", "Pessac")
    assert dora.address.position is None


def test_a_telephone_that_was_not_reached_is_marked_until_it_is(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        get_donor(session, town.bank, town.dora).phone = "+33 6 39 98 00 01"
        mark_phone_unreached(session, get_donor(session, town.bank, town.dora), at=MORNING)
    client = desk(app, town, Role.COORDINATOR)
    there = f"/board/donors/{town.dora}"
    assert "not reached on 23 November 2026" in client.get(there).text
    assert client.post(f"{there}/phone").status_code == 303
    assert "not reached on" not in client.get(there).text


@pytest.mark.parametrize(
    "query",
    ["Noemie", "MARTIN noé", "0639980036", "+33 6 39 98 00 36", "98 00 36", "lhay", "12 salines"],
)
def test_a_donor_is_found_everywhere_by_the_same_words(app: Flask, town: Town, query: str) -> None:
    with app.app_context(), transaction() as session:
        dora = get_donor(session, town.bank, town.dora)
        dora.first_name, dora.phone = "Noémie", "+33 6 39 98 00 36"
        dora.address.line = "12 quai des Salines"
        dora.address.town = "L\N{RIGHT SINGLE QUOTATION MARK}Haÿ-les-Roses"
        for key in town.pickups:
            session.get_one(Pickup, key).state = PickupState.ASKED
    client = desk(app, town, Role.COORDINATOR)
    for path in ("/board/donors", "/board/inbox/requests/new", "/board/inbox"):
        page = client.get(path, query_string={"q": query}).text
        assert "Noémie" in page, path
        assert "Elise" not in page, path
    assert "Noémie" not in client.get("/board/donors?q=Noemie+Petit").text


def test_each_role_of_the_desk_is_led_to_a_page_of_its_own(app: Flask, town: Town) -> None:
    for role, home in (
        (Role.QUALITY, "/board/donors/blood-tests"),
        (Role.LABORATORY, "/board/donors/blood-tests"),
        (Role.ADMIN, "/board/bank/directory"),
    ):
        with app.app_context(), transaction() as session:
            key = add_person(
                session,
                bank_id=town.bank,
                name=role,
                email=f"{role}@home.example",
                roles=[role],
                language="en",
            ).id
        client = sign_in(app, bank=town.bank, person=key)
        assert client.get(home).status_code == 200
        assert client.get("/board/").status_code == 403


def test_an_administrator_claims_the_banks_own_line_and_no_other(app: Flask, town: Town) -> None:
    client = desk(app, town, Role.ADMIN)
    with app.app_context(), reading() as session:
        pessac = session.query(Lactarium).filter_by(town="Pessac").one().id
        tours = session.query(Lactarium).filter_by(town="Tours").one().id
    page = client.get(f"/board/bank/directory/{pessac}").get_data(as_text=True)
    assert "Haut-Lévêque" in page
    typed = {
        "name": "Lactarium",
        "town": "Pessac",
        "postcode": "33600",
        "latitude": "44.785",
        "longitude": "-0.66",
        "kind": "internal_and_external",
        "takes_anonymous": "yes",
        "evidence": "ours",
        "checked_on": "2026-11-23",
        "listed": "yes",
        "ours": "yes",
    }
    assert client.post(f"/board/bank/directory/{pessac}", data=typed).status_code == 303
    wrong = client.post(f"/board/bank/directory/{pessac}", data=typed | {"latitude": "north"})
    assert wrong.status_code == 422
    with app.app_context(), transaction() as session:
        assert session.get_one(Lactarium, pessac).bank_id == town.bank
        session.get_one(Lactarium, tours).bank_id = town.other_bank
    assert client.get(f"/board/bank/directory/{tours}").status_code == 404
    assert "Checked on 23 November 2026 by Town bank" in client.get("/lactariums").get_data(
        as_text=True
    )


def test_quality_erases_and_opens_the_seal_for_a_reason(app: Flask, town: Town, ida: int) -> None:
    client = desk(app, town, Role.QUALITY)
    assert client.post(f"/board/bank/erasures/donors/{town.dora}").status_code == 422, (
        "an open visit"
    )
    assert client.post(f"/board/bank/erasures/donors/{ida}").status_code == 303
    number = file_of(app, town, ida).number
    nothing = client.post("/board/bank/erasures/seal", data={"number": number, "reason": "recall"})
    assert nothing.status_code == 422, "nothing of hers was ever collected"
    assert "Erased donor" in client.get(f"/board/donors/{ida}").get_data(as_text=True)


def test_two_files_of_one_donor_are_joined_by_a_professional(
    app: Flask, town: Town, ida: int
) -> None:
    with app.app_context(), transaction() as session:
        get_donor(session, town.bank, town.dora).phone = "+33 6 39 98 00 02"
    client = desk(app, town, Role.PROFESSIONAL)
    assert "Another file may be hers too." in client.get(f"/board/donors/{town.dora}").text
    page = client.get(f"/board/donors/{town.dora}/merge").text
    assert "This one goes: Ida" in page
    assert client.post(f"/board/donors/{ida}/merge", data={"gone": ida}).status_code == 422
    joined = client.post(f"/board/donors/{town.dora}/merge", data={"gone": ida})
    assert joined.status_code == 303
    assert "This file was joined into" in client.get(f"/board/donors/{ida}").text
    with app.app_context(), reading() as session:
        number = get_donor(session, town.bank, town.elise).number
    typed = client.get(f"/board/donors/{town.dora}/merge?number={number}").text
    assert "This one goes: Elise" in typed


def test_quality_parts_two_files_that_were_joined_by_mistake(
    app: Flask, town: Town, ida: int
) -> None:
    number = file_of(app, town, ida).number
    client = desk(app, town, Role.QUALITY)
    client.post(f"/board/donors/{town.dora}/merge", data={"gone": ida})
    assert "By mistake?" in client.get(f"/board/donors/{ida}").text
    assert f'value="{number}"' in client.get(f"/board/bank/erasures?number={number}").text
    said = {"number": number, "reason": ""}
    assert client.post("/board/bank/erasures/parting", data=said).status_code == 422
    parted = client.post("/board/bank/erasures/parting", data=said | {"reason": "Two sisters"})
    assert parted.location == f"/board/donors/{ida}"
    assert "They are two files again." in client.get(parted.location).text
    assert file_of(app, town, ida).first_name == "Ida"


def test_an_administrator_adds_her_own_bank_to_the_directory(app: Flask, town: Town) -> None:
    client = desk(app, town, Role.ADMIN)
    said = {
        "name": "Town bank",
        "town": "Pessac",
        "postcode": "33600",
        "latitude": "44.785",
        "longitude": "-0,66",
        "kind": "unknown",
        "takes_anonymous": "yes",
        "checked_on": "24/11/2026",
        "listed": "yes",
        "ours": "yes",
    }
    assert client.post("/board/bank/directory", data=said).status_code == 303
    with app.app_context(), reading() as session:
        line = session.query(Lactarium).where(Lactarium.bank_id == town.bank).one()
        assert (line.longitude, str(line.checked_on)) == (-0.66, "2026-11-24")


def test_a_decision_with_a_mistake_keeps_its_note(app: Flask, town: Town) -> None:
    nora = desk(app, town, Role.PROFESSIONAL)
    there = f"/board/donors/{town.dora}/clinical-file/decisions"
    form = {"to": "suspended", "because": "illness", "until": "soon", "note": "Antibiotics"}
    answer = nora.post(there, data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert ">Antibiotics</textarea>" in page
    assert 'value="suspended" required checked' in page
    assert 'value="illness" selected' in page
    assert 'value="soon"' in page


def test_a_blood_test_with_a_mistake_keeps_its_fields(app: Flask, town: Town) -> None:
    nora = desk(app, town, Role.PROFESSIONAL)
    there = f"/board/donors/blood-tests/donors/{town.dora}"
    form = {"drawn_on": "soon", "outcome": "clear", "valid_until": "2027-01-31"}
    answer = nora.post(there, data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="soon"' in page
    assert 'value="clear" selected' in page
    assert 'value="2027-01-31"' in page

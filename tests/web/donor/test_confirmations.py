"""Confirmations: each act of a donor is answered by a message, and a form sent twice acts once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from collector.db import db, reading, transaction
from collector.donors.models import Donor
from collector.notices.models import Notice
from collector.people.models import WebSession
from collector.places.models import Address
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.donor.test_donor import GOOD, publish, words
from tests.web.donor.test_request import hold, slots_in
from tests.web.request_forms import WRITTEN, nora
from tests.web.test_session import Postbag, empty_outbox

__all__ = ["nora"]

CONTACT = {"first_name": "Ida", "phone": "06 39 98 00 09", "postcode": "33600"}


def told(app: Flask, recipient: str = "donor:%") -> list[str]:
    with app.app_context(), reading() as session:
        rows = select(Notice.template).where(Notice.recipient.like(recipient)).order_by(Notice.id)
        return list(session.scalars(rows))


def prove(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        for row in session.scalars(select(WebSession)):
            row.proved_at = row.began_at


def test_a_slot_a_change_and_a_cancellation_are_confirmed(app: Flask, nora: FlaskClient) -> None:
    page = nora.post("/donor/request/", data=WRITTEN, follow_redirects=True)
    once = hold(nora, slots_in(page)[0])
    visit = nora.post("/donor/request/confirmation", data={"once": once}).location
    assert told(app) == ["visit_agreed"]
    nora.post(visit, data=GOOD)
    assert told(app)[1:] == ["visit_changed"]
    nora.post(f"{visit}/cancellation")
    assert told(app)[2:] == ["visit_cancelled"]


def test_a_cancellation_by_the_link_or_by_the_bank_is_confirmed_once(
    app: Flask, town: Town
) -> None:
    publish(app, town)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    for _ in range(2):
        claire.post(
            f"/board/inbox/pickups/{town.pickups[0]}/cancellation", data={"reason": "other"}
        )
    assert told(app) == ["visit_cancelled"]


def test_a_first_contact_and_a_call_are_confirmed_and_sent_twice_are_one(
    app: Flask, town: Town
) -> None:
    ida = app.test_client()
    form = ida.get("/banks/town/contact").get_data(as_text=True)
    (once,) = re.findall(r'name="once" value="([^"]+)"', form)
    for _ in range(2):
        sent = ida.post("/banks/town/contact", data=CONTACT | {"once": once})
        assert sent.location == "/donor/screening/"
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).where(Donor.first_name == "Ida")) == 1
    calls = ida.get("/donor/screening/call-back").get_data(as_text=True)
    half = re.findall(r'name="half_day" value="([^"]+)"', calls)[0]
    for _ in range(2):
        ida.post("/donor/screening/call-back", data={"half_day": half})
    assert told(app) == ["contact_received", "call_booked"]
    home = words(ida.get("/donor/"))
    assert "We call you on" in home
    assert "Ask for" not in home, "there is no address yet"
    assert "No visit is asked for" not in home
    assert "Tell us your address" in home
    another = {"first_name": "Ines", "once": "another"}
    assert ida.post("/banks/town/contact", data=CONTACT | another).status_code == 303
    assert town.bank


@pytest.fixture
def dora(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, donor=town.dora)


def details(app: Flask, town: Town) -> dict[str, str]:
    with app.app_context(), reading() as session:
        donor = session.get_one(Donor, town.dora)
        address = session.get_one(Address, donor.address_id)
        return {
            "phone": donor.phone or "",
            "email": donor.email or "",
            "line": address.line,
            "postcode": address.postcode,
            "town": address.town,
            "access_notes": address.access_notes,
        }


def test_she_corrects_her_contact_after_the_proof_alone(
    app: Flask, town: Town, dora: FlaskClient
) -> None:
    assert dora.get("/donor/contact").location == "/donor/proof"
    assert dora.post("/donor/contact", data={"phone": "06 39 98 00 01"}).location == "/donor/proof"
    prove(app)
    sent = details(app, town) | {"access_notes": "Code 51A3", "phone": "06 39 98 00 01"}
    assert dora.post("/donor/contact", data=sent).location == "/donor/"
    now = details(app, town)
    assert (now["access_notes"], now["phone"]) == ("Code 51A3", "06 39 98 00 01")
    assert told(app, "person:%") == ["contact_changed"]


def test_a_new_address_loses_its_old_position(app: Flask, town: Town, dora: FlaskClient) -> None:
    prove(app)
    sent = details(app, town) | {"line": "7 rue Neuve", "phone": "06 39 98 00 01"}
    dora.post("/donor/contact", data=sent)
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "Set the place" in words(claire.get(f"/board/donors/{town.dora}"))
    wrong = dora.post("/donor/contact", data=sent | {"postcode": "3"})
    assert (wrong.status_code, "7 rue Neuve" in wrong.get_data(as_text=True)) == (422, True)
    bare = dora.post("/donor/contact", data=sent | {"phone": "", "email": ""})
    assert bare.status_code == 422


@pytest.mark.twin
def test_of_eight_forms_sent_in_one_instant_one_opens_a_file(app: Flask, town: Town) -> None:
    form = {**CONTACT, "once": "one-form"}

    def send(number: int) -> int:
        with app.app_context():
            client = app.test_client()
            address = {"REMOTE_ADDR": f"192.0.2.{number}"}
            status = client.post("/banks/town/contact", data=form, environ_base=address).status_code
            db.session.remove()
            return status

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(send, range(8)))
    assert statuses == [303] * 8
    with app.app_context(), reading() as session:
        opened = session.scalars(select(Donor).where(Donor.once == "one-form")).all()
    assert len(opened) == 1
    assert opened[0].bank_id == town.bank


def test_no_confirmation_goes_to_a_landline(app: Flask, town: Town) -> None:
    landline = {**CONTACT, "phone": "05 36 49 00 01"}
    assert town.bank
    assert app.test_client().post("/banks/town/contact", data=landline).status_code == 303
    assert told(app) == []


def carried(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context(), reading() as session:
        rows = select(Notice).where(Notice.recipient.like("donor:%")).order_by(Notice.id)
        return [(row.template, row.channel, row.to) for row in session.scalars(rows)]


def test_the_former_and_the_new_address_learn_that_it_was_changed(
    app: Flask, town: Town, dora: FlaskClient, clock: SetClock
) -> None:
    prove(app)
    former, postbag = details(app, town), Postbag()
    sent = former | {"email": "new@home.example", "phone": "06 39 98 00 77"}
    dora.post("/donor/contact", data=sent)
    empty_outbox(app, clock, postbag)
    letters = {letter.to: letter.body for letter in postbag.letters if "just now" in letter.body}
    assert set(letters) == {former["email"], former["phone"], sent["email"], sent["phone"]}
    for body in letters.values():
        assert "If it was not you, please call us." in body
        assert "http" not in body, "a former address must open nothing"


def test_the_former_address_learns_of_a_correction_by_the_bank_too(app: Flask, town: Town) -> None:
    claire = sign_in(app, bank=town.bank, person=town.claire)
    former = details(app, town)
    names = {"first_name": "Dora", "family_name": "Martin"}
    contact = f"/board/donors/candidates/{town.dora}/contact"
    claire.post(contact, data=former | names | {"phone": "06 39 98 00 00"})
    assert carried(app) == [], "another spelling of a number is no other number"
    claire.post(contact, data=former | names | {"phone": "05 36 49 00 01"})
    assert carried(app) == [("details_changed", "sms", "06 39 98 00 00")]

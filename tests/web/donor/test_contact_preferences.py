"""Contact preferences of a donor: channels, browsers, codes of proof, her calendar."""

from __future__ import annotations

import re
from html import unescape

import icalendar
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.notices.models import Channel, Notice
from collector.people.models import ProofCode, WebSession
from tests.builders import MORNING
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.donor.test_donor import publish, words
from tests.web.request_forms import nora
from tests.web.test_session import Postbag, empty_outbox

__all__ = ["nora"]


def test_a_code_by_another_channel_opens_the_parts_hidden_from_a_link(
    app: Flask, town: Town, clock: SetClock
) -> None:
    dora, postbag = sign_in(app, bank=town.bank, donor=town.dora), Postbag()
    assert "1 rue du Port" not in words(dora.get("/donor/"))
    assert dora.post("/donor/proof/codes").status_code == 303
    assert empty_outbox(app, clock, postbag) == 1
    (letter,) = postbag.letters
    assert (letter.channel, letter.to) == (Channel.SMS, "+33 6 39 98 00 00")
    (code,) = re.findall(r"\d{6}", letter.body)
    with app.app_context(), reading() as session:
        assert code not in str([notice.figures for notice in session.scalars(select(Notice))])
        assert code not in str(session.scalars(select(ProofCode.code_hash)).all())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert dora.post("/donor/proof", data={"code": wrong}).status_code == 422
    assert dora.post("/donor/proof", data={"code": code}).status_code == 303
    assert "1 rue du Port" in words(dora.get("/donor/"))


def test_five_wrong_codes_spend_a_code(app: Flask, town: Town, clock: SetClock) -> None:
    dora, postbag = sign_in(app, bank=town.bank, donor=town.dora), Postbag()
    dora.post("/donor/proof/codes")
    empty_outbox(app, clock, postbag)
    (code,) = re.findall(r"\d{6}", postbag.letters[0].body)
    for _ in range(5):
        assert dora.post("/donor/proof", data={"code": "12"}).status_code == 422
    assert dora.post("/donor/proof", data={"code": code}).status_code == 422


def test_a_proof_is_one_sessions_own(app: Flask, town: Town) -> None:
    first, second = (sign_in(app, bank=town.bank, donor=town.dora) for _ in range(2))
    with app.app_context(), transaction() as session:
        session.execute(update(WebSession).where(WebSession.id == 1).values(proved_at=MORNING))
    assert "1 rue du Port" in words(first.get("/donor/"))
    assert "1 rue du Port" not in words(second.get("/donor/"))


def test_a_donor_chooses_the_channel_of_her_messages(
    app: Flask, town: Town, nora: FlaskClient
) -> None:
    assert (
        nora.post(
            "/donor/contact-preferences", data={"channel": "sms", "discreet": "yes"}
        ).status_code
        == 303
    )
    page = unescape(nora.get("/donor/contact-preferences").get_data(as_text=True))
    assert re.search(r'value="sms" checked', page)
    with app.app_context(), reading() as session:
        assert session.get_one(Donor, town.dora).discreet


def test_a_browser_may_not_make_the_server_call_anybody(nora: FlaskClient) -> None:
    data = {"endpoint": "http://127.0.0.1:5432/", "p256dh": "x", "auth": "y"}
    assert nora.post("/donor/contact-preferences/browsers", data=data).status_code == 422


def test_the_calendar_gets_the_hours_in_neutral_words(app: Flask, town: Town) -> None:
    publish(app, town)
    with app.app_context(), transaction() as session:
        session.get_one(Donor, town.dora).discreet = True
    dora = sign_in(app, bank=town.bank, donor=town.dora)
    answer = dora.get(f"/donor/visits/{town.pickups[0]}/calendar.ics")
    assert answer.mimetype == "text/calendar"
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["SUMMARY"] == "Appointment"
    assert event["DTSTART"].dt.isoformat() == "2026-11-24T08:00:00+00:00"
    assert "rue du Port" not in answer.text

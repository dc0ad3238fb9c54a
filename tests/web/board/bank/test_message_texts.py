"""Message texts of a bank: preview, checked placeholders, discretion, and what leaves."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.audit.queries import first_broken_link
from collector.banks.models import Bank
from collector.db import reading, transaction
from collector.donor_contact.message_texts import MESSAGES, TextKey, message_texts_of
from collector.donors.models import Donor
from collector.notices.actions import enqueue
from collector.notices.delivery import RenderedNotice
from collector.notices.models import Channel, TextForm
from collector.people.models import Role
from collector.web.message_rendering import render_notice
from collector.web.message_wording import required_placeholders, sample_message, starting_wording
from tests.builders import MORNING
from tests.town import Town
from tests.web.board.donors.test_donors import desk

HOME = "/board/bank/message-texts"
SMS = f"{HOME}/visit_promised/sms/fr/plain"
OURS = "Bonjour, nous passons le {day} entre {opens} et {closes}. {link}"
KEYS = [
    TextKey(key=key, form=form, language=language, discreet=discreet)
    for key in MESSAGES
    for form in TextForm
    for language in ("en", "fr")
    for discreet in (False, True)
]


@pytest.fixture
def admin(app: Flask, town: Town) -> FlaskClient:
    return desk(app, town, Role.ADMIN)


def sent_to_dora(
    app: Flask, town: Town, *, channel: Channel = Channel.SMS, language: str = "fr", **more: str
) -> RenderedNotice:
    with app.app_context(), transaction() as session:
        notice = enqueue(
            session,
            now=MORNING,
            bank_id=town.bank,
            once=f"{channel} {language} {more}",
            recipient=f"donor:{town.dora}",
            to="1",
            template="visit_promised",
            language=language,
            channel=channel,
            day="2026-11-24",
            opens="09:00",
            closes="11:00",
            **more,
        )
        return render_notice(session, notice, now=MORNING)


def test_a_banks_own_text_leaves_with_its_values_and_signature(
    app: Flask, town: Town, admin: FlaskClient
) -> None:
    assert admin.post(SMS, data={"text": OURS, "seen": "0"}).status_code == 303
    body = sent_to_dora(app, town).body
    assert body.startswith("Bonjour, nous passons le mardi 24 novembre entre 9 h et 11 h. http")
    assert body.endswith("Town bank")
    assert sent_to_dora(app, town, language="en").body.startswith("We come on")
    assert sent_to_dora(app, town, channel=Channel.EMAIL).subject.startswith("Nous passons")
    before = {"opens_before": "13:30", "closes_before": "15:30"}
    assert sent_to_dora(app, town, **before).body.startswith("Nouvel horaire")


def test_an_own_email_has_its_subject(app: Flask, town: Town, admin: FlaskClient) -> None:
    url = f"{HOME}/visit_promised/email/fr/plain"
    sent = {"subject": "Le {day}", "text": f"Chère maman,\r\n\r\n{OURS}", "seen": "0"}
    assert admin.post(url, data=sent).status_code == 303
    letter = sent_to_dora(app, town, channel=Channel.EMAIL)
    assert letter.subject == "Le mardi 24 novembre"
    assert letter.body.startswith("Chère maman,\n\nBonjour, nous passons")
    assert letter.body.endswith("\n\nTown bank")


def test_a_discreet_donor_never_gets_the_plain_text(
    app: Flask, town: Town, admin: FlaskClient
) -> None:
    admin.post(SMS, data={"text": f"Votre lait : {OURS}", "seen": "0"})
    with app.app_context(), transaction() as session:
        session.get_one(Donor, town.dora).discreet = True
    assert sent_to_dora(app, town).body.startswith("Nous passons chez vous le")
    discreet = SMS.replace("plain", "discreet")
    admin.post(discreet, data={"text": f"Coucou, {OURS}", "seen": "0"})
    body = sent_to_dora(app, town, again="1").body
    assert body.startswith("Coucou, Bonjour")
    assert "Town bank" not in body


@pytest.mark.parametrize(
    ("url", "change", "field", "told"),
    [
        (SMS, {"text": ""}, "text", "The text is empty"),
        (SMS, {"text": OURS.replace("{link}", "")}, "text", "The message needs {link}"),
        (SMS, {"text": f"{OURS} {{name}}"}, "text", "{name} has no value in this message"),
        (SMS, {"text": f"{OURS} {{"}, "text", "A brace stands alone"),
        (SMS, {"text": f"{OURS} {{opens_before}}"}, "text", "{opens_before} has no value"),
        (SMS, {"text": OURS + "x" * 480}, "text", "keep to 480 characters"),
        (
            f"{HOME}/visit_promised/email/fr/plain",
            {"subject": "{who}"},
            "subject",
            "{who} has no value",
        ),
        (
            f"{HOME}/visit_promised/email/fr/discreet",
            {"subject": "Town bank"},
            "subject",
            "“Town bank” reveals the service",
        ),
        (
            SMS.replace("plain", "discreet"),
            {"text": f"{OURS} Votre lait"},
            "text",
            "“lait” reveals the service",
        ),
    ],
)
def test_a_mistake_stands_at_its_field_and_the_text_stays(
    app: Flask,
    town: Town,
    admin: FlaskClient,
    url: str,
    change: dict[str, str],
    field: str,
    told: str,
) -> None:
    sent = {"subject": "Bonjour", "text": OURS, "seen": "0"} | change
    for act in ({}, {"act": "preview"}):
        answer = admin.post(url, data=sent | act)
        page = html.unescape(answer.text)
        assert answer.status_code == 422
        assert told in page.split(f'id="{field}-wrong">')[1].split("</p>")[0]
        assert sent["text"].strip() in page
        assert "As it would leave" not in page
    with app.app_context(), reading() as session:
        assert message_texts_of(session, town.bank) == {}


def test_the_preview_shows_the_message_and_its_length_and_keeps_nothing(
    app: Flask, town: Town, admin: FlaskClient
) -> None:
    answer = admin.post(SMS, data={"text": f"{OURS} ☂", "seen": "0", "act": "preview"})
    page = html.unescape(answer.text)
    assert answer.status_code == 200
    assert "Bonjour, nous passons le mercredi 23 septembre entre 10 h 35" in page
    assert "3 text messages" in re.sub(r"\s+", " ", page)
    assert "Unicode characters" in page
    with app.app_context(), reading() as session:
        assert message_texts_of(session, town.bank) == {}


def test_the_text_returns_to_milkrounds_and_a_colleague_first_is_told(
    app: Flask, town: Town, admin: FlaskClient
) -> None:
    admin.post(SMS, data={"text": OURS, "seen": "0"})
    late = admin.post(SMS, data={"text": f"{OURS} !", "seen": "0"})
    assert (late.status_code, f"{OURS} !" in html.unescape(late.text)) == (409, True)
    assert "your text" in admin.get(f"{HOME}?text_language=fr").text
    assert admin.post(f"{SMS}/reset", data={"seen": "1"}).status_code == 303
    assert sent_to_dora(app, town).body.startswith("Nous passons chez vous le")
    with app.app_context(), reading() as session:
        assert first_broken_link(session, town.bank) is None


@pytest.mark.parametrize("of", KEYS, ids=str)
def test_milkrounds_text_is_a_text_that_a_bank_may_keep(
    app: Flask, town: Town, of: TextKey
) -> None:
    """The form's first text has each value as a placeholder, and renders as the template does."""
    with app.test_request_context(), reading() as session:
        wording = starting_wording(of)
        assert "{link}" in wording.text
        assert not re.search(r"10:35|10.h|septemb", wording.text + wording.subject, re.IGNORECASE)
        expected = {name for name in ("day", "opens", "closes") if name in MESSAGES[of.key].values}
        assert required_placeholders(of) >= expected - {"day"}
        bank = session.get_one(Bank, town.bank)
        sample = sample_message(bank, of, wording, public_url="https://town.example")
        assert "{" not in sample.subject + sample.body
        assert bool(sample.length) == (of.form is TextForm.SMS)
        if sample.length:
            assert sample.length.alphabet == "gsm"


def test_an_address_of_no_text_is_not_found(admin: FlaskClient) -> None:
    for url in ("sign_in/sms/fr/plain", "receipt/fax/fr/plain", "receipt/sms/de/plain"):
        assert admin.get(f"{HOME}/{url}").status_code == 404
    assert admin.get(f"{HOME}?text_language=de").status_code == 404

"""Text messages: every kind of them leaves in the GSM alphabet, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from collector.banks.models import Bank
from collector.db import transaction
from collector.notices.actions import enqueue
from collector.notices.gsm import GSM
from collector.notices.models import Channel
from collector.people.actions import begin_session
from collector.people.models import Surface, WebSession
from collector.web.message_rendering import render_notice
from tests.builders import MORNING
from tests.town import Town

KINDS = sorted(
    path.stem for path in (Path(__file__).parents[2] / "templates" / "sms").glob("*.txt")
)
FIGURES: dict[str, object] = {"day": "2026-08-01", "opens": "09:00", "closes": "11:30"}
BEFORE = {"opens_before": "13:30", "closes_before": "15:30"}


def sent(
    app: Flask, town: Town, kind: str, *, language: str, channel: Channel = Channel.SMS, **more: str
) -> str:
    """Return the text of a message to Dora from a bank whose name has every French accent."""
    with app.app_context(), transaction() as session:
        session.get_one(Bank, town.bank).name = "Lactarium de l\u2019Hôpital Haut-Lévêque, ça œuvre"
        begin_session(
            session, now=MORNING, bank_id=town.bank, surface=Surface.DONOR, donor_id=town.dora
        )
        browser = session.scalars(select(WebSession.id)).first()
        notice = enqueue(
            session,
            now=MORNING,
            bank_id=town.bank,
            once=f"{kind} {language} {channel}",
            recipient=f"donor:{town.dora}",
            to="1",
            template=kind,
            language=language,
            channel=channel,
            web_session=browser,
            **FIGURES,
            **more,
        )
        return render_notice(session, notice, now=MORNING).body


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_text_message_is_in_the_alphabet_of_phones(
    app: Flask, town: Town, kind: str, language: str
) -> None:
    text = sent(app, town, kind, language=language)
    assert sorted(set(text) - GSM) == []
    assert text.endswith("Lactarium de l'Hopital Haut-Léveque, ca oeuvre")


def test_a_changed_hour_is_in_the_alphabet_too(app: Flask, town: Town) -> None:
    text = sent(app, town, "visit_promised", language="fr", **BEFORE)
    assert set(text) <= GSM
    assert text.startswith(
        "Nouvel horaire : le samedi 1er aout entre 9 h et 11 h 30,"
        " et non entre 13 h 30 et 15 h 30. http"
    )


def test_a_push_message_keeps_its_accents_and_its_spaces(app: Flask, town: Town) -> None:
    text = sent(app, town, "visit_near", language="fr", channel=Channel.PUSH)
    assert text.startswith(
        "Nous passons aujourd\u2019hui entre 9\u00a0h et 11\u00a0h\u00a030. http"
    )

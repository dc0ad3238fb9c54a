"""Letters: each one in both languages, discreet where it was asked, with a link that leads back."""

from __future__ import annotations

import pytest
from flask import Flask

from collector.db import transaction
from collector.donors.models import Donor
from collector.notices.actions import MOST_ATTEMPTS, enqueue, record_failure
from collector.notices.models import Notice, NoticeState
from collector.web.message_rendering import render_notice
from tests.builders import MORNING
from tests.town import Town

FIGURES: dict[str, dict[str, object]] = {
    "visit_promised": {"day": "2026-11-24", "opens": "09:00", "closes": "11:00"},
    "visit_proposed": {"day": "2026-11-24", "opens": "09:00", "closes": "11:00"},
    "visit_withdrawn": {"day": "2026-11-24"},
    "visit_agreed": {"day": "2026-11-24", "opens": "09:00", "closes": "11:00", "agreed": True},
    "visit_changed": {"day": "2026-11-24", "opens": "09:00", "closes": "11:00", "agreed": False},
    "visit_cancelled": {"day": "2026-11-24"},
    "call_booked": {"day": "2026-11-24", "half": "morning"},
    "contact_received": {},
    "contact_changed": {"donor": 1, "number": "1", "changed": ["line", "phone"]},
    "round_published": {"day": "2026-11-24", "letter": "A", "revision": 2, "stops": 9},
    "sign_in": {"wanted": "/board/"},
}
TELLING = ("milk", "lait", "lactarium", "bank", "milkround")


def written(app: Flask, town: Town, template: str, *, language: str, donor: int | None) -> str:
    with app.app_context(), transaction() as session:
        notice = enqueue(
            session,
            now=MORNING,
            bank_id=town.bank,
            once=f"{template} {language}",
            recipient=f"donor:{donor}" if donor else f"person:{town.ana}",
            to="somebody@example.org",
            template=template,
            language=language,
            **FIGURES[template],
        )
        letter = render_notice(session, notice, now=MORNING)
        assert letter.subject
        assert "\n" not in letter.subject
        assert "http://127.0.0.1:8000/" in letter.body
        return f"{letter.subject}\n{letter.body}"


@pytest.mark.parametrize("template", FIGURES)
def test_a_letter_is_written_in_its_readers_language(app: Flask, town: Town, template: str) -> None:
    french = written(app, town, template, language="fr", donor=None)
    english = written(app, town, template, language="en", donor=None)
    assert french.splitlines()[0] != english.splitlines()[0]
    assert "%(" not in french + english


def test_a_changed_promise_says_what_it_replaces(app: Flask, town: Town) -> None:
    before = {"opens_before": "13:30", "closes_before": "15:30"}
    with app.app_context(), transaction() as session:
        notice = enqueue(
            session,
            now=MORNING,
            bank_id=town.bank,
            once="changed",
            recipient=f"donor:{town.dora}",
            to="dora@home.example",
            template="visit_promised",
            language="en",
            **FIGURES["visit_promised"],
            **before,
        )
        letter = render_notice(session, notice, now=MORNING)
    assert letter.subject.startswith("Another time")
    assert "not between 13:30 and 15:30" in letter.body


@pytest.mark.parametrize(
    "template", sorted(FIGURES.keys() - {"round_published", "contact_changed"})
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_discreet_donors_letter_names_neither_the_service_nor_its_purpose(
    app: Flask, town: Town, template: str, language: str
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Donor, town.dora).discreet = True
    text = written(app, town, template, language=language, donor=town.dora).lower()
    assert [word for word in TELLING if word in text] == []


def test_a_message_that_fails_five_times_waits_for_somebody_to_look(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        notice = enqueue(
            session,
            now=MORNING,
            bank_id=town.bank,
            once="once",
            recipient=f"person:{town.ana}",
            to="ana@town.example",
            template="sign_in",
            language="fr",
        )
        for attempt in range(1, MOST_ATTEMPTS + 1):
            assert notice.state is NoticeState.OWED
            record_failure(notice)
            assert notice.attempts == attempt
        assert notice.state is NoticeState.FAILED


def test_the_same_message_is_owed_once(app: Flask, town: Town) -> None:
    first = written(app, town, "visit_promised", language="en", donor=town.dora)
    assert first == written(app, town, "visit_promised", language="en", donor=town.dora)
    with app.app_context(), transaction() as session:
        assert session.query(Notice).count() == 1


def test_the_message_of_a_receipt_opens_the_receipt(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        notice = enqueue(
            session,
            now=MORNING,
            bank_id=town.bank,
            once="receipt",
            recipient=f"donor:{town.dora}",
            to="dora@home.example",
            template="receipt",
            language="en",
            pickup=town.pickups[0],
        )
        letter = render_notice(session, notice, now=MORNING)
    assert f"/donor/visits/{town.pickups[0]}/receipt" in letter.body

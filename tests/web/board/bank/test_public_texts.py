"""Public texts of a bank: templates with gaps, changes, public pages, the card of the morning."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from collector.audit.queries import history_of
from collector.banks.actions import found_bank
from collector.banks.models import Bank, PublicTextKey
from collector.banks.public_texts import starting_text
from collector.banks.queries import incomplete_notices
from collector.db import reading, transaction
from tests.town import MORNING, Town, sign_in

ENGLISH = {"Accept-Language": "en"}


def text_of(app: Flask, path: str, language: str = "en") -> str:
    return app.test_client().get(path, headers={"Accept-Language": language}).text


@pytest.mark.parametrize("name", list(PublicTextKey))
def test_a_text_that_was_never_written_is_announced_as_not_completed(
    app: Flask, town: Town, name: PublicTextKey
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Bank, town.bank).phone = "05 36 49 00 01"
    page = text_of(app, f"/banks/town/{name.value}")
    assert "This page is not completed yet" in page
    assert "tel:0536490001" in page
    assert "pas encore complétée" in text_of(app, f"/banks/town/{name.value}", "fr")


def test_the_form_begins_with_the_template_and_a_gap_is_marked_in_public(
    app: Flask, town: Town
) -> None:
    admin = sign_in(app, bank=town.bank, person=town.adele)
    form = admin.get("/board/bank/public-texts/privacy/en", headers=ENGLISH).text
    assert "Town bank" in form
    assert "[[" in form
    answer = admin.post(
        "/board/bank/public-texts/privacy/en",
        data={"seen": "0", "text": "## Who\nWrite to [[address]] <b>\n- one\n- two"},
    )
    assert answer.status_code == 303
    page = text_of(app, "/banks/town/privacy")
    assert "This page is not completed yet" in page
    assert "<mark>address</mark>" in page
    assert "<h2>Who</h2>" in page
    assert "&lt;b&gt;" in page
    assert re.search(r"<li>one</li>\s*<li>two</li>", page)


def test_a_completed_text_is_shown_to_readers_of_both_languages_and_recorded(
    app: Flask, town: Town
) -> None:
    admin = sign_in(app, bank=town.bank, person=town.adele)
    path = "/board/bank/public-texts/legal/fr"
    assert admin.post(path, data={"seen": "0", "text": "Éditeur"}).status_code == 303
    page = text_of(app, "/banks/town/legal")
    assert "not completed" not in page
    assert '<div lang="fr">' in page
    with app.app_context(), reading() as session:
        (act,) = history_of(session, bank_id=town.bank, subject="public_text:legal/fr")
    assert act.actor == f"person:{town.adele}"
    assert "Adele" in admin.get("/board/bank/public-texts", headers=ENGLISH).text


def test_a_second_change_from_an_old_form_is_refused_with_its_words_kept(
    app: Flask, town: Town
) -> None:
    admin = sign_in(app, bank=town.bank, person=town.adele)
    path = "/board/bank/public-texts/legal/en"
    assert admin.post(path, data={"seen": "0", "text": "First"}).status_code == 303
    late = admin.post(path, data={"seen": "0", "text": "Second"})
    assert late.status_code == 409
    assert "Second" in late.text
    assert admin.post(path, data={"seen": "1", "text": " "}).status_code == 422
    assert "First" in text_of(app, "/banks/town/legal")


def test_a_text_of_another_name_or_language_does_not_exist(app: Flask, town: Town) -> None:
    admin = sign_in(app, bank=town.bank, person=town.adele)
    assert admin.get("/board/bank/public-texts/privacy/de").status_code == 404
    assert admin.get("/board/bank/public-texts/other/en").status_code == 404
    assert app.test_client().get("/banks/nowhere/privacy").status_code == 404


def test_the_texts_of_the_banks_own_language_count_as_incomplete(app: Flask, town: Town) -> None:
    with app.app_context(), reading() as session:
        assert incomplete_notices(session, town.bank) == list(PublicTextKey)
    admin = sign_in(app, bank=town.bank, person=town.adele)
    for language in ("en", "fr"):
        admin.post(
            f"/board/bank/public-texts/privacy/{language}", data={"seen": "0", "text": "Done"}
        )
    admin.post("/board/bank/public-texts/legal/en", data={"seen": "0", "text": "English only"})
    admin.post("/board/bank/public-texts/accessibility/fr", data={"seen": "0", "text": "[[gap]]"})
    with app.app_context(), reading() as session:
        assert incomplete_notices(session, town.bank) == [
            PublicTextKey.LEGAL,
            PublicTextKey.ACCESSIBILITY,
        ]
        assert len(incomplete_notices(session, town.other_bank)) == 3
    morning = sign_in(app, bank=town.bank, person=town.claire).get(
        "/board/morning", headers=ENGLISH
    )
    assert "Public texts not completed" in morning.text
    assert "Accessibility statement" in morning.text
    assert "/banks/town/privacy" in morning.text, "a coordinator may not edit"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", list(PublicTextKey))
def test_every_template_names_the_bank_and_leaves_gaps(key: PublicTextKey, language: str) -> None:
    bank = Bank(name="Lactarium du Nord", town="Lille", phone="")
    text = starting_text(bank, key, language)
    assert "Lactarium du Nord" in text
    assert "[bank]" not in text
    assert "[phone]" not in text
    assert text.count("[[") == text.count("]]") > 0


def test_where_one_bank_lives_the_short_addresses_and_the_header_are_its_own(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        found_bank(
            session, now=MORNING, slug="alone", name="Bank alone", town="Town", phone="05 01"
        )
    client = app.test_client()
    answer = client.get("/privacy")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/banks/alone/privacy")
    header = client.get("/give").text.partition("</header>")[0]
    assert "Bank alone" in header
    assert "tel:0501" in header

"""Corrections of the directory by an administrator: telephone, page, sources, check."""

from __future__ import annotations

from flask import Flask

from collector.banks.models import Lactarium
from collector.db import reading
from tests.town import Town, sign_in

ENGLISH = {"Accept-Language": "en"}
TYPED = {
    "name": "Lactarium of Dijon",
    "town": "Dijon",
    "latitude": "47.3",
    "longitude": "5",
    "kind": "unknown",
    "takes_anonymous": "yes",
    "phone": "03 53 01 00 00",
    "phone_source": "own_page",
    "website": "https://dijon.example",
    "email": "lait@dijon.example",
    "home_collection": "no",
    "area": "Dijon only",
    "sources": "https://dijon.example/lait own_page 2026-11",
    "checked_on": "2026-11-23",
    "listed": "yes",
}


def test_an_administrator_corrects_every_fact_of_an_entry(app: Flask, town: Town) -> None:
    with app.app_context(), reading() as session:
        dijon = session.query(Lactarium).filter_by(town="Dijon").one().id
    path = f"/board/bank/directory/{dijon}"
    admin = sign_in(app, bank=town.bank, person=town.adele)
    assert "info-beaune.com" in admin.get(path).text
    assert admin.post(path, data=TYPED).status_code == 303
    form = admin.get(path, headers=ENGLISH).text
    for typed in ("https://dijon.example/lait own_page 2026-11", "Dijon only", "Town bank"):
        assert typed in form
    page = app.test_client().get("/lactariums", headers=ENGLISH).text
    entry = page.partition("Lactarium of Dijon")[2].partition("</li>\n    <li id")[0]
    for shown in (
        'href="tel:0353010000"',
        'href="mailto:lait@dijon.example"',
        'href="https://dijon.example/lait"',
        "its own page, November 2026",
        "does not collect at homes (Dijon only)",
        "Checked on 23 November 2026 by Town bank",
    ):
        assert shown in entry


def test_a_source_that_is_no_address_is_refused_and_the_form_keeps_it(
    app: Flask, town: Town
) -> None:
    admin = sign_in(app, bank=town.bank, person=town.adele)
    answer = admin.post(
        "/board/bank/directory", data=TYPED | {"sources": "my neighbour"}, headers=ENGLISH
    )
    assert answer.status_code == 422
    assert answer.text.count("my neighbour") == 2

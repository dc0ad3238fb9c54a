"""Guides: both languages have the same sections, each link leads to one, pictures are small."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from collector.people.models import Role
from collector.web.guides import SECTIONS, TITLES, guide_sections
from tests.town import Town
from tests.web.board.donors.test_donors import desk

ROOT = Path(__file__).parents[2]
MOST_BYTES = 60_000


@pytest.mark.parametrize("name", TITLES)
def test_a_guide_has_the_same_sections_and_pictures_in_both_languages(name: str) -> None:
    english, french = (guide_sections(name, language) for language in ("en", "fr"))
    assert [each.anchor for each in english] == [each.anchor for each in french]
    assert [
        [(block.kind, block.picture, len(block.lines)) for block in each.blocks] for each in english
    ] == [
        [(block.kind, block.picture, len(block.lines)) for block in each.blocks] for each in french
    ]
    assert all(each.title for each in english[1:])


def test_each_link_leads_to_a_section_and_each_endpoint_exists(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    for begin, (name, anchor) in SECTIONS.items():
        assert anchor in {each.anchor for each in guide_sections(name, "en")}, begin
        assert any(each.startswith(f"{begin}.") for each in endpoints), begin


def test_every_picture_is_there_in_both_languages_and_small() -> None:
    named = {
        block.picture
        for name in TITLES
        for section in guide_sections(name, "en")
        for block in section.blocks
        if block.picture
    }
    files = {path.name: path for path in (ROOT / "static" / "guides").glob("*.webp")}
    assert files.keys() == {
        f"{name}-{language}.webp" for name in named for language in ("en", "fr")
    }
    assert {
        name: path.stat().st_size
        for name, path in files.items()
        if path.stat().st_size > MOST_BYTES
    } == {}


@pytest.mark.parametrize("name", TITLES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_guide_opens_without_a_sign_in(app: Flask, town: Town, name: str, language: str) -> None:
    assert town
    page = app.test_client().get(f"/guides/{name}", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert guide_sections(name, language)[1].title in page.text
    assert app.test_client().get("/guides/nobody").status_code == 404


def test_the_question_mark_of_a_page_leads_to_its_section(app: Flask, town: Town) -> None:
    client = desk(app, town, Role.COORDINATOR)
    for url, target in (
        ("/board/roster", "/guides/coordinator#roster"),
        ("/board/bank/policies", "/guides/administrator#rules"),
        (f"/board/donors/{town.dora}", "/guides/coordinator#donors"),
    ):
        assert f'class="help" href="{target}"' in client.get(url).text

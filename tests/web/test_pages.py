"""Every page of every role: its content type, and the sign-out that it offers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from collector.people.models import Role
from collector.web.framework.guards import DOOR_OF_ROLE
from tests.town import Town
from tests.web.test_access import OPEN, address, client_of, routes

WITHOUT_CHARSET = {
    "application/json",
    "application/manifest+json",
    "application/pdf",
    "application/problem+json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Kinds whose characters are fixed by their own standard, or that are no text."""

OF_THE_APP = {"phone.home", "my_phone_sessions.home"}
"""Pages of the collector's app, whose own sign-out looks for unsent records first."""

TO_PRINT = {"board.day_close.sheet", "my_data.readable_copy"}
OFFLINE = {"donor.offline"}
"""The page that a browser keeps for places without network; it names no donor."""

DOWNLOAD = re.compile(r'(attachment|inline); filename="?[a-z0-9][A-Za-z0-9.-]*"?')
"""A file has a name of the program, of plain characters."""

FEWEST_PAGES = {
    Role.DONOR: 12,
    Role.COORDINATOR: 40,
    Role.PROFESSIONAL: 17,
    Role.QUALITY: 26,
    Role.LABORATORY: 19,
    Role.RELEASER: 6,
    Role.ADMIN: 27,
}
"""The pages with a sign-out that a role opens at least in the town: a role that loses its pages,
or pages that answer with a fault, would leave nothing to look at."""


def answers(app: Flask, town: Town, role: Role) -> Iterator[tuple[str, TestResponse]]:
    """Give the answer of each GET route to a role, but of the streams and the fixed texts."""
    client = client_of(app, town, role)
    for rule, method in routes(app):
        if method == "GET" and rule.endpoint != "board.dispatch.news" and "any(" not in rule.rule:
            yield rule.endpoint, client.get(address(app, rule, town))


@pytest.mark.parametrize("role", list(Role))
def test_every_answer_names_its_kind_and_its_characters_and_its_file(
    app: Flask, town: Town, role: Role
) -> None:
    files = 0
    for endpoint, answer in answers(app, town, role):
        kind, _semicolon, characters = answer.headers["Content-Type"].partition("; ")
        assert kind in WITHOUT_CHARSET or characters == "charset=utf-8", (endpoint, kind)
        named = answer.headers.get("Content-Disposition")
        assert named is None or DOWNLOAD.fullmatch(named), (endpoint, named)
        files += named is not None
    assert files > 0 or role is not Role.COORDINATOR
    strange = app.test_client().get("/", headers={"Host": "evil.example"})
    assert strange.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("role", FEWEST_PAGES)
def test_every_page_behind_the_sign_in_offers_the_sign_out(
    app: Flask, town: Town, role: Role
) -> None:
    looked_at = 0
    for endpoint, answer in answers(app, town, role):
        if answer.status_code != 200 or endpoint in OPEN | OF_THE_APP | TO_PRINT | OFFLINE:
            continue
        if answer.mimetype != "text/html" or "<html" not in answer.text:
            continue
        assert f'action="/sign-out/{DOOR_OF_ROLE[role]}"' in answer.text, endpoint
        looked_at += 1
    assert looked_at >= FEWEST_PAGES[role]

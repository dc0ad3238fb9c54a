"""The page of applications: a token is made, shown once, used and revoked."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.town import Town, sign_in

PAGE = "/board/bank/applications"


class Administrator:
    """The administrator's browser at the page."""

    def __init__(self, app: Flask, town: Town) -> None:
        self._client = sign_in(app, bank=town.bank, person=town.adele)

    def send(self, path: str = "", **fields: str) -> TestResponse:
        return self._client.post(PAGE + path, data=fields)

    def look(self) -> str:
        return self._client.get(PAGE).get_data(as_text=True)


@pytest.fixture
def adele(app: Flask, town: Town) -> Administrator:
    """The administrator."""
    return Administrator(app, town)


FIELDS = {"name": "Hospital", "scopes_requests:read": "yes", "expires_on": "2027-01-31"}


def test_a_token_is_shown_once_and_opens_its_scope(app: Flask, adele: Administrator) -> None:
    shown = adele.send(**FIELDS).get_data(as_text=True)
    (token,) = re.findall(r'value="(mkr_[\w-]+)"', shown)
    assert token not in adele.look()
    caller = app.test_client()
    known = {"Authorization": f"Bearer {token}"}
    assert caller.get("/api/v1/requests", headers=known).status_code == 200
    assert caller.get("/api/v1/donors", headers=known).status_code == 403
    assert adele.send("/1/revocation").status_code == 303
    assert caller.get("/api/v1/requests", headers=known).status_code == 401
    assert "revoked" in adele.look()


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"name": ""}, "Give a name"), ({"scopes_requests:read": ""}, "at least one scope"),
     ({"expires_on": "2026-11-01"}, "at most 400 days"), ({"expires_on": "x"}, "")],
)  # fmt: skip
def test_a_mistake_makes_no_token(
    adele: Administrator, changed: dict[str, str], words: str
) -> None:
    answer = adele.send(**FIELDS | changed)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert "No application has a token" in adele.look()


def test_only_an_administrator_sees_the_page(app: Flask, town: Town) -> None:
    coordinator = sign_in(app, bank=town.bank, person=town.claire)
    assert coordinator.get(PAGE).status_code == 403


def test_an_application_of_another_bank_is_not_revoked(
    app: Flask, town: Town, adele: Administrator
) -> None:
    adele.send(**FIELDS)
    other = sign_in(app, bank=town.other_bank, person=town.sophie)
    assert other.post(f"{PAGE}/1/revocation").status_code == 404

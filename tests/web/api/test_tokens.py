"""Tokens of applications: scopes, expiry, revocation, use, and the bank they belong to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collector.applications.models import Application, Scope
from collector.applications.tokens import make_application, revoke_application
from collector.db import reading, transaction
from collector.errors import Refused
from collector.people.links import hashed
from collector.web.api.operations import OPERATIONS
from tests.conftest import SetClock
from tests.town import Town, sign_in
from tests.web.api.callers import ApiClient, new_token


def test_a_token_opens_the_resources_of_its_scopes_alone(app: Flask, town: Town) -> None:
    client = ApiClient(app, new_token(app, town, [Scope.REQUESTS_READ]))
    assert len(client.read("/requests")["items"]) == 3
    refused = client.send("GET", "/donors")
    assert (refused.status_code, refused.json["code"]) == (403, "scope_missing")
    assert "donors:read" in refused.json["detail"]
    assert client.send("DELETE", f"/requests/{town.pickups[0]}").status_code == 403


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("sent", [None, "Bearer", "Bearer x", "Basic eDp5"])
def test_no_valid_token_no_answer(app: Flask, sent: str | None) -> None:
    answer = app.test_client().get(
        "/api/v1/donors", headers={"Authorization": sent} if sent else {}
    )
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.mimetype == "application/problem+json"


def test_a_session_of_the_desk_opens_nothing(app: Flask, town: Town) -> None:
    client = sign_in(app, bank=town.bank, person=town.claire)
    assert client.get("/api/v1/requests").status_code == 401


def test_a_token_ends_with_its_expiry_and_with_its_revocation(
    app: Flask, town: Town, clock: SetClock
) -> None:
    first, second = (ApiClient(app, new_token(app, town)) for _ in range(2))
    with app.app_context(), transaction() as session:
        key = session.scalars(select(Application.id)).first()
        assert key is not None
        revoke_application(
            session, now=clock.now(), bank_id=town.bank, application_id=key, person_id=town.adele
        )
    assert first.send("GET", "/donors").status_code == 401
    clock.advance(days=89)
    second.read("/donors")
    clock.advance(days=1)
    assert second.send("GET", "/donors").status_code == 401


def test_the_latest_use_is_stored_to_the_minute(app: Flask, town: Town, clock: SetClock) -> None:
    client = ApiClient(app, new_token(app, town))

    def used() -> object:
        with app.app_context(), reading() as session:
            return session.scalar(select(Application.used_at))

    client.read("/donors")
    begun = clock.now()
    clock.advance(seconds=59)
    client.read("/donors")
    assert used() == begun
    clock.advance(seconds=1)
    client.read("/donors")
    assert used() == clock.now()


def test_only_the_hash_of_a_token_is_stored(app: Flask, town: Town) -> None:
    token = new_token(app, town)
    with app.app_context(), reading() as session:
        row = session.scalars(select(Application)).one()
    assert (row.token_hash, row.token_end) == (hashed(token), token[-4:])
    assert token.startswith("mkr_")


@pytest.mark.parametrize(
    ("scopes", "days", "code"),
    [((), 90, "scopes_missing"), ((Scope.EVENTS_READ,), 0, "expiry_out_of_bounds"),
     ((Scope.EVENTS_READ,), 401, "expiry_out_of_bounds")],
)  # fmt: skip
def test_an_application_without_a_scope_or_an_end_is_refused(
    app: Flask, town: Town, clock: SetClock, scopes: tuple[Scope, ...], days: int, code: str
) -> None:
    with app.app_context(), pytest.raises(Refused, match=code), transaction() as session:
        make_application(
            session,
            now=clock.now(),
            bank_id=town.bank,
            person_id=town.adele,
            name="Hospital",
            scopes=scopes,
            expires_at=clock.now() + timedelta(days=days),
        )


def test_rows_of_another_bank_are_not_found(api: ApiClient, town: Town) -> None:
    for path in (f"/donors/{town.stranger_donor}", f"/requests/{town.stranger_pickup}"):
        assert api.send("GET", path).status_code == 404
    numbers = {donor["first_name"] for donor in api.read("/donors")["items"]}
    assert numbers == {"Dora", "Elise", "Fanny"}


def test_a_token_of_another_bank_finds_no_row_of_ours(app: Flask, town: Town) -> None:
    """Every operation with a key in its address, by a token with every scope."""
    client = ApiClient(app, new_token(app, town, bank=town.other_bank))
    keyed = [each for each in OPERATIONS if "_id>" in each.rule]
    for each in keyed:
        path = re.sub("<[^>]+>", str(town.pickups[0]), each.rule)
        body = {"json": {}} if each.body else {}
        answer = client.send(each.method, path, **body)
        assert answer.status_code == 404, each
    assert len(keyed) >= 7

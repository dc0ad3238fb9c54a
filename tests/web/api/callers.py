"""Applications for tests: a token with scopes, and a client that sends it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from collector.applications.models import Scope
from collector.applications.tokens import make_application
from collector.db import db, transaction
from tests.town import Town


def new_token(
    app: Flask, town: Town, scopes: Iterable[Scope] = tuple(Scope), *, bank: int | None = None
) -> str:
    """Make an application of the town's bank, or of another one, and return its token."""
    now = app.extensions["milkround_clock"].now()
    with app.app_context():
        with transaction() as session:
            _, token = make_application(
                session,
                now=now,
                bank_id=bank or town.bank,
                person_id=town.sophie if bank else town.adele,
                name="Hospital",
                scopes=tuple(scopes),
                expires_at=now + timedelta(days=90),
            )
        db.session.remove()
    return token


class ApiClient:
    """A client of the API with a token."""

    def __init__(self, app: Flask, token: str) -> None:
        self._client = app.test_client()
        self._token = token

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        **options: Any,  # noqa: ANN401 - the client's
    ) -> TestResponse:
        known = {"Authorization": f"Bearer {self._token}"} | (headers or {})
        return self._client.open(f"/api/v1{path}", method=method, headers=known, **options)

    def read(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON of an answer that must succeed."""
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

"""Keys of writes: two requests with one key at once are one write and one conflict."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.applications.idempotency import fingerprint_of, keep_result, result_of
from collector.applications.models import Application, IdempotencyKey
from collector.db import reading, transaction
from collector.errors import Conflict
from tests.conftest import SetClock
from tests.town import Town
from tests.web.api.callers import new_token

pytestmark = pytest.mark.twin


def test_the_later_of_two_requests_with_one_key_is_a_conflict(
    app: Flask, clock: SetClock, town: Town
) -> None:
    new_token(app, town)
    with app.app_context():
        with reading() as session:
            application = session.scalars(select(Application.id)).one()
        known: dict[str, Any] = {
            "application_id": application,
            "key": "k1",
            "fingerprint": fingerprint_of("POST", "/requests", b"{}"),
        }
        told = known | {"now": clock.now(), "bank_id": town.bank}
        # Both looked for the key before either had kept it.
        with transaction() as session:
            keep_result(session, **told, made_id=town.pickups[0])
        with pytest.raises(Conflict, match="key_in_use"), transaction() as session:
            keep_result(session, **told, made_id=town.pickups[1])
        with reading() as session:
            assert session.scalar(select(func.count(IdempotencyKey.id))) == 1
            assert result_of(session, **known) == town.pickups[0]

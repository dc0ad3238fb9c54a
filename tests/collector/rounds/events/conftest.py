"""A phone for the tests of its events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from collector.db import transaction
from tests.conftest import SetClock
from tests.phone_round import publish_round
from tests.sending_phone import Phone
from tests.town import Town


@pytest.fixture
def phone(app: Flask, town: Town, clock: SetClock) -> Iterator[Phone]:
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], town.pickups[:2]).id
        yield Phone(town, clock, round_id)

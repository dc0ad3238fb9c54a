"""What the tests of a donor's side share: her form, her link, her visit that is over."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.custody.models import DoorRecord
from collector.db import reading, transaction
from collector.pickups.models import Pickup, PickupState
from collector.pickups.visit_links import make_visit_link
from collector.rounds.models import EventKind, Round, RoundEvent
from tests.builders import DAY, MORNING
from tests.conftest import SetClock
from tests.town import Town, sign_in

WRITTEN = {
    "bottles": "8",
    "volume_ml": "1500",
    "oldest_on": "2026-11-01",
    "freezer_quarters": "4",
    "empties_wanted": "6",
    "kit-labels": "yes",
    "health-illness": "no",
    "health-medication": "no",
    "health-exposure": "no",
}


@pytest.fixture
def nora(app: Flask, town: Town) -> FlaskClient:
    """Dora, with no visit arranged."""
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).state = PickupState.CANCELLED
    return sign_in(app, bank=town.bank, donor=town.dora)


def link_of(app: Flask, town: Town, clock: SetClock) -> str:
    with app.app_context(), transaction() as session:
        token = make_visit_link(
            session, now=clock.now(), bank_id=town.bank, pickup_id=town.pickups[0], day=DAY
        )
    return f"/v/{token}"


def pickup_of(app: Flask, key: int) -> Pickup:
    with app.app_context(), reading() as session:
        return session.get_one(Pickup, key)


def record_door(app: Flask, town: Town, *, declared: bool = False) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Pickup, town.pickups[0]).state = PickupState.COLLECTED
        round_ = session.scalars(select(Round)).one()
        event = RoundEvent(
            bank_id=town.bank,
            client_id="one",
            round_id=round_.id,
            pickup_id=town.pickups[0],
            person_id=town.ana,
            kind=EventKind.COLLECTED,
            sequence=1,
            device_at=MORNING,
            received_at=MORNING,
            payload={},
        )
        session.add(event)
        session.flush()
        session.add(
            DoorRecord(
                bank_id=town.bank,
                pickup_id=town.pickups[0],
                collector_id=town.ana,
                event_id=event.id,
                bottles=7,
                volume_ml=1400,
                freezer_celsius=-19.0,
                storage_ok=True,
                empties_left=6,
                note="",
                flags=[],
                details={"seal": "0412", "volume_declared": declared},
                device_at=MORNING,
                recorded_at=MORNING,
                withdrawn_at=None,
            )
        )

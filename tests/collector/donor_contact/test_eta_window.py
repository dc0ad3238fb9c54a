"""The arrival window of the next doors: delay, early departure, and a phone's wrong clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from collector.db import transaction
from collector.donor_contact.eta_window import HALF_WIDTH, eta_windows
from collector.rounds.events.intake import accept_events
from collector.rounds.models import Round
from tests.phone_round import FIRST_ARRIVAL, phone_event, publish_round
from tests.town import Town

DEPARTURE = FIRST_ARRIVAL - timedelta(minutes=30)


@pytest.mark.parametrize(
    ("started_at", "late_minutes"),
    [
        (DEPARTURE, 0),
        (DEPARTURE + timedelta(minutes=20), 20),
        (DEPARTURE - timedelta(minutes=10), -10),
        (DEPARTURE + timedelta(hours=12), 720),
        (DEPARTURE + timedelta(hours=12, seconds=1), 0),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
    ],
)
def test_the_window_follows_the_delay_of_the_departure_unless_only_a_wrong_clock_explains_it(
    app: Flask, town: Town, started_at: datetime, late_minutes: int
) -> None:
    with app.app_context(), transaction() as session:
        round_id = publish_round(session, town.shifts[0], town.pickups).id
        accept_events(
            session,
            now=FIRST_ARRIVAL,
            bank_id=town.bank,
            person_id=town.ana,
            round_id=round_id,
            sent=[phone_event("started") | {"device_at": started_at.isoformat()}],
        )
        windows = eta_windows(session, session.get_one(Round, round_id))
        assert [window.ahead for window in windows] == [0, 1, 2]
        expected = FIRST_ARRIVAL + timedelta(minutes=late_minutes)
        assert windows[0].opens == expected - HALF_WIDTH
        assert windows[0].closes == expected + HALF_WIDTH

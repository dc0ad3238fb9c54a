"""The clock of a phone as the coordinator sees it, and the bank's time in answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import db, transaction
from collector.web.phone.device import CLOCK, HEADER
from tests.conftest import SetClock
from tests.phone_round import FIRST_ARRIVAL, phone_event, publish_round
from tests.town import Town, sign_in

KEY = str(UUID(int=3))
LIVE = "/board/days/2026-11-24/dispatch"


@pytest.fixture
def round_id(app: Flask, town: Town) -> int:
    with app.app_context():
        with transaction() as session:
            found = publish_round(session, town.shifts[0], town.pickups[:2]).id
        db.session.remove()
        return found


@pytest.fixture
def ana(app: Flask, town: Town, round_id: int) -> FlaskClient:  # noqa: ARG001 - she has a round
    return sign_in(app, bank=town.bank, person=town.ana)


def live(app: Flask, town: Town) -> str:
    """Return the pages *Live* and *On the road*."""
    claire = sign_in(app, bank=town.bank, person=town.claire)
    pages = (LIVE, f"{LIVE}/monitoring")
    return "".join(claire.get(page).get_data(as_text=True) for page in pages)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(hours=1), "fast by 1\u00a0h\u00a000"),
        (timedelta(days=1), "fast by 24\u00a0h\u00a000"),
        (timedelta(hours=-1), "slow by 1\u00a0h\u00a000"),
        (timedelta(seconds=121), "fast by 2\u00a0min"),
        (timedelta(seconds=120), None),
        (timedelta(seconds=-120), None),
    ],
)
def test_a_clock_off_by_more_than_two_minutes_is_shown_on_the_live_page(
    app: Flask, town: Town, ana: FlaskClient, clock: SetClock, ahead: timedelta, words: str | None
) -> None:
    headers = {HEADER: KEY, CLOCK: (clock.now() + ahead).isoformat()}
    assert ana.get("/phone/rounds", headers=headers).status_code == 200
    page = live(app, town)
    assert ("Its times are corrected" in page) == (words is not None)
    assert words is None or page.count(words) == 2


def test_a_clock_that_was_set_right_is_shown_no_longer(
    app: Flask, town: Town, ana: FlaskClient, clock: SetClock
) -> None:
    for ahead in (timedelta(hours=1), timedelta()):
        ana.get("/phone/rounds", headers={HEADER: KEY, CLOCK: (clock.now() + ahead).isoformat()})
    assert "Its times are corrected" not in live(app, town)


@pytest.mark.parametrize("sent", ["", "soon", "2026-11-24T09:00:00", "+010000-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_read_is_no_time(
    app: Flask, town: Town, ana: FlaskClient, sent: str
) -> None:
    assert ana.get("/phone/rounds", headers={HEADER: KEY, CLOCK: sent}).status_code == 200
    assert "Its times are corrected" not in live(app, town)


def test_the_list_of_rounds_tells_the_time_of_the_bank(ana: FlaskClient, clock: SetClock) -> None:
    told = datetime.fromisoformat(ana.get("/phone/rounds").get_json()["now"])
    assert told == clock.now()


def test_another_phone_gets_the_phones_time_and_the_instant_of_the_deed(
    ana: FlaskClient, round_id: int
) -> None:
    fast = FIRST_ARRIVAL - timedelta(hours=1) + timedelta(days=1)
    event = phone_event("started") | {"device_at": fast.isoformat(), "offset_ms": -24 * 3_600_000}
    ana.post(f"/phone/rounds/{round_id}/events", json=[event])
    (stored,) = ana.get(f"/phone/rounds/{round_id}/events").get_json()["events"]
    assert datetime.fromisoformat(stored["device_at"]) == fast
    assert datetime.fromisoformat(stored["happened_at"]) <= fast - timedelta(days=1)

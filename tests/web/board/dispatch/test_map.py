"""The map of Live: rounds driven and ahead, and last places of phones whose collectors agreed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.db import db, reading, transaction
from collector.rounds.models import PhonePlace, Round
from collector.timers import run_due_tasks
from tests.builders import DAY
from tests.collector.planning.days import the_plan
from tests.collector.planning.on_the_road import driven_until, published
from tests.conftest import SetClock
from tests.town import Town, sign_in

LIVE = f"/board/days/{DAY}/dispatch"
DRIVING = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


@pytest.fixture
def round_id(app: Flask, town: Town, clock: SetClock) -> int:
    """Drive the first visit of a published day, and return the round."""
    with app.app_context():
        with transaction() as session:
            published(session, town)
            driven_until(session, town, DRIVING)
            found = next(each.id for each in the_plan(session, town).rounds if each.stops)
        db.session.remove()
    clock.instant = DRIVING
    return found


def round_on_map(app: Flask, town: Town) -> dict[str, Any]:
    page = sign_in(app, bank=town.bank, person=town.claire).get(LIVE).get_data(as_text=True)
    found = re.search(r'data-map-data="([^"]*)"', page)
    assert found is not None
    picture = json.loads(unescape(found[1]))
    (drawn,) = picture["rounds"]
    return dict(drawn)


def ana_of(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.ana)


def places(app: Flask) -> list[tuple[float, float]]:
    with app.app_context(), reading() as session:
        return [(row.latitude, row.longitude) for row in session.scalars(select(PhonePlace))]


@pytest.mark.usefixtures("round_id")
def test_legs_behind_the_collector_are_told_from_those_ahead(app: Flask, town: Town) -> None:
    drawn = round_on_map(app, town)
    assert [stop["past"] for stop in drawn["stops"]] == [True, False, False]
    assert (drawn["driven"], len(drawn["legs"])) == (1, 4)
    assert drawn["phone"] is None


def test_the_last_place_of_a_phone_is_on_the_map_until_it_is_withdrawn(
    app: Flask, town: Town, round_id: int
) -> None:
    ana, address = ana_of(app, town), f"/phone/rounds/{round_id}/place"
    for latitude in (44.8, 44.9):
        told = ana.post(address, json={"latitude": latitude, "longitude": -0.6})
        assert told.status_code == 200
    phone = round_on_map(app, town)["phone"]
    assert phone["at"] == [44.9, -0.6]
    assert "Ana" in phone["name"]
    assert ana.delete(address).get_json() == {"kept": False}
    assert round_on_map(app, town)["phone"] is None


@pytest.mark.parametrize(
    "sent", [{}, [], {"latitude": "44", "longitude": 0}, {"latitude": 91, "longitude": 0}]
)
def test_a_place_that_is_none_is_refused(
    app: Flask, town: Town, round_id: int, sent: object
) -> None:
    answer = ana_of(app, town).post(f"/phone/rounds/{round_id}/place", json=sent)
    assert answer.status_code == 422
    assert places(app) == []


def test_a_round_that_has_not_left_keeps_no_place(app: Flask, town: Town, round_id: int) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Round, round_id).state = "published"  # type: ignore[assignment]
    place = {"latitude": 44.8, "longitude": -0.6}
    assert ana_of(app, town).post(f"/phone/rounds/{round_id}/place", json=place).status_code == 200
    assert places(app) == []


def test_a_place_is_deleted_after_twelve_hours(
    app: Flask, town: Town, round_id: int, clock: SetClock
) -> None:
    place = {"latitude": 44.8, "longitude": -0.6}
    ana_of(app, town).post(f"/phone/rounds/{round_id}/place", json=place)
    with app.app_context():
        clock.advance(hours=11)
        run_due_tasks(clock.now())
        assert places(app) == [(44.8, -0.6)]
        clock.advance(hours=2)
        run_due_tasks(clock.now())
    assert places(app) == []


def test_a_place_is_deleted_when_the_round_is_over(
    app: Flask, town: Town, round_id: int, clock: SetClock
) -> None:
    place = {"latitude": 44.8, "longitude": -0.6}
    ana_of(app, town).post(f"/phone/rounds/{round_id}/place", json=place)
    clock.advance(hours=10)
    with app.app_context(), transaction() as session:
        driven_until(session, town, clock.now())
    assert places(app) == []

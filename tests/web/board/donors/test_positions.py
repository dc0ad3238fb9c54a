"""Geocoding of an address: between two transactions, and only with the setting."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.db import db, reading
from collector.donors.queries import get_donor
from collector.errors import Refused
from collector.places.geocoding import GeocodedPosition
from collector.places.models import Position, PositionSource
from tests.town import Town, sign_in


@dataclass
class SomeGeocoder:
    """Answers what it is told to, and looks whether a transaction is open meanwhile."""

    answer: GeocodedPosition | None = None
    away: bool = False

    def geocode(self, *, line: str, postcode: str, town: str) -> GeocodedPosition | None:
        assert (line, postcode, town) == ("1 rue du Port", "33000", "Bordeaux")
        assert not db.session().in_transaction()
        if self.away:
            raise Refused("geocoder_away")
        return self.answer


@pytest.fixture
def geocoder(app: Flask) -> SomeGeocoder:
    """The service, switched on."""
    found = SomeGeocoder()
    present = app.extensions["milkround_settings"]
    app.extensions["milkround_settings"] = replace(present, geocoder="ban")
    app.extensions["milkround_geocoder"] = found
    return found


@pytest.fixture
def board(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def place_of(app: Flask, town: Town) -> Position:
    with app.app_context(), reading() as session:
        found = get_donor(session, town.bank, town.dora).address.position
    assert found
    return found


def test_a_sure_answer_becomes_the_place_with_its_provider_and_score(
    app: Flask, town: Town, board: FlaskClient, geocoder: SomeGeocoder
) -> None:
    geocoder.answer = GeocodedPosition(latitude=44.1, longitude=-0.2, score=0.91, provider="ban")
    assert "Ask the address service" in board.get(f"/board/donors/{town.dora}/position").text
    answer = board.post(f"/board/donors/{town.dora}/position/lookup")
    assert answer.status_code == 303
    place = place_of(app, town)
    assert (place.latitude, place.longitude) == (44.1, -0.2)
    assert (place.source, place.provider, place.score) == (PositionSource.GEOCODER, "ban", 0.91)


@pytest.mark.parametrize("away", [True, False])
def test_without_an_answer_nothing_changes_and_the_page_gives_the_next_step(
    app: Flask, town: Town, board: FlaskClient, geocoder: SomeGeocoder, *, away: bool
) -> None:
    geocoder.away = away
    answer = board.post(f"/board/donors/{town.dora}/position/lookup")
    assert answer.status_code == 422
    assert "by hand" in answer.text
    assert place_of(app, town).source is PositionSource.IMPORTED


def test_without_the_setting_no_service_is_called(board: FlaskClient, town: Town) -> None:
    assert "Ask the address service" not in board.get(f"/board/donors/{town.dora}/position").text
    assert board.post(f"/board/donors/{town.dora}/position/lookup").status_code == 422


def test_a_place_in_another_country_is_refused_and_stays_typed(
    board: FlaskClient, town: Town
) -> None:
    there = f"/board/donors/{town.dora}/position"
    answer = board.post(there, data={"latitude": "-0,57", "longitude": "44,84"})
    assert answer.status_code == 422
    assert "wrong way round" in answer.text
    assert 'value="-0,57"' in answer.text
    assert board.post(there, data={"latitude": "44,84", "longitude": "-0,57"}).status_code == 303

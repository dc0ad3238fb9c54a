"""Streets along a round for the phone: the list with its size, the tiles, nobody else's round."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from collector.banks.models import Site
from collector.db import transaction
from collector.places.models import Position
from collector.roads.preparation import prepare
from collector.roads.regions import forget_region, put_in_force
from tests.phone_round import publish_round
from tests.tiny_roads import position, square
from tests.town import MORNING, Town, sign_in


@pytest.fixture
def round_id(app: Flask, town: Town, tmp_path: Path) -> int:
    """Publish a round on a grid of streets."""
    found = prepare(square(tmp_path / "town.osm.pbf", 5), tmp_path)
    with app.app_context(), transaction() as session:
        put_in_force(session, found, now=MORNING)
        for site in session.scalars(select(Site)):
            site.latitude, site.longitude = position((0, 0))
        for row, door in enumerate(session.scalars(select(Position).order_by(Position.id))):
            door.latitude, door.longitude = position((row % 5, 3))
        session.flush()
        return publish_round(session, town.shifts[0], town.pickups[:2]).id


def test_the_tiles_along_a_round_are_listed_with_their_size(
    app: Flask, town: Town, round_id: int
) -> None:
    ana = sign_in(app, bank=town.bank, person=town.ana)
    listed = ana.get(f"/phone/streets/rounds/{round_id}").get_json()
    assert listed["bytes"] > 0
    assert len(listed["legs"]) == 3
    assert listed["attribution"].endswith("OpenStreetMap contributors")
    sizes = 0
    for zoom, column, row in listed["tiles"]:
        address = listed["url"].format(z=zoom, x=column, y=row)
        tile = ana.get(address)
        assert (tile.status_code, tile.headers["Content-Encoding"]) == (200, "gzip")
        assert gzip.decompress(tile.data)
        sizes += len(tile.data)
    assert sizes == listed["bytes"]


def test_a_round_of_a_colleague_is_not_found(app: Flask, town: Town, round_id: int) -> None:
    bruno = sign_in(app, bank=town.bank, person=town.bruno)
    assert bruno.get(f"/phone/streets/rounds/{round_id}").status_code == 404


def test_without_a_region_there_is_nothing_to_fetch(app: Flask, town: Town, round_id: int) -> None:
    with app.app_context(), transaction() as session:
        forget_region(session)
    ana = sign_in(app, bank=town.bank, person=town.ana)
    listed = ana.get(f"/phone/streets/rounds/{round_id}").get_json()
    assert listed == {"version": None, "tiles": [], "bytes": 0, "legs": []}
    assert ana.get("/phone/streets/any/14/8192/8191").status_code == 404

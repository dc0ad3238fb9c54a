"""The day's map: streets of the region, rounds along its roads, estimates marked."""

from __future__ import annotations

import gzip
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.banks.models import Site
from collector.db import transaction
from collector.donors.models import Donor
from collector.pickups.models import Pickup
from collector.places.models import Position
from collector.roads.preparation import Prepared, prepare
from collector.roads.regions import forget_region, put_in_force
from tests.builders import DAY
from tests.phone_round import publish_round
from tests.tiny_roads import position, square
from tests.town import MORNING, Town, sign_in

PAGE = f"/board/days/{DAY}"


@pytest.fixture
def prepared(app: Flask, town: Town, tmp_path: Path) -> Prepared:
    """Publish a round on a grid of streets; its last door is far from any road."""
    found = prepare(square(tmp_path / "town.osm.pbf", 5), tmp_path)
    with app.app_context(), transaction() as session:
        put_in_force(session, found, now=MORNING)
        publish_round(session, town.shifts[0], town.pickups[:2])
        for site in session.scalars(select(Site)):
            site.latitude, site.longitude = position((0, 0))
        places = iter([position((2, 3)), position((40, 40)), position((1, 1)), position((1, 1))])
        for door in session.scalars(select(Position).order_by(Position.id)):
            door.latitude, door.longitude = next(places)
        assert session.get_one(Pickup, town.pickups[0]).donor_id == town.dora
    return found


def claire_of(app: Flask, town: Town) -> FlaskClient:
    return sign_in(app, bank=town.bank, person=town.claire)


def map_of(page: str) -> dict[str, Any]:
    found = re.search(r'data-map-data="([^"]*)"', page)
    assert found is not None
    return json.loads(unescape(found[1]))


def test_legs_follow_the_roads_and_an_estimated_one_is_marked(
    app: Flask, town: Town, prepared: Prepared
) -> None:
    page = claire_of(app, town).get(PAGE).get_data(as_text=True)
    (round_,) = map_of(page)["rounds"]
    assert [path is None for path in round_["legs"]] == [False, True, True]
    assert "Dotted: a leg whose time and distance are estimates." in page
    assert f"/streets/{prepared.version}/{{z}}/{{x}}/{{y}}" in unescape(page).replace(
        "\\u007b", "{"
    )


@pytest.mark.usefixtures("prepared")
def test_without_a_region_every_leg_is_a_straight_line_and_the_page_says_so(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        forget_region(session)
    page = claire_of(app, town).get(PAGE).get_data(as_text=True)
    (round_,) = map_of(page)["rounds"]
    assert round_["legs"] == [None, None, None]
    assert "Straight lines: times and distances are estimates." in page
    background = re.search(r'name="map-background" content="([^"]*)"', page)
    assert background is not None
    layers = json.loads(unescape(background[1]))
    assert layers.keys() == {"coast", "towns"}
    assert layers["coast"]["attribution"] == "Natural Earth"
    towns = claire_of(app, town).get(layers["towns"]).get_json()["towns"]
    assert towns
    assert all(each["name"] and len(each["at"]) == 2 for each in towns)


def test_tiles_are_served_to_the_board_under_the_version_of_the_region(
    app: Flask, town: Town, prepared: Prepared
) -> None:
    claire = claire_of(app, town)
    address = f"/board/map-background/streets/{prepared.version}"
    tile = claire.get(f"{address}/14/8192/8191")
    assert (tile.status_code, tile.headers["Content-Encoding"]) == (200, "gzip")
    assert b"roads" in gzip.decompress(tile.data)
    assert "immutable" in tile.headers["Cache-Control"]
    for nothing in ("14/0/0", "15/0/0", "0/0/0"):
        empty = claire.get(f"{address}/{nothing}")
        assert (empty.status_code, gzip.decompress(empty.data)) == (200, b"")
    assert claire.get("/board/map-background/streets/other/14/8192/8191").status_code == 404
    assert app.test_client().get(f"{address}/14/8192/8191").status_code == 302
    assert claire.get(PAGE).headers["Content-Security-Policy"].count("http") == 0


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((2.1, 2.3), "The nearest road is 10 m away."),
        ((2.5, 7), "The nearest road is 200 m away. Is it right?"),
        ((40, 40), "No road is near this place"),
    ],
)
@pytest.mark.usefixtures("prepared")
def test_the_page_of_a_place_tells_how_far_the_nearest_road_is(
    app: Flask, town: Town, place: tuple[float, float], words: str
) -> None:
    claire = claire_of(app, town)
    page = f"/board/donors/{town.dora}/position"
    with app.app_context(), transaction() as session:
        address = session.get_one(Donor, town.dora).address_id
        door = session.scalar(select(Position).where(Position.address_id == address))
        door.latitude, door.longitude = position(place)
    assert words in claire.get(page).get_data(as_text=True)

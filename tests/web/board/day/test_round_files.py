"""A round as GeoJSON and GPX: its places in order, without names."""

from __future__ import annotations

import gpxpy

from tests.builders import DAY
from tests.web.sign_ins import Desk, desk

__all__ = ["desk"]

HERE = f"/board/days/{DAY}/rounds"


def test_a_round_is_written_as_geojson_without_names(desk: Desk) -> None:
    for key in desk.town.pickups[:2]:
        desk.move(key, f"{desk.ana}:0")
    answer = desk.browser.get(f"{HERE}/{desk.ana}.geojson")
    assert answer.mimetype == "application/geo+json"
    line, *places = answer.json["features"]
    assert line["geometry"]["coordinates"] == [place["geometry"]["coordinates"] for place in places]
    assert len(places) == 4
    assert all(place["properties"]["at"] for place in places)
    assert "Dora" not in answer.text


def test_a_round_is_written_as_a_gpx_route(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    answer = desk.browser.get(f"{HERE}/{desk.ana}.gpx")
    (route,) = gpxpy.parse(answer.text).routes
    assert len(route.points) == 3
    assert [point.time for point in route.points] == sorted(point.time for point in route.points)
    assert f"round-{DAY}" in answer.headers["Content-Disposition"]


def test_a_round_of_another_day_is_not_found(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    other = HERE.replace(str(DAY), "2026-11-25")
    for kind in ("geojson", "gpx"):
        assert desk.browser.get(f"{other}/{desk.ana}.{kind}").status_code == 404


def test_the_day_links_the_files_of_its_rounds(desk: Desk) -> None:
    desk.move(desk.town.pickups[0], f"{desk.ana}:0")
    page = desk.browser.get(f"/board/days/{DAY}").get_data(as_text=True)
    assert f"{HERE}/{desk.ana}.gpx" in page
    assert f"{HERE}/{desk.bruno}.gpx" not in page

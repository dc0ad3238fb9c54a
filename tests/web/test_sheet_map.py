"""The map of the run sheet: stops in their order, estimated legs dotted, streets of the region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collector.roads.travel import LAW_ONLY, RoadTravel
from collector.web.sheet_map import HIGHEST, WIDTH, sheet_map
from routing.travel.region_roads import RegionRoads
from routing.travel.road_lines import larger_roads
from tests.routing.travel.test_region_roads import graph_of
from tests.tiny_roads import position, write_extract

ROAD = {"highway": "primary", "maxspeed": "45"}


def stop(north: float, east: float, town: str = "Pessac") -> dict[str, Any]:
    latitude, longitude = position((north, east))
    return {"address": {"latitude": latitude, "longitude": longitude, "town": town}}


def a_round(*stops: dict[str, Any]) -> dict[str, Any]:
    home = stop(0, 0)["address"]
    return {"start": home, "end": home, "stops": list(stops)}


def test_north_is_up_and_stops_carry_their_numbers() -> None:
    found = sheet_map(a_round(stop(30, 10), stop(20, 40, "Talence")), LAW_ONLY)
    assert found is not None
    first, second = found.stops
    assert (first.text, second.text) == ("1", "2")
    assert first.y < second.y
    assert first.x < second.x
    assert {town.text for town in found.towns} == {"Pessac", "Talence"}
    assert found.width <= WIDTH
    assert found.height <= HIGHEST
    assert [estimated for _, estimated in found.legs] == [True, True, True]


def test_a_stop_without_a_place_is_left_out_and_keeps_its_number() -> None:
    nowhere = {"address": {"latitude": None, "longitude": None, "town": "Pessac"}}
    found = sheet_map(a_round(nowhere, stop(20, 40)), LAW_ONLY)
    assert found is not None
    assert [each.text for each in found.stops] == ["2"]
    assert sheet_map(a_round(nowhere), LAW_ONLY) is None


def test_a_round_in_one_place_is_drawn_too() -> None:
    found = sheet_map(a_round(stop(0, 0)), LAW_ONLY)
    assert found is not None
    assert found.width > 0


@pytest.mark.parametrize(("most", "number"), [(4_000, 4), (3, 0)])
def test_larger_roads_are_drawn_as_far_as_they_fit(tmp_path: Path, most: int, number: int) -> None:
    lines = range(3)
    roads = [([(row, column) for column in lines], ROAD) for row in (0, 2)]
    roads += [([(row, column) for row in lines], ROAD) for column in (0, 2)]
    source = RegionRoads(graph_of(write_extract(tmp_path / "roads.osm.pbf", roads)))
    bounds = (-1.0, -1.0, 1.0, 1.0)
    assert len(larger_roads(source.graph, bounds, most_points=most)) == number
    assert larger_roads(source.graph, (5.0, 5.0, 6.0, 6.0)) == []
    travel = RoadTravel(roads=source, attribution="(c)")
    found = sheet_map(a_round(stop(0, 1)), travel)
    assert found is not None
    assert [estimated for _, estimated in found.legs] == [False, False]
    assert found.attribution == "(c)"

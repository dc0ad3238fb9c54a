"""VROOM requests with locations and no matrices are driven on the roads of a region."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from routingkit_cch import compute_order_inertial

from routing.__main__ import main
from routing.travel.graph_building import build_graph
from routing.travel.osm_extract import read_extract
from routing.travel.polyline import encoded
from routing.travel.road_graph import write_graph
from tests.tiny_roads import position, square

NORTH_EAST = (2, 3)


@pytest.fixture
def region(tmp_path: Path) -> Path:
    graph = build_graph(read_extract(square(tmp_path / "a.osm.pbf")))
    nodes = len(graph.latitude)
    order = compute_order_inertial(nodes, graph.tail, graph.head, graph.latitude, graph.longitude)
    write_graph(replace(graph, order=np.array(order, np.int32)), tmp_path / "roads.npz")
    return tmp_path / "roads.npz"


def location(place: tuple[float, float]) -> list[float]:
    latitude, longitude = position(place)
    return [longitude, latitude]


def request(tmp_path: Path, **options: Any) -> Path:  # noqa: ANN401 - of VROOM
    asked = {
        "vehicles": [{"id": 1, "start": location((0, 0)), "end": location((0, 0))}],
        "jobs": [{"id": 1, "location": location(NORTH_EAST)}],
        **options,
    }
    file = tmp_path / "request.json"
    file.write_text(json.dumps(asked))
    return file


def solved(file: Path, output: Path, *options: str) -> tuple[int, dict[str, Any]]:
    words = ["solve", str(file), "--format", "vroom", "--iterations", "10", "--output", str(output)]
    code = main([*words, *options])
    return code, json.loads(output.read_text())


def test_locations_are_driven_between_by_road(tmp_path: Path, region: Path) -> None:
    file, output = request(tmp_path), tmp_path / "response.json"
    code, answer = solved(file, output, "--region", str(region))
    (route,) = answer["routes"]
    assert (code, route["duration"], round(route["distance"], -1)) == (0, 100, 1000)
    assert "geometry" not in route
    _, by_law = solved(file, output)
    assert by_law["routes"][0]["duration"] != 100


def test_the_geometry_of_a_route_is_a_polyline_along_the_roads(
    tmp_path: Path, region: Path
) -> None:
    file, output = request(tmp_path, options={"g": True}), tmp_path / "response.json"
    code, answer = solved(file, output, "--region", str(region))
    line = answer["routes"][0]["geometry"]
    assert code == 0
    assert line.startswith(encoded([position((0, 0))]))
    assert len(line) > len(encoded([position((0, 0)), position(NORTH_EAST), position((0, 0))]))


def test_a_location_far_from_any_road_is_estimated_alone(tmp_path: Path, region: Path) -> None:
    jobs = [{"id": row, "location": location(at)} for row, at in enumerate([NORTH_EAST, (90, 0)])]
    file = request(tmp_path, jobs=jobs, options={"g": True})
    code, answer = solved(file, tmp_path / "response.json", "--region", str(region))
    assert (code, answer["summary"]["unassigned"]) == (0, 0)


@pytest.mark.parametrize("spoil", ["missing", "damaged"])
def test_a_region_that_cannot_be_used_ends_with_2_and_a_sentence(
    tmp_path: Path, region: Path, capsys: pytest.CaptureFixture[str], spoil: str
) -> None:
    region.unlink()
    if spoil == "damaged":
        region.write_bytes(b"PK\x03\x04")
    output = tmp_path / "response.json"
    code, answer = solved(request(tmp_path), output, "--region", str(region))
    assert (code, answer["code"]) == (2, 2)
    assert f"roads.npz is {spoil}" in capsys.readouterr().err


@pytest.mark.parametrize("driver", ["osrm", "valhalla"])
def test_a_server_that_is_down_ends_with_2_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], driver: str
) -> None:
    output = tmp_path / "response.json"
    where = f"{driver}+http://127.0.0.1:9"
    code, answer = solved(request(tmp_path), output, "--region", where)
    assert (code, answer["code"]) == (2, 2)
    assert "127.0.0.1:9 does not answer" in capsys.readouterr().err

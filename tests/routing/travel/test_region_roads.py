"""A region's roads obey one-way streets, barriers, turns, ferries; every leg is the fastest way."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from routingkit_cch import compute_order_inertial
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.errors import RegionError
from routing.travel.graph_building import build_graph
from routing.travel.law import great_circle
from routing.travel.osm_extract import read_extract
from routing.travel.region_roads import SPACING, RegionRoads
from routing.travel.road_graph import RoadGraph, read_graph, write_graph
from routing.travel.source import Line
from tests.tiny_roads import ROAD, Place, position, square, write_extract

DATA = os.environ.get("MILKROUND_SAMPLE_DATA", Path(__file__).parents[4] / "shared" / "data")
SAMPLES = Path(DATA) / "osm"
ONE_WAY = ROAD | {"oneway": "yes"}


def graph_of(extract: Path, **options: object) -> RoadGraph:
    graph = build_graph(read_extract(extract, **options))
    nodes = len(graph.latitude)
    order = compute_order_inertial(nodes, graph.tail, graph.head, graph.latitude, graph.longitude)
    return replace(graph, order=np.array(order, np.int32))


def seconds(roads: RegionRoads, origin: Place, destination: Place) -> int:
    points = [roads.snap(*position(place)) for place in (origin, destination)]
    return int(roads.legs(points[:1], points[1:]).seconds[0, 0])


def metres_of(line: Line) -> float:
    return sum(float(great_circle(pair)[0, 1]) for pair in pairwise(line))


def test_a_leg_takes_its_metres_at_its_speed_between_any_two_points(tmp_path: Path):
    roads = RegionRoads(graph_of(square(tmp_path / "a.osm.pbf")))
    assert seconds(roads, (0, 0), (0, 3)) == 30
    assert seconds(roads, (0, 0), (2, 3)) == 50
    assert seconds(roads, (0, 0.25), (0, 0.75)) == 5
    assert seconds(roads, (0.5, 0), (3, 2.5)) == 50
    assert seconds(roads, (1, 1), (1, 1)) == 0


def test_a_one_way_street_is_driven_round(tmp_path: Path):
    block = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]
    roads = RegionRoads(graph_of(write_extract(tmp_path / "a.osm.pbf", [(block, ONE_WAY)])))
    assert (seconds(roads, (0, 0), (0, 1)), seconds(roads, (0, 1), (0, 0))) == (10, 30)
    assert (seconds(roads, (0, 0.2), (0, 0.7)), seconds(roads, (0, 0.7), (0, 0.2))) == (5, 35)


CROSSING = [
    ([(1, 0), (1, 1)], ROAD),
    ([(1, 1), (2, 1)], ROAD),
    ([(1, 1), (1, 2)], ROAD),
    ([(0, 1), (1, 1)], ROAD),
    ([(1, 2), (2, 2), (2, 1)], ROAD),
]
"""Four arms at (1, 1), and a way round from the eastern arm to the northern one."""


def test_a_forbidden_turn_is_avoided_and_other_turns_are_not(tmp_path: Path):
    file = tmp_path / "a.osm.pbf"
    free = RegionRoads(graph_of(write_extract(file, CROSSING)))
    turns = [(1, (1, 1), 2, "no_left_turn")]
    shut = RegionRoads(graph_of(write_extract(file, CROSSING, turns=turns)))
    assert (seconds(free, (1, 0), (2, 1)), seconds(shut, (1, 0), (2, 1))) == (20, 40)
    for ends in (((1, 0), (1, 2)), ((0, 1), (2, 1)), ((2, 1), (1, 0)), ((1, 0), (0, 1))):
        assert seconds(shut, *ends) == seconds(free, *ends) == 20


def test_an_only_turn_forbids_all_others(tmp_path: Path):
    turns = [(1, (1, 1), 3, "only_straight_on")]
    roads = RegionRoads(graph_of(write_extract(tmp_path / "a.osm.pbf", CROSSING, turns=turns)))
    assert seconds(roads, (1, 0), (1, 2)) == 20
    assert seconds(roads, (1, 0), (2, 1)) == 40
    assert seconds(roads, (0, 1), (2, 1)) == 20


def test_a_turn_that_only_bicycles_must_obey_is_free(tmp_path: Path):
    file = write_extract(tmp_path / "a.osm.pbf", CROSSING, turns=[(1, (1, 1), 2, "give_way")])
    assert seconds(RegionRoads(graph_of(file)), (1, 0), (2, 1)) == 20


def test_a_barrier_cuts_a_road_and_both_of_its_sides_have_addresses(tmp_path: Path):
    nodes = {(0, 2): {"barrier": "bollard"}}
    ring = [(0, 4), (1, 4), (1, 0), (0, 0)]
    lines = [([(0, 0), (0, 1), (0, 2), (0, 3), (0, 4)], ROAD), (ring, ROAD)]
    roads = RegionRoads(graph_of(write_extract(tmp_path / "a.osm.pbf", lines, nodes=nodes)))
    assert seconds(roads, (0, 1), (0, 3)) == 80
    assert seconds(roads, (0, 1), (0, 0)) == 10


def test_a_traffic_light_costs_two_seconds(tmp_path: Path):
    nodes = {(0, 1): {"highway": "traffic_signals"}}
    line = [([(0, 0), (0, 1), (0, 2)], ROAD)]
    roads = RegionRoads(graph_of(write_extract(tmp_path / "a.osm.pbf", line, nodes=nodes)))
    assert seconds(roads, (0, 0), (0, 2)) == 22


def test_an_island_is_reached_by_its_ferry_in_the_time_of_the_timetable(tmp_path: Path):
    lines = [
        ([(0, 0), (0, 1)], ROAD),
        ([(0, 1), (0, 2), (0, 9)], {"route": "ferry", "duration": "00:30"}),
        ([(0, 9), (0, 10)], ROAD),
    ]
    roads = RegionRoads(graph_of(write_extract(tmp_path / "a.osm.pbf", lines)))
    assert seconds(roads, (0, 0), (0, 10)) == 1820
    halfway = roads.snap(*position((0, 5)))
    assert halfway.away == pytest.approx(400, abs=1)


def test_no_address_lies_on_an_island_without_a_ferry(tmp_path: Path):
    lines = [([(0, column) for column in range(6)], ROAD), ([(30, 0), (30, 1)], ROAD)]
    roads = RegionRoads(graph_of(write_extract(tmp_path / "a.osm.pbf", lines)))
    assert roads.snap(*position((30, 0))).away == pytest.approx(3000, abs=1)
    assert roads.snap(*position((90, 0))) is None


def test_a_closed_border_is_driven_round(tmp_path: Path):
    nodes = {(0, 1): {"barrier": "border_control", "access": "no"}}
    lines = [([(0, 0), (0, 1), (0, 2)], ROAD), ([(0, 0), (2, 0), (2, 2), (0, 2)], ROAD)]
    roads = RegionRoads(graph_of(write_extract(tmp_path / "a.osm.pbf", lines, nodes=nodes)))
    assert seconds(roads, (0, 0), (0, 2)) == 60


def test_roads_beyond_the_bounds_are_left_out(tmp_path: Path):
    (south, west), (north, east) = position((-0.5, -0.5)), position((1.5, 9))
    file = square(tmp_path / "a.osm.pbf")
    roads = RegionRoads(graph_of(file, bounds=(west, south, east, north)))
    assert roads.snap(*position((3, 1))).away == pytest.approx(200, abs=1)
    assert seconds(roads, (0, 0), (1, 3)) == 40


def test_the_line_of_a_leg_has_its_length_and_its_ends(tmp_path: Path):
    roads = RegionRoads(graph_of(square(tmp_path / "a.osm.pbf", 5)))
    places = [(0, 0.3), (0, 0.8), (2.5, 1), (4.9, 5), (3, 3.5), (0.1, 5)]
    points = [roads.snap(*position(place)) for place in places]
    legs = roads.legs(points, points)
    for row, column in product(range(len(points)), repeat=2):
        line = roads.line(points[row], points[column])
        assert metres_of(line) == pytest.approx(legs.metres[row, column], abs=4)
        assert line[0] == (points[row].latitude, points[row].longitude)
        assert line[-1] == (points[column].latitude, points[column].longitude)


def shortest(graph: RoadGraph, keys: list[int]) -> np.ndarray:
    """Return the centiseconds between points, by SciPy's Dijkstra on the graph with the points."""
    nodes, count = len(graph.latitude), len(keys)
    edges: dict[tuple[int, int], int] = {}

    def add(tail: int, head: int, weight: int) -> None:
        edges[tail, head] = min(weight, edges.get((tail, head), weight))

    for tail, head, weight in zip(graph.tail, graph.head, graph.centiseconds, strict=True):
        add(int(tail), int(head), int(weight))
    on_piece: dict[int, list[int]] = {}
    for row, key in enumerate(keys):
        on_piece.setdefault(key // SPACING, []).append(row)
    for arc in np.flatnonzero(np.isin(graph.piece, list(on_piece))).tolist():
        whole, length = int(graph.centiseconds[arc]), max(int(graph.metres[arc]), 1)
        against = bool(graph.against[arc])
        for row in on_piece[int(graph.piece[arc])]:
            along = keys[row] % SPACING
            share = 1 - min(along / length, 1.0) if against else min(along / length, 1.0)
            add(nodes + row, int(graph.head[arc]), round(whole * (1 - share)))
            add(int(graph.tail[arc]), nodes + count + row, round(whole * share))
            for other in on_piece[int(graph.piece[arc])]:
                ahead = (keys[other] - keys[row]) * (-1 if against else 1)
                if ahead >= 0:
                    add(nodes + row, nodes + count + other, round(whole * min(1, ahead / length)))
    ends = np.array(list(edges)).T
    size = nodes + 2 * count
    matrix = csr_array((np.array(list(edges.values()), float), ends), shape=(size, size))
    found = dijkstra(matrix, indices=np.arange(nodes, nodes + count))
    return found[:, nodes + count :]


def points_near(roads: RegionRoads, count: int, seed: int) -> list:
    random = np.random.default_rng(seed)
    west, south, east, north = roads.graph.bounds
    found = []
    while len(found) < count:
        point = roads.snap(random.uniform(south, north), random.uniform(west, east))
        if point is not None:
            found.append(point)
    return found


def same_to_the_second(roads: RegionRoads, count: int, seed: int) -> int:
    points = points_near(roads, count, seed)
    legs = roads.legs(points, points)
    wanted = np.ceil(shortest(roads.graph, [point.key for point in points]) / 100)
    assert np.isfinite(wanted).all()
    assert (legs.seconds == wanted).all()
    return legs.seconds.size


@pytest.mark.parametrize("seed", range(5))
def test_legs_of_random_streets_equal_dijkstras(tmp_path: Path, seed: int):
    random = np.random.default_rng(seed)
    lines = []
    for row in range(9):
        way = ROAD | {"maxspeed": str(random.integers(20, 90))}
        lines.append(([(row, column) for column in range(9)], way))
        tags = ONE_WAY if random.random() < 0.5 else way
        line = [(step, row) for step in range(9)]
        lines.append((line[::-1] if random.random() < 0.5 else line, tags))
    turns = [
        (int(random.integers(1, 19)), (int(random.integers(9)), int(random.integers(9))),
         int(random.integers(1, 19)), "no_left_turn")
        for _ in range(20)
    ]  # fmt: skip
    roads = RegionRoads(graph_of(write_extract(tmp_path / "a.osm.pbf", lines, turns=turns)))
    same_to_the_second(roads, 40, seed)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample extracts are not here")
def test_ten_thousand_legs_of_porto_equal_dijkstras():
    roads = RegionRoads(graph_of(SAMPLES / "porto.osm.pbf"))
    assert same_to_the_second(roads, 100, 7) == 10_000


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample extracts are not here")
def test_the_pocket_of_heidelberg_without_a_way_out_has_no_address():
    roads = RegionRoads(graph_of(SAMPLES / "heidelberg.osm.pbf"))
    points = points_near(roads, 50, 1)
    assert (roads.legs(points, points).seconds >= 0).all()


@pytest.mark.parametrize("spoil", ["empty", "cut", "foreign", "missing", "roadless"])
def test_a_file_that_is_no_whole_extract_is_refused_in_a_sentence(tmp_path: Path, spoil: str):
    file = square(tmp_path / "a.osm.pbf")
    whole = file.read_bytes()
    if spoil == "roadless":
        write_extract(file, [([(0, 0), (0, 1)], {"highway": "footway"})])
    elif spoil == "missing":
        file.unlink()
    else:
        file.write_bytes(
            {"empty": b"", "cut": whole[: len(whole) // 2], "foreign": b"%PDF-1.7"}[spoil]
        )
    with pytest.raises(RegionError, match=r"a\.osm\.pbf"):
        read_extract(file)


def test_a_graph_is_read_as_it_was_written_and_a_damaged_one_is_refused(tmp_path: Path):
    graph, file = graph_of(square(tmp_path / "a.osm.pbf")), tmp_path / "roads.npz"
    write_graph(graph, file)
    assert read_graph(file).version == graph.version
    for spoilt in (file.read_bytes()[:-200], b"", b"something else"):
        file.write_bytes(spoilt)
        with pytest.raises(RegionError, match="damaged"):
            read_graph(file)
    file.unlink()
    with pytest.raises(RegionError, match="missing"):
        read_graph(file)

"""Tiny OpenStreetMap extracts, written by osmium: points on a grid of a hundred metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

from routing.travel.law import EARTH_RADIUS

METRES_PER_DEGREE = EARTH_RADIUS * 3.141592653589793 / 180
ROAD = {"highway": "residential", "maxspeed": "45"}
"""A road driven at 36 km/h: ten metres a second, so a side of the grid takes ten seconds."""

Place = tuple[int, int]
Tags = Mapping[str, str]


def position(place: tuple[float, float]) -> tuple[float, float]:
    """Return latitude and longitude of a place, in hundreds of metres north and east of 0, 0."""
    north, east = place
    return 100 * north / METRES_PER_DEGREE, 100 * east / METRES_PER_DEGREE


def number(place: Place) -> int:
    return 1 + place[0] * 1000 + place[1]


def write_extract(
    file: Path,
    roads: Sequence[tuple[Sequence[Place], Tags]],
    *,
    nodes: Mapping[Place, Tags] | None = None,
    turns: Sequence[tuple[int, Place, int, str]] = (),
) -> Path:
    """Write an extract.

    Parameters
    ----------
    roads
        Places and tags of each road; its number is its row, counted from 1.
    nodes
        Tags of nodes.
    turns
        Restrictions: the road from, the node, the road to, and the kind.
    """
    tags = nodes or {}
    places = sorted({place for line, _ in roads for place in line} | set(tags))
    writer = osmium.SimpleWriter(str(file), overwrite=True)
    try:
        for place in places:
            latitude, longitude = position(place)
            found = Node(id=number(place), location=(longitude, latitude), tags=tags.get(place, {}))
            writer.add_node(found)
        for row, (line, about) in enumerate(roads, start=1):
            writer.add_way(Way(id=row, nodes=[number(place) for place in line], tags=dict(about)))
        for row, (source, via, target, kind) in enumerate(turns, start=1):
            members = [("w", source, "from"), ("n", number(via), "via"), ("w", target, "to")]
            about = {"type": "restriction", "restriction": kind}
            writer.add_relation(Relation(id=row, members=members, tags=about))
    finally:
        writer.close()
    return file


def square(file: Path, side: int = 3) -> Path:
    """Write a grid of streets, `side` by `side` blocks."""
    lines = range(side + 1)
    rows = [([(row, column) for column in lines], ROAD) for row in lines]
    columns = [([(row, column) for row in lines], ROAD) for column in lines]
    return write_extract(file, [*rows, *columns])

"""Map of the directory: metropolitan France in SVG, drawn without any request to a map server.

Coasts and borders are those of Natural Earth, which the build of the front end puts beside it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians

from collector.banks.models import Lactarium
from collector.web.framework.assets import dist_folder, manifest

WEST, EAST, SOUTH, NORTH = -5.4, 9.8, 41.2, 51.4
MIDDLE = 46.5
WIDTH = 600
HEIGHT = round(WIDTH * (NORTH - SOUTH) / ((EAST - WEST) * cos(radians(MIDDLE))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A lactarium on the map, under its number in the list."""

    number: int
    x: int
    y: int
    takes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryMap:
    """The shapes of the map."""

    width: int
    height: int
    neighbours: tuple[str, ...]
    outlines: tuple[str, ...]
    marks: tuple[Mark, ...]


def directory_map(lines: Sequence[Lactarium]) -> DirectoryMap:
    """Return the map of metropolitan France; overseas entries are in the list only."""
    return DirectoryMap(
        width=WIDTH,
        height=HEIGHT,
        neighbours=_outlines(home=False),
        outlines=_outlines(home=True),
        marks=tuple(
            Mark(number=number, x=x, y=y, takes=line.takes_anonymous)
            for number, line in enumerate(lines, start=1)
            if is_drawn(line.latitude, line.longitude)
            for x, y in (_drawn((line.latitude, line.longitude)),)
        ),
    )


def is_drawn(latitude: float, longitude: float) -> bool:
    """Return whether a place lies within the map."""
    return WEST < longitude < EAST and SOUTH < latitude < NORTH


@cache
def _outlines(*, home: bool) -> tuple[str, ...]:
    """Return the land of France, or that of its neighbours, as points of SVG polygons."""
    file = dist_folder() / manifest()["data/directory-land.json"]
    land = json.loads(file.read_text(encoding="ascii"))
    return tuple(
        " ".join(f"{x},{y}" for x, y in (_drawn((point[1], point[0])) for point in each["ring"]))
        for each in land
        if each["home"] is home
    )


def _drawn(at: tuple[float, float]) -> tuple[int, int]:
    latitude, longitude = at
    x = (longitude - WEST) / (EAST - WEST) * WIDTH
    y = (NORTH - latitude) / (NORTH - SOUTH) * HEIGHT
    return round(x), round(y)

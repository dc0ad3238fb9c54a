"""Tiles of the street map along a line, and their size."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from math import asinh, ceil, hypot, pi, radians, tan
from pathlib import Path
from typing import Final

from collector.roads.streets import MOST_ZOOM

LEAST_ZOOM: Final = 8
MOST_TILES: Final = 1_500
"""Tiles of one round: of a longer one the nearest zooms are left out."""

Tile = tuple[int, int, int]
"""Zoom, column and row, counted from the north."""


def tiles_along(line: Sequence[tuple[float, float]]) -> list[Tile]:
    """Return the tiles of a line of positions and those beside them, the widest zoom first."""
    found: list[Tile] = []
    for zoom in range(LEAST_ZOOM, MOST_ZOOM + 1):
        touched = sorted(set(_beside(_touched(line, zoom))))
        if len(found) + len(touched) > MOST_TILES:
            break
        found += [(zoom, column, row) for column, row in touched]
    return found


def stored_sizes(file: Path, tiles: Iterable[Tile]) -> dict[Tile, int]:
    """Return the bytes of each tile that the map has."""
    wanted = list(tiles)
    found: dict[Tile, int] = {}
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as stored:
        for zoom, column, row in wanted:
            size = stored.execute(
                "SELECT length(tile_data) FROM tiles"
                " WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                (zoom, column, 2**zoom - 1 - row),
            ).fetchone()
            if size is not None:
                found[zoom, column, row] = int(size[0])
    return found


def _touched(line: Sequence[tuple[float, float]], zoom: int) -> Iterator[tuple[int, int]]:
    """Yield the tiles under points of a line that lie half a tile apart at most."""
    places = [_place(point, zoom) for point in line]
    for here, there in zip(places, [*places[1:], *places[-1:]], strict=True):
        steps = max(1, ceil(2 * hypot(there[0] - here[0], there[1] - here[1])))
        for step in range(steps):
            share = step / steps
            column = here[0] + (there[0] - here[0]) * share
            yield int(column), int(here[1] + (there[1] - here[1]) * share)


def _beside(tiles: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for column, row in tiles:
        for right in (-1, 0, 1):
            for down in (-1, 0, 1):
                yield column + right, row + down


def _place(point: tuple[float, float], zoom: int) -> tuple[float, float]:
    """Return the place of a position in tiles from the north-western corner of the world."""
    latitude, longitude = point
    north = 0.5 - asinh(tan(radians(latitude))) / (2 * pi)
    return 2**zoom * (longitude + 180) / 360, 2**zoom * north

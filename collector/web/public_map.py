"""Map of the directory: a sketch of France in SVG, drawn without any request to a map server.

The outline is a sketch, with a point every fifty kilometres or so; it is no basis for measurement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from collector.banks.models import Lactarium

WEST, EAST, SOUTH, NORTH = -5.4, 9.8, 41.2, 51.4
MIDDLE = 46.5
WIDTH = 600
HEIGHT = round(WIDTH * (NORTH - SOUTH) / ((EAST - WEST) * cos(radians(MIDDLE))))

MAINLAND = (
    (51.05, 2.37), (50.96, 1.85), (50.73, 1.59), (50.2, 1.5), (49.93, 1.08), (49.7, 0.2),
    (49.5, 0.1), (49.4, 0.2), (49.28, -0.25), (49.39, -1.04), (49.67, -1.26), (49.72, -1.94),
    (49.35, -1.8), (48.84, -1.6), (48.64, -1.51), (48.65, -2.03), (48.68, -2.32), (48.53, -2.72),
    (48.85, -3.05), (48.73, -3.98), (48.6, -4.55), (48.33, -4.77), (48.3, -4.3), (48.04, -4.74),
    (47.8, -4.37), (47.85, -3.9), (47.7, -3.36), (47.48, -3.12), (47.55, -2.8), (47.29, -2.52),
    (47.27, -2.2), (46.99, -2.25), (46.5, -1.79), (46.15, -1.22), (45.62, -1.05), (45.57, -1.07),
    (44.63, -1.25), (43.48, -1.57), (43.36, -1.79), (43.05, -1.4), (42.8, -0.5), (42.7, 0.0),
    (42.69, 0.65), (42.6, 1.45), (42.43, 1.95), (42.46, 2.86), (42.44, 3.17), (42.7, 3.04),
    (43.15, 3.1), (43.28, 3.5), (43.55, 4.05), (43.35, 4.6), (43.29, 5.35), (43.05, 5.93),
    (43.03, 6.15), (43.25, 6.68), (43.68, 7.28), (43.78, 7.52), (44.1, 7.65), (44.4, 6.9),
    (44.68, 7.05), (44.93, 6.73), (45.25, 6.95), (45.47, 7.1), (45.83, 6.86), (46.05, 6.9),
    (46.4, 6.5), (46.2, 6.1), (46.7, 6.4), (46.9, 6.45), (47.3, 6.95), (47.45, 7.1), (47.59, 7.58),
    (48.1, 7.58), (48.58, 7.8), (48.97, 8.22), (49.05, 7.95), (49.15, 7.05), (49.47, 6.35),
    (49.53, 5.8), (49.6, 5.4), (49.8, 4.9), (50.15, 4.85), (49.97, 4.15), (50.3, 4.1),
    (50.45, 3.65), (50.75, 3.1), (50.8, 2.65),
)  # fmt: skip

CORSICA = (
    (43.0, 9.4), (42.7, 9.45), (42.1, 9.55), (41.6, 9.35), (41.38, 9.2), (41.6, 8.8), (41.9, 8.6),
    (42.3, 8.6), (42.55, 8.75), (42.72, 9.25),
)  # fmt: skip


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
    outlines: tuple[str, ...]
    marks: tuple[Mark, ...]


def directory_map(lines: Sequence[Lactarium]) -> DirectoryMap:
    """Return the map of metropolitan France; overseas entries are in the list only."""
    return DirectoryMap(
        width=WIDTH,
        height=HEIGHT,
        outlines=tuple(
            " ".join(f"{x},{y}" for x, y in map(_drawn, outline)) for outline in (MAINLAND, CORSICA)
        ),
        marks=tuple(
            Mark(number=number, x=x, y=y, takes=line.takes_anonymous)
            for number, line in enumerate(lines, start=1)
            if WEST < line.longitude < EAST and SOUTH < line.latitude < NORTH
            for x, y in (_drawn((line.latitude, line.longitude)),)
        ),
    )


def _drawn(at: tuple[float, float]) -> tuple[int, int]:
    latitude, longitude = at
    x = (longitude - WEST) / (EAST - WEST) * WIDTH
    y = (NORTH - latitude) / (NORTH - SOUTH) * HEIGHT
    return round(x), round(y)

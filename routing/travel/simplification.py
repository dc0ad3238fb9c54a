"""Lines with fewer points, by the method of Ramer, Douglas and Peucker."""

from math import cos, hypot, radians
from typing import Final

from routing.travel.law import EARTH_RADIUS
from routing.travel.source import Line

TOLERANCE: Final = 8.0
"""Metres between a line and its simplified form at most: two pixels of a map of a city."""


def simplified(line: Line, tolerance: float = TOLERANCE) -> Line:
    """Return a line with as few of its points as a tolerance in metres allows."""
    if not line:
        return line
    scale = radians(1) * EARTH_RADIUS
    shrink = cos(radians(line[0][0]))
    flat = [(longitude * shrink * scale, latitude * scale) for latitude, longitude in line]
    kept = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        farthest, row = _farthest(flat, first, last)
        if farthest > tolerance:
            kept.add(row)
            spans += [(first, row), (row, last)]
    return tuple(line[row] for row in sorted(kept))


def _farthest(flat: list[tuple[float, float]], first: int, last: int) -> tuple[float, int]:
    """Return the greatest distance of a point to the chord of its span, and its row."""
    (x0, y0), (x1, y1) = flat[first], flat[last]
    across, up = x1 - x0, y1 - y0
    length = across * across + up * up
    best, row = 0.0, first
    for place in range(first + 1, last):
        x, y = flat[place][0] - x0, flat[place][1] - y0
        share = min(1.0, max(0.0, (x * across + y * up) / length)) if length else 0.0
        distance = hypot(x - share * across, y - share * up)
        if distance > best:
            best, row = distance, place
    return best, row

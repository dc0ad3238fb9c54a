"""Encoded polylines, which OSRM and VROOM answer.

https://developers.google.com/maps/documentation/utilities/polylinealgorithm
"""

from collections.abc import Iterable, Iterator
from typing import Final

FACTOR: Final = 1e5
"""Units per degree."""
FIRST: Final = 63
"""The character of zero."""


def encoded(points: Iterable[tuple[float, float]]) -> str:
    """Return points, each given by latitude and longitude in degrees, as an encoded polyline."""
    found: list[str] = []
    before = (0, 0)
    for point in points:
        here = (round(point[0] * FACTOR), round(point[1] * FACTOR))
        for now, then in zip(here, before, strict=True):
            _append(found, now - then)
        before = here
    return "".join(found)


def decoded(text: str, factor: float = FACTOR) -> tuple[tuple[float, float], ...]:
    """Return the points of an encoded polyline.

    Parameters
    ----------
    factor
        Units per degree.
    """
    steps = _steps(text)
    latitude = longitude = 0
    points = []
    for north, east in zip(steps, steps, strict=False):
        latitude, longitude = latitude + north, longitude + east
        points.append((latitude / factor, longitude / factor))
    return tuple(points)


def _steps(text: str) -> Iterator[int]:
    value = shift = 0
    for character in text:
        part = ord(character) - FIRST
        value |= (part & 0x1F) << shift
        shift += 5
        if part < 0x20:  # noqa: PLR2004 - five bits
            yield ~(value >> 1) if value & 1 else value >> 1
            value = shift = 0


def _append(found: list[str], step: int) -> None:
    """Append a signed number, five bits to a character, the lowest first."""
    rest = ~(step << 1) if step < 0 else step << 1
    while rest >= 0x20:  # noqa: PLR2004 - five bits
        found.append(chr((0x20 | rest & 0x1F) + FIRST))
        rest >>= 5
    found.append(chr(rest + FIRST))

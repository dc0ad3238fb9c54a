"""Encoded polylines, which OSRM and VROOM answer.

https://developers.google.com/maps/documentation/utilities/polylinealgorithm
"""

from collections.abc import Iterable
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


def _append(found: list[str], step: int) -> None:
    """Append a signed number, five bits to a character, the lowest first."""
    rest = ~(step << 1) if step < 0 else step << 1
    while rest >= 0x20:  # noqa: PLR2004 - five bits
        found.append(chr((0x20 | rest & 0x1F) + FIRST))
        rest >>= 5
    found.append(chr(rest + FIRST))

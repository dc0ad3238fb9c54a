"""Travel by road with the law in place of what the roads do not know."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.travel.law import estimated
from routing.travel.matrix import Travel
from routing.travel.source import NO_WAY, Legs, RoadPoint

WITHOUT_WAY: Final = 7 * 24 * 3600
"""Seconds of a leg without a way, which no round has."""


def partly_estimated(
    positions: Sequence[tuple[float, float]], points: Sequence[RoadPoint | None], legs: Legs
) -> Travel:
    """Return the travel between positions.

    Parameters
    ----------
    points
        The point on a road of each position; the legs of a position without one are estimated.
    legs
        The travel between the points, in their order.
    """
    on_road = np.array([row for row, point in enumerate(points) if point], np.int64)
    if len(on_road) == len(positions):
        return _travel(legs.seconds, legs.metres)
    law = estimated(positions)
    seconds, metres = np.array(law.seconds, np.int32), np.array(law.metres, np.int32)
    seconds[np.ix_(on_road, on_road)] = legs.seconds
    metres[np.ix_(on_road, on_road)] = legs.metres
    return _travel(seconds, metres)


def _travel(seconds: NDArray[np.int32], metres: NDArray[np.int32]) -> Travel:
    closed = seconds == NO_WAY
    if closed.any():
        seconds, metres = np.where(closed, WITHOUT_WAY, seconds), np.where(closed, 0, metres)
    return Travel(
        seconds=tuple(map(tuple, seconds.tolist())), metres=tuple(map(tuple, metres.tolist()))
    )

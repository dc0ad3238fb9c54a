"""Tables and points in the answers of travel servers, checked before use."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import SourceUnavailableError
from routing.travel.source import NO_WAY, Legs, RoadPoint, position_key

LONGEST: Final = 2**31 - 1
BLOCK: Final = 50
"""Origins and destinations of one table: OSRM takes 100 positions, Valhalla 2,500 legs."""

Block = Callable[[Sequence[RoadPoint], Sequence[RoadPoint]], Legs]


def whole_table(table: object, *, shape: tuple[int, int], factor: float = 1.0) -> NDArray[np.int32]:
    """Return a table of a server in whole numbers, rounded up; `NO_WAY` for a null.

    Raises
    ------
    SourceUnavailableError
        The table has another shape, or a cell that is no length of time or way.
    """
    rows = table if isinstance(table, list) else []
    if len(rows) != shape[0] or any(
        not isinstance(row, list) or len(row) != shape[1] for row in rows
    ):
        raise SourceUnavailableError(f"the server's table is not {shape[0]} by {shape[1]}")
    cells = [[_whole(cell, factor) for cell in row] for row in rows]
    return np.array(cells, np.int32).reshape(shape)


def point_at(latitude: Any, longitude: Any, away: Any) -> RoadPoint:  # noqa: ANN401 - JSON
    """Return the point of a server's answer.

    Raises
    ------
    SourceUnavailableError
        A number is missing or impossible.
    """
    try:
        at = float(latitude), float(longitude), float(away)
    except (TypeError, ValueError):
        raise SourceUnavailableError("the server's point has no position") from None
    if not (abs(at[0]) <= 90 and abs(at[1]) <= 180 and at[2] >= 0):  # noqa: PLR2004 - of a globe
        raise SourceUnavailableError("the server's point is not on earth")
    return RoadPoint(key=position_key(at[0], at[1]), latitude=at[0], longitude=at[1], away=at[2])


def in_blocks(origins: Sequence[RoadPoint], destinations: Sequence[RoadPoint], ask: Block) -> Legs:
    """Return the travel between points, asked for in blocks that a server takes."""
    seconds = np.zeros((len(origins), len(destinations)), np.int32)
    metres = seconds.copy()
    for row in range(0, len(origins), BLOCK):
        for column in range(0, len(destinations), BLOCK):
            part = ask(origins[row : row + BLOCK], destinations[column : column + BLOCK])
            seconds[row : row + BLOCK, column : column + BLOCK] = part.seconds
            metres[row : row + BLOCK, column : column + BLOCK] = part.metres
    return Legs(seconds=seconds, metres=metres)


def _whole(cell: object, factor: float) -> int:
    if cell is None:
        return NO_WAY
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise SourceUnavailableError(f"the server's table has a cell {cell!r}")
    value = cell * factor
    if not 0 <= value < LONGEST:
        raise SourceUnavailableError(f"the server's table has a cell {cell!r}")
    return ceil(round(value, 6))

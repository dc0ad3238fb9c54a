"""The nearest road to a position, by a grid over the segments of all lines."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.travel.law import EARTH_RADIUS
from routing.travel.road_graph import RoadGraph

CELL: Final = 0.004
"""Side of a cell of the grid, in degrees."""
FARTHEST: Final = 5_000.0
"""Metres beyond which no road is near."""

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Nearest(NamedTuple):
    """The nearest point of a line: its piece, metres along it, position, and metres away."""

    piece: int
    along: float
    latitude: float
    longitude: float
    away: float


class SegmentGrid:
    """The segments of the lines at which an address may lie, by the cells they touch."""

    def __init__(self, graph: RoadGraph) -> None:
        self.graph = graph
        piece = np.repeat(np.arange(len(graph.category)), np.diff(graph.line_starts))
        first = np.arange(len(piece) - 1)
        within = (piece[:-1] == piece[1:]) & graph.snappable[piece[:-1]]
        self.first: Numbers = first[within]
        self.piece: Numbers = piece[:-1][within]
        self.metres = _line_metres(graph)
        ends = (self.first, self.first + 1)
        rows = [np.floor(graph.line_latitude[end] / CELL).astype(np.int64) for end in ends]
        columns = [np.floor(graph.line_longitude[end] / CELL).astype(np.int64) for end in ends]
        self.cells, self.members = _cells(rows, columns)

    def nearest(self, latitude: float, longitude: float) -> Nearest | None:
        """Return the nearest point on a line; None beyond `FARTHEST`."""
        row, column = int(np.floor(latitude / CELL)), int(np.floor(longitude / CELL))
        shrink = max(np.cos(np.radians(latitude)), 0.01)
        side = np.radians(CELL) * EARTH_RADIUS
        reach = 1
        while True:
            found = self._best(self._near(row, column, reach), latitude, longitude, shrink)
            # Every segment within `sure` metres touches a cell that was looked at.
            sure = reach * side * min(1.0, shrink)
            if found is not None and found.away <= min(sure, FARTHEST):
                return found
            if sure > FARTHEST:
                return None
            reach *= 2

    def _near(self, row: int, column: int, reach: int) -> Numbers:
        """Return the segments that touch the cells around one."""
        keys = [_key(row + step, column - reach) for step in range(-reach, reach + 1)]
        wide = 2 * reach + 1
        spans = [np.searchsorted(self.cells, (key, key + wide)) for key in keys]
        return np.unique(np.concatenate([self.members[first:last] for first, last in spans]))

    def _best(
        self, segments: Numbers, latitude: float, longitude: float, shrink: float
    ) -> Nearest | None:
        if not len(segments):
            return None
        first = self.first[segments]
        ys, xs = self.graph.line_latitude, self.graph.line_longitude * 1.0
        scale = np.radians(1) * EARTH_RADIUS
        x0, y0 = (xs[first] - longitude) * shrink * scale, (ys[first] - latitude) * scale
        x1, y1 = (xs[first + 1] - longitude) * shrink * scale, (ys[first + 1] - latitude) * scale
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        share = np.clip(-(x0 * (x1 - x0) + y0 * (y1 - y0)) / np.where(length, length, 1), 0, 1)
        away = np.hypot(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        best = int(np.argmin(away))
        at, part = int(first[best]), float(share[best])
        return Nearest(
            piece=int(self.piece[segments[best]]),
            along=float(self.metres[at] + part * (self.metres[at + 1] - self.metres[at])),
            latitude=float(ys[at] + part * (ys[at + 1] - ys[at])),
            longitude=float(xs[at] + part * (xs[at + 1] - xs[at])),
            away=float(away[best]),
        )


def _line_metres(graph: RoadGraph) -> Floats:
    """Return the metres from the start of its line to each point."""
    scale = np.radians(1) * EARTH_RADIUS
    shrink = np.cos(np.radians(graph.line_latitude[:-1]))
    steps = np.hypot(
        np.diff(graph.line_latitude) * scale, np.diff(graph.line_longitude) * scale * shrink
    )
    whole = np.concatenate(([0.0], np.cumsum(steps)))
    begins = whole[graph.line_starts[:-1]]
    found: Floats = whole - np.repeat(begins, np.diff(graph.line_starts))
    return found


def _cells(rows: list[Numbers], columns: list[Numbers]) -> tuple[Numbers, Numbers]:
    """Return the cells that segments touch, sorted, and the segment of each."""
    least = [np.minimum(*ends) for ends in (rows, columns)]
    counts = [np.maximum(*ends) - low + 1 for ends, low in zip((rows, columns), least, strict=True)]
    total = counts[0] * counts[1]
    member = np.repeat(np.arange(len(total)), total)
    place = np.arange(len(member)) - np.repeat(np.cumsum(total) - total, total)
    row = least[0][member] + place // counts[1][member]
    cells = _key(row, least[1][member] + place % counts[1][member])
    order = np.argsort(cells, kind="stable")
    return cells[order], member[order]


def _key(row: NDArray[np.int64] | int, column: NDArray[np.int64] | int) -> Numbers:
    return np.asarray(row * 2**32 + column, np.int64)

"""Lines of the larger roads within bounds, for a drawing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.travel.road_graph import RoadGraph
from routing.travel.road_tags import CLASSES
from routing.travel.source import Line

BY_SIZE: Final = ("motorway", "trunk", "primary", "secondary", "tertiary")
"""Classes of a drawing, the largest first; smaller roads would cover it."""

Bounds = tuple[float, float, float, float]


def larger_roads(graph: RoadGraph, bounds: Bounds, *, most_points: int = 4_000) -> list[Line]:
    """Return the lines of roads within bounds, of as many classes as fit.

    Parameters
    ----------
    bounds
        West, south, east and north in degrees.
    most_points
        A class is drawn only if all its points and those of the larger classes are no more.
    """
    west, south, east, north = bounds
    inside = (
        (graph.line_longitude >= west)
        & (graph.line_longitude <= east)
        & (graph.line_latitude >= south)
        & (graph.line_latitude <= north)
    )
    lengths = np.diff(graph.line_starts)
    seen = np.add.reduceat(inside, graph.line_starts[:-1]) > 0
    found: list[Line] = []
    left = most_points
    for name in BY_SIZE:
        pieces = np.flatnonzero(seen & (graph.category == CLASSES.index(name)))
        left -= int(lengths[pieces].sum())
        if left < 0:
            break
        found += [_line(graph, piece) for piece in pieces]
    return found


def _line(graph: RoadGraph, piece: np.int64) -> Line:
    span = slice(int(graph.line_starts[piece]), int(graph.line_starts[piece + 1]))
    points: NDArray[np.float64] = np.column_stack(
        (graph.line_latitude[span], graph.line_longitude[span])
    )
    return tuple((float(latitude), float(longitude)) for latitude, longitude in points)

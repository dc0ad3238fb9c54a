"""The travel source of a command: roads for documents that give locations without matrices."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from pathlib import Path

from routing.travel.law import estimated
from routing.travel.matrix import Travel
from routing.travel.partly_estimated import partly_estimated
from routing.travel.polyline import encoded
from routing.travel.source import FARTHEST_FROM_ROAD, RoadPoint, TravelSource

Position = tuple[float, float]

_chosen: ContextVar[TravelSource | None] = ContextVar("travel_source", default=None)


@contextmanager
def roads_of_region(file: Path) -> Iterator[None]:
    """Answer travel by the road graph of a file while the block lasts.

    Raises
    ------
    RegionError
        The file cannot be used.
    """
    from routing.travel.region_roads import RegionRoads  # noqa: PLC0415 - of the extra `roads`
    from routing.travel.road_graph import read_graph  # noqa: PLC0415 - for this option alone

    token = _chosen.set(RegionRoads(read_graph(file)))
    try:
        yield
    finally:
        _chosen.reset(token)


def knows_roads() -> bool:
    """Return whether roads are chosen."""
    return _chosen.get() is not None


def travel_between(positions: Sequence[Position]) -> Travel:
    """Return the travel between positions by the chosen roads, or by the law."""
    points = [_point(each) for each in positions]
    known = [point for point in points if point]
    source = _chosen.get()
    if source is None or not known:
        return estimated(positions)
    return partly_estimated(positions, points, source.legs(known, known))


def geometry(positions: Sequence[Position]) -> str:
    """Return the way through positions as an encoded polyline.

    A leg that the roads do not know is a straight line.
    """
    source, way = _chosen.get(), list(positions[:1])
    for here, there in pairwise(positions):
        ends = _point(here), _point(there)
        line = source.line(ends[0], ends[1]) if source and ends[0] and ends[1] else None
        way += [*(line or ()), there]
    return encoded(way)


def _point(position: Position) -> RoadPoint | None:
    source = _chosen.get()
    found = source.snap(*position) if source else None
    return found if found and found.away <= FARTHEST_FROM_ROAD else None

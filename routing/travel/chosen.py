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
def chosen_roads(name: str) -> Iterator[None]:
    """Answer travel by a source while the block lasts.

    Parameters
    ----------
    name
        The file of a region's road graph, or the address of a server.

    Raises
    ------
    RegionError
        The file cannot be used.
    """
    token = _chosen.set(_source(name))
    try:
        yield
    finally:
        _chosen.reset(token)


def _source(name: str) -> TravelSource:
    if name.startswith("osrm+"):
        from routing.travel.osrm import OsrmRoads  # noqa: PLC0415 - for this option alone

        return OsrmRoads(name.removeprefix("osrm+"))
    if name.startswith("valhalla+"):
        from routing.travel.valhalla import ValhallaRoads  # noqa: PLC0415 - for this option alone

        return ValhallaRoads(name.removeprefix("valhalla+"))
    from routing.travel.region_roads import RegionRoads  # noqa: PLC0415 - of the extra `roads`
    from routing.travel.road_graph import read_graph  # noqa: PLC0415 - for this option alone

    return RegionRoads(read_graph(Path(name)))


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

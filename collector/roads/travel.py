"""Travel between positions: by road where a region knows the way, else estimated.

A position without a road near it has estimated legs, to and from every other; its legs are marked,
and the legs between the others stay those of the roads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.roads.learned import NOTHING_LEARNED, LearnedTimes
from collector.roads.models import CachedLegs, SnappedPosition
from collector.roads.regions import region_in_force, roads_of
from routing.travel.law import estimated
from routing.travel.matrix import Travel
from routing.travel.partly_estimated import WITHOUT_WAY, partly_estimated
from routing.travel.polyline import decoded, encoded
from routing.travel.region_roads import RegionRoads
from routing.travel.road_lines import larger_roads
from routing.travel.simplification import simplified
from routing.travel.source import FARTHEST_FROM_ROAD as FARTHEST_FROM_ROAD  # noqa: PLC0414 - handed on
from routing.travel.source import Legs, Line, RoadPoint, TravelSource, position_key

MOST_PATHS: Final = 20_000
"""Drawn legs that a process remembers of a region: some 4 MB."""

Position = tuple[float, float]
Matrix = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLegs:
    """Cached travel from one point: ascending keys of destinations, seconds and metres."""

    destinations: NDArray[np.int64]
    seconds: Matrix
    metres: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Learned factors on the travel of one day.

    Attributes
    ----------
    whole_day
        Mean factor of the day: a plan has one time per leg.
    sectors
        Factor of the legs to a position, by key of the position; others have none.
    """

    learned: LearnedTimes = NOTHING_LEARNED
    whole_day: float = 1.0
    sectors: Mapping[int, float] = field(default_factory=dict)

    def applied(self, positions: Sequence[Position], travel: Travel) -> Travel:
        """Return travel at this pace."""
        to = [self.sectors.get(position_key(*each), 1.0) for each in positions]
        factors = self.whole_day * np.array(to)
        if not to or np.allclose(factors, 1.0):
            return travel
        seconds = np.array(travel.seconds, np.float64)
        closed = seconds >= WITHOUT_WAY
        slower = np.where(closed, seconds, np.ceil(np.round(seconds * factors[None, :], 6)))
        return replace(travel, seconds=tuple(map(tuple, slower.astype(np.int64).tolist())))

    def at(self, instant: datetime) -> float:
        """Return the factor of an instant on the times of the whole day."""
        return self.learned.hour(instant) / self.whole_day


FREE_FLOW: Final = Pace()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadTravel:
    """Travel by the region in force, or by the law without one.

    Attributes
    ----------
    points
        Known points on roads by key of the position.
    known
        Cached legs by key of the point they begin at.
    """

    roads: TravelSource | None = None
    points: Mapping[int, RoadPoint] = field(default_factory=dict)
    known: Mapping[int, KnownLegs] = field(default_factory=dict)
    attribution: str = ""
    pace: Pace = FREE_FLOW

    def between(self, positions: Sequence[Position]) -> Travel:
        """Return the travel between all positions, each given by latitude and longitude."""
        points = [self.point(each) for each in positions]
        known = [point for point in points if point]
        found = (
            partly_estimated(positions, points, self.legs(known)) if known else estimated(positions)
        )
        return self.pace.applied(positions, found)

    def lacks_points(self, positions: Sequence[Position]) -> bool:
        """Return whether the point of a position near a road is not stored."""
        unknown = [each for each in positions if position_key(*each) not in self.points]
        return any(self.roads is not None and self.roads.snap(*each) for each in unknown)

    def point(self, position: Position) -> RoadPoint | None:
        """Return the point on the nearest road; None if none is near, or without a region."""
        if self.roads is None:
            return None
        found = self.points.get(position_key(*position)) or self.roads.snap(*position)
        return found if found and found.away <= FARTHEST_FROM_ROAD else None

    def path(self, origin: Position, destination: Position) -> str | None:
        """Return the fastest way as an encoded polyline; None where the leg is an estimate."""
        ends = self.point(origin), self.point(destination)
        if self.roads is None or ends[0] is None or ends[1] is None:
            return None
        return _path(self.roads, ends[0], ends[1])

    def line(self, origin: Position, destination: Position) -> Line | None:
        """Return the points of the fastest way; None where the leg is an estimate."""
        path = self.path(origin, destination)
        return None if path is None else decoded(path)

    def class_seconds(self, origin: Position, destination: Position) -> tuple[float, ...]:
        """Return the seconds of the fastest way on each class of roads; empty without a region."""
        ends = self.point(origin), self.point(destination)
        if not isinstance(self.roads, RegionRoads) or ends[0] is None or ends[1] is None:
            return ()
        found = self.roads.class_seconds(ends[0], ends[1])
        return () if found is None else tuple(found.tolist())

    def larger_roads(self, bounds: tuple[float, float, float, float]) -> list[Line]:
        """Return the lines of the larger roads within west, south, east and north."""
        return larger_roads(self.roads.graph, bounds) if isinstance(self.roads, RegionRoads) else []

    def legs(self, points: Sequence[RoadPoint]) -> Legs:
        """Return the travel between points: from the cache, and by the roads where it has none."""
        keys = np.array([point.key for point in points], np.int64)
        seconds = np.zeros((len(points), len(points)), np.int32)
        metres, have = seconds.copy(), np.zeros(seconds.shape, np.bool_)
        for row, key in enumerate(keys.tolist()):
            if (found := self.known.get(key)) is not None:
                at = np.searchsorted(found.destinations, keys).clip(max=len(found.destinations) - 1)
                have[row] = found.destinations[at] == keys
                seconds[row], metres[row] = found.seconds[at], found.metres[at]
        new = ~have.any(axis=1)
        columns = np.flatnonzero(~have[~new].all(axis=0))
        self._compute(points, np.flatnonzero(new), np.arange(len(points)), seconds, metres)
        self._compute(points, np.flatnonzero(~new), columns, seconds, metres)
        return Legs(seconds=seconds, metres=metres)

    def _compute(
        self,
        points: Sequence[RoadPoint],
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        seconds: Matrix,
        metres: Matrix,
    ) -> None:
        """Write the legs of some rows and columns, computed by the roads."""
        if self.roads is None or not len(rows) or not len(columns):
            return
        found = self.roads.legs([points[row] for row in rows], [points[row] for row in columns])
        seconds[np.ix_(rows, columns)] = found.seconds
        metres[np.ix_(rows, columns)] = found.metres


_paths: WeakKeyDictionary[TravelSource, dict[tuple[int, int], str | None]] = WeakKeyDictionary()

LAW_ONLY: Final = RoadTravel()
"""Travel without a region."""


def _path(roads: TravelSource, origin: RoadPoint, destination: RoadPoint) -> str | None:
    known = _paths.setdefault(roads, {})
    ends = (origin.key, destination.key)
    if ends not in known:
        if len(known) >= MOST_PATHS:
            known.clear()
        line = roads.line(origin, destination)
        known[ends] = None if line is None else encoded(simplified(line))
    return known[ends]


def load_travel(
    session: Session, positions: Sequence[Position], learned: LearnedTimes = NOTHING_LEARNED
) -> RoadTravel:
    """Load what is known of some positions; others can be asked of the result as well.

    Parameters
    ----------
    learned
        Its factors of the classes of roads change the ways; those of hours and sectors belong to a
        day (`at_pace`).
    """
    region = region_in_force(session)
    roads = roads_of(region, learned.road_factors) if region else None
    if region is None or roads is None:
        return LAW_ONLY
    places = sorted({position_key(*each) for each in positions})
    snapped = session.execute(
        select(
            SnappedPosition.place,
            SnappedPosition.road,
            SnappedPosition.latitude,
            SnappedPosition.longitude,
            SnappedPosition.away,
        ).where(SnappedPosition.version == region.version, SnappedPosition.place.in_(places))
    )
    points = {
        place: RoadPoint(key=road, latitude=latitude, longitude=longitude, away=away)
        for place, road, latitude, longitude, away in snapped
    }
    return RoadTravel(
        roads=roads,
        points=points,
        known=_known(session, roads.version, points.values()),
        attribution=region.attribution,
    )


def _known(session: Session, version: str, points: Iterable[RoadPoint]) -> dict[int, KnownLegs]:
    origins = sorted({point.key for point in points})
    rows = session.execute(
        select(
            CachedLegs.origin, CachedLegs.destinations, CachedLegs.seconds, CachedLegs.metres
        ).where(CachedLegs.version == version, CachedLegs.origin.in_(origins))
    )
    return {
        origin: KnownLegs(
            destinations=np.frombuffer(destinations, "<i8"),
            seconds=np.frombuffer(seconds, "<i4"),
            metres=np.frombuffer(metres, "<i4"),
        )
        for origin, destinations, seconds, metres in rows
    }

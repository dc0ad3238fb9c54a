"""Snapping of positions and the cache of legs: rows written and forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.roads.models import CachedLegs, SnappedPosition
from collector.roads.regions import region_in_force, roads_of
from collector.roads.travel import FARTHEST_FROM_ROAD, Position, RoadTravel
from routing.travel.source import Legs, RoadPoint, position_key


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLegs:
    """Legs that were computed from a reading, ready to be written."""

    version: str
    points: tuple[RoadPoint, ...]
    legs: Legs


def snap(session: Session, *, latitude: float, longitude: float) -> float | None:
    """Store the point on the road nearest to a position, and return the metres to it.

    None without a region, or if no road is within five kilometres.
    """
    region = region_in_force(session)
    roads = roads_of(region) if region else None
    found = roads.snap(latitude, longitude) if roads else None
    if region is None or found is None:
        return None
    place = position_key(latitude, longitude)
    session.execute(
        delete(SnappedPosition).where(
            SnappedPosition.version == region.version, SnappedPosition.place == place
        )
    )
    session.add(
        SnappedPosition(
            version=region.version,
            place=place,
            road=found.key,
            latitude=found.latitude,
            longitude=found.longitude,
            away=found.away,
        )
    )
    return found.away


def snap_missing(session: Session, positions: Sequence[Position]) -> int:
    """Store the points of positions that have none, and return their number."""
    region = region_in_force(session)
    if region is None:
        return 0
    wanted = {position_key(*each): each for each in positions}
    known = select(SnappedPosition.place).where(SnappedPosition.version == region.version)
    missing = wanted.keys() - set(session.scalars(known))
    stored = [
        snap(session, latitude=wanted[place][0], longitude=wanted[place][1])
        for place in sorted(missing)
    ]
    return sum(away is not None for away in stored)


def compute_legs(travel: RoadTravel, positions: Sequence[Position]) -> NewLegs | None:
    """Return all legs between positions if one of them is not cached; None if all are."""
    found = [travel.points.get(position_key(*each)) for each in positions]
    points = {point.key: point for point in found if point and point.away <= FARTHEST_FROM_ROAD}
    if travel.roads is None or missing_legs(travel, tuple(points)) == 0:
        return None
    ordered = tuple(points[key] for key in sorted(points))
    return NewLegs(version=travel.roads.version, points=ordered, legs=travel.legs(ordered))


def missing_legs(travel: RoadTravel, keys: Sequence[int]) -> int:
    """Return how many legs between points are not cached."""
    wanted = np.array(sorted(keys), np.int64)
    missing = 0
    for key in wanted.tolist():
        row = travel.known.get(key)
        missing += len(wanted) if row is None else int((~np.isin(wanted, row.destinations)).sum())
    return missing


def write_legs(session: Session, new: NewLegs) -> None:
    """Store legs beside those that are cached already.

    Legs of a region that is no longer in force are dropped. Those at learned factors stand under a
    version of their own, which begins with that of the region.
    """
    region = region_in_force(session)
    if region is None or region.version != new.version.split("+")[0]:
        return
    keys = np.array([point.key for point in new.points], "<i8")
    stored = session.scalars(
        select(CachedLegs).where(
            CachedLegs.version == new.version, CachedLegs.origin.in_(keys.tolist())
        )
    )
    rows = {row.origin: row for row in stored}
    for place, key in enumerate(keys.tolist()):
        added = (keys, new.legs.seconds[place], new.legs.metres[place])
        row = rows.get(key)
        if row is None:
            row = CachedLegs(version=new.version, origin=key)
            session.add(row)
            merged = added
        else:
            merged = _merged(row, added)
        row.destinations, row.seconds, row.metres = (
            np.ascontiguousarray(part, form).tobytes()
            for part, form in zip(merged, ("<i8", "<i4", "<i4"), strict=True)
        )


def forget_position(session: Session, *, latitude: float, longitude: float) -> None:
    """Delete the points of a position and every cached leg, which would tell where it lies."""
    place = position_key(latitude, longitude)
    session.execute(delete(SnappedPosition).where(SnappedPosition.place == place))
    session.execute(delete(CachedLegs))


def _merged(
    row: CachedLegs, added: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the legs of a row with others: each destination once, in ascending order."""
    known = (
        np.frombuffer(row.destinations, "<i8"),
        np.frombuffer(row.seconds, "<i4"),
        np.frombuffer(row.metres, "<i4"),
    )
    joined = [np.concatenate((new, old)) for new, old in zip(added, known, strict=True)]
    keys, first = np.unique(joined[0], return_index=True)
    return keys, joined[1][first], joined[2][first]

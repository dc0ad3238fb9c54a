"""The region in force: its row, its files, and the loaded graph that processes share."""

import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.roads.models import CachedLegs, RoadRegion, SnappedPosition
from collector.roads.preparation import ATTRIBUTION, GRAPH, STREETS, Prepared
from routing.errors import RegionError
from routing.travel.region_roads import RegionRoads
from routing.travel.road_graph import read_graph

_loading = threading.Lock()
_loaded: dict[tuple[str, str, int], RegionRoads | str] = {}
"""The region of this process, or the sentence why it cannot be used: one entry at most."""


_adjusted: WeakKeyDictionary[RegionRoads, dict[tuple[tuple[str, float], ...], RegionRoads]] = (
    WeakKeyDictionary()
)
MOST_ADJUSTED: Final = 4
"""Sets of learned factors whose weights a process keeps: one for each of a few banks."""


def region_in_force(session: Session) -> RoadRegion | None:
    """Return the newest region; None without one."""
    return session.scalar(select(RoadRegion).order_by(RoadRegion.id.desc()).limit(1))


def put_in_force(session: Session, prepared: Prepared, *, now: datetime) -> RoadRegion:
    """Replace the region in force; what was computed on an earlier one is forgotten."""
    forget_region(session, kept=prepared.version)
    west, south, east, north = prepared.bounds
    region = RoadRegion(
        version=prepared.version,
        source=prepared.source,
        folder=str(prepared.folder),
        attribution=ATTRIBUTION,
        prepared_at=now,
        west=west,
        south=south,
        east=east,
        north=north,
        junctions=prepared.junctions,
        arcs=prepared.arcs,
        has_streets=prepared.has_streets,
    )
    session.add(region)
    session.flush()
    return region


def forget_region(session: Session, *, kept: str | None = None) -> bool:
    """Delete the rows of all regions, and return whether there was one.

    Parameters
    ----------
    kept
        A version whose snapped positions and legs stay.
    """
    known = region_in_force(session) is not None
    session.execute(delete(RoadRegion))
    for row in (SnappedPosition, CachedLegs):
        session.execute(delete(row).where(row.version != kept) if kept else delete(row))
    return known


def roads_of(region: RoadRegion, factors: Mapping[str, float] | None = None) -> RegionRoads | None:
    """Return the roads of a region, loaded once in this process; None if they are unusable.

    Parameters
    ----------
    factors
        Learned factors by class of roads.
    """
    found = _load(region)
    if isinstance(found, str):
        return None
    return _at_factors(found, factors) if factors else found


def _at_factors(roads: RegionRoads, factors: Mapping[str, float]) -> RegionRoads:
    key = tuple(sorted(factors.items()))
    with _loading:
        known = _adjusted.setdefault(roads, {})
        if key not in known:
            if len(known) >= MOST_ADJUSTED:
                known.clear()
            known[key] = roads.with_factors(factors)
        return known[key]


def complaint(region: RoadRegion) -> str | None:
    """Return the sentence why a region cannot be used; None if it can."""
    found = _load(region)
    return found if isinstance(found, str) else None


def streets_file(region: RoadRegion) -> Path | None:
    """Return the file of the street map; None without one."""
    file = Path(region.folder) / STREETS
    return file if region.has_streets and file.is_file() else None


def _load(region: RoadRegion) -> RegionRoads | str:
    file = Path(region.folder) / GRAPH
    changed = file.stat().st_mtime_ns if file.is_file() else 0
    key = (region.version, str(file), changed)
    with _loading:
        if key not in _loaded:
            _loaded.clear()
            try:
                _loaded[key] = RegionRoads(read_graph(file), region.version)
            except RegionError as unusable:
                _loaded[key] = str(unusable)
        return _loaded[key]

"""The port of travel sources: the law, a region's roads, and the servers OSRM and Valhalla."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

NO_WAY: Final = -1
"""A cell of `Legs` without a way."""

LARGEST_KEY_STEP: Final = 1e-5
"""Degrees between two positions with different keys: about a metre."""

FARTHEST_FROM_ROAD: Final = 1_000.0
"""Metres to the nearest road beyond which the legs of a position are estimated."""

Line = tuple[tuple[float, float], ...]
"""Points of a line: latitude and longitude, in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadPoint:
    """A position moved onto the nearest road.

    Attributes
    ----------
    key
        The name of the point within one version of one source.
    latitude, longitude
        Degrees of the point on the road.
    away
        Metres between the position and the point.
    """

    key: int
    latitude: float
    longitude: float
    away: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Travel from origins to destinations.

    Attributes
    ----------
    seconds, metres
        One row per origin, rounded up; `NO_WAY` where no way leads.
    """

    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]


class TravelSource(Protocol):
    """A source of travel times, distances and lines.

    Attributes
    ----------
    name
        Name of the source.
    version
        Version of its data; a point or a leg of another version means nothing.
    """

    name: str
    version: str

    def snap(self, latitude: float, longitude: float) -> RoadPoint | None:
        """Return the point on the nearest road; None if no road is near."""
        ...

    def legs(self, origins: Sequence[RoadPoint], destinations: Sequence[RoadPoint]) -> Legs:
        """Return the travel from each origin to each destination."""
        ...

    def line(self, origin: RoadPoint, destination: RoadPoint) -> Line | None:
        """Return the line of the fastest way; None without one."""
        ...


def position_key(latitude: float, longitude: float) -> int:
    """Return the key of a position for sources that have no numbers of their own."""
    rows = round((latitude + 90) / LARGEST_KEY_STEP)
    columns = round((longitude + 180) / LARGEST_KEY_STEP)
    return rows * round(360 / LARGEST_KEY_STEP + 1) + columns

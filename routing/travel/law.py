"""Estimate of travel from positions alone: *seconds = a d^b* on the great circle.

These times are estimates and must be shown as such: such a law errs by about 14 % at its
calibration (30 known pairs on the roads of Porto), and does not carry over to another region.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.travel.matrix import Travel

EARTH_RADIUS: Final = 6_371_008.8
"""Metres: the mean radius by the IUGG, which `geopy.distance.great_circle` uses too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """The parameters of the estimate.

    Attributes
    ----------
    a, b : float
        Seconds are ``a * d**b`` for a great-circle distance of ``d`` metres.
    detour : float
        Metres of road per metre of great circle.

    Notes
    -----
    The default is meant for a city and the country around it, until the bank has calibrated its
    own: it crosses 1 km in 2 min 31 s (24 km/h), 5 km in 7 min 46 s (39 km/h), 20 km in 20 min
    29 s (59 km/h) and 60 km in 44 min 13 s (81 km/h), as the crow flies. The detour of 1.3 is
    the usual figure for European roads. Neither was measured on any bank's own roads.
    """

    a: float = 1.2
    b: float = 0.7
    detour: float = 1.3


def estimated(positions: Sequence[tuple[float, float]], law: Law | None = None) -> Travel:
    """Estimate travel between all positions, rounded up.

    Parameters
    ----------
    positions : sequence of (float, float)
        Latitude and longitude in degrees.

    Returns
    -------
    Travel
        Symmetric, and zero from a position to itself.
    """
    chosen = law or Law()
    distances = great_circle(positions)
    return Travel(
        seconds=_rounded_up(chosen.a * distances**chosen.b),
        metres=_rounded_up(chosen.detour * distances),
    )


def great_circle(positions: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return the metres between all positions on a sphere, by the haversine formula."""
    degrees = np.asarray(positions, dtype=np.float64).reshape(-1, 2)
    latitude, longitude = np.radians(degrees).T
    rise = np.sin((latitude[:, None] - latitude) / 2) ** 2
    turn = np.sin((longitude[:, None] - longitude) / 2) ** 2
    chord = rise + np.cos(latitude[:, None]) * np.cos(latitude) * turn
    arc: NDArray[np.float64] = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return arc


def _rounded_up(values: NDArray[np.float64]) -> tuple[tuple[int, ...], ...]:
    # A distance of 100.0000000001 m is 100 m with a rounding error, not 101 m.
    whole = np.ceil(np.round(values, 6)).astype(np.int64)
    return tuple(map(tuple, whole.tolist()))

"""Generated days: a city whose roads are not the same both ways, shifts, windows, clocks.

The generator is ours and has no hidden data; a seed always makes the same day.
"""

import numpy as np

from routing.problem import Place, Problem, Shift, Travel, Visit, Window
from routing.units import Cents, Seconds

HOUR = 3_600
CLUSTERS_PER = 25
CITY = 18_000.0
"""Metres from the middle to the edge."""

AFTERNOON_TOO = 0.4
"""How many visits have a second window."""

BLOOD_TOO = 0.15
"""How many visits of a rich day ask for a skill."""

OPTIONAL = 0.1
"""How many visits may wait for another day, at a price near to what it costs to make them."""


def day(visits: int, shifts: int, *, seed: int, rich: bool = False) -> Problem:
    """Make a day of so many visits and shifts.

    Parameters
    ----------
    rich : bool
        With ride limits and skills, which peers cannot say.
    """
    rng = np.random.default_rng(seed)
    middles = rng.normal(0, CITY / 2, (max(2, visits // CLUSTERS_PER), 2))
    homes = middles[rng.integers(len(middles), size=visits)] + rng.normal(0, 1_500, (visits, 2))
    spots = np.vstack([np.zeros((1, 2)), homes])
    return Problem(
        dimensions=("bottles",),
        places=tuple(Place(id=str(row), receives=row == 0) for row in range(len(spots))),
        travel={"car": roads(spots, rng)},
        shifts=tuple(_shift(number, shifts, rich=rich) for number in range(shifts)),
        visits=tuple(_visit(row, rng, rich=rich) for row in range(1, visits + 1)),
    )


def roads(spots: np.ndarray, rng: np.random.Generator) -> Travel:
    """Detours of 1.2 to 1.5 and 25 to 50 km/h, drawn per leg and direction."""
    straight = np.linalg.norm(spots[:, None] - spots[None, :], axis=2)
    metres = np.ceil(straight * rng.uniform(1.2, 1.5, straight.shape)).astype(int)
    seconds = np.ceil(metres / rng.uniform(7.0, 14.0, straight.shape)).astype(int)
    return Travel(
        seconds=tuple(map(tuple, seconds.tolist())), metres=tuple(map(tuple, metres.tolist()))
    )


def _shift(number: int, of: int, *, rich: bool) -> Shift:
    begins = 7 * HOUR if number % 2 == 0 else 8 * HOUR
    return Shift(
        id=f"s{number}",
        collector=f"c{number}",
        start="0",
        ends=("0",),
        window=Window(earliest=Seconds(begins), latest=Seconds(begins + 8 * HOUR)),
        capacity={"bottles": 120},
        skills=frozenset({"blood"}) if rich and number < (of + 1) // 2 else frozenset(),
        fixed_cost=Cents(2_000),
        cents_per_km=40,
        cents_per_hour=2_500,
    )


def _visit(row: int, rng: np.random.Generator, *, rich: bool) -> Visit:
    first = int(rng.integers(8, 11)) * HOUR
    second = int(rng.integers(13, 15)) * HOUR
    windows = (
        Window(earliest=Seconds(first), latest=Seconds(first + 2 * HOUR)),
        Window(earliest=Seconds(second), latest=Seconds(second + HOUR)),
    )
    limits = {"milk": Seconds(int(rng.integers(8, 17)) * HOUR // 4)} if rich else {}
    return Visit(
        id=f"v{row}",
        place=str(row),
        windows=windows[: 1 + int(rng.random() < AFTERNOON_TOO)],
        service=Seconds(int(rng.integers(8, 16)) * 60),
        load={"bottles": int(rng.integers(2, 12))},
        ride_limits=limits,
        skills=frozenset({"blood"}) if rich and rng.random() < BLOOD_TOO else frozenset(),
        penalty=Cents(int(rng.integers(800, 4_000)) if rng.random() < OPTIONAL else 50_000),
    )

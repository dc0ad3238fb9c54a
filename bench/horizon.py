"""Two weeks of a large bank as one problem: ``python -m bench.horizon --seconds 120 3600``.

18 collectors, ten working days, 2,000 visits that are free on several days: due dates with a price
per hour late, deadlines, a donor who is visited once a week at most, blood drawn by some collectors
only, and milk that must be cold in time. The generator is ours; a seed always makes the same weeks.
"""

import argparse
import json
import subprocess
import sys
from typing import Final

import numpy as np

from bench.days import HOUR, roads
from routing.problem import Place, Problem, Shift, Visit, Window
from routing.units import Cents, Seconds

DAY: Final = 24 * HOUR
DAYS: Final = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
"""Monday to Friday of two weeks."""

VISITS: Final = 2_000
COLLECTORS: Final = 18
TOWNS: Final = 60
WIDE: Final = 35_000.0
"""Metres: half of the towns lie nearer to the bank than this."""

NURSES: Final = 9
"""Collectors who may draw blood."""

SEROLOGY: Final = 0.2
"""How many visits need a nurse."""


def horizon(*, seed: int, visits: int = VISITS, collectors: int = COLLECTORS) -> Problem:
    """Make two weeks."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(0, WIDE / 1.5, (TOWNS, 2))
    homes = middles[rng.integers(TOWNS, size=visits)] + rng.normal(0, 2_500, (visits, 2))
    spots = np.vstack([np.zeros((1, 2)), homes])
    return Problem(
        dimensions=("bottles",),
        places=tuple(Place(id=str(row), receives=row == 0) for row in range(len(spots))),
        travel={"car": roads(spots, rng)},
        shifts=tuple(_shift(number, date) for date in DAYS for number in range(collectors)),
        visits=tuple(_visit(row, rng) for row in range(1, visits + 1)),
        periods=tuple(
            Window(earliest=Seconds(week * 7 * DAY), latest=Seconds((week + 1) * 7 * DAY - 1))
            for week in (0, 1)
        ),
    )


def _shift(number: int, date: int) -> Shift:
    opens = date * DAY + (7 if number % 2 == 0 else 9) * HOUR
    return Shift(
        id=f"d{date}c{number}",
        collector=f"c{number}",
        start="0",
        ends=("0",),
        window=Window(earliest=Seconds(opens), latest=Seconds(opens + 7 * HOUR)),
        capacity={"bottles": 120},
        skills=frozenset({"blood"}) if number < NURSES else frozenset(),
        fixed_cost=Cents(2_000),
        cents_per_km=40,
        cents_per_hour=2_500,
    )


def _visit(row: int, rng: np.random.Generator) -> Visit:
    first = int(rng.integers(0, 8))
    days = DAYS[first : first + int(rng.integers(2, 6))]
    opens = int(rng.integers(8, 13)) * HOUR
    windows = tuple(
        Window(earliest=Seconds(date * DAY + opens), latest=Seconds(date * DAY + opens + 3 * HOUR))
        for date in days
    )
    due = days[0] * DAY + DAY
    return Visit(
        id=f"v{row}",
        place=str(row),
        windows=windows,
        service=Seconds(int(rng.integers(8, 16)) * 60),
        load={"bottles": int(rng.integers(2, 12))},
        ride_limits={"milk": Seconds(int(rng.integers(10, 17)) * HOUR // 4)},
        skills=frozenset({"blood"}) if rng.random() < SEROLOGY else frozenset(),
        due=Seconds(due),
        cents_per_hour_late=20,
        donor=f"donor {row % (VISITS - VISITS // 10)}",
        penalty=Cents(50_000),
    )


def main() -> None:
    """Solve it for each number of seconds, and say how far each is from the longest run."""
    parser = argparse.ArgumentParser(prog="python -m bench.horizon", description=__doc__)
    parser.add_argument("--seconds", type=float, nargs="+", default=[120.0])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    runs = [_run(options.seed, seconds) for seconds in options.seconds]
    longest = min(run["shares"] for run in runs)
    print("| seconds | CPU s | cost | over the best run | left out | first plan | peak memory |")
    print("|---|---|---|---|---|---|---|")
    for seconds, run in zip(options.seconds, runs, strict=True):
        gap = 100 * (run["shares"] / longest - 1)
        print(
            f"| {seconds:g} | {run['cpu']:.0f} | {run['cost'] / 100:,.2f} | {gap:.2f} %"
            f" | {run['unassigned']} | {run['first']:.1f} s | {run['megabytes']} MB |"
        )


def _run(seed: int, seconds: float) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.child", "milkround", f"horizon:{seed}", str(seconds)]
    done = subprocess.run([*command, "1"], check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()

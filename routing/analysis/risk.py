"""Risk of a plan: the chances that its promises, clocks and ends hold, from simulated days."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing import simulation
from routing.plan import Plan
from routing.problem import Problem, Window
from routing.units import Seconds

DAYS: Final = 5_000
"""Days that judge a plan: a chance of 95 % is known to 0.6 %."""

PERCENT: Final = 100

REMEMBERED: Final = 12
"""Simulations kept for the same question: 4 MB each for 48 visits on 5,000 days."""

BAND: Final = (0.05, 0.95)
"""Quantiles of the band in which an arrival falls on nine days in ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRisk:
    """The chance of a stop.

    Attributes
    ----------
    promise : float
        The chance that the service begins within the window of its planned begin.
    earliest, latest : Seconds
        Between them the arrival falls on nine days in ten.
    begins : array of float
        The begin of service on each simulated day, in seconds.
    """

    visit: str
    promise: float
    earliest: Seconds
    latest: Seconds
    begins: NDArray[np.float64] = field(repr=False, compare=False)

    def window(self, percent: int = 95) -> Window:
        """Return the shortest window within which the service begins on so many days in 100."""
        if not 1 <= percent <= PERCENT:
            raise ValueError("a window is kept on 1 to 100 days in 100")
        begins = np.sort(self.begins)
        inside = ceil(percent * len(begins) / 100)
        first = int(np.argmin(begins[inside - 1 :] - begins[: len(begins) - inside + 1]))
        return Window(
            earliest=Seconds(int(np.floor(begins[first]))),
            latest=Seconds(ceil(begins[first + inside - 1])),
        )

    def chance_within(self, window: Window) -> float:
        """Return the chance that the service begins within a window."""
        inside = (self.begins >= window.earliest) & (self.begins <= window.latest)
        return float(np.count_nonzero(inside)) / len(self.begins)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRisk:
    """The chance that one clock holds.

    Attributes
    ----------
    visit, item : str, optional
        The item collected at the visit; None for the load carried from the start.
    holds : float
        For an item on board whose limit is over, 0.
    """

    visit: str | None
    item: str | None
    holds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TourRisk:
    """The chances of a tour.

    Attributes
    ----------
    cold : float
        The chance that no clock of the tour breaks.
    in_time : float
        The chance that it ends within its hours.
    """

    shift: str
    cold: float
    in_time: float
    stops: tuple[StopRisk, ...]
    clocks: tuple[ClockRisk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRisk:
    """The chances of a plan.

    Attributes
    ----------
    days : int
        The number of simulated days.
    holds : float
        The chance that every promise, clock and end of the plan holds.
    """

    days: int
    holds: float
    tours: tuple[TourRisk, ...]

    def tour(self, shift: str) -> TourRisk | None:
        """Return the chances of a shift's tour, or None."""
        return next((tour for tour in self.tours if tour.shift == shift), None)

    def stop(self, visit: str) -> StopRisk | None:
        """Return the chances of a visit, or None."""
        stops = (stop for tour in self.tours for stop in tour.stops)
        return next((stop for stop in stops if stop.visit == visit), None)


def risk(
    problem: Problem,
    plan: Plan,
    *,
    days: int = DAYS,
    seed: int = 0,
    now: Seconds | None = None,
) -> PlanRisk:
    """Return the chances of a plan, or of what is left of it.

    A seed always draws the same days, and in them a visit and a leg their own times, whatever the
    plan: two plans are judged on the same days.

    Parameters
    ----------
    days : int
        At least 1.
    now : Seconds, optional
        An instant in the middle of the day. Halts that have begun by then are history, at the
        times of the plan. Stops and rides that are over are left out, and so is a tour that is
        over. A drive or a service that is under way lasts on beyond the instant.
    """
    if days < 1:
        raise ValueError("a plan is judged on at least one day")
    encoding, drawn = simulation.encoding, simulation.days
    tables, spreads = encoding.encoded(problem, plan, now), problem.spreads
    outcomes = _simulated(
        encoding.table(tables.tours, drawn.TOUR_COLUMNS).tobytes(),
        encoding.table(tables.points, drawn.POINT_COLUMNS).tobytes(),
        encoding.table(tables.breaks, 3).tobytes(),
        encoding.table(tables.clocks, 3).tobytes(),
        encoding.scales([spreads.leg, spreads.day, spreads.hour]).tobytes(),
        encoding.scales(tables.door_spreads).tobytes(),
        days,
        seed,
    )
    return PlanRisk(
        days=days,
        holds=outcomes.holding / days,
        tours=tuple(_tour(tables, outcomes, row, days) for row in range(len(tables.tours))),
    )


@lru_cache(maxsize=REMEMBERED)
def _simulated(
    tours: bytes,
    points: bytes,
    breaks: bytes,
    clocks: bytes,
    scales: bytes,
    door_scales: bytes,
    days: int,
    seed: int,
) -> simulation.days.Outcomes:
    """Simulate the tables of a plan, or return the outcomes of the same tables.

    The key is all that the outcomes depend on, so a changed row, event, rule or instant has
    outcomes of its own. The arrays must not be written to.
    """
    drawn = simulation.days

    def table(rows: bytes, columns: int) -> NDArray[np.int64]:
        # A copy, since compiled functions are compiled anew for arrays that are read only.
        return np.frombuffer(rows, dtype=np.int64).reshape(-1, columns).copy()

    outcomes: simulation.days.Outcomes = drawn.simulate(
        table(tours, drawn.TOUR_COLUMNS),
        table(points, drawn.POINT_COLUMNS),
        table(breaks, 3),
        table(clocks, 3),
        np.frombuffer(scales).copy(),
        np.frombuffer(door_scales).copy(),
        days,
        seed,
    )
    for array in outcomes[:-1]:
        array.flags.writeable = False
    return outcomes


def _tour(
    tables: simulation.encoding.SimulatedPlan,
    outcomes: simulation.days.Outcomes,
    row: int,
    days: int,
) -> TourRisk:
    tour = tables.tours[row]
    points = range(tour[simulation.days.FIRST], tour[simulation.days.END])
    bands = np.quantile(outcomes.arrivals[points.start : points.stop], BAND, axis=1)
    stops = tuple(
        StopRisk(
            visit=visit,
            promise=int(outcomes.promises[point]) / days,
            earliest=Seconds(round(bands[0, point - points.start])),
            latest=Seconds(round(bands[1, point - points.start])),
            begins=outcomes.begins[point],
        )
        for point in points
        if (visit := tables.stops[point]) is not None
    )
    clocks = tuple(
        ClockRisk(
            visit=tables.items[clock].visit,
            item=tables.items[clock].item,
            holds=int(outcomes.clocks[clock]) / days,
        )
        for clock in range(tour[simulation.days.CLOCKS_FROM], tour[simulation.days.CLOCKS_TO])
    )
    cold, in_time = (int(count) / days for count in outcomes.tours[row])
    return TourRisk(
        shift=tables.shifts[row], cold=cold, in_time=in_time, stops=stops, clocks=clocks
    )

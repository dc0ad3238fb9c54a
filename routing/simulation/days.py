"""Simulated days of a plan: each tour driven with drawn legs, doors and departures.

The collector behaves as one would. No stop is skipped, and the box is emptied where the plan says
so. A service begins on arrival, but not before its window opens, nor before its planned begin if
the plan has a wait there. After the end of its window it begins on arrival, and the promise is
broken. A break is taken as planned, never before its window opens.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled, inner
from routing.simulation.draws import (
    OF_DAY,
    OF_DEPARTURE,
    OF_DOOR,
    OF_HOUR,
    OF_LEG,
    OF_NO_SHOW,
    factor,
    factor_above,
    mix,
    normal,
    uniform,
)

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

# The columns of a tour: its rows of points, departure, the latest arrival, root mean square of the
# lateness of its departure, its name in draws, its rows of breaks and of clocks, and the instants
# until which the first leg and the first service are known to last.
FIRST, END, DEPARTURE, CLOSES, LATE_START, TOUR_NAME = range(6)
BREAKS_FROM, BREAKS_TO, CLOCKS_FROM, CLOCKS_TO, ARRIVES_AFTER, ENDS_AFTER = range(6, 12)
TOUR_COLUMNS: Final = 12

# The columns of a point: travel to it, the names of the leg and of the door in draws, service, the
# instant before which no service begins, the latest begin, and the percent of no-shows.
LEG_SECONDS, LEG_NAME, DOOR_NAME, SERVICE, OPENS, LATEST, NO_SHOW = range(7)
POINT_COLUMNS: Final = 7

# The columns of a break: the point before which it is taken, its earliest begin, its duration.
BREAK_BEFORE, BREAK_OPENS, BREAK_DURATION = range(3)

# The columns of a clock: the point of loading, or -1 for a load on board from the beginning, the
# point that receives, and the longest ride, or the latest arrival for the load on board.
LOADED, RECEIVED, LIMIT = range(3)

# The columns of the scales: standard deviations of the logarithms of factors.
LEG_SCALE, DAY_SCALE, HOUR_SCALE = range(3)

HOUR: Final = 3_600
DAY: Final = 86_400

NO_SHOW_SHARE: Final = 0.5
"""Share of the service time spent at a door that stays closed: ringing, calling, waiting."""


LEAST_FACTOR: Final = 1e-3
"""A factor that no duration falls below: one that must be larger for it is drawn as any other."""

ROUNDING: Final = 1e-6
"""Seconds by which a difference of instants may be wrong, being no whole number."""


class Outcomes(NamedTuple):
    """Outcomes of the simulated days.

    Attributes
    ----------
    arrivals, begins : array of shape (points, days)
        Arrivals and begins of service, in seconds.
    promises, clocks : arrays of shape (points,) and (clocks,)
        Days on which each is kept.
    tours : array of shape (tours, 2)
        Days on which no clock of the tour breaks, and on which it ends in time.
    holding : int
        Days on which every promise, clock and end is kept.
    """

    arrivals: FloatArray
    begins: FloatArray
    promises: IntArray
    clocks: IntArray
    tours: IntArray
    holding: int


@compiled
def simulate(
    tours: IntArray,
    points: IntArray,
    breaks: IntArray,
    clocks: IntArray,
    scales: FloatArray,
    door_scales: FloatArray,
    days: int,
    seed: int,
) -> Outcomes:
    """Simulate a plan on so many days.

    Parameters
    ----------
    tours, points, breaks, clocks : arrays of int
        See the columns of this module.
    scales, door_scales : arrays of shape (3,) and (points,)
        Standard deviations of the logarithms of the factors.
    """
    arrivals, begins = np.empty((len(points), days)), np.empty((len(points), days))
    ended, came = np.empty(len(points)), np.ones(len(points), dtype=np.bool_)
    promises = np.zeros(len(points), dtype=np.int64)
    kept = np.zeros(len(clocks), dtype=np.int64)
    by_tour = np.zeros((len(tours), 2), dtype=np.int64)
    holding = 0
    for day in range(days):
        name = mix(np.uint64(seed), day)
        all_hold = True
        for tour in range(len(tours)):
            all_hold &= _drive(
                tours[tour], points, breaks, scales, door_scales, name, arrivals, begins, ended,
                came, promises, day,
            )  # fmt: skip
            in_time = arrivals[tours[tour, END], day] <= tours[tour, CLOSES]
            cold = _judge_clocks(tours[tour], clocks, arrivals, ended, came, kept, day)
            by_tour[tour, 0] += cold
            by_tour[tour, 1] += in_time
            all_hold &= cold and in_time
        holding += all_hold
    return Outcomes(arrivals, begins, promises, kept, by_tour, holding)


@inner
def _drive(
    tour: IntArray,
    points: IntArray,
    breaks: IntArray,
    scales: FloatArray,
    door_scales: FloatArray,
    name: np.uint64,
    arrivals: FloatArray,
    begins: FloatArray,
    ended: FloatArray,
    came: NDArray[np.bool_],
    promises: IntArray,
    day: int,
) -> bool:
    """Drive one tour of one day; return whether all its promises are kept."""
    date = tour[DEPARTURE] // DAY
    of_day = factor(mix(mix(name, OF_DAY), date), scales[DAY_SCALE])
    leave, break_, all_kept = _departure(tour, name), tour[BREAKS_FROM], True
    lasts_until, ends_after = float(tour[ARRIVES_AFTER]), float(tour[ENDS_AFTER])
    for row in range(tour[FIRST], tour[END] + 1):
        arrival, rested = leave + _leg(points[row], of_day, scales, name, leave, lasts_until), leave
        while break_ < tour[BREAKS_TO] and breaks[break_, BREAK_BEFORE] == row:
            begin = max(rested, float(breaks[break_, BREAK_OPENS]))
            rested = begin + breaks[break_, BREAK_DURATION]
            if begin < arrival:
                arrival += breaks[break_, BREAK_DURATION]
            break_ += 1
        arrivals[row, day] = arrival
        begins[row, day] = begin = max(arrival, rested, float(points[row, OPENS]))
        is_kept = begin <= points[row, LATEST]
        promises[row] += is_kept
        all_kept &= is_kept
        came[row] = _comes(points[row], name)
        door = mix(mix(name, OF_DOOR), points[row, DOOR_NAME])
        service = points[row, SERVICE] * (1.0 if came[row] else NO_SHOW_SHARE)
        service *= _factor_until(door, door_scales[row], service, begin, ends_after)
        leave = ended[row] = begin + service
        lasts_until = ends_after = -np.inf
    return all_kept


@inner
def _departure(tour: IntArray, name: np.uint64) -> float:
    """Return the departure of a tour, which may be late."""
    if tour[LATE_START] == 0:
        return float(tour[DEPARTURE])
    late = abs(normal(mix(mix(name, OF_DEPARTURE), tour[TOUR_NAME])))
    return float(tour[DEPARTURE]) + late * tour[LATE_START]


@inner
def _leg(
    point: IntArray,
    of_day: float,
    scales: FloatArray,
    name: np.uint64,
    leave: float,
    lasts_until: float,
) -> float:
    """Return the seconds of a leg, which lasts at least until an instant."""
    of_hour = factor(mix(mix(name, OF_HOUR), int(leave) // HOUR), scales[HOUR_SCALE])
    seconds = point[LEG_SECONDS] * of_day * of_hour
    leg = mix(mix(name, OF_LEG), point[LEG_NAME])
    return seconds * _factor_until(leg, scales[LEG_SCALE], seconds, leave, lasts_until)


@inner
def _factor_until(
    name: np.uint64, scale: float, seconds: float, begin: float, lasts_until: float
) -> float:
    """Return the factor of a duration, which lasts at least until an instant."""
    if seconds <= 0.0 or begin + seconds * LEAST_FACTOR >= lasts_until:
        return factor(name, scale)
    return factor_above(name, scale, (lasts_until - begin) / seconds)


@inner
def _comes(point: IntArray, name: np.uint64) -> bool:
    """Return whether the donor of a point comes to the door."""
    if point[NO_SHOW] == 0:
        return True
    return uniform(mix(mix(name, OF_NO_SHOW), point[DOOR_NAME])) * 100.0 >= point[NO_SHOW]


@inner
def _judge_clocks(
    tour: IntArray,
    clocks: IntArray,
    arrivals: FloatArray,
    ended: FloatArray,
    came: NDArray[np.bool_],
    kept: IntArray,
    day: int,
) -> bool:
    """Return whether no clock of a tour breaks; an item of a donor who did not come has none."""
    all_kept = True
    for clock in range(tour[CLOCKS_FROM], tour[CLOCKS_TO]):
        loaded = clocks[clock, LOADED]
        ride = arrivals[clocks[clock, RECEIVED], day]
        is_kept = True
        if loaded < 0:
            is_kept = ride <= clocks[clock, LIMIT]
        elif came[loaded]:
            is_kept = ride - ended[loaded] <= clocks[clock, LIMIT] + ROUNDING
        kept[clock] += is_kept
        all_kept &= is_kept
    return all_kept

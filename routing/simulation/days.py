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
    mix,
    normal,
    uniform,
)

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

# The columns of a tour: its rows of points, departure, the latest arrival, root mean square of the
# lateness of its departure, its name in draws, and its rows of breaks and of clocks.
FIRST, END, DEPARTURE, CLOSES, LATE_START, TOUR_NAME = range(6)
BREAKS_FROM, BREAKS_TO, CLOCKS_FROM, CLOCKS_TO = range(6, 10)
TOUR_COLUMNS: Final = 10

# The columns of a point: travel to it, the names of the leg and of the door in draws, service, the
# instant before which no service begins, the latest begin, and the percent of no-shows.
LEG_SECONDS, LEG_NAME, DOOR_NAME, SERVICE, OPENS, LATEST, NO_SHOW = range(7)
POINT_COLUMNS: Final = 7

# The columns of a break: the point before which it is taken, its earliest begin, its duration.
BREAK_BEFORE, BREAK_OPENS, BREAK_DURATION = range(3)

# The columns of a clock: the point of loading, or -1 for the load carried from the start, the
# point that receives, and the longest ride, or the latest arrival for the load carried.
LOADED, RECEIVED, LIMIT = range(3)

# The columns of the scales: standard deviations of the logarithms of factors.
LEG_SCALE, DAY_SCALE, HOUR_SCALE = range(3)

HOUR: Final = 3_600
DAY: Final = 86_400

NO_SHOW_SHARE: Final = 0.5
"""Share of the service time spent at a door that stays closed: ringing, calling, waiting."""


ROUNDING: Final = 1e-6
"""Seconds by which a difference of instants may be wrong, being no whole number."""


class Outcomes(NamedTuple):
    """Outcomes of the simulated days.

    Attributes
    ----------
    arrivals : array of shape (points, days)
        In seconds.
    promises, clocks : arrays of shape (points,) and (clocks,)
        Days on which each is kept.
    tours : array of shape (tours, 2)
        Days on which no clock of the tour breaks, and on which it ends in time.
    holding : int
        Days on which every promise, clock and end is kept.
    """

    arrivals: FloatArray
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
    arrivals = np.empty((len(points), days))
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
                tours[tour], points, breaks, scales, door_scales, name, arrivals, ended, came,
                promises, day,
            )  # fmt: skip
            in_time = arrivals[tours[tour, END], day] <= tours[tour, CLOSES]
            cold = _judge_clocks(tours[tour], clocks, arrivals, ended, came, kept, day)
            by_tour[tour, 0] += cold
            by_tour[tour, 1] += in_time
            all_hold &= cold and in_time
        holding += all_hold
    return Outcomes(arrivals, promises, kept, by_tour, holding)


@inner
def _drive(
    tour: IntArray,
    points: IntArray,
    breaks: IntArray,
    scales: FloatArray,
    door_scales: FloatArray,
    name: np.uint64,
    arrivals: FloatArray,
    ended: FloatArray,
    came: NDArray[np.bool_],
    promises: IntArray,
    day: int,
) -> bool:
    """Drive one tour of one day; return whether all its promises are kept."""
    date = tour[DEPARTURE] // DAY
    of_day = factor(mix(mix(name, OF_DAY), date), scales[DAY_SCALE])
    leave, break_, all_kept = float(tour[DEPARTURE]), tour[BREAKS_FROM], True
    if tour[LATE_START] > 0:
        late = abs(normal(mix(mix(name, OF_DEPARTURE), tour[TOUR_NAME])))
        leave += late * tour[LATE_START]
    for row in range(tour[FIRST], tour[END] + 1):
        leg = points[row, LEG_SECONDS] * of_day
        leg *= _leg_factor(points[row, LEG_NAME], scales, name, int(leave) // HOUR)
        arrival, rested = leave + leg, leave
        while break_ < tour[BREAKS_TO] and breaks[break_, BREAK_BEFORE] == row:
            begin = max(rested, float(breaks[break_, BREAK_OPENS]))
            rested = begin + breaks[break_, BREAK_DURATION]
            if begin < arrival:
                arrival += breaks[break_, BREAK_DURATION]
            break_ += 1
        arrivals[row, day] = arrival
        begin = max(arrival, rested, float(points[row, OPENS]))
        is_kept = begin <= points[row, LATEST]
        promises[row] += is_kept
        all_kept &= is_kept
        came[row] = _comes(points[row], name)
        service = points[row, SERVICE] * (1.0 if came[row] else NO_SHOW_SHARE)
        service *= factor(mix(mix(name, OF_DOOR), points[row, DOOR_NAME]), door_scales[row])
        leave = ended[row] = begin + service
    return all_kept


@inner
def _leg_factor(leg: int, scales: FloatArray, name: np.uint64, hour: int) -> float:
    """Return the factor of a leg begun in an hour, without the factor of the day."""
    shared = factor(mix(mix(name, OF_HOUR), hour), scales[HOUR_SCALE])
    return shared * factor(mix(mix(name, OF_LEG), leg), scales[LEG_SCALE])


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

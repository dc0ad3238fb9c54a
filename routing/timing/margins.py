"""Margins of a timed tour: the price of promises, clocks and ends that are cut too fine.

A margin is a quantile of the spread of all that precedes: the variances of legs and services add up
along the tour, and the factor of the day adds to all legs alike. A wait absorbs as much of the
quantile as it lasts. What falls short of its margin costs the missing part of its price, so a day
that is too full still has its least bad plan.

- The margin of a promise covers the way from the departure to the arrival, that of the end as well.
- The margin of a clock covers the way from its loading to the receiving place. The tightest clock
  of a tour counts: clocks of one tour break together.

Spreads are in percent, so a spread times seconds is in hundredths of a second. All numbers are
whole: `routing.margins` computes the same prices in plain Python, and both agree to the share.

The rows of a tour lie in an array, or at an offset in the search state of the kernel.
"""

import math
from typing import Final

import numpy as np

from routing.compiled import inner
from routing.margins import tails
from routing.timing import accessors
from routing.timing.encoding import (
    CARRIED_UNTIL,
    CLOCK_BREAKS,
    CLOCK_PRICE,
    CLOCK_QUANTILE,
    DAY_SPREAD,
    DEPARTED,
    END_PRICE,
    HOUR_SPREAD,
    INFINITY,
    LATE_START,
    LEG_SPREAD,
    PER_SECOND,
    PROMISE_PRICE,
    PROMISE_QUANTILE,
    IntArray,
)

# The columns of a row: a stop, an unloading, or the end of the tour as the last row.
WORK, EARLIEST, LEG, SERVICE, CLOSES, LIMIT, KIND, DOOR = range(8)
ARRIVES, BEGINS, CLOCK_SLACK, PROMISE_SLACK, EARLY = range(8, 13)
COLUMNS: Final = 13
"""Width of a row.

`WORK` and `EARLIEST` are as in `departure`: work from the departure to the begin, and the begin
with the first departure. `DOOR` is the spread of the service in hundredths of a second, `LIMIT` the
ride limit. `CLOCK_SLACK` and `PROMISE_SLACK` are what is left beyond the margin, in hundredths of a
second, negative if it falls short. `EARLY` is the variance from the last wait to the end of the
service, which may be that much earlier.
"""

# The kinds of a row. The begin of a stop with a due instant has a price, so it is not moved.
STOP, RECEIVER, END, DUE_STOP = range(4)

OFFSETS: Final = (300, 600, 1_200, 1_800, 2_700)
"""Seconds that a departure is tried earlier than the cheapest, to have more margin."""

LATE_START_WEIGHT: Final = 15_000
"""Variance of a late departure per square second, in squared hundredths of a second.

Its quantiles are those of a half normal distribution, at 95 % a factor 1.2 above a normal's.
"""

KNEE: Final = 200
"""Thousandths of a margin up to which a missing part is dear."""

STEEP: Final = 3
"""Factor of the price of the parts up to `KNEE`."""

TAILS: Final = np.array(tails())
"""Days in a million on which so many hundredths of a standard deviation are used up."""

HALF: Final = 500_000

DEAR_DAYS: Final = 100_000
"""Days in a million above the level up to which a broken clock is dear."""

DEAR: Final = 6
"""Hundredths of the price of a clock for each of these days in 100."""

HOUR_WEIGHT: Final = 1_800
"""Seconds of driving that share the factor of an hour with any other, on average."""


@inner
def is_priced(encoded: IntArray) -> bool:
    """Return whether margins have a price."""
    return (
        accessors.risk(encoded, PROMISE_PRICE) > 0
        or accessors.risk(encoded, END_PRICE) > 0
        or accessors.risk(encoded, CLOCK_PRICE) > 0
    )


@inner
def best_departure(
    encoded: IntArray, shift: int, rows: IntArray, at: int, end: int, first: int, cheapest: int
) -> tuple[int, int, int]:
    """Choose a departure at the cheapest or somewhat earlier, by working time and margins.

    Parameters
    ----------
    rows : array of int
        Its rows from the offset `at` on; `end` is the row of the end.
    first, cheapest : int
        The first departure, and the cheapest without margins.

    Returns
    -------
    departure, promises, clocks
        The prices of margins in shares. The rows have the times of this departure.
    """
    rate = accessors.shift(encoded, shift, PER_SECOND)
    promises, clocks = price_at(encoded, shift, rows, at, end, cheapest)
    if promises == 0:
        return cheapest, promises, clocks
    last_at = at + end * COLUMNS
    duration = rows[last_at + ARRIVES] - cheapest
    best, best_cost, tried = cheapest, promises + clocks, cheapest
    for offset in OFFSETS:
        departure = max(first, cheapest - offset)
        if departure == tried:
            break
        tried = departure
        promises, clocks = price_at(encoded, shift, rows, at, end, departure)
        cost = promises + clocks
        cost += rate * (rows[last_at + ARRIVES] - departure - duration)
        if cost >= best_cost:
            break
        best, best_cost = departure, cost
    promises, clocks = price_at(encoded, shift, rows, at, end, best)
    return best, promises, clocks


@inner
def price_at(
    encoded: IntArray, shift: int, rows: IntArray, at: int, end: int, departure: int
) -> tuple[int, int]:
    """Time a tour without breaks for a departure, and return its prices of margins in shares."""
    has_waits = _set_times(rows, at, end, departure)
    promises, clocks = prices(encoded, shift, rows, at, end)
    if clocks == 0 or not has_waits or not _postpone(rows, at, end):
        return promises, clocks
    later_promises, later_clocks = prices(encoded, shift, rows, at, end)
    if later_promises + later_clocks < promises + clocks:
        return later_promises, later_clocks
    _set_times(rows, at, end, departure)
    return prices(encoded, shift, rows, at, end)


@inner
def _set_times(rows: IntArray, at: int, end: int, departure: int) -> bool:
    """Set arrivals and begins for a departure; return whether there is a wait."""
    leave, has_waits = departure, False
    for row in range(end + 1):
        here = at + row * COLUMNS
        rows[here + ARRIVES] = leave + rows[here + LEG]
        rows[here + BEGINS] = max(rows[here + EARLIEST], departure + rows[here + WORK])
        if row == end:
            rows[here + BEGINS] = rows[here + ARRIVES]
        has_waits |= rows[here + BEGINS] > rows[here + ARRIVES]
        leave = rows[here + BEGINS] + rows[here + SERVICE]
    return has_waits


@inner
def _postpone(rows: IntArray, at: int, end: int) -> bool:
    """Move waits before the stops whose clocks lack margin; return whether any was moved.

    The tour ends as before. With unloadings on the way nothing is moved.
    """
    room, is_moved = 0, False
    for row in range(end - 1, -1, -1):
        here = at + row * COLUMNS
        if rows[here + KIND] != STOP:
            return False
        after = here + COLUMNS
        room += rows[after + BEGINS] - rows[after + ARRIVES]
        room = min(room, rows[here + CLOSES] - rows[here + BEGINS])
        rows[here + CLOCK_SLACK] = min(room, max(0, (99 - rows[here + CLOCK_SLACK]) // 100))
    leave = rows[at + ARRIVES] - rows[at + LEG]
    for row in range(end + 1):
        here = at + row * COLUMNS
        arrival = leave + rows[here + LEG]
        begin = rows[here + BEGINS]
        if row < end and rows[here + LIMIT] < INFINITY:
            begin += rows[here + CLOCK_SLACK]
        begin = max(begin, arrival)
        is_moved |= begin > rows[here + BEGINS]
        rows[here + ARRIVES], rows[here + BEGINS] = arrival, begin
        leave = begin + rows[here + SERVICE]
    return is_moved


@inner
def prices(encoded: IntArray, shift: int, rows: IntArray, at: int, end: int) -> tuple[int, int]:
    """Return the prices in shares of a timed tour: of promises with the end, and of clocks."""
    promises, late_end, carried = _promises(encoded, shift, rows, at, end)
    clocks = max(carried, _clocks(encoded, rows, at, end))
    price = accessors.risk(encoded, PROMISE_PRICE) * promises // 1_000
    price += accessors.risk(encoded, END_PRICE) * late_end // 1_000
    return price, accessors.risk(encoded, CLOCK_PRICE) * clocks // 1_000


@inner
def _promises(
    encoded: IntArray, shift: int, rows: IntArray, at: int, end: int
) -> tuple[int, int, int]:
    """Return the missing thousandths of promises, of the end, and of the load carried."""
    late = accessors.shift(encoded, shift, LATE_START)
    if accessors.shift(encoded, shift, DEPARTED) == 1:
        late = 0
    variance, driving = LATE_START_WEIGHT * late * late, 0
    total = missing = carried = early = 0
    until = accessors.shift(encoded, shift, CARRIED_UNTIL)
    for row in range(end + 1):
        here = at + row * COLUMNS
        variance += leg_variance(encoded, rows[here + LEG])
        driving += rows[here + LEG]
        margin = _margin(encoded, variance, driving, PROMISE_QUANTILE)
        slack = 100 * (rows[here + CLOSES] - rows[here + ARRIVES]) - margin
        rows[here + PROMISE_SLACK] = slack
        total += missing
        missing = missing_part(slack, margin)
        if until < INFINITY and rows[here + KIND] == RECEIVER:
            days = _breaks(encoded, 100 * (until - rows[here + ARRIVES]), variance, driving)
            carried, until = _dear(encoded, days), INFINITY
        wait = 100 * (rows[here + BEGINS] - rows[here + ARRIVES])
        early = 0 if wait > 0 else early + leg_variance(encoded, rows[here + LEG])
        early += rows[here + DOOR] * rows[here + DOOR]
        rows[here + EARLY] = early
        if wait > 0 and margin > 0:
            left = 1_000 * max(0, margin - wait) // margin
            variance, driving = variance * left // 1_000 * left // 1_000, driving * left // 1_000
        variance += rows[here + DOOR] * rows[here + DOOR]
    return total, missing, carried


@inner
def _clocks(encoded: IntArray, rows: IntArray, at: int, end: int) -> int:
    """Return the thousandths of the price of a clock for the days on which a clock breaks.

    A ride lasts as long as its work, with the spread of all of it. Or it lasts as long as planned,
    with the spread of what follows the last wait, and of an early end of its service. Both break
    apart from each other, and so do clocks of different limits. Clocks of one limit break together.
    The days of the two worst are added.
    """
    received, waits, worst, second, worst_limit = -1, 0, 0, 0, 0
    variance = driving = late_variance = late_driving = 0
    for row in range(end, -1, -1):
        here = at + row * COLUMNS
        if rows[here + KIND] == RECEIVER:
            received, waits = rows[here + ARRIVES], 0
            variance = driving = late_variance = late_driving = 0
        elif rows[here + KIND] != END:
            limit = rows[here + LIMIT]
            rows[here + CLOCK_SLACK] = INFINITY
            if limit < INFINITY and received >= 0:
                slack = 100 * (limit - (received - rows[here + BEGINS] - rows[here + SERVICE]))
                days = _breaks(encoded, slack + 100 * waits, variance, driving)
                margin = _margin(encoded, variance, driving, CLOCK_QUANTILE)
                rows[here + CLOCK_SLACK] = slack + 100 * waits - margin
                worst, second, worst_limit = _worst_two(worst, second, worst_limit, days, limit)
                if waits > 0:
                    early = late_variance + rows[here + EARLY]
                    days = _breaks(encoded, slack, early, late_driving)
                    margin = _margin(encoded, early, late_driving, CLOCK_QUANTILE)
                    rows[here + CLOCK_SLACK] = min(rows[here + CLOCK_SLACK], slack - margin)
                    worst, second, worst_limit = _worst_two(
                        worst, second, worst_limit, days, -limit
                    )
            variance += rows[here + DOOR] * rows[here + DOOR]
            wait = rows[here + BEGINS] - rows[here + ARRIVES]
            if wait > 0 and waits == 0:
                late_variance, late_driving = variance, driving
            waits += wait
        variance += leg_variance(encoded, rows[here + LEG])
        driving += rows[here + LEG]
    return _dear(encoded, worst + second)


@inner
def _worst_two(
    worst: int, second: int, worst_limit: int, days: int, limit: int
) -> tuple[int, int, int]:
    """Return the days of the two worst clocks of different limits, and the limit of the worst.

    A negative limit is that of a ride with a wait.
    """
    if limit == worst_limit:
        return max(worst, days), second, worst_limit
    if days > worst:
        return days, worst, limit
    return worst, max(second, days), worst_limit


@inner
def _breaks(encoded: IntArray, slack: int, variance: int, driving: int) -> int:
    """Return the days in a million on which a slack in hundredths of a second is used up."""
    shared = accessors.risk(encoded, DAY_SPREAD) * driving
    deviation = _root(variance + shared * shared)
    if slack < 0:
        return TAILS[0]
    if deviation == 0 or slack >= len(TAILS) * deviation // 100:
        return 0
    return TAILS[100 * slack // deviation]


@inner
def _dear(encoded: IntArray, days: int) -> int:
    """Return the thousandths of the price of a clock for the days in a million on which it breaks.

    The first ten days in 100 above the level are dear: a level is reached or it is not. Beyond them
    the price still grows, so a round that cannot reach the level is the least bad one.
    """
    above = min(days, HALF) - accessors.risk(encoded, CLOCK_BREAKS)
    if above <= DEAR_DAYS:
        return DEAR * max(0, above) // 1_000
    most = max(1, HALF - accessors.risk(encoded, CLOCK_BREAKS) - DEAR_DAYS)
    dear = DEAR * DEAR_DAYS // 1_000
    return min(1_000, dear + (1_000 - dear) * (above - DEAR_DAYS) // most)


@inner
def leg_variance(encoded: IntArray, seconds: int) -> int:
    """Return the variance of a leg by itself, in squared hundredths of a second."""
    leg, hour = accessors.risk(encoded, LEG_SPREAD), accessors.risk(encoded, HOUR_SPREAD)
    return leg * leg * seconds * seconds + hour * hour * HOUR_WEIGHT * seconds


@inner
def _margin(encoded: IntArray, variance: int, driving: int, level: int) -> int:
    """Return a margin in hundredths of a second."""
    shared = accessors.risk(encoded, DAY_SPREAD) * driving
    return accessors.risk(encoded, level) * _root(variance + shared * shared) // 1_000


@inner
def _root(square: int) -> int:
    """Return the whole square root; numbers below 2**52 are exact in a float."""
    root = int(math.sqrt(float(square)))
    while root * root > square:
        root -= 1
    while (root + 1) * (root + 1) <= square:
        root += 1
    return root


@inner
def missing_part(slack: int, margin: int) -> int:
    """Return the thousandths of the price of a margin that lacks part of itself.

    The first fifth that is missing has three fifths of the price: a level is reached or it is not.
    Beyond it the price still grows, so a round that cannot reach the level is the least bad one.
    """
    if slack >= 0 or margin == 0:
        return 0
    part = 1_000 * min(-slack, margin) // margin
    if part <= KNEE:
        return STEEP * part
    return STEEP * KNEE + (1_000 - STEEP * KNEE) * (part - KNEE) // (1_000 - KNEE)

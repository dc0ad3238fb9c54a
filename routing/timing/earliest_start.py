"""Earliest schedule of a leg sequence for a departure, by constraint propagation.

Every rule of time has one of two forms. One instant is at least another plus a constant, or an
instant lies in given windows. Such a system has a least solution. It is found by pushing instants
forward until none moves. A service after which an item would ride too long is postponed. That alone
never makes the end later; only a window that has closed does. Windows are finite, so the
propagation ends.

Breaks come as slots. The gap of a slot is the row of the point before which the break is taken, on
the way or at the point. A break on the way to a place that receives items must begin before the
arrival, so that the ride includes it. At the point it comes after the arrival.
"""

from typing import Final, NamedTuple

import numpy as np

from routing.compiled import inner
from routing.timing import accessors
from routing.timing.encoding import (
    BREAK_WINDOWS_FROM,
    BREAK_WINDOWS_TO,
    DURATION,
    INFINITY,
    WINDOWS_FROM,
    WINDOWS_TO,
    IntArray,
)
from routing.timing.leg_sequence import (
    LEG_SECONDS,
    RECEIVER,
    RIDE_LIMIT,
    SERVICE_TIME,
    UNLOADING,
    VISIT,
)

# The columns of the times of a point: arrival, begin, the end of the window of the begin, and the
# lower bound that a ride limit sets on the begin.
ARRIVAL, BEGIN, WINDOW_CLOSES, FLOOR = range(4)
TIME_COLUMNS: Final = 4

# The columns of a slot: the row of its break, its gap, whether it is taken at the point, its begin,
# the end of the window of the begin, and the work from the departure to the begin.
BREAK, GAP, AT_POINT, BREAK_BEGIN, BREAK_WINDOW_CLOSES, BREAK_WORK = range(6)
SLOT_COLUMNS: Final = 6

# The statuses of a schedule.
LEGAL, NO_WINDOW, TOO_LATE, NO_BREAK, RIDE_TOO_LONG, DEPART_LATER, NOT_RECEIVED = range(7)


class Bounds(NamedTuple):
    """Bounds of a schedule besides windows, breaks and ride limits, in seconds.

    Attributes
    ----------
    earliest, latest : int
        Of the departure, and of the arrival at the end.
    carried_until : int
        Latest arrival at the first point that receives items.
    max_working : int
        From departure to arrival.
    """

    earliest: int
    latest: int
    carried_until: int
    max_working: int


@inner
def propagate(
    encoded: IntArray,
    legs: IntArray,
    slots: IntArray,
    times: IntArray,
    departure: int,
    bounds: Bounds,
) -> tuple[int, int, int]:
    """Compute the earliest schedule for a departure, into `times` and `slots`.

    Parameters
    ----------
    legs : array of shape (points + 1, LEG_COLUMNS)
    slots : array of shape (breaks, SLOT_COLUMNS)
        With breaks and gaps, ascending by gap.
    times : array of shape (points + 1, TIME_COLUMNS)

    Returns
    -------
    status, row, amount
        `LEGAL`, or the reason, the point and the seconds of the failure. `DEPART_LATER` is no
        failure: `amount` is the next departure to try.
    """
    times[:, FLOOR] = 0
    while True:
        status, row, amount = _forward(encoded, legs, slots, times, departure)
        if status != LEGAL:
            if status == NO_WINDOW and times[row, FLOOR] > 0:
                status = RIDE_TOO_LONG
            return status, row, amount
        end = len(legs) - 1
        if times[end, ARRIVAL] > bounds.latest:
            excess = times[end, ARRIVAL] - bounds.latest
            return (RIDE_TOO_LONG if np.any(times[:, FLOOR] > 0) else TOO_LATE), end, excess
        receiver = first_receiver(legs)
        if receiver >= 0 and times[receiver, ARRIVAL] > bounds.carried_until:
            return RIDE_TOO_LONG, receiver, times[receiver, ARRIVAL] - bounds.carried_until
        if not _raise_floors(legs, times):
            return LEGAL, 0, 0


@inner
def _forward(
    encoded: IntArray, legs: IntArray, slots: IntArray, times: IntArray, departure: int
) -> tuple[int, int, int]:
    leave, slot, offset = departure, 0, 0
    for row in range(len(legs)):
        visit = legs[row, VISIT]
        arrival, rested = leave + legs[row, LEG_SECONDS], leave
        offset += legs[row, LEG_SECONDS]
        while slot < len(slots) and slots[slot, GAP] == row:
            break_ = slots[slot, BREAK]
            at_point = slots[slot, AT_POINT] == 1
            ready = max(rested, arrival) if at_point else rested
            begin, closes = earliest_break(encoded, break_, ready)
            if begin == INFINITY:
                return NO_BREAK, row, 0
            if not at_point and visit < 0 and begin >= arrival:
                return DEPART_LATER, row, max(departure + 1, begin + 1 - offset)
            slots[slot, BREAK_BEGIN], slots[slot, BREAK_WINDOW_CLOSES] = begin, closes
            duration = accessors.break_(encoded, break_, DURATION)
            if begin < arrival:
                arrival += duration
            rested = begin + duration
            offset += duration
            slot += 1
        times[row, ARRIVAL] = arrival
        ready = max(arrival, rested, times[row, FLOOR])
        begin, closes = ready, INFINITY
        if visit >= 0:
            begin, closes = earliest_begin(encoded, visit, ready)
            if begin == INFINITY:
                return NO_WINDOW, row, seconds_after_windows(encoded, visit, ready)
        times[row, BEGIN], times[row, WINDOW_CLOSES] = begin, closes
        leave = begin + legs[row, SERVICE_TIME]
        offset += legs[row, SERVICE_TIME]
    return LEGAL, 0, 0


@inner
def seconds_after_windows(encoded: IntArray, visit: int, ready: int) -> int:
    """Return the seconds from the end of a visit's last window to an instant; 0 without windows."""
    first = accessors.visit(encoded, visit, WINDOWS_FROM)
    last = accessors.visit(encoded, visit, WINDOWS_TO)
    return ready - accessors.window_closes(encoded, last - 1) if last > first else 0


@inner
def _raise_floors(legs: IntArray, times: IntArray) -> bool:
    """Postpone services after which an item rides too long; return whether there are any."""
    is_raised = False
    for row in range(len(legs)):
        if legs[row, RIDE_LIMIT] < INFINITY:
            arrival = times[legs[row, RECEIVER], ARRIVAL]
            floor = arrival - legs[row, RIDE_LIMIT] - legs[row, SERVICE_TIME]
            if times[row, BEGIN] < floor:
                times[row, FLOOR] = floor
                is_raised = True
    return is_raised


@inner
def first_receiver(legs: IntArray) -> int:
    """Return the row of the first point that receives the load from the start, or -1."""
    for row in range(len(legs)):
        if legs[row, VISIT] == UNLOADING:
            return row
    return legs[len(legs) - 1, RECEIVER]


@inner
def earliest_begin(encoded: IntArray, visit: int, ready: int) -> tuple[int, int]:
    """Return the earliest begin of a visit from an instant on, and the end of its window.

    Both are `INFINITY` if there is none.
    """
    for row in range(
        accessors.visit(encoded, visit, WINDOWS_FROM), accessors.visit(encoded, visit, WINDOWS_TO)
    ):
        if ready <= accessors.window_closes(encoded, row):
            begin = max(ready, accessors.window_opens(encoded, row))
            return begin, accessors.window_closes(encoded, row)
    return INFINITY, INFINITY


@inner
def earliest_break(encoded: IntArray, break_: int, ready: int) -> tuple[int, int]:
    """Return the earliest begin of a break from an instant on, and the end of its window.

    Both are `INFINITY` if there is none.
    """
    for row in range(
        accessors.break_(encoded, break_, BREAK_WINDOWS_FROM),
        accessors.break_(encoded, break_, BREAK_WINDOWS_TO),
    ):
        if ready <= accessors.break_closes(encoded, row):
            begin = max(ready, accessors.break_opens(encoded, row))
            return begin, accessors.break_closes(encoded, row)
    return INFINITY, INFINITY

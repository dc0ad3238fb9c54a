"""Knows the least solution of a course for a departure: every instant as early as it may be.

Every rule of time says "this instant is at least that one plus a constant" or "this instant lies in
these windows". Instants are pushed forward until nothing moves. What would ride too long is put
off: that alone never makes the end later, only a window that has closed does, and windows are
finite, so this ends.

Breaks come as slots: the gap (by the row of the point ahead of which it lies) in which each is
taken, on the way or at the door. A break on the way to a place that receives must begin ahead of
the arrival, so that the ride includes it; at the door it comes after the arrival.
"""

from typing import Final, NamedTuple

import numpy as np

from routing.compiled import inner
from routing.timing import accessors
from routing.timing.encoding import (
    DURATION,
    FAR,
    RESTS_FROM,
    RESTS_TO,
    WINDOWS_FROM,
    WINDOWS_TO,
    Whole,
)
from routing.timing.leg_sequence import LEG, LIMIT, RECEIVER, SPENT, UNLOADS, VISIT

# The columns of a timing: arrival and begin per point, the end of the window a begin lies in, and
# the floor below which a ride limit does not let it begin.
ARRIVAL, BEGIN, SHUTS, FLOOR = range(4)
TIMES: Final = 4

# The columns of a slot: which break, the row of the point ahead of which it lies, whether at the
# door there, its begin, and the end of the window it lies in. OUTSIDE rows are BEFORE or AFTER.
BREAK, GAP, DOOR, TAKEN, TAKEN_SHUTS, TAKEN_WORK = range(6)
SLOT_COLUMNS: Final = 6
BEFORE: Final = -1
AFTER: Final = -2

# What came of an attempt.
LEGAL, NO_WINDOW, TOO_LATE, NO_BREAK, RIDES, LATER, NOT_RECEIVED = range(7)


class Bounds(NamedTuple):
    """What a timing has to keep besides windows, breaks and ride limits.

    Attributes
    ----------
    earliest, latest : int
        The departure, and the arrival at the end.
    carried_until : int
        The arrival at the first point that receives.
    max_working : int
        From departure to arrival.
    """

    earliest: int
    latest: int
    carried_until: int
    max_working: int


@inner
def settle(
    f: Whole, table: Whole, slots: Whole, times: Whole, departure: int, bounds: Bounds
) -> tuple[int, int, int]:
    """Find the least solution for a departure, or why there is none.

    Returns
    -------
    status, row, amount
        `LEGAL`; or what fails, where, and by how much. `LATER` is not a failure: `amount` is the
        next departure worth trying.
    """
    times[:, FLOOR] = 0
    while True:
        status, row, amount = _forward(f, table, slots, times, departure)
        if status != LEGAL:
            if status == NO_WINDOW and times[row, FLOOR] > 0:
                status = RIDES
            return status, row, amount
        end = len(table) - 1
        if times[end, ARRIVAL] > bounds.latest:
            late = times[end, ARRIVAL] - bounds.latest
            return (RIDES if np.any(times[:, FLOOR] > 0) else TOO_LATE), end, late
        carrier = first_receiver(table)
        if carrier >= 0 and times[carrier, ARRIVAL] > bounds.carried_until:
            return RIDES, carrier, times[carrier, ARRIVAL] - bounds.carried_until
        if not _raised(table, times):
            return LEGAL, 0, 0


@inner
def _forward(
    f: Whole, table: Whole, slots: Whole, times: Whole, departure: int
) -> tuple[int, int, int]:
    leave, slot, offset = departure, 0, 0
    for row in range(len(table)):
        visit = table[row, VISIT]
        arrival, rested = leave + table[row, LEG], leave
        offset += table[row, LEG]
        while slot < len(slots) and slots[slot, GAP] == row:
            rest = slots[slot, BREAK]
            at_door = slots[slot, DOOR] == 1
            ready = max(rested, arrival) if at_door else rested
            begin, shuts = first_rest(f, rest, ready)
            if begin == FAR:
                return NO_BREAK, row, 0
            if not at_door and visit < 0 and begin >= arrival:
                return LATER, row, max(departure + 1, begin + 1 - offset)
            slots[slot, TAKEN], slots[slot, TAKEN_SHUTS] = begin, shuts
            duration = accessors.rest(f, rest, DURATION)
            if begin < arrival:
                arrival += duration
            rested = begin + duration
            offset += duration
            slot += 1
        times[row, ARRIVAL] = arrival
        ready = max(arrival, rested, times[row, FLOOR])
        begin, shuts = ready, FAR
        if visit >= 0:
            begin, shuts = first_open(f, visit, ready)
            if begin == FAR:
                return NO_WINDOW, row, _missed(f, visit, ready)
        times[row, BEGIN], times[row, SHUTS] = begin, shuts
        leave = begin + table[row, SPENT]
        offset += table[row, SPENT]
    return LEGAL, 0, 0


@inner
def _missed(f: Whole, visit: int, ready: int) -> int:
    """How long after its last window a visit is ready; 0 if it has none."""
    first, last = accessors.visit(f, visit, WINDOWS_FROM), accessors.visit(f, visit, WINDOWS_TO)
    return ready - accessors.shuts(f, last - 1) if last > first else 0


@inner
def _raised(table: Whole, times: Whole) -> bool:
    """Put off what would ride too long; whether anything was."""
    moved = False
    for row in range(len(table)):
        if table[row, LIMIT] < FAR:
            arrival = times[table[row, RECEIVER], ARRIVAL]
            floor = arrival - table[row, LIMIT] - table[row, SPENT]
            if times[row, BEGIN] < floor:
                times[row, FLOOR] = floor
                moved = True
    return moved


@inner
def first_receiver(table: Whole) -> int:
    """The first point that receives what is on board from the beginning; -1 if there is none."""
    for row in range(len(table)):
        if table[row, VISIT] == UNLOADS:
            return row
    return table[len(table) - 1, RECEIVER]


@inner
def first_open(f: Whole, visit: int, ready: int) -> tuple[int, int]:
    """The first instant from `ready` on at which a visit may begin, and the end of its window.

    Both are FAR if there is none.
    """
    for row in range(
        accessors.visit(f, visit, WINDOWS_FROM), accessors.visit(f, visit, WINDOWS_TO)
    ):
        if ready <= accessors.shuts(f, row):
            return max(ready, accessors.opens(f, row)), accessors.shuts(f, row)
    return FAR, FAR


@inner
def first_rest(f: Whole, rest: int, ready: int) -> tuple[int, int]:
    """The same for a break."""
    for row in range(accessors.rest(f, rest, RESTS_FROM), accessors.rest(f, rest, RESTS_TO)):
        if ready <= accessors.rest_shuts(f, row):
            return max(ready, accessors.rest_opens(f, row)), accessors.rest_shuts(f, row)
    return FAR, FAR

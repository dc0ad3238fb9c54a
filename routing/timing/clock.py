"""Knows the cheapest legal timing of a course, exactly.

Every rule of time says "this instant is at least that one plus a constant" or "this instant lies in
these windows". For a departure `d` such a system has a least solution, found by pushing instants
forward until nothing moves, and with that departure nothing can be cheaper: overtime and lateness
only grow with later instants. So only the departure is to be chosen.

As long as no begin leaves its window, each begin is ``max(what it is now, d + work)``, where `work`
is the travel and service ahead of it. The cost is then convex in `d` and linear between few
instants, which are all tried. When `d` grows until some begin must leave a window, a new *stretch*
begins one second later; every stretch but the last uses up a window for good, so there are at most
as many as windows.

Breaks come as slots: the gap (by the row of the point ahead of which it lies) in which each is
taken, on the way or at the door. A break on the way to a place that receives must begin ahead of
the arrival, so that the ride includes it; at the door it comes after the arrival.
"""

from typing import Final, NamedTuple

import numpy as np

from routing.compiled import inner
from routing.timing import tape
from routing.timing.course import (
    LEG,
    LIMIT,
    RECEIVER,
    SPENT,
    UNLOADS,
    VISIT,
    WORK,
)
from routing.timing.flat import (
    BALANCES_FROM,
    BALANCES_TO,
    DEPARTED,
    DUE,
    DURATION,
    FAR,
    LATE,
    MEASURE,
    OF_SECONDS,
    OPENS,
    OVERTIME_FROM,
    PER_OVERTIME,
    PER_SECOND,
    RATE,
    RESTS_FROM,
    RESTS_TO,
    SHARE,
    WINDOWS_FROM,
    WINDOWS_TO,
    Whole,
)

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

# The columns of the work from the departure.
TO_ARRIVAL, TO_BEGIN = range(2)

NEVER: Final = 2**62
"""A cost above all others."""

# What came of an attempt.
LEGAL, NO_WINDOW, TOO_LATE, NO_BREAK, RIDES, LATER, NOT_RECEIVED = range(7)


@inner
def first_open(f: Whole, visit: int, ready: int) -> tuple[int, int]:
    """The first instant from `ready` on at which a visit may begin, and the end of its window.

    Both are FAR if there is none.
    """
    for row in range(tape.visit(f, visit, WINDOWS_FROM), tape.visit(f, visit, WINDOWS_TO)):
        if ready <= tape.shuts(f, row):
            return max(ready, tape.opens(f, row)), tape.shuts(f, row)
    return FAR, FAR


@inner
def first_rest(f: Whole, rest: int, ready: int) -> tuple[int, int]:
    """The same for a break."""
    for row in range(tape.rest(f, rest, RESTS_FROM), tape.rest(f, rest, RESTS_TO)):
        if ready <= tape.rest_shuts(f, row):
            return max(ready, tape.rest_opens(f, row)), tape.rest_shuts(f, row)
    return FAR, FAR


Choice = tuple[int, int, int, int]
"""A departure with what orders it: cost, duration, arrival, departure."""


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
def cheapest(
    f: Whole, shift: int, table: Whole, slots: Whole, times: Whole, bounds: Bounds
) -> tuple[int, int, int, int, int]:
    """Choose the departure, and leave the least solution for it in `times` and `slots`.

    Returns
    -------
    status, row, amount, cost, departure
        As `settle`; `cost` in shares is what depends on time: hours, overtime, lateness and the
        imbalance of seconds.
    """
    work = np.empty((len(table), 2), dtype=np.int64)
    offsets(f, table, slots, work)
    row, amount = too_long(table, work)
    if row >= 0:
        return RIDES, row, amount, FAR, 0
    departure, latest = bounds.earliest, bounds.latest
    departed = tape.shift(f, shift, DEPARTED) == 1
    if departed and departure > tape.shift(f, shift, OPENS):
        return NO_BREAK, 0, departure - tape.shift(f, shift, OPENS), FAR, 0
    best, failure = (NEVER, 0, 0, 0), (TOO_LATE, len(table) - 1, 0)
    while departure <= latest:
        status, row, amount = settle(f, table, slots, times, departure, bounds)
        if status == LATER and not departed:
            departure = amount
            continue
        if status != LEGAL:
            failure = (status, row, amount)
            break
        until = departure if departed else _until(table, slots, times, work, bounds)
        found = _stretch(f, shift, table, times, work, departure, until, bounds)
        best = better(best, found)
        end = len(table) - 1
        if departed or times[end, ARRIVAL] - departure == work[end, TO_ARRIVAL]:
            break
        departure = until + 1
    if best[0] == NEVER:
        return failure[0], failure[1], failure[2], FAR, 0
    settle(f, table, slots, times, best[3], bounds)
    return LEGAL, 0, 0, best[0], best[3]


@inner
def offsets(f: Whole, table: Whole, slots: Whole, found: Whole) -> None:
    """Write per point the work, breaks included, from the departure to its arrival and begin.

    Also to each slot's own begin.
    """
    slot = rested = 0
    for row in range(len(table)):
        before, at_door = rested, 0
        leaving = table[row, WORK] - table[row, LEG] + before
        while slot < len(slots) and slots[slot, GAP] == row:
            ahead = table[row, LEG] if slots[slot, DOOR] == 1 else 0
            slots[slot, TAKEN_WORK] = leaving + ahead + rested - before
            duration = tape.rest(f, slots[slot, BREAK], DURATION)
            rested += duration
            at_door += duration if slots[slot, DOOR] == 1 else 0
            slot += 1
        found[row, TO_BEGIN] = table[row, WORK] + rested
        found[row, TO_ARRIVAL] = found[row, TO_BEGIN] - at_door


@inner
def too_long(table: Whole, work: Whole) -> tuple[int, int]:
    """The first point whose ride is too long even without any wait, and by how much; or -1.

    By 0 says that nothing receives what is collected there.
    """
    for row in range(len(table)):
        if table[row, LIMIT] < FAR:
            receiver = table[row, RECEIVER]
            if receiver < 0:
                return row, 0
            ride = work[receiver, TO_ARRIVAL] - work[row, TO_BEGIN] - table[row, SPENT]
            if ride > table[row, LIMIT]:
                return row, ride - table[row, LIMIT]
    return -1, 0


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
        carrier = _first_receiver(table)
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
            duration = tape.rest(f, rest, DURATION)
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
    first, last = tape.visit(f, visit, WINDOWS_FROM), tape.visit(f, visit, WINDOWS_TO)
    return ready - tape.shuts(f, last - 1) if last > first else 0


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
def better(one: Choice, other: Choice) -> Choice:
    """The cheaper, then the shorter, then the one that ends first."""
    return one if one <= other else other  # noqa: FURB136 - Numba has no min of tuples


@inner
def _until(table: Whole, slots: Whole, times: Whole, work: Whole, bounds: Bounds) -> int:
    """The last departure with which nothing leaves its window."""
    end = len(table) - 1
    until = bounds.latest - work[end, TO_ARRIVAL]
    for row in range(end):
        until = min(until, times[row, SHUTS] - work[row, TO_BEGIN])
    for slot in range(len(slots)):
        until = min(until, slots[slot, TAKEN_SHUTS] - slots[slot, TAKEN_WORK])
    receiver = _first_receiver(table)
    if receiver >= 0:
        until = min(until, bounds.carried_until - work[receiver, TO_ARRIVAL])
    return until


@inner
def _first_receiver(table: Whole) -> int:
    for row in range(len(table)):
        if table[row, VISIT] == UNLOADS:
            return row
    return table[len(table) - 1, RECEIVER]


@inner
def _stretch(
    f: Whole,
    shift: int,
    table: Whole,
    times: Whole,
    work: Whole,
    departure: int,
    until: int,
    bounds: Bounds,
) -> tuple[int, int, int, int]:
    """The cheapest departure of a stretch: (cost, duration, arrival, departure)."""
    end = len(table) - 1
    arrival, to_end = times[end, ARRIVAL], work[end, TO_ARRIVAL]
    first = max(departure, arrival - bounds.max_working)
    if first > until or to_end > bounds.max_working:
        return NEVER, 0, 0, 0
    best = _at(f, shift, table, times, work, first)
    best = better(best, _at(f, shift, table, times, work, until))
    best = _try(f, shift, table, times, work, arrival - to_end, first, until, best)
    over = tape.shift(f, shift, OVERTIME_FROM) - to_end
    best = _try(f, shift, table, times, work, over, first, until, best)
    for balance in range(tape.shift(f, shift, BALANCES_FROM), tape.shift(f, shift, BALANCES_TO)):
        if tape.balance(f, balance, MEASURE) == OF_SECONDS:
            at = arrival - tape.balance(f, balance, SHARE)
            best = _try(f, shift, table, times, work, at, first, until, best)
    for row in range(end):
        visit = table[row, VISIT]
        if visit >= 0 and tape.visit(f, visit, LATE) > 0:
            at = times[row, BEGIN] - work[row, TO_BEGIN]
            best = _try(f, shift, table, times, work, at, first, until, best)
            at = tape.visit(f, visit, DUE) - work[row, TO_BEGIN]
            best = _try(f, shift, table, times, work, at, first, until, best)
    return best


@inner
def _try(
    f: Whole,
    shift: int,
    table: Whole,
    times: Whole,
    work: Whole,
    departure: int,
    first: int,
    until: int,
    best: Choice,
) -> Choice:
    if first < departure < until:
        return better(best, _at(f, shift, table, times, work, departure))
    return best


@inner
def _at(f: Whole, shift: int, table: Whole, times: Whole, work: Whole, departure: int) -> Choice:
    end = len(table) - 1
    arrival = max(times[end, ARRIVAL], departure + work[end, TO_ARRIVAL])
    parts = hours(f, shift, departure, arrival)
    cost = parts[0] + parts[1] + parts[2]
    for row in range(end):
        begin = max(times[row, BEGIN], departure + work[row, TO_BEGIN])
        cost += late(f, table[row, VISIT], begin)
    return cost, arrival - departure, arrival, departure


@inner
def hours(f: Whole, shift: int, departure: int, arrival: int) -> tuple[int, int, int]:
    """What the hours of a tour cost, in shares: time, overtime, imbalance of seconds."""
    over = max(0, arrival - tape.shift(f, shift, OVERTIME_FROM))
    uneven = 0
    for balance in range(tape.shift(f, shift, BALANCES_FROM), tape.shift(f, shift, BALANCES_TO)):
        if tape.balance(f, balance, MEASURE) == OF_SECONDS:
            excess = arrival - departure - tape.balance(f, balance, SHARE)
            uneven += tape.balance(f, balance, RATE) * max(0, excess)
    time = tape.shift(f, shift, PER_SECOND) * (arrival - departure)
    return time, tape.shift(f, shift, PER_OVERTIME) * over, uneven


@inner
def late(f: Whole, visit: int, begin: int) -> int:
    """What it costs, in shares, that the service at a visit begins now."""
    if visit < 0 or tape.visit(f, visit, LATE) == 0:
        return 0
    return tape.visit(f, visit, LATE) * max(0, begin - tape.visit(f, visit, DUE))

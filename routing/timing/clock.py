"""Knows the cheapest legal timing of a course, exactly.

For a departure the rules of time have a least solution (see `settling`), and with that departure
nothing can be cheaper: overtime and lateness only grow with later instants. So only the departure
`d` is to be chosen.

As long as no begin leaves its window, each begin is ``max(what it is now, d + work)``, where `work`
is the travel and service ahead of it. The cost is then convex in `d` and linear between few
instants, which are all tried. When `d` grows until some begin must leave a window, a new *stretch*
begins one second later; every stretch but the last uses up a window for good, so there are at most
as many as windows.
"""

from typing import Final

import numpy as np

from routing.compiled import inner
from routing.timing import accessors
from routing.timing.earliest_start import (
    ARRIVAL,
    BEGIN,
    BREAK,
    DOOR,
    GAP,
    LATER,
    LEGAL,
    NO_BREAK,
    RIDES,
    SHUTS,
    TAKEN_SHUTS,
    TAKEN_WORK,
    TOO_LATE,
    Bounds,
    first_receiver,
    settle,
)
from routing.timing.encoding import (
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
    SHARE,
    Whole,
)
from routing.timing.leg_sequence import (
    LEG,
    LIMIT,
    RECEIVER,
    SPENT,
    VISIT,
    WORK,
)

# The columns of the work from the departure.
TO_ARRIVAL, TO_BEGIN = range(2)

NEVER: Final = 2**62
"""A cost above all others."""

Choice = tuple[int, int, int, int]
"""A departure with what orders it: cost, duration, arrival, departure."""


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
    departed = accessors.shift(f, shift, DEPARTED) == 1
    if departed and departure > accessors.shift(f, shift, OPENS):
        return NO_BREAK, 0, departure - accessors.shift(f, shift, OPENS), FAR, 0
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
            duration = accessors.rest(f, slots[slot, BREAK], DURATION)
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
    receiver = first_receiver(table)
    if receiver >= 0:
        until = min(until, bounds.carried_until - work[receiver, TO_ARRIVAL])
    return until


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
    over = accessors.shift(f, shift, OVERTIME_FROM) - to_end
    best = _try(f, shift, table, times, work, over, first, until, best)
    for balance in range(
        accessors.shift(f, shift, BALANCES_FROM), accessors.shift(f, shift, BALANCES_TO)
    ):
        if accessors.balance(f, balance, MEASURE) == OF_SECONDS:
            at = arrival - accessors.balance(f, balance, SHARE)
            best = _try(f, shift, table, times, work, at, first, until, best)
    for row in range(end):
        visit = table[row, VISIT]
        if visit >= 0 and accessors.visit(f, visit, LATE) > 0:
            at = times[row, BEGIN] - work[row, TO_BEGIN]
            best = _try(f, shift, table, times, work, at, first, until, best)
            at = accessors.visit(f, visit, DUE) - work[row, TO_BEGIN]
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
    over = max(0, arrival - accessors.shift(f, shift, OVERTIME_FROM))
    uneven = 0
    for balance in range(
        accessors.shift(f, shift, BALANCES_FROM), accessors.shift(f, shift, BALANCES_TO)
    ):
        if accessors.balance(f, balance, MEASURE) == OF_SECONDS:
            excess = arrival - departure - accessors.balance(f, balance, SHARE)
            uneven += accessors.balance(f, balance, RATE) * max(0, excess)
    time = accessors.shift(f, shift, PER_SECOND) * (arrival - departure)
    return time, accessors.shift(f, shift, PER_OVERTIME) * over, uneven


@inner
def late(f: Whole, visit: int, begin: int) -> int:
    """What it costs, in shares, that the service at a visit begins now."""
    if visit < 0 or accessors.visit(f, visit, LATE) == 0:
        return 0
    return accessors.visit(f, visit, LATE) * max(0, begin - accessors.visit(f, visit, DUE))

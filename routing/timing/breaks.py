"""Timing of a leg sequence with breaks: all choices of gaps are tried.

A break may be taken before the departure, on the way to any point, or after the arrival at the end.
It may also be taken between the arrival at a place to unload and the unloading. Gaps in which a
break cannot begin or end in time are left out first.
"""

from typing import Final

import numpy as np

from routing.compiled import inner
from routing.timing import accessors
from routing.timing.departure import INFINITE_COST, cheapest_departure
from routing.timing.earliest_start import (
    AT_POINT,
    BEGIN,
    BREAK,
    GAP,
    LEGAL,
    NO_BREAK,
    SLOT_COLUMNS,
    TIME_COLUMNS,
    Bounds,
    propagate,
)
from routing.timing.encoding import (
    BREAK_WINDOWS_FROM,
    BREAK_WINDOWS_TO,
    BREAKS_FROM,
    BREAKS_TO,
    CLOSES,
    DURATION,
    OPENS,
    WINDOWS_FROM,
    WINDOWS_TO,
    IntArray,
)
from routing.timing.leg_sequence import SERVICE_TIME, UNLOADING, VISIT

BEFORE_DEPARTURE: Final = 0
"""Code of a break before the departure.

A choice gives each break a code: this one, then per point on the way and at it, then after the
arrival.
"""

TimedLegs = tuple[int, int, int, int, int, IntArray, IntArray]
"""Status, row, amount, cost, departure, times, slots; see `departure.cheapest_departure`."""


@inner
def time_legs(encoded: IntArray, shift: int, legs: IntArray, bounds: Bounds) -> TimedLegs:
    """Return the cheapest timing of a leg sequence with the breaks of its shift."""
    first = accessors.shift(encoded, shift, BREAKS_FROM)
    last = accessors.shift(encoded, shift, BREAKS_TO)
    times = np.empty((len(legs), TIME_COLUMNS), dtype=np.int64)
    slots = np.empty((0, SLOT_COLUMNS), dtype=np.int64)
    status, row, amount, cost, departure = cheapest_departure(
        encoded, shift, legs, slots, times, bounds
    )
    if first == last or status != LEGAL:
        return status, row, amount, cost, departure, times, slots
    possible = _possible_codes(encoded, shift, legs, bounds, times)
    return _time_with_breaks(encoded, shift, legs, bounds, possible)


@inner
def _time_with_breaks(
    encoded: IntArray, shift: int, legs: IntArray, bounds: Bounds, possible: IntArray
) -> TimedLegs:
    """Try all orders of the breaks and all possible codes."""
    count = len(possible)
    order, codes = np.arange(count), np.zeros(count, dtype=np.int64)
    times = np.empty((len(legs), TIME_COLUMNS), dtype=np.int64)
    best = (NO_BREAK, 0, 0, INFINITE_COST, 0, times, np.empty((0, SLOT_COLUMNS), dtype=np.int64))
    while True:
        has_next = _fill(possible, order, codes, 0, BEFORE_DEPARTURE)
        while has_next:
            slots, narrowed = _slots(encoded, shift, order, codes, bounds, possible.shape[1])
            timing = cheapest_departure(encoded, shift, legs, slots, times, narrowed)
            if timing[0] == LEGAL and timing[3] < best[3]:
                best = (LEGAL, 0, 0, timing[3], timing[4], times, slots)
                times = np.empty((len(legs), TIME_COLUMNS), dtype=np.int64)
            has_next = _next_codes(possible, order, codes)
        if not _next_permutation(order):
            return best


@inner
def _possible_codes(
    encoded: IntArray, shift: int, legs: IntArray, bounds: Bounds, times: IntArray
) -> IntArray:
    """Return per break and code whether the break could begin and end in time there.

    Returns
    -------
    array of shape (breaks, 2 * points + 2)
    """
    first = accessors.shift(encoded, shift, BREAKS_FROM)
    last = accessors.shift(encoded, shift, BREAKS_TO)
    none = np.empty((0, SLOT_COLUMNS), dtype=np.int64)
    opens = accessors.shift(encoded, shift, OPENS)
    propagate(encoded, legs, none, times, opens, bounds)
    possible = np.zeros((last - first, 2 * len(legs) + 2), dtype=np.int64)
    for break_ in range(first, last):
        earliest, latest = _break_range(encoded, break_)
        earliest_end = earliest + accessors.break_(encoded, break_, DURATION)
        possible[break_ - first, BEFORE_DEPARTURE] = 1
        possible[break_ - first, -1] = latest >= times[len(legs) - 1, BEGIN]
        leave = opens
        for row in range(len(legs)):
            visit, closes = legs[row, VISIT], accessors.shift(encoded, shift, CLOSES)
            if visit >= 0:
                first_window = accessors.visit(encoded, visit, WINDOWS_FROM)
                end_window = accessors.visit(encoded, visit, WINDOWS_TO)
                if end_window > first_window:
                    closes = accessors.window_closes(encoded, end_window - 1)
            is_possible = leave <= latest and earliest_end <= closes
            possible[break_ - first, 1 + 2 * row] = is_possible
            possible[break_ - first, 2 + 2 * row] = is_possible and visit == UNLOADING
            leave = times[row, BEGIN] + legs[row, SERVICE_TIME]
    return possible


@inner
def _break_range(encoded: IntArray, break_: int) -> tuple[int, int]:
    """Return the first and the last instant at which a break may begin."""
    first = accessors.break_(encoded, break_, BREAK_WINDOWS_FROM)
    last = accessors.break_(encoded, break_, BREAK_WINDOWS_TO) - 1
    return accessors.break_opens(encoded, first), accessors.break_closes(encoded, last)


@inner
def _slots(
    encoded: IntArray, shift: int, order: IntArray, codes: IntArray, bounds: Bounds, size: int
) -> tuple[IntArray, Bounds]:
    """Return the slots of a choice, and the bounds narrowed by breaks outside the tour."""
    count = 0
    for code in codes:
        count += BEFORE_DEPARTURE < code < size - 1
    slots = np.empty((count, SLOT_COLUMNS), dtype=np.int64)
    earliest, latest, slot = bounds.earliest, bounds.latest, 0
    for index in range(len(order)):
        break_, code = accessors.shift(encoded, shift, BREAKS_FROM) + order[index], codes[index]
        first, last = _break_range(encoded, break_)
        if code == BEFORE_DEPARTURE:
            earliest = max(earliest, first + accessors.break_(encoded, break_, DURATION))
        elif code == size - 1:
            latest = min(latest, last)
        else:
            slots[slot, BREAK], slots[slot, GAP] = break_, (code - 1) // 2
            slots[slot, AT_POINT] = (code - 1) % 2
            slot += 1
    return slots, Bounds(earliest, latest, bounds.carried_until, bounds.max_working)


@inner
def _fill(possible: IntArray, order: IntArray, codes: IntArray, index: int, code: int) -> bool:
    """Set the codes from an index on to the least possible ascending ones; False if none are."""
    for following in range(index, len(order)):
        while code < possible.shape[1] and possible[order[following], code] == 0:
            code += 1
        if code == possible.shape[1]:
            return False
        codes[following] = code
    return True


@inner
def _next_codes(possible: IntArray, order: IntArray, codes: IntArray) -> bool:
    """Advance to the next ascending codes in lexicographic order; False after the last."""
    for index in range(len(order) - 1, -1, -1):
        if _fill(possible, order, codes, index, codes[index] + 1):
            return True
    return False


@inner
def _next_permutation(order: IntArray) -> bool:
    """Advance to the next permutation in lexicographic order; False after the last."""
    pivot = len(order) - 2
    while pivot >= 0 and order[pivot] >= order[pivot + 1]:
        pivot -= 1
    if pivot < 0:
        return False
    other = len(order) - 1
    while order[other] < order[pivot]:
        other -= 1
    order[pivot], order[other] = order[other], order[pivot]
    first, last = pivot + 1, len(order) - 1
    while first < last:
        order[first], order[last] = order[last], order[first]
        first, last = first + 1, last - 1
    return True

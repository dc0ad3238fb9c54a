"""Knows where a course can have its breaks: every choice of gaps is tried.

A break may be had before the departure, on the way to any point, at the door of a freezer, or after
the arrival. Gaps in which it could not begin in time, or not end in time, are left out first.
"""

from typing import Final

import numpy as np

from routing.compiled import inner
from routing.timing import accessors
from routing.timing.clock import NEVER, cheapest
from routing.timing.earliest_start import (
    BEGIN,
    BREAK,
    DOOR,
    GAP,
    LEGAL,
    NO_BREAK,
    SLOT_COLUMNS,
    TIMES,
    Bounds,
    settle,
)
from routing.timing.encoding import (
    BREAKS_FROM,
    BREAKS_TO,
    CLOSES,
    DURATION,
    OPENS,
    RESTS_FROM,
    RESTS_TO,
    WINDOWS_FROM,
    WINDOWS_TO,
    Whole,
)
from routing.timing.leg_sequence import SPENT, UNLOADS, VISIT

# A choice for one break is a code: BEFORE_IT, then per gap on the way and at the door, then after.
BEFORE_IT: Final = 0

Timed = tuple[int, int, int, int, int, Whole, Whole]
"""Status, row, amount, cost, departure, times, slots."""


@inner
def rested(f: Whole, shift: int, table: Whole, bounds: Bounds) -> Timed:
    """Time a course with the breaks its shift owes, as cheaply as can be."""
    first, last = accessors.shift(f, shift, BREAKS_FROM), accessors.shift(f, shift, BREAKS_TO)
    times = np.empty((len(table), TIMES), dtype=np.int64)
    slots = np.empty((0, SLOT_COLUMNS), dtype=np.int64)
    status, row, amount, cost, departure = cheapest(f, shift, table, slots, times, bounds)
    if first == last or status != LEGAL:
        return status, row, amount, cost, departure, times, slots
    return _rested(f, shift, table, bounds, _possible(f, shift, table, bounds, times))


@inner
def _rested(f: Whole, shift: int, table: Whole, bounds: Bounds, possible: Whole) -> Timed:
    count = len(possible)
    turns, codes = np.arange(count), np.zeros(count, dtype=np.int64)
    times = np.empty((len(table), TIMES), dtype=np.int64)
    best = (NO_BREAK, 0, 0, NEVER, 0, times, np.empty((0, SLOT_COLUMNS), dtype=np.int64))
    while True:
        more = _fill(possible, turns, codes, 0, BEFORE_IT)
        while more:
            slots, narrowed = _slots(f, shift, turns, codes, bounds, possible.shape[1])
            found = cheapest(f, shift, table, slots, times, narrowed)
            if found[0] == LEGAL and found[3] < best[3]:
                best = (LEGAL, 0, 0, found[3], found[4], times, slots)
                times = np.empty((len(table), TIMES), dtype=np.int64)
            more = _next_codes(possible, turns, codes)
        if not _next_turns(turns):
            return best


@inner
def _possible(f: Whole, shift: int, table: Whole, bounds: Bounds, times: Whole) -> Whole:
    """Per break and code, whether there is any hope."""
    first, last = accessors.shift(f, shift, BREAKS_FROM), accessors.shift(f, shift, BREAKS_TO)
    none = np.empty((0, SLOT_COLUMNS), dtype=np.int64)
    opens = accessors.shift(f, shift, OPENS)
    settle(f, table, none, times, opens, bounds)
    found = np.zeros((last - first, 2 * len(table) + 2), dtype=np.int64)
    for rest in range(first, last):
        earliest = accessors.rest_opens(f, accessors.rest(f, rest, RESTS_FROM))
        latest = accessors.rest_shuts(f, accessors.rest(f, rest, RESTS_TO) - 1)
        found[rest - first, BEFORE_IT] = 1
        found[rest - first, -1] = latest >= times[len(table) - 1, BEGIN]
        leave = opens
        for row in range(len(table)):
            visit, shuts = table[row, VISIT], accessors.shift(f, shift, CLOSES)
            if visit >= 0 and accessors.visit(f, visit, WINDOWS_TO) > accessors.visit(
                f, visit, WINDOWS_FROM
            ):
                shuts = accessors.shuts(f, accessors.visit(f, visit, WINDOWS_TO) - 1)
            hope = leave <= latest and earliest + accessors.rest(f, rest, DURATION) <= shuts
            found[rest - first, 1 + 2 * row] = hope
            found[rest - first, 2 + 2 * row] = hope and visit == UNLOADS
            leave = times[row, BEGIN] + table[row, SPENT]
    return found


@inner
def _slots(
    f: Whole, shift: int, turns: Whole, codes: Whole, bounds: Bounds, size: int
) -> tuple[Whole, Bounds]:
    """The slots of a choice, and the bounds that breaks outside the tour add."""
    inside = 0
    for code in codes:
        inside += BEFORE_IT < code < size - 1
    slots = np.empty((inside, SLOT_COLUMNS), dtype=np.int64)
    earliest, latest, slot = bounds.earliest, bounds.latest, 0
    for turn in range(len(turns)):
        rest, code = accessors.shift(f, shift, BREAKS_FROM) + turns[turn], codes[turn]
        if code == BEFORE_IT:
            begin = accessors.rest_opens(f, accessors.rest(f, rest, RESTS_FROM))
            earliest = max(earliest, begin + accessors.rest(f, rest, DURATION))
        elif code == size - 1:
            latest = min(latest, accessors.rest_shuts(f, accessors.rest(f, rest, RESTS_TO) - 1))
        else:
            slots[slot, BREAK], slots[slot, GAP] = rest, (code - 1) // 2
            slots[slot, DOOR] = (code - 1) % 2
            slot += 1
    return slots, Bounds(earliest, latest, bounds.carried_until, bounds.max_working)


@inner
def _fill(possible: Whole, turns: Whole, codes: Whole, digit: int, code: int) -> bool:
    """Set the codes from a digit on, each the least that is possible from its forerunner's on."""
    for turn in range(digit, len(turns)):
        while code < possible.shape[1] and possible[turns[turn], code] == 0:
            code += 1
        if code == possible.shape[1]:
            return False
        codes[turn] = code
    return True


@inner
def _next_codes(possible: Whole, turns: Whole, codes: Whole) -> bool:
    for digit in range(len(turns) - 1, -1, -1):
        if _fill(possible, turns, codes, digit, codes[digit] + 1):
            return True
    return False


@inner
def _next_turns(turns: Whole) -> bool:
    """Go on to the next order of the breaks, in lexicographic order."""
    pivot = len(turns) - 2
    while pivot >= 0 and turns[pivot] >= turns[pivot + 1]:
        pivot -= 1
    if pivot < 0:
        return False
    other = len(turns) - 1
    while turns[other] < turns[pivot]:
        other -= 1
    turns[pivot], turns[other] = turns[other], turns[pivot]
    first, last = pivot + 1, len(turns) - 1
    while first < last:
        turns[first], turns[last] = turns[last], turns[first]
        first, last = first + 1, last - 1
    return True

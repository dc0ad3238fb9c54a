"""Timing of a leg sequence with breaks: the cheapest choice of their gaps.

A break may be taken before the departure, on the way to any point, or after the arrival at the end.
It may also be taken between the arrival at a place to unload and the unloading. The choices are the
labels of `break_labels`. Each has a lower bound of its cost, and the choices are timed exactly in
the order of these bounds until none can be cheaper.
"""

from typing import Final

import numpy as np

from routing.compiled import inner
from routing.timing import accessors, margins
from routing.timing.break_labels import (
    ARRIVES,
    BY_ALL_COLUMNS,
    BY_TIME,
    DOMINATED,
    FIRST,
    LAST,
    LATENESS,
    NONE,
    RECORD,
    RECORD_AT_POINT,
    RECORD_BEFORE,
    RECORD_BREAK,
    RECORD_GAP,
    TAKEN,
    WORK,
    Pruning,
    final_labels,
)
from routing.timing.break_table import break_range
from routing.timing.departure import INFINITE_COST, cheapest_departure, time_costs
from routing.timing.earliest_start import (
    AT_POINT,
    BREAK,
    GAP,
    LEGAL,
    NO_BREAK,
    SLOT_COLUMNS,
    TIME_COLUMNS,
    Bounds,
)
from routing.timing.encoding import (
    BALANCES_FROM,
    BALANCES_TO,
    BREAKS_FROM,
    BREAKS_TO,
    DURATION,
    INFINITY,
    LATE_RATE,
    MEASURE,
    OF_SECONDS,
    OVERTIME_FROM,
    PER_OVERTIME_SECOND,
    PER_SECOND,
    SHARE,
    IntArray,
)
from routing.timing.leg_sequence import RIDE_LIMIT, VISIT

MAX_LABELS: Final = 4_096
"""Most labels at a point, which bounds the work of a dozen breaks of different lengths."""

MAX_UNDOMINATED: Final = 512
"""Most labels at a point if dominated ones are kept as well.

All choices of one break, and of two in a tour of fourteen visits, are fewer.
"""

TimedLegs = tuple[int, int, int, int, int, IntArray, IntArray]
"""Status, row, amount, cost, departure, times, slots; see `departure.cheapest_departure`."""


@inner
def time_legs(
    encoded: IntArray, shift: int, legs: IntArray, bounds: Bounds, cost_only: int
) -> TimedLegs:
    """Return the cheapest timing of a leg sequence with the breaks of its shift.

    Parameters
    ----------
    cost_only : int
        If not 0, any timing of the least cost will do, the shortest or not.
    """
    times = np.empty((len(legs), TIME_COLUMNS), dtype=np.int64)
    slots = np.empty((0, SLOT_COLUMNS), dtype=np.int64)
    status, row, amount, cost, departure = cheapest_departure(
        encoded, shift, legs, slots, times, bounds
    )
    count = accessors.shift(encoded, shift, BREAKS_TO) - accessors.shift(
        encoded, shift, BREAKS_FROM
    )
    if count == 0 or status != LEGAL:
        return status, row, amount, cost, departure, times, slots
    is_exact = _is_bound_exact(encoded, legs)
    if cost_only != 0 and _is_time_free(encoded, shift):
        best, _ = _cheapest_label(encoded, shift, legs, bounds, Pruning(MAX_LABELS, BY_TIME))
        if best[3] == 0 or (is_exact and bounds.max_working == INFINITY):
            return best
    best, bound = _cheapest_label(encoded, shift, legs, bounds, Pruning(MAX_LABELS, BY_ALL_COLUMNS))
    if best[3] > bound and not is_exact:
        other, _ = _cheapest_label(encoded, shift, legs, bounds, Pruning(MAX_UNDOMINATED, NONE))
        if other[3] < best[3]:
            return other
    return best


@inner
def _is_time_free(encoded: IntArray, shift: int) -> bool:
    """Return whether all legal timings of an order cost the same."""
    if margins.is_priced(encoded) or accessors.shift(encoded, shift, PER_SECOND) > 0:
        return False
    return accessors.shift(encoded, shift, PER_OVERTIME_SECOND) == 0 and (
        accessors.shift(encoded, shift, BALANCES_FROM)
        == accessors.shift(encoded, shift, BALANCES_TO)
    )


@inner
def _is_bound_exact(encoded: IntArray, legs: IntArray) -> bool:
    """Return whether labels bound no waits: no ride limit, no lateness, no margin."""
    if margins.is_priced(encoded):
        return False
    for row in range(len(legs)):
        visit = legs[row, VISIT]
        if legs[row, RIDE_LIMIT] < INFINITY:
            return False
        if visit >= 0 and accessors.visit(encoded, visit, LATE_RATE) > 0:
            return False
    return True


@inner
def _cheapest_label(
    encoded: IntArray, shift: int, legs: IntArray, bounds: Bounds, pruning: Pruning
) -> tuple[TimedLegs, int]:
    """Return the cheapest exact timing of all labels, and the least lower bound of its cost."""
    times = np.empty((len(legs), TIME_COLUMNS), dtype=np.int64)
    best = (NO_BREAK, 0, 0, INFINITE_COST, 0, times, np.empty((0, SLOT_COLUMNS), dtype=np.int64))
    labels, count, records, _ = final_labels(encoded, shift, legs, bounds, pruning)
    costs = np.empty(count, dtype=np.int64)
    for label in range(count):
        costs[label] = _lower_bound(encoded, shift, labels[label], bounds)
    bound = costs.min() if count > 0 else INFINITE_COST
    for label in np.argsort(costs, kind="mergesort"):
        if costs[label] >= best[3]:
            break
        slots, narrowed = _slots(encoded, shift, labels[label], records, bounds)
        timing = cheapest_departure(encoded, shift, legs, slots, times, narrowed)
        if timing[0] == LEGAL and timing[3] < best[3]:
            best = (LEGAL, 0, 0, timing[3], timing[4], times, slots)
            times = np.empty((len(legs), TIME_COLUMNS), dtype=np.int64)
    return best, bound


@inner
def _latest(encoded: IntArray, shift: int, taken: int, bounds: Bounds) -> int:
    """Return the latest arrival at the end that permits all breaks not taken after it."""
    first, latest = accessors.shift(encoded, shift, BREAKS_FROM), bounds.latest
    for number in range(accessors.shift(encoded, shift, BREAKS_TO) - first):
        if taken & (1 << number) == 0:
            latest = min(latest, break_range(encoded, first + number)[1])
    return latest


@inner
def _lower_bound(encoded: IntArray, shift: int, label: IntArray, bounds: Bounds) -> int:
    """Return the least cost of a label in shares, exact but for lateness, ride limits and margins.

    The cost is convex in the departure and linear between few instants, which are all tried.
    """
    if label[TAKEN] == DOMINATED:
        return INFINITE_COST
    work, arrives = label[WORK], label[ARRIVES]
    latest = _latest(encoded, shift, label[TAKEN], bounds)
    first = max(label[FIRST], arrives - bounds.max_working)
    last = min(label[LAST], latest - work)
    if arrives > latest or first > last or work > bounds.max_working:
        return INFINITE_COST
    best = _cost_at(encoded, shift, arrives, work, first)
    best = min(best, _cost_at(encoded, shift, arrives, work, last))
    instants = (arrives - work, accessors.shift(encoded, shift, OVERTIME_FROM) - work)
    for instant in instants:
        if first < instant < last:
            best = min(best, _cost_at(encoded, shift, arrives, work, instant))
    for balance in range(
        accessors.shift(encoded, shift, BALANCES_FROM), accessors.shift(encoded, shift, BALANCES_TO)
    ):
        if accessors.balance(encoded, balance, MEASURE) == OF_SECONDS:
            instant = arrives - accessors.balance(encoded, balance, SHARE)
            if first < instant < last:
                best = min(best, _cost_at(encoded, shift, arrives, work, instant))
    return best + label[LATENESS]


@inner
def _cost_at(encoded: IntArray, shift: int, arrives: int, work: int, departure: int) -> int:
    time, overtime, imbalance = time_costs(
        encoded, shift, departure, max(arrives, departure + work)
    )
    return time + overtime + imbalance


@inner
def _slots(
    encoded: IntArray, shift: int, label: IntArray, records: IntArray, bounds: Bounds
) -> tuple[IntArray, Bounds]:
    """Return the slots of a label, and the bounds narrowed by breaks outside the tour."""
    first = accessors.shift(encoded, shift, BREAKS_FROM)
    count, on_road, record = 0, 0, label[RECORD]
    while record >= 0:
        on_road |= 1 << (records[record, RECORD_BREAK] - first)
        record = records[record, RECORD_BEFORE]
        count += 1
    slots = np.empty((count, SLOT_COLUMNS), dtype=np.int64)
    record = label[RECORD]
    for slot in range(count - 1, -1, -1):
        slots[slot, BREAK] = records[record, RECORD_BREAK]
        slots[slot, GAP] = records[record, RECORD_GAP]
        slots[slot, AT_POINT] = records[record, RECORD_AT_POINT]
        record = records[record, RECORD_BEFORE]
    earliest = bounds.earliest
    for number in range(accessors.shift(encoded, shift, BREAKS_TO) - first):
        if label[TAKEN] & ~on_road & (1 << number) != 0:
            opens, _ = break_range(encoded, first + number)
            ends = opens + accessors.break_(encoded, first + number, DURATION)
            earliest = max(earliest, ends)
    latest = _latest(encoded, shift, label[TAKEN], bounds)
    return slots, Bounds(earliest, latest, bounds.carried_until, bounds.max_working)

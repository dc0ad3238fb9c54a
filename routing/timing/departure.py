"""Cheapest departure of a leg sequence, exactly.

For a departure the rules of time have an earliest schedule (see `earliest_start`). With that
departure no schedule is cheaper, since overtime and lateness only grow with later instants. So only
the departure `d` is to be chosen.

While no begin leaves its window, each begin is ``max(its present value, d + work)``. Here `work` is
the travel and service from the departure to it. The cost is then convex in `d` and piecewise linear
with few breakpoints, which are all tried. If `d` grows until some begin must leave its
window, the next *departure interval* begins one second later. Every interval but the last uses up a
window for good, so there are at most as many as windows.
"""

from typing import Final

import numpy as np

from routing.compiled import inner
from routing.timing import accessors, margins
from routing.timing.earliest_start import (
    ARRIVAL,
    AT_POINT,
    BEGIN,
    BREAK,
    BREAK_WINDOW_CLOSES,
    BREAK_WORK,
    DEPART_LATER,
    GAP,
    LEGAL,
    NO_BREAK,
    RIDE_TOO_LONG,
    TOO_LATE,
    WINDOW_CLOSES,
    Bounds,
    first_receiver,
    propagate,
)
from routing.timing.encoding import (
    BALANCES_FROM,
    BALANCES_TO,
    CLOSES,
    DEPARTED,
    DUE,
    DURATION,
    END_RECEIVES,
    INFINITY,
    LATE_RATE,
    MEASURE,
    OF_SECONDS,
    OPENS,
    OVERTIME_FROM,
    PER_OVERTIME_SECOND,
    PER_SECOND,
    RATE,
    SERVICE_SPREAD,
    SHARE,
    IntArray,
)
from routing.timing.leg_sequence import (
    LEG_SECONDS,
    RECEIVER,
    RIDE_LIMIT,
    SERVICE_TIME,
    UNLOADING,
    VISIT,
    WORK,
)

# The columns of the work of a point: seconds of travel, service and breaks from the departure to
# the arrival and to the begin.
TO_ARRIVAL, TO_BEGIN = range(2)

INFINITE_COST: Final = 2**62
"""A cost in shares above all others."""

Choice = tuple[int, int, int, int]
"""A departure with its sort keys: cost, duration, arrival, departure."""


@inner
def cheapest_departure(
    encoded: IntArray, shift: int, legs: IntArray, slots: IntArray, times: IntArray, bounds: Bounds
) -> tuple[int, int, int, int, int]:
    """Choose the departure, and write its earliest schedule into `times` and `slots`.

    Parameters
    ----------
    legs, slots, times : arrays
        As in `earliest_start.propagate`.

    Returns
    -------
    status, row, amount, cost, departure
        Status, row and amount as in `earliest_start.propagate`. The cost in shares includes the
        time-dependent parts only: working time, overtime, lateness and the imbalance of seconds.
    """
    work = np.empty((len(legs), 2), dtype=np.int64)
    write_work(encoded, legs, slots, work)
    row, amount = first_long_ride(legs, work)
    if row >= 0:
        return RIDE_TOO_LONG, row, amount, INFINITY, 0
    departure, end = bounds.earliest, len(legs) - 1
    has_departed = accessors.shift(encoded, shift, DEPARTED) == 1
    if has_departed and departure > accessors.shift(encoded, shift, OPENS):
        return NO_BREAK, 0, departure - accessors.shift(encoded, shift, OPENS), INFINITY, 0
    best, failure = (INFINITE_COST, 0, 0, 0), (TOO_LATE, end, 0)
    while departure <= bounds.latest:
        status, row, amount = propagate(encoded, legs, slots, times, departure, bounds)
        if status == DEPART_LATER and not has_departed:
            departure = amount
            continue
        if status != LEGAL:
            failure = (status, row, amount)
            break
        last = departure if has_departed else _last_departure(legs, slots, times, work, bounds)
        choice = _cheapest_in_interval(
            encoded, shift, legs, slots, times, work, departure, last, bounds
        )
        best = cheaper(best, choice)
        if has_departed or times[end, ARRIVAL] - departure == work[end, TO_ARRIVAL]:
            break
        departure = last + 1
    if best[0] == INFINITE_COST:
        return failure[0], failure[1], failure[2], INFINITY, 0
    propagate(encoded, legs, slots, times, best[3], bounds)
    cost = best[0]
    if margins.is_priced(encoded):
        cost += _write_margins(encoded, shift, legs, slots, times, work, best[3])
    return LEGAL, 0, 0, cost, best[3]


@inner
def _write_margins(
    encoded: IntArray,
    shift: int,
    legs: IntArray,
    slots: IntArray,
    times: IntArray,
    work: IntArray,
    departure: int,
) -> int:
    """Return the price of the margins of a schedule with breaks, which is not in its cost yet.

    Without breaks, waits are moved before the tightest clocks; the price is in the cost already.
    """
    rows, end = margin_rows(encoded, shift, legs, times, work), len(legs) - 1
    if len(slots) > 0:
        promises, clocks = margins.prices(encoded, shift, rows, 0, end)
        return promises + clocks
    margins.price_at(encoded, shift, rows, 0, end, departure)
    for row in range(end):
        times[row, ARRIVAL] = rows[row * margins.COLUMNS + margins.ARRIVES]
        times[row, BEGIN] = rows[row * margins.COLUMNS + margins.BEGINS]
    return 0


@inner
def margin_rows(
    encoded: IntArray, shift: int, legs: IntArray, times: IntArray, work: IntArray
) -> IntArray:
    """Return the rows of `margins` for a schedule."""
    end = len(legs) - 1
    rows = np.empty(len(legs) * margins.COLUMNS, dtype=np.int64)
    for row in range(end + 1):
        at, visit = row * margins.COLUMNS, legs[row, VISIT]
        rows[at + margins.WORK], rows[at + margins.EARLIEST] = (
            work[row, TO_BEGIN],
            times[row, BEGIN],
        )
        rows[at + margins.ARRIVES], rows[at + margins.BEGINS] = (
            times[row, ARRIVAL],
            times[row, BEGIN],
        )
        rows[at + margins.LEG] = legs[row, LEG_SECONDS]
        rows[at + margins.SERVICE] = legs[row, SERVICE_TIME]
        rows[at + margins.CLOSES] = times[row, WINDOW_CLOSES]
        rows[at + margins.LIMIT], rows[at + margins.DOOR] = legs[row, RIDE_LIMIT], 0
        rows[at + margins.KIND] = margins.RECEIVER if visit == UNLOADING else margins.STOP
        if visit >= 0:
            spread = accessors.visit(encoded, visit, SERVICE_SPREAD)
            rows[at + margins.DOOR] = spread * legs[row, SERVICE_TIME]
            if accessors.visit(encoded, visit, LATE_RATE) > 0:
                rows[at + margins.KIND] = margins.DUE_STOP
    at = end * margins.COLUMNS
    receives = accessors.shift(encoded, shift, END_RECEIVES) == 1
    rows[at + margins.KIND] = margins.RECEIVER if receives else margins.END
    rows[at + margins.CLOSES] = accessors.shift(encoded, shift, CLOSES)
    rows[at + margins.BEGINS] = times[end, ARRIVAL]
    return rows


@inner
def _with_margins(
    encoded: IntArray,
    shift: int,
    legs: IntArray,
    times: IntArray,
    work: IntArray,
    first: int,
    best: Choice,
) -> Choice:
    """Return the choice at the best departure with the price of its margins."""
    rows, end = margin_rows(encoded, shift, legs, times, work), len(legs) - 1
    departure, promises, clocks = margins.best_departure(
        encoded, shift, rows, 0, end, first, best[3]
    )
    choice = _choice(encoded, shift, legs, times, work, departure)
    return choice[0] + promises + clocks, choice[1], choice[2], choice[3]


@inner
def write_work(encoded: IntArray, legs: IntArray, slots: IntArray, work: IntArray) -> None:
    """Write the seconds of work, breaks included, from the departure to each point and slot.

    Parameters
    ----------
    work : array of shape (points + 1, 2)
        Receives the work to the arrival and to the begin of each point. The column `BREAK_WORK` of
        each slot receives the work to its begin.
    """
    slot = break_time = 0
    for row in range(len(legs)):
        break_time_before, break_time_at_point = break_time, 0
        work_to_leave = legs[row, WORK] - legs[row, LEG_SECONDS] + break_time_before
        while slot < len(slots) and slots[slot, GAP] == row:
            at_point = slots[slot, AT_POINT] == 1
            travel = legs[row, LEG_SECONDS] if at_point else 0
            slots[slot, BREAK_WORK] = work_to_leave + travel + break_time - break_time_before
            duration = accessors.break_(encoded, slots[slot, BREAK], DURATION)
            break_time += duration
            break_time_at_point += duration if at_point else 0
            slot += 1
        work[row, TO_BEGIN] = legs[row, WORK] + break_time
        work[row, TO_ARRIVAL] = work[row, TO_BEGIN] - break_time_at_point


@inner
def first_long_ride(legs: IntArray, work: IntArray) -> tuple[int, int]:
    """Return the first point with too long a ride even without waits, and its excess in seconds.

    The row is -1 if there is none. The excess is 0 if no point receives the items.
    """
    for row in range(len(legs)):
        if legs[row, RIDE_LIMIT] < INFINITY:
            receiver = legs[row, RECEIVER]
            if receiver < 0:
                return row, 0
            ride = work[receiver, TO_ARRIVAL] - work[row, TO_BEGIN] - legs[row, SERVICE_TIME]
            if ride > legs[row, RIDE_LIMIT]:
                return row, ride - legs[row, RIDE_LIMIT]
    return -1, 0


@inner
def cheaper(one: Choice, other: Choice) -> Choice:
    """Return the cheaper of two choices, then the shorter, then the first to arrive."""
    return one if one <= other else other  # noqa: FURB136 - Numba has no min of tuples


@inner
def _last_departure(
    legs: IntArray, slots: IntArray, times: IntArray, work: IntArray, bounds: Bounds
) -> int:
    """Return the last departure with which no begin leaves its window."""
    end = len(legs) - 1
    last = bounds.latest - work[end, TO_ARRIVAL]
    for row in range(end):
        last = min(last, times[row, WINDOW_CLOSES] - work[row, TO_BEGIN])
    for slot in range(len(slots)):
        last = min(last, slots[slot, BREAK_WINDOW_CLOSES] - slots[slot, BREAK_WORK])
    receiver = first_receiver(legs)
    if receiver >= 0:
        last = min(last, bounds.carried_until - work[receiver, TO_ARRIVAL])
    return last


@inner
def _cheapest_in_interval(
    encoded: IntArray,
    shift: int,
    legs: IntArray,
    slots: IntArray,
    times: IntArray,
    work: IntArray,
    departure: int,
    last: int,
    bounds: Bounds,
) -> Choice:
    """Return the cheapest departure of an interval, by trying its ends and all breakpoints."""
    end = len(legs) - 1
    arrival, to_end = times[end, ARRIVAL], work[end, TO_ARRIVAL]
    first = max(departure, arrival - bounds.max_working)
    if first > last or to_end > bounds.max_working:
        return INFINITE_COST, 0, 0, 0
    best = _choice(encoded, shift, legs, times, work, first)
    best = cheaper(best, _choice(encoded, shift, legs, times, work, last))
    best = _try(encoded, shift, legs, times, work, arrival - to_end, first, last, best)
    overtime = accessors.shift(encoded, shift, OVERTIME_FROM) - to_end
    best = _try(encoded, shift, legs, times, work, overtime, first, last, best)
    for balance in range(
        accessors.shift(encoded, shift, BALANCES_FROM), accessors.shift(encoded, shift, BALANCES_TO)
    ):
        if accessors.balance(encoded, balance, MEASURE) == OF_SECONDS:
            at = arrival - accessors.balance(encoded, balance, SHARE)
            best = _try(encoded, shift, legs, times, work, at, first, last, best)
    for row in range(end):
        visit = legs[row, VISIT]
        if visit >= 0 and accessors.visit(encoded, visit, LATE_RATE) > 0:
            at = times[row, BEGIN] - work[row, TO_BEGIN]
            best = _try(encoded, shift, legs, times, work, at, first, last, best)
            at = accessors.visit(encoded, visit, DUE) - work[row, TO_BEGIN]
            best = _try(encoded, shift, legs, times, work, at, first, last, best)
    if len(slots) == 0 and margins.is_priced(encoded):
        return _with_margins(encoded, shift, legs, times, work, first, best)
    return best


@inner
def _try(
    encoded: IntArray,
    shift: int,
    legs: IntArray,
    times: IntArray,
    work: IntArray,
    departure: int,
    first: int,
    last: int,
    best: Choice,
) -> Choice:
    """Return the better of the best choice and a departure strictly inside the interval."""
    if first < departure < last:
        return cheaper(best, _choice(encoded, shift, legs, times, work, departure))
    return best


@inner
def _choice(
    encoded: IntArray, shift: int, legs: IntArray, times: IntArray, work: IntArray, departure: int
) -> Choice:
    end = len(legs) - 1
    arrival = max(times[end, ARRIVAL], departure + work[end, TO_ARRIVAL])
    parts = time_costs(encoded, shift, departure, arrival)
    cost = parts[0] + parts[1] + parts[2]
    for row in range(end):
        begin = max(times[row, BEGIN], departure + work[row, TO_BEGIN])
        cost += lateness_cost(encoded, legs[row, VISIT], begin)
    return cost, arrival - departure, arrival, departure


@inner
def time_costs(encoded: IntArray, shift: int, departure: int, arrival: int) -> tuple[int, int, int]:
    """Return the costs in shares of working time, overtime and the imbalance of seconds."""
    overtime = max(0, arrival - accessors.shift(encoded, shift, OVERTIME_FROM))
    imbalance = 0
    for balance in range(
        accessors.shift(encoded, shift, BALANCES_FROM), accessors.shift(encoded, shift, BALANCES_TO)
    ):
        if accessors.balance(encoded, balance, MEASURE) == OF_SECONDS:
            excess = arrival - departure - accessors.balance(encoded, balance, SHARE)
            imbalance += accessors.balance(encoded, balance, RATE) * max(0, excess)
    time = accessors.shift(encoded, shift, PER_SECOND) * (arrival - departure)
    return time, accessors.shift(encoded, shift, PER_OVERTIME_SECOND) * overtime, imbalance


@inner
def lateness_cost(encoded: IntArray, visit: int, begin: int) -> int:
    """Return the cost of lateness in shares of a visit that begins at an instant.

    It is 0 for a negative row: an unloading or the end.
    """
    if visit < 0 or accessors.visit(encoded, visit, LATE_RATE) == 0:
        return 0
    late = max(0, begin - accessors.visit(encoded, visit, DUE))
    return accessors.visit(encoded, visit, LATE_RATE) * late

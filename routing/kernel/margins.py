"""Margins of a tour in the search: their price, and what an insertion takes from them.

The price of a tour is exact (`timing.margins`). The price of an insertion position is an estimate
from the least slacks on its two sides, so it takes constant time.
"""

import math
from typing import Final

from routing.compiled import inner
from routing.kernel.memory_layout import (
    ARRIVAL,
    BALANCED,
    BEGIN,
    CHANGED_TOURS,
    CLOCK_SLACK_BEFORE,
    COST,
    HAS_LATENESS,
    HAS_MARGINS,
    HAS_SEVERAL_WINDOWS,
    IS_PRICED,
    LEG_SECONDS,
    MARGIN_COST,
    MARGIN_ROWS,
    MAX_RIDE,
    NUM_CHANGED,
    NUM_STOPS,
    OLD_MARGIN_COST,
    POINT_COLUMNS,
    POINT_MARGIN_COLUMNS,
    PROBLEM_ROW,
    PROMISE_SLACK_AFTER,
    SERVICE_TIME,
    START,
    START_EARLY_BEFORE,
    TIGHT_MARGIN,
    TIMED_ARRIVAL,
    VISIT,
    WINDOW_CLOSES,
    WINDOWS,
    WORK,
)
from routing.kernel.offsets import (
    pair_offset,
    point_margins_offset,
    point_offset,
    shift_offset,
    tour_margins_offset,
    tour_offset,
    visit_offset,
)
from routing.kernel.segments import first_window
from routing.timing import accessors, encoding, margins
from routing.timing.encoding import INFINITY, IntArray

NO_SLACK_YET: Final = 2**50
"""Slack of a segment without a clock or a promise, in hundredths of a second."""


@inner
def forget_margins(state: IntArray, shift: int) -> None:
    """Forget the margins of a tour that has changed; without stops it has none."""
    at = tour_margins_offset(state, shift)
    state[at + MARGIN_COST], state[at + IS_PRICED], state[at + TIGHT_MARGIN] = 0, 1, 0


@inner
def forget_slacks(state: IntArray, shift: int) -> None:
    """Forget the slacks of the points of a tour."""
    state[tour_margins_offset(state, shift) + TIGHT_MARGIN] = 0


@inner
def defer_margins(state: IntArray, shift: int, start: int, arrival: int) -> None:
    """Leave the margins of a tour to be priced when it is accepted, from its shortest timing."""
    at = tour_margins_offset(state, shift)
    state[at + IS_PRICED], state[at + START], state[at + TIMED_ARRIVAL] = 0, start, arrival


@inner
def keep_margins(state: IntArray, shift: int, of: int, to: int) -> None:
    """Copy the price of margins, and the timing that it depends on, from columns to others."""
    at = tour_margins_offset(state, shift)
    for column in range(4):
        state[at + to + column] = state[at + of + column]


@inner
def save_margins(state: IntArray, shift: int) -> None:
    """Save the price of a tour's margins before its first change in an iteration."""
    at = tour_margins_offset(state, shift)
    state[at + OLD_MARGIN_COST] = state[at + MARGIN_COST]


@inner
def restore_margins(state: IntArray, shift: int) -> None:
    """Restore the price of a tour's margins at the beginning of the iteration."""
    at = tour_margins_offset(state, shift)
    state[at + MARGIN_COST], state[at + IS_PRICED] = state[at + OLD_MARGIN_COST], 1


@inner
def old_margin_cost(state: IntArray) -> int:
    """Return the price of the margins of all changed tours before the iteration, in shares."""
    total = 0
    for number in range(state[NUM_CHANGED]):
        shift = state[state[CHANGED_TOURS] + number]
        total += state[tour_margins_offset(state, shift) + OLD_MARGIN_COST]
    return total


@inner
def cost_with_margins(data: IntArray, state: IntArray, shift: int) -> int:
    """Return the cost of an accepted tour with its margins, in shares."""
    cost = state[tour_offset(state, shift) + COST]
    if data[HAS_MARGINS] == 1:
        cost += state[tour_margins_offset(state, shift) + MARGIN_COST]
    return cost


@inner
def needs_evaluation_of_margins(data: IntArray, shift: int) -> bool:
    """Return whether the departure with the best margins is not the one found here.

    With overtime, lateness or balance its cost has other terms.
    """
    shift_at = shift_offset(data, shift)
    return (
        data[HAS_LATENESS] == 1
        or data[shift_at + BALANCED] == 1
        or data[shift_at + encoding.PER_OVERTIME_SECOND] > 0
    )


@inner
def margin_cost(
    encoded: IntArray, data: IntArray, state: IntArray, shift: int, early: int, arrival: int
) -> int:
    """Return the cost in shares of the margins that a tour lacks, at its best departure.

    With several windows of a visit the cost is an upper bound: the windows of the shortest timing
    are kept.

    Parameters
    ----------
    early, arrival : int
        The first departure and the arrival of the shortest timing.
    """
    rows, end = state[MARGIN_ROWS], state[tour_offset(state, shift) + NUM_STOPS]
    shift_at = shift_offset(data, shift)
    first = data[shift_at + encoding.OPENS]
    if data[shift_at + encoding.DEPARTED] == 1:
        early = first
    earliest_end = state[tour_offset(state, shift) + ARRIVAL]
    if state[tour_offset(state, shift) + HAS_SEVERAL_WINDOWS] == 1:
        first, earliest_end = max(first, early - margins.OFFSETS[-1]), arrival
        if not _fill_rows(encoded, data, state, shift, first, early, arrival):
            first = early
            _fill_rows(encoded, data, state, shift, first, early, arrival)
    else:
        _fill_rows(encoded, data, state, shift, first, early, earliest_end)
    first = max(first, earliest_end - data[shift_at + encoding.MAX_WORKING])
    departure, promises, clocks = margins.best_departure(
        encoded, shift, state, rows, end, first, early
    )
    later = state[rows + end * margins.COLUMNS + margins.ARRIVES] - departure
    duration = arrival - early
    return promises + clocks + data[shift_at + encoding.PER_SECOND] * (later - duration)


@inner
def _fill_rows(
    encoded: IntArray,
    data: IntArray,
    state: IntArray,
    shift: int,
    departure: int,
    latest: int,
    arrival: int,
) -> bool:
    """Fill the rows of `timing.margins` with the earliest timing for a departure.

    Returns
    -------
    bool
        Whether the windows are the same up to the departure `latest`.
    """
    columns, row, is_same = data[POINT_COLUMNS], state[MARGIN_ROWS], True
    at, leave = point_offset(data, state, shift, 0), departure
    for _ in range(state[tour_offset(state, shift) + NUM_STOPS]):
        at += columns
        visit_at = visit_offset(data, state[at + VISIT])
        service, limit = state[at + SERVICE_TIME], data[visit_at + MAX_RIDE]
        ready = max(leave + state[at + LEG_SECONDS], arrival - service - limit)
        window = first_window(data, pair_offset(data, state[at + VISIT], shift), ready)
        window_at = data[WINDOWS] + 2 * max(0, window)
        begin = max(ready, data[window_at])
        is_same &= window >= 0 and latest + state[at + WORK] <= data[window_at + 1]
        spread = accessors.visit(encoded, data[visit_at + PROBLEM_ROW], encoding.SERVICE_SPREAD)
        state[row + margins.WORK], state[row + margins.EARLIEST] = state[at + WORK], begin
        state[row + margins.LEG], state[row + margins.SERVICE] = state[at + LEG_SECONDS], service
        state[row + margins.CLOSES] = data[window_at + 1]
        state[row + margins.LIMIT], state[row + margins.KIND] = limit, margins.STOP
        state[row + margins.DOOR] = spread * service
        leave = begin + service
        row += margins.COLUMNS
    _fill_end(data, state, shift, row, at + columns, leave)
    return is_same


@inner
def _fill_end(data: IntArray, state: IntArray, shift: int, row: int, at: int, leave: int) -> None:
    """Fill the row of the end of a tour, which is left for at an instant."""
    shift_at, leg = shift_offset(data, shift), state[at + LEG_SECONDS]
    state[row + margins.WORK], state[row + margins.EARLIEST] = state[at + WORK], leave + leg
    state[row + margins.LEG], state[row + margins.SERVICE] = leg, 0
    state[row + margins.CLOSES] = data[shift_at + encoding.CLOSES]
    state[row + margins.LIMIT], state[row + margins.DOOR] = INFINITY, 0
    receives = data[shift_at + encoding.END_RECEIVES] == 1
    state[row + margins.KIND] = margins.RECEIVER if receives else margins.END


@inner
def estimated_margin_cost(
    encoded: IntArray,
    data: IntArray,
    state: IntArray,
    shift: int,
    point: int,
    added: int,
    ride: int,
    limit: int,
) -> int:
    """Return an estimate, in shares, of the margins that an insertion takes.

    Parameters
    ----------
    added : int
        The seconds by which the tour gets longer.
    ride, limit : int
        The work from the visit to the end, and its ride limit.
    """
    count, tour_at = state[tour_offset(state, shift) + NUM_STOPS], tour_margins_offset(state, shift)
    if count == 0:
        return _own_clock_cost(encoded, ride, limit)
    if state[tour_at + TIGHT_MARGIN] == 0:
        _refresh_slacks(encoded, data, state, shift)
    here, margin = point_margins_offset(data, state, shift, point), state[tour_at + TIGHT_MARGIN]
    worst = state[point_margins_offset(data, state, shift, count) + CLOCK_SLACK_BEFORE]
    own = 100 * (limit - ride) - margin if limit < INFINITY else NO_SLACK_YET
    clock = min(state[here + CLOCK_SLACK_BEFORE] - 100 * added, own)
    clock = _clock_part(clock, margin) - _clock_part(worst, margin)
    promise = state[here + POINT_MARGIN_COLUMNS + PROMISE_SLACK_AFTER]
    promise = margins.missing_part(promise - 100 * added, margin) - margins.missing_part(
        promise, margin
    )
    cost = accessors.risk(encoded, encoding.CLOCK_PRICE) * max(0, clock) // 1_000
    return cost + accessors.risk(encoded, encoding.PROMISE_PRICE) * promise // 1_000


@inner
def _own_clock_cost(encoded: IntArray, ride: int, limit: int) -> int:
    """Return the cost in shares of the clock of a visit alone in its tour."""
    if limit == INFINITY:
        return 0
    spread = float(accessors.risk(encoded, encoding.DAY_SPREAD)) * ride
    variance = float(margins.leg_variance(encoded, ride)) + spread * spread
    margin = _estimated_margin(encoded, variance, encoding.CLOCK_QUANTILE)
    clock = _clock_part(100 * (limit - ride) - margin, margin) if margin > 0 else 0
    return accessors.risk(encoded, encoding.CLOCK_PRICE) * clock // 1_000


@inner
def _refresh_slacks(encoded: IntArray, data: IntArray, state: IntArray, shift: int) -> None:
    """Store per point the least slack of clocks up to it and of promises from it on.

    The timing is the shortest. A wait on the way to the end counts for no clock.
    """
    count, columns = state[tour_offset(state, shift) + NUM_STOPS], data[POINT_COLUMNS]
    _set_promise_slacks(encoded, data, state, shift)
    at = point_offset(data, state, shift, count + 1)
    here = point_margins_offset(data, state, shift, count + 1)
    work, driving, variance, promise = state[at + WORK], 0, 0.0, NO_SLACK_YET
    for row in range(count, -1, -1):
        promise = min(promise, state[here + PROMISE_SLACK_AFTER])
        state[here + PROMISE_SLACK_AFTER] = promise
        variance += margins.leg_variance(encoded, state[at + LEG_SECONDS])
        driving += state[at + LEG_SECONDS]
        at, here = at - columns, here - POINT_MARGIN_COLUMNS
        state[here + CLOCK_SLACK_BEFORE] = NO_SLACK_YET
        if row > 0:
            limit = data[visit_offset(data, state[at + VISIT]) + MAX_RIDE]
            if limit < INFINITY:
                shared = float(accessors.risk(encoded, encoding.DAY_SPREAD)) * driving
                square = variance + shared * shared
                margin = _estimated_margin(encoded, square, encoding.CLOCK_QUANTILE)
                ride = work - state[at + WORK] - state[at + SERVICE_TIME]
                state[here + CLOCK_SLACK_BEFORE] = 100 * (limit - ride) - margin
            variance += _door_variance(encoded, data, state, at)
    slack = NO_SLACK_YET
    for _ in range(count + 1):
        slack = min(slack, state[here + CLOCK_SLACK_BEFORE])
        state[here + CLOCK_SLACK_BEFORE] = slack
        here += POINT_MARGIN_COLUMNS


@inner
def _set_promise_slacks(encoded: IntArray, data: IntArray, state: IntArray, shift: int) -> None:
    """Store the slack of each promise, and the margin of the end of the tour."""
    count, columns = state[tour_offset(state, shift) + NUM_STOPS], data[POINT_COLUMNS]
    at = point_offset(data, state, shift, count + 1)
    early = leave = state[at + START_EARLY_BEFORE]
    at, here = (
        point_offset(data, state, shift, 0),
        point_margins_offset(data, state, shift, 0),
    )
    late = accessors.shift(encoded, shift, encoding.LATE_START)
    variance, driving, margin = float(margins.LATE_START_WEIGHT) * late * late, 0.0, 1
    for row in range(1, count + 2):
        at, here = at + columns, here + POINT_MARGIN_COLUMNS
        variance += margins.leg_variance(encoded, state[at + LEG_SECONDS])
        driving += state[at + LEG_SECONDS]
        shared = accessors.risk(encoded, encoding.DAY_SPREAD) * driving
        square = variance + shared * shared
        margin = _estimated_margin(encoded, square, encoding.PROMISE_QUANTILE)
        arrival = leave + state[at + LEG_SECONDS]
        closes = data[shift_offset(data, shift) + encoding.CLOSES]
        if row <= count:
            closes = state[at + WINDOW_CLOSES]
        state[here + PROMISE_SLACK_AFTER] = 100 * (closes - arrival) - margin
        if row <= count:
            begin = max(state[at + BEGIN], early + state[at + WORK])
            if begin > arrival and margin > 0:
                left = max(0.0, 1.0 - 100.0 * (begin - arrival) / margin)
                variance, driving = variance * left * left, driving * left
            leave = begin + state[at + SERVICE_TIME]
            variance += _door_variance(encoded, data, state, at)
    state[tour_margins_offset(state, shift) + TIGHT_MARGIN] = max(1, margin)


@inner
def _door_variance(encoded: IntArray, data: IntArray, state: IntArray, at: int) -> float:
    """Return the variance of the service at a point, in squared hundredths of a second."""
    row = data[visit_offset(data, state[at + VISIT]) + PROBLEM_ROW]
    spread = accessors.visit(encoded, row, encoding.SERVICE_SPREAD) * state[at + SERVICE_TIME]
    return float(spread) * spread


@inner
def _estimated_margin(encoded: IntArray, variance: float, level: int) -> int:
    """Return a margin in hundredths of a second, which may be one more or less than the exact."""
    return int(accessors.risk(encoded, level) * math.sqrt(variance) / 1_000.0)


@inner
def _clock_part(slack: int, margin: int) -> int:
    """Return an estimate of the thousandths of the price of a clock that lacks part of a margin."""
    return min(1_000, 1_500 * max(0, -slack) // margin)

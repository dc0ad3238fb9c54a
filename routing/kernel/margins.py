"""Margins of a tour in the search: their price, and what an insertion takes from them.

The price of a tour is exact (`timing.margins`). The price of an insertion position is an estimate
from the least slacks on its two sides, so it takes constant time.
"""

from typing import Final

from routing.compiled import inner
from routing.kernel.memory_layout import (
    ARRIVAL,
    BALANCED,
    CLOCK_SLACK_BEFORE,
    DURATION_BEFORE,
    HAS_LATENESS,
    HAS_SEVERAL_WINDOWS,
    LEG_SECONDS,
    MARGIN_ROWS,
    MAX_RIDE,
    NUM_STOPS,
    POINT_COLUMNS,
    PROBLEM_ROW,
    PROMISE_SLACK_AFTER,
    SERVICE_TIME,
    START_EARLY_BEFORE,
    TIGHT_MARGIN,
    VISIT,
    WINDOWS,
    WORK,
)
from routing.kernel.offsets import (
    pair_offset,
    point_offset,
    shift_offset,
    tour_offset,
    visit_offset,
)
from routing.kernel.segments import first_window
from routing.timing import accessors, encoding, margins
from routing.timing.encoding import INFINITY, IntArray

NO_SLACK_YET: Final = 2**50
"""Slack of a segment without a clock or a promise, in hundredths of a second."""


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
    _store_slacks(data, state, shift, rows, end)
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
def _store_slacks(data: IntArray, state: IntArray, shift: int, rows: int, end: int) -> None:
    """Store per point the least slack of clocks up to it and of promises from it on."""
    columns, at = data[POINT_COLUMNS], point_offset(data, state, shift, 0)
    state[at + CLOCK_SLACK_BEFORE] = slack = NO_SLACK_YET
    for row in range(end):
        at += columns
        slack = min(slack, state[rows + row * margins.COLUMNS + margins.CLOCK_SLACK])
        state[at + CLOCK_SLACK_BEFORE] = slack
    at, slack = at + columns, NO_SLACK_YET
    for row in range(end, -1, -1):
        slack = min(slack, state[rows + row * margins.COLUMNS + margins.PROMISE_SLACK])
        state[at + PROMISE_SLACK_AFTER] = slack
        at -= columns
    last = rows + end * margins.COLUMNS
    until_close = 100 * (state[last + margins.CLOSES] - state[last + margins.ARRIVES])
    margin = until_close - state[last + margins.PROMISE_SLACK]
    state[tour_offset(state, shift) + TIGHT_MARGIN] = max(1, margin)


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
    tour_at = tour_offset(state, shift)
    if state[tour_at + NUM_STOPS] == 0:
        return 0
    if state[tour_at + TIGHT_MARGIN] == 0:
        _refresh_slacks(encoded, data, state, shift)
    prev = point_offset(data, state, shift, point)
    margin = state[tour_at + TIGHT_MARGIN]
    worst = point_offset(data, state, shift, state[tour_at + NUM_STOPS])
    own = 100 * (limit - ride) - margin if limit < INFINITY else NO_SLACK_YET
    clock = min(state[prev + CLOCK_SLACK_BEFORE] - 100 * added, own)
    clock = _lacking(clock, margin) - _lacking(state[worst + CLOCK_SLACK_BEFORE], margin)
    promise = state[prev + data[POINT_COLUMNS] + PROMISE_SLACK_AFTER]
    promise = _lacking(promise - 100 * added, margin) - _lacking(promise, margin)
    cost = accessors.risk(encoded, encoding.CLOCK_PRICE) * max(0, clock) // 1_000
    return cost + accessors.risk(encoded, encoding.PROMISE_PRICE) * promise // 1_000


@inner
def _refresh_slacks(encoded: IntArray, data: IntArray, state: IntArray, shift: int) -> None:
    """Store the slacks of the shortest timing of a tour that was restored or evaluated."""
    rows, end = state[MARGIN_ROWS], state[tour_offset(state, shift) + NUM_STOPS]
    last = point_offset(data, state, shift, end + 1)
    early = state[last + START_EARLY_BEFORE]
    arrival = early + state[last + DURATION_BEFORE]
    _fill_rows(encoded, data, state, shift, early, early, arrival)
    margins.price_at(encoded, shift, state, rows, end, early)
    _store_slacks(data, state, shift, rows, end)


@inner
def _lacking(slack: int, margin: int) -> int:
    """Return the thousandths of a margin that a slack lacks."""
    return 1_000 * min(max(0, -slack), margin) // margin

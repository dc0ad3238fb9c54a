"""Margins of a tour in the search: their price, and what an insertion takes from them.

The price of a tour is exact (`timing.margins`). The price of an insertion position is an estimate
from the least slacks on its two sides, so it takes constant time.
"""

import math
from typing import Final

from routing.compiled import inner
from routing.kernel.memory_layout import KernelData, PointRow, SearchState
from routing.kernel.records import Entries
from routing.kernel.segments import first_window
from routing.timing import accessors, encoding, margins
from routing.timing.encoding import INFINITY, IntArray

NO_SLACK_YET: Final = 2**50
"""Slack of a segment without a clock or a promise, in hundredths of a second."""


@inner
def forget_margins(state: SearchState, shift: int) -> None:
    """Forget the margins of a tour that has changed; without stops it has none."""
    at = state.tour_margins[shift]
    at.margin_cost, at.is_priced, at.tight_margin = 0, 1, 0


@inner
def forget_slacks(state: SearchState, shift: int) -> None:
    """Forget the slacks of the points of a tour."""
    state.tour_margins[shift].tight_margin = 0


@inner
def defer_margins(state: SearchState, shift: int, start: int, arrival: int) -> None:
    """Leave the margins of a tour to be priced when it is accepted, from its shortest timing."""
    at = state.tour_margins[shift]
    at.is_priced, at.start, at.timed_arrival = 0, start, arrival


@inner
def keep_margins(state: SearchState, shift: int) -> None:
    """Keep the price of margins, and the timing that it depends on, before an insertion."""
    at = state.tour_margins[shift]
    at.before_margin_cost, at.before_is_priced = at.margin_cost, at.is_priced
    at.before_start, at.before_timed_arrival = at.start, at.timed_arrival


@inner
def return_margins(state: SearchState, shift: int) -> None:
    """Return to the price of margins, and its timing, before an insertion."""
    at = state.tour_margins[shift]
    at.margin_cost, at.is_priced = at.before_margin_cost, at.before_is_priced
    at.start, at.timed_arrival = at.before_start, at.before_timed_arrival


@inner
def save_margins(state: SearchState, shift: int) -> None:
    """Save the price of a tour's margins before its first change in an iteration."""
    at = state.tour_margins[shift]
    at.old_margin_cost = at.margin_cost


@inner
def restore_margins(state: SearchState, shift: int) -> None:
    """Restore the price of a tour's margins at the beginning of the iteration."""
    at = state.tour_margins[shift]
    at.margin_cost, at.is_priced = at.old_margin_cost, 1


@inner
def old_margin_cost(state: SearchState) -> int:
    """Return the price of the margins of all changed tours before the iteration, in shares."""
    total = 0
    for number in range(state.num_changed):
        shift = state.changed_tours[number]
        total += state.tour_margins[shift].old_margin_cost
    return total


@inner
def cost_with_margins(data: KernelData, state: SearchState, shift: int) -> int:
    """Return the cost of an accepted tour with its margins, in shares."""
    cost = state.tours[shift].cost
    if data.has_margins == 1:
        cost += state.tour_margins[shift].margin_cost
    return cost


@inner
def needs_evaluation_of_margins(data: KernelData, shift: int) -> bool:
    """Return whether the departure with the best margins is not the one found here.

    With overtime, lateness or balance its cost has other terms.
    """
    shift_at = data.shifts[shift]
    return data.has_lateness == 1 or shift_at.balanced == 1 or shift_at.per_overtime_second > 0


@inner
def margin_cost(
    encoded: IntArray, data: KernelData, state: SearchState, shift: int, early: int, arrival: int
) -> int:
    """Return the cost in shares of the margins that a tour lacks, at its best departure.

    With several windows of a visit the cost is an upper bound: the windows of the shortest timing
    are kept.

    Parameters
    ----------
    early, arrival : int
        The first departure and the arrival of the shortest timing.
    """
    rows, end = state.margin_rows, state.tours[shift].num_stops
    shift_at = data.shifts[shift]
    first = shift_at.opens
    if shift_at.departed == 1:
        early = first
    earliest_end = state.tours[shift].arrival
    if state.tours[shift].has_several_windows == 1:
        first, earliest_end = max(first, early - margins.OFFSETS[-1]), arrival
        if not _fill_rows(encoded, data, state, shift, first, early, arrival):
            first = early
            _fill_rows(encoded, data, state, shift, first, early, arrival)
    else:
        _fill_rows(encoded, data, state, shift, first, early, earliest_end)
    first = max(first, earliest_end - shift_at.max_working)
    # Numba takes entries for an array; the type checker does not.
    departure, promises, clocks = margins.best_departure(
        encoded,
        shift,
        rows,  # type: ignore[arg-type]
        0,
        end,
        first,
        early,
    )
    later = rows[end * margins.COLUMNS + margins.ARRIVES] - departure
    duration = arrival - early
    return promises + clocks + shift_at.per_second * (later - duration)


@inner
def _fill_rows(
    encoded: IntArray,
    data: KernelData,
    state: SearchState,
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
    rows, row, is_same = state.margin_rows, 0, True
    at, columns, leave = state.points[shift, 0], state.points.width, departure
    for _ in range(state.tours[shift].num_stops):
        at += columns
        visit_at = data.visits[at.visit]
        service, limit = at.service_time, visit_at.max_ride
        ready = max(leave + at.leg_seconds, arrival - service - limit)
        window = first_window(data, data.pairs[at.visit, shift], ready)
        window_at = data.windows[max(0, window)]
        begin = max(ready, window_at.opens)
        is_same &= window >= 0 and latest + at.work <= window_at.closes
        spread = accessors.visit(encoded, visit_at.problem_row, encoding.SERVICE_SPREAD)
        rows[row + margins.WORK], rows[row + margins.EARLIEST] = at.work, begin
        rows[row + margins.LEG], rows[row + margins.SERVICE] = at.leg_seconds, service
        rows[row + margins.CLOSES] = window_at.closes
        rows[row + margins.LIMIT], rows[row + margins.KIND] = limit, margins.STOP
        rows[row + margins.DOOR] = spread * service
        leave = begin + service
        row += margins.COLUMNS
    _fill_end(data, rows, row, shift, at + columns, leave)
    return is_same


@inner
def _fill_end(
    data: KernelData, rows: Entries, row: int, shift: int, at: PointRow, leave: int
) -> None:
    """Fill the row of the end of a tour, which is left for at an instant."""
    shift_at, leg = data.shifts[shift], at.leg_seconds
    rows[row + margins.WORK], rows[row + margins.EARLIEST] = at.work, leave + leg
    rows[row + margins.LEG], rows[row + margins.SERVICE] = leg, 0
    rows[row + margins.CLOSES] = shift_at.closes
    rows[row + margins.LIMIT], rows[row + margins.DOOR] = INFINITY, 0
    receives = shift_at.end_receives == 1
    rows[row + margins.KIND] = margins.RECEIVER if receives else margins.END


@inner
def estimated_margin_cost(
    encoded: IntArray,
    data: KernelData,
    state: SearchState,
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
    count, tour_at = state.tours[shift].num_stops, state.tour_margins[shift]
    if count == 0:
        return _own_clock_cost(encoded, ride, limit)
    if tour_at.tight_margin == 0:
        _refresh_slacks(encoded, data, state, shift)
    here, margin = state.point_margins[shift, point], tour_at.tight_margin
    worst = state.point_margins[shift, count].clock_slack_before
    own = 100 * (limit - ride) - margin if limit < INFINITY else NO_SLACK_YET
    clock = min(here.clock_slack_before - 100 * added, own)
    clock = _clock_part(clock, margin) - _clock_part(worst, margin)
    promise = (here + state.point_margins.width).promise_slack_after
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
def _refresh_slacks(encoded: IntArray, data: KernelData, state: SearchState, shift: int) -> None:
    """Store per point the least slack of clocks up to it and of promises from it on.

    The timing is the shortest. A wait on the way to the end counts for no clock.
    """
    count, columns = state.tours[shift].num_stops, state.points.width
    _set_promise_slacks(encoded, data, state, shift)
    at = state.points[shift, count + 1]
    here = state.point_margins[shift, count + 1]
    work, driving, variance, promise = at.work, 0, 0.0, NO_SLACK_YET
    for row in range(count, -1, -1):
        promise = min(promise, here.promise_slack_after)
        here.promise_slack_after = promise
        variance += margins.leg_variance(encoded, at.leg_seconds)
        driving += at.leg_seconds
        at, here = at - columns, here - state.point_margins.width
        here.clock_slack_before = NO_SLACK_YET
        if row > 0:
            limit = data.visits[at.visit].max_ride
            if limit < INFINITY:
                shared = float(accessors.risk(encoded, encoding.DAY_SPREAD)) * driving
                square = variance + shared * shared
                margin = _estimated_margin(encoded, square, encoding.CLOCK_QUANTILE)
                ride = work - at.work - at.service_time
                here.clock_slack_before = 100 * (limit - ride) - margin
            variance += _door_variance(encoded, data, at)
    slack = NO_SLACK_YET
    for _ in range(count + 1):
        slack = min(slack, here.clock_slack_before)
        here.clock_slack_before = slack
        here += state.point_margins.width


@inner
def _set_promise_slacks(
    encoded: IntArray, data: KernelData, state: SearchState, shift: int
) -> None:
    """Store the slack of each promise, and the margin of the end of the tour."""
    count, columns = state.tours[shift].num_stops, state.points.width
    at = state.points[shift, count + 1]
    early = leave = at.start_early_before
    at, here = (
        state.points[shift, 0],
        state.point_margins[shift, 0],
    )
    late = accessors.shift(encoded, shift, encoding.LATE_START)
    variance, driving, margin = float(margins.LATE_START_WEIGHT) * late * late, 0.0, 1
    for row in range(1, count + 2):
        at, here = at + columns, here + state.point_margins.width
        variance += margins.leg_variance(encoded, at.leg_seconds)
        driving += at.leg_seconds
        shared = accessors.risk(encoded, encoding.DAY_SPREAD) * driving
        square = variance + shared * shared
        margin = _estimated_margin(encoded, square, encoding.PROMISE_QUANTILE)
        arrival = leave + at.leg_seconds
        closes = data.shifts[shift].closes
        if row <= count:
            closes = at.window_closes
        here.promise_slack_after = 100 * (closes - arrival) - margin
        if row <= count:
            begin = max(at.begin, early + at.work)
            if begin > arrival and margin > 0:
                left = max(0.0, 1.0 - 100.0 * (begin - arrival) / margin)
                variance, driving = variance * left * left, driving * left
            leave = begin + at.service_time
            variance += _door_variance(encoded, data, at)
    state.tour_margins[shift].tight_margin = max(1, margin)


@inner
def _door_variance(encoded: IntArray, data: KernelData, at: PointRow) -> float:
    """Return the variance of the service at a point, in squared hundredths of a second."""
    row = data.visits[at.visit].problem_row
    spread = accessors.visit(encoded, row, encoding.SERVICE_SPREAD) * at.service_time
    return float(spread) * spread


@inner
def _estimated_margin(encoded: IntArray, variance: float, level: int) -> int:
    """Return a margin in hundredths of a second, which may be one more or less than the exact."""
    return int(accessors.risk(encoded, level) * math.sqrt(variance) / 1_000.0)


@inner
def _clock_part(slack: int, margin: int) -> int:
    """Return an estimate of the thousandths of the price of a clock that lacks part of a margin."""
    return min(1_000, 1_500 * max(0, -slack) // margin)

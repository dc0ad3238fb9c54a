"""Exact cost and legality of a tour.

The cost of most tours is computed in one pass over their points. In two cases the whole tour is
evaluated by `timing.tour_evaluation`:

- Breaks, unloadings, overtime or lateness may make its cheapest timing differ from its shortest.
- Its ride limits depend on a choice among several windows.
"""

from routing.compiled import inner
from routing.kernel.exact_cost import exact_cost
from routing.kernel.margins import (
    defer_margins,
    forget_margins,
    margin_cost,
    needs_evaluation_of_margins,
)
from routing.kernel.memory_layout import KernelData, SearchState, ShiftRow
from routing.kernel.segments import first_window, update_backward, update_forward, update_loads
from routing.timing import accessors, encoding
from routing.timing.departure import INFINITE_COST
from routing.timing.encoding import INFINITY, IntArray


@inner
def update_tour(encoded: IntArray, data: KernelData, state: SearchState, shift: int) -> bool:
    """Update all columns of a tour after a change of its visits; return whether it is legal."""
    tour_at = state.tours[shift]
    tour_at.cost = 0
    if data.has_margins == 1:
        forget_margins(state, shift)
    if not update_forward(data, state, shift) and tour_at.num_stops > 0:
        return False
    update_backward(data, state, shift)
    fits = update_loads(data, state, shift)
    if tour_at.num_stops == 0:
        # An unused shift drives nowhere, however long the leg from its start to its end is.
        tour_at.duration = 0
        return True
    if data.shifts[shift].needs_evaluation == 1:
        return _evaluate(encoded, data, state, shift)
    return fits and _within_limits(data, state, shift) and _set_cost(encoded, data, state, shift)


@inner
def _within_limits(data: KernelData, state: SearchState, shift: int) -> bool:
    """Return whether stops, metres and driving time are within the limits of the shift."""
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    return shift_at.limited == 0 or (
        tour_at.num_stops <= shift_at.max_stops
        and tour_at.metres <= shift_at.max_metres
        and tour_at.seconds <= shift_at.max_driving
    )


@inner
def _set_cost(encoded: IntArray, data: KernelData, state: SearchState, shift: int) -> bool:
    """Set the exact cost of a tour without breaks and unloadings; return whether it is legal."""
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    end = state.points[shift, tour_at.num_stops + 1]
    duration, early = end.duration_before, end.start_early_before
    arrival = tour_at.arrival
    tour_at.duration = duration
    in_time = arrival <= end.max_arrival_before
    if not (in_time and end.work <= end.max_work_before):
        several_windows = tour_at.has_several_windows == 1
        return several_windows and _evaluate(encoded, data, state, shift)
    if _may_be_shorter(data, state, shift):
        duration, early, arrival, in_time = _shortest_timing(
            data, state, shift, duration, early, arrival
        )
        is_shorter = duration < tour_at.duration
        if not in_time or (is_shorter and _later_may_cost(data, shift_at, arrival)):
            return _evaluate(encoded, data, state, shift)
    if duration > shift_at.max_working:
        return False
    lateness = _lateness_cost(data, state, shift, early, arrival) if data.has_lateness == 1 else 0
    if lateness == INFINITE_COST:
        return _evaluate(encoded, data, state, shift)
    overtime = max(0, arrival - shift_at.overtime_from)
    cost = _time_independent_cost(data, state, shift)
    cost += shift_at.per_second * duration
    cost += shift_at.per_overtime_second * overtime + lateness
    if shift_at.balanced == 1:
        stops, metres = tour_at.num_stops, tour_at.metres
        cost += imbalance_cost(encoded, data, shift, stops, metres, duration)
    if data.has_margins == 1:
        defer_margins(state, shift, early, arrival)
    tour_at.cost = cost
    return True


@inner
def price_margins(encoded: IntArray, data: KernelData, state: SearchState, shift: int) -> int:
    """Return the cost in shares of the margins that a tour lacks, and keep it."""
    at = state.tour_margins[shift]
    if at.is_priced == 0:
        if needs_evaluation_of_margins(data, shift):
            cost = _evaluated(encoded, data, state, shift)
            at.margin_cost = cost - state.tours[shift].cost
        else:
            start, arrival = at.start, at.timed_arrival
            at.margin_cost = margin_cost(encoded, data, state, shift, start, arrival)
        at.is_priced = 1
    return at.margin_cost


@inner
def _may_be_shorter(data: KernelData, state: SearchState, shift: int) -> bool:
    """Return whether a later departure, with other windows, may wait less."""
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    end = state.points[shift, tour_at.num_stops + 1]
    return (
        shift_at.time_matters == 1
        and shift_at.departed == 0
        and tour_at.has_several_windows == 1
        and tour_at.duration > end.work
    )


@inner
def _time_independent_cost(data: KernelData, state: SearchState, shift: int) -> int:
    """Return the cost in shares of the shift, its legs and its surcharges."""
    count, columns = state.tours[shift].num_stops, state.points.width
    at = state.points[shift, 0]
    total = data.shifts[shift].fixed_cost
    for _ in range(count):
        at += columns
        pair_at = data.pairs[at.visit, shift]
        total += at.leg_cost + pair_at.surcharge
    return total + (at + columns).leg_cost


@inner
def imbalance_cost(
    encoded: IntArray, data: KernelData, shift: int, stops: int, metres: int, duration: int
) -> int:
    """Return the cost in shares of more stops, metres and seconds than the shift's fair share."""
    shift_at, total = data.shifts[shift], 0
    for row in range(shift_at.balances_from, shift_at.balances_to):
        measure, value = accessors.balance(encoded, row, encoding.MEASURE), duration
        if measure == encoding.OF_STOPS:
            value = stops
        elif measure == encoding.OF_METRES:
            value = metres
        excess = max(0, value - accessors.balance(encoded, row, encoding.SHARE))
        total += accessors.balance(encoded, row, encoding.RATE) * excess
    return total


@inner
def _later_may_cost(data: KernelData, shift_at: ShiftRow, arrival: int) -> bool:
    """Return whether a shorter timing that ends later may cost more than it saves."""
    return data.has_lateness == 1 or arrival > shift_at.overtime_from


@inner
def _lateness_cost(
    data: KernelData, state: SearchState, shift: int, early: int, arrival: int
) -> int:
    """Return the cost of lateness in shares, or `INFINITE_COST` if it has to be evaluated.

    The timing is the earliest of the shortest. Leaving one second sooner saves at most the rates of
    the late visits, and costs one second of work. If working time costs nothing, the earliest
    departure is the cheapest.
    """
    shift_at, columns = data.shifts[shift], state.points.width
    opens = shift_at.opens
    departure = early if shift_at.time_matters == 1 else opens
    at, leave, total, rates = state.points[shift, 0], departure, 0, 0
    for _ in range(state.tours[shift].num_stops):
        at += columns
        visit_at = data.visits[at.visit]
        begin = max(leave + at.leg_seconds, at.window_opens)
        begin = max(begin, arrival - at.service_time - visit_at.max_ride)
        leave = begin + at.service_time
        if begin > visit_at.due:
            total += visit_at.late_rate * (begin - visit_at.due)
            rates += visit_at.late_rate
    is_cheapest = departure == opens or rates <= shift_at.per_second
    return total if is_cheapest else INFINITE_COST


@inner
def _evaluate(encoded: IntArray, data: KernelData, state: SearchState, shift: int) -> bool:
    """Set the cost of a tour by its exact evaluation; return whether it is legal."""
    tour_at = state.tours[shift]
    end = state.points[shift, tour_at.num_stops + 1]
    tour_at.duration = end.duration_before
    tour_at.cost = _evaluated(encoded, data, state, shift)
    return tour_at.cost < INFINITE_COST


@inner
def _evaluated(encoded: IntArray, data: KernelData, state: SearchState, shift: int) -> int:
    """Return the cost of a tour by its exact evaluation, with its margins."""
    columns, at = state.points.width, state.points[shift, 0]
    count = state.tours[shift].num_stops
    for row in range(count):
        visit = (at + (row + 1) * columns).visit
        state.order_buffer[row] = data.visits[visit].problem_row
    return exact_cost(encoded, state, shift, count)


@inner
def _shortest_timing(
    data: KernelData, state: SearchState, shift: int, duration: int, early: int, arrival: int
) -> tuple[int, int, int, bool]:
    """Find the shortest timing over all departure intervals (see `timing.departure`).

    Each interval begins one second after the last departure of the one before it.

    Parameters
    ----------
    duration, early, arrival : int
        The shortest timing of the first interval.

    Returns
    -------
    duration, early, arrival, in_time
        `early` is its first departure; `in_time` is whether no item rides too long.
    """
    end = state.points[shift, state.tours[shift].num_stops + 1]
    best = (duration, early, arrival, True)
    departure = _last_departure(state, shift) + 1
    while True:
        timing = _interval_timing(data, state, shift, departure)
        if timing[0] == INFINITE_COST:
            return best
        if timing[0] < best[0]:
            best = (timing[0], timing[1], timing[2], timing[4])
        if timing[0] == end.work:
            return best
        departure = timing[3] + 1


@inner
def _last_departure(state: SearchState, shift: int) -> int:
    """Return the last departure with which all begins stay in their present windows."""
    columns = state.points.width
    at, last = state.points[shift, 0], INFINITY
    for _ in range(state.tours[shift].num_stops):
        at += columns
        last = min(last, at.window_closes - at.work)
    return last


@inner
def _interval_timing(
    data: KernelData, state: SearchState, shift: int, departure: int
) -> tuple[int, int, int, int, bool]:
    """Find the shortest timing within the interval that begins at a departure.

    Returns
    -------
    duration, early, arrival, last, in_time
        `duration` is `INFINITE_COST` if no timing is legal. `last` is the last departure of the
        interval, `early` the first of the shortest timing.
    """
    columns, closes_at = state.points.width, data.shifts[shift].latest_end
    at, leave, until = state.points[shift, 0], departure, INFINITY
    max_arrival, max_work = 2 * INFINITY, INFINITY
    for _ in range(state.tours[shift].num_stops):
        at += columns
        visit_at = data.visits[at.visit]
        arrival = leave + at.leg_seconds
        window = first_window(data, data.pairs[at.visit, shift], arrival)
        if window < 0:
            return INFINITE_COST, 0, 0, 0, False
        closes = data.windows[window].closes
        leave = max(arrival, data.windows[window].opens) + at.service_time
        until = min(until, closes - at.work)
        ride_end = at.work + at.service_time + visit_at.max_ride
        max_work = min(max_work, ride_end)
        max_arrival = min(max_arrival, closes - at.work + max_work)
    at += columns
    arrival = leave + at.leg_seconds
    if arrival > closes_at:
        return INFINITE_COST, 0, 0, 0, False
    last = min(until, closes_at - at.work)
    duration = max(at.work, arrival - last)
    return duration, max(departure, arrival - duration), arrival, until, arrival <= max_arrival

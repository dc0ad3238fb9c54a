"""Exact cost and legality of a tour.

The cost of most tours is computed in one pass over their points. In two cases the whole tour is
evaluated by `timing.tour_evaluation`:

- Breaks, unloadings, overtime or lateness may make its cheapest timing differ from its shortest.
- Its ride limits depend on a choice among several windows.
"""

from routing.compiled import inner
from routing.kernel.callback import exact_cost
from routing.kernel.margins import (
    defer_margins,
    forget_margins,
    margin_cost,
    needs_evaluation_of_margins,
)
from routing.kernel.memory_layout import (
    ARRIVAL,
    BALANCED,
    COST,
    DUE,
    DURATION,
    DURATION_BEFORE,
    HAS_LATENESS,
    HAS_MARGINS,
    HAS_SEVERAL_WINDOWS,
    IS_PRICED,
    LATE_RATE,
    LATEST_END,
    LEG_COST,
    LEG_SECONDS,
    LIMITED,
    MARGIN_COST,
    MAX_ARRIVAL_BEFORE,
    MAX_RIDE,
    MAX_WORK_BEFORE,
    METRES,
    NEEDS_EVALUATION,
    NUM_STOPS,
    ORDER_BUFFER,
    POINT_COLUMNS,
    PROBLEM_ROW,
    SECONDS,
    SERVICE_TIME,
    START,
    START_EARLY_BEFORE,
    SURCHARGE,
    TIME_MATTERS,
    TIMED_ARRIVAL,
    VISIT,
    WINDOW_CLOSES,
    WINDOW_OPENS,
    WINDOWS,
    WORK,
)
from routing.kernel.offsets import (
    pair_offset,
    point_offset,
    shift_offset,
    tour_margins_offset,
    tour_offset,
    visit_offset,
)
from routing.kernel.segments import first_window, update_backward, update_forward, update_loads
from routing.timing import accessors, encoding
from routing.timing.departure import INFINITE_COST
from routing.timing.encoding import INFINITY, IntArray


@inner
def update_tour(encoded: IntArray, data: IntArray, state: IntArray, shift: int) -> bool:
    """Update all columns of a tour after a change of its visits; return whether it is legal."""
    tour_at = tour_offset(state, shift)
    state[tour_at + COST] = 0
    if data[HAS_MARGINS] == 1:
        forget_margins(state, shift)
    if not update_forward(data, state, shift) and state[tour_at + NUM_STOPS] > 0:
        return False
    update_backward(data, state, shift)
    fits = update_loads(data, state, shift)
    if state[tour_at + NUM_STOPS] == 0:
        # An unused shift drives nowhere, however long the leg from its start to its end is.
        state[tour_at + DURATION] = 0
        return True
    if data[shift_offset(data, shift) + NEEDS_EVALUATION] == 1:
        return _evaluate(encoded, data, state, shift)
    return fits and _within_limits(data, state, shift) and _set_cost(encoded, data, state, shift)


@inner
def _within_limits(data: IntArray, state: IntArray, shift: int) -> bool:
    """Return whether stops, metres and driving time are within the limits of the shift."""
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    return data[shift_at + LIMITED] == 0 or (
        state[tour_at + NUM_STOPS] <= data[shift_at + encoding.MAX_STOPS]
        and state[tour_at + METRES] <= data[shift_at + encoding.MAX_METRES]
        and state[tour_at + SECONDS] <= data[shift_at + encoding.MAX_DRIVING]
    )


@inner
def _set_cost(encoded: IntArray, data: IntArray, state: IntArray, shift: int) -> bool:
    """Set the exact cost of a tour without breaks and unloadings; return whether it is legal."""
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    end = point_offset(data, state, shift, state[tour_at + NUM_STOPS] + 1)
    duration, early = state[end + DURATION_BEFORE], state[end + START_EARLY_BEFORE]
    arrival = state[tour_at + ARRIVAL]
    state[tour_at + DURATION] = duration
    in_time = arrival <= state[end + MAX_ARRIVAL_BEFORE]
    if not (in_time and state[end + WORK] <= state[end + MAX_WORK_BEFORE]):
        several_windows = state[tour_at + HAS_SEVERAL_WINDOWS] == 1
        return several_windows and _evaluate(encoded, data, state, shift)
    if _may_be_shorter(data, state, shift):
        duration, early, arrival, in_time = _shortest_timing(
            data, state, shift, duration, early, arrival
        )
        is_shorter = duration < state[tour_at + DURATION]
        if not in_time or (is_shorter and _later_may_cost(data, shift_at, arrival)):
            return _evaluate(encoded, data, state, shift)
    if duration > data[shift_at + encoding.MAX_WORKING]:
        return False
    lateness = _lateness_cost(data, state, shift, early, arrival) if data[HAS_LATENESS] == 1 else 0
    if lateness == INFINITE_COST:
        return _evaluate(encoded, data, state, shift)
    overtime = max(0, arrival - data[shift_at + encoding.OVERTIME_FROM])
    cost = _time_independent_cost(data, state, shift)
    cost += data[shift_at + encoding.PER_SECOND] * duration
    cost += data[shift_at + encoding.PER_OVERTIME_SECOND] * overtime + lateness
    if data[shift_at + BALANCED] == 1:
        stops, metres = state[tour_at + NUM_STOPS], state[tour_at + METRES]
        cost += imbalance_cost(encoded, data, shift, stops, metres, duration)
    if data[HAS_MARGINS] == 1:
        defer_margins(state, shift, early, arrival)
    state[tour_at + COST] = cost
    return True


@inner
def price_margins(encoded: IntArray, data: IntArray, state: IntArray, shift: int) -> int:
    """Return the cost in shares of the margins that a tour lacks, and keep it."""
    at = tour_margins_offset(state, shift)
    if state[at + IS_PRICED] == 0:
        if needs_evaluation_of_margins(data, shift):
            cost = _evaluated(encoded, data, state, shift)
            state[at + MARGIN_COST] = cost - state[tour_offset(state, shift) + COST]
        else:
            start, arrival = state[at + START], state[at + TIMED_ARRIVAL]
            state[at + MARGIN_COST] = margin_cost(encoded, data, state, shift, start, arrival)
        state[at + IS_PRICED] = 1
    return state[at + MARGIN_COST]


@inner
def _may_be_shorter(data: IntArray, state: IntArray, shift: int) -> bool:
    """Return whether a later departure, with other windows, may wait less."""
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    end = point_offset(data, state, shift, state[tour_at + NUM_STOPS] + 1)
    return (
        data[shift_at + TIME_MATTERS] == 1
        and data[shift_at + encoding.DEPARTED] == 0
        and state[tour_at + HAS_SEVERAL_WINDOWS] == 1
        and state[tour_at + DURATION] > state[end + WORK]
    )


@inner
def _time_independent_cost(data: IntArray, state: IntArray, shift: int) -> int:
    """Return the cost in shares of the shift, its legs and its surcharges."""
    count, columns = state[tour_offset(state, shift) + NUM_STOPS], data[POINT_COLUMNS]
    at = point_offset(data, state, shift, 0)
    total = data[shift_offset(data, shift) + encoding.FIXED_COST]
    for _ in range(count):
        at += columns
        pair_at = pair_offset(data, state[at + VISIT], shift)
        total += state[at + LEG_COST] + data[pair_at + SURCHARGE]
    return total + state[at + columns + LEG_COST]


@inner
def imbalance_cost(
    encoded: IntArray, data: IntArray, shift: int, stops: int, metres: int, duration: int
) -> int:
    """Return the cost in shares of more stops, metres and seconds than the shift's fair share."""
    shift_at, total = shift_offset(data, shift), 0
    for row in range(
        data[shift_at + encoding.BALANCES_FROM], data[shift_at + encoding.BALANCES_TO]
    ):
        measure, value = accessors.balance(encoded, row, encoding.MEASURE), duration
        if measure == encoding.OF_STOPS:
            value = stops
        elif measure == encoding.OF_METRES:
            value = metres
        excess = max(0, value - accessors.balance(encoded, row, encoding.SHARE))
        total += accessors.balance(encoded, row, encoding.RATE) * excess
    return total


@inner
def _later_may_cost(data: IntArray, shift_at: int, arrival: int) -> bool:
    """Return whether a shorter timing that ends later may cost more than it saves."""
    return data[HAS_LATENESS] == 1 or arrival > data[shift_at + encoding.OVERTIME_FROM]


@inner
def _lateness_cost(data: IntArray, state: IntArray, shift: int, early: int, arrival: int) -> int:
    """Return the cost of lateness in shares, or `INFINITE_COST` if it has to be evaluated.

    The timing is the earliest of the shortest. Leaving one second sooner saves at most the rates of
    the late visits, and costs one second of work. If working time costs nothing, the earliest
    departure is the cheapest.
    """
    shift_at, columns = shift_offset(data, shift), data[POINT_COLUMNS]
    opens = data[shift_at + encoding.OPENS]
    departure = early if data[shift_at + TIME_MATTERS] == 1 else opens
    at, leave, total, rates = point_offset(data, state, shift, 0), departure, 0, 0
    for _ in range(state[tour_offset(state, shift) + NUM_STOPS]):
        at += columns
        visit_at = visit_offset(data, state[at + VISIT])
        begin = max(leave + state[at + LEG_SECONDS], state[at + WINDOW_OPENS])
        begin = max(begin, arrival - state[at + SERVICE_TIME] - data[visit_at + MAX_RIDE])
        leave = begin + state[at + SERVICE_TIME]
        if begin > data[visit_at + DUE]:
            total += data[visit_at + LATE_RATE] * (begin - data[visit_at + DUE])
            rates += data[visit_at + LATE_RATE]
    is_cheapest = departure == opens or rates <= data[shift_at + encoding.PER_SECOND]
    return total if is_cheapest else INFINITE_COST


@inner
def _evaluate(encoded: IntArray, data: IntArray, state: IntArray, shift: int) -> bool:
    """Set the cost of a tour by its exact evaluation; return whether it is legal."""
    tour_at = tour_offset(state, shift)
    end = point_offset(data, state, shift, state[tour_at + NUM_STOPS] + 1)
    state[tour_at + DURATION] = state[end + DURATION_BEFORE]
    state[tour_at + COST] = _evaluated(encoded, data, state, shift)
    return state[tour_at + COST] < INFINITE_COST


@inner
def _evaluated(encoded: IntArray, data: IntArray, state: IntArray, shift: int) -> int:
    """Return the cost of a tour by its exact evaluation, with its margins."""
    columns, at = data[POINT_COLUMNS], point_offset(data, state, shift, 0)
    count = state[tour_offset(state, shift) + NUM_STOPS]
    for row in range(count):
        visit = state[at + (row + 1) * columns + VISIT]
        state[state[ORDER_BUFFER] + row] = data[visit_offset(data, visit) + PROBLEM_ROW]
    return exact_cost(encoded, state, shift, state[ORDER_BUFFER], count)


@inner
def _shortest_timing(
    data: IntArray, state: IntArray, shift: int, duration: int, early: int, arrival: int
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
    end = point_offset(data, state, shift, state[tour_offset(state, shift) + NUM_STOPS] + 1)
    best = (duration, early, arrival, True)
    departure = _last_departure(data, state, shift) + 1
    while True:
        timing = _interval_timing(data, state, shift, departure)
        if timing[0] == INFINITE_COST:
            return best
        if timing[0] < best[0]:
            best = (timing[0], timing[1], timing[2], timing[4])
        if timing[0] == state[end + WORK]:
            return best
        departure = timing[3] + 1


@inner
def _last_departure(data: IntArray, state: IntArray, shift: int) -> int:
    """Return the last departure with which all begins stay in their present windows."""
    columns = data[POINT_COLUMNS]
    at, last = point_offset(data, state, shift, 0), INFINITY
    for _ in range(state[tour_offset(state, shift) + NUM_STOPS]):
        at += columns
        last = min(last, state[at + WINDOW_CLOSES] - state[at + WORK])
    return last


@inner
def _interval_timing(
    data: IntArray, state: IntArray, shift: int, departure: int
) -> tuple[int, int, int, int, bool]:
    """Find the shortest timing within the interval that begins at a departure.

    Returns
    -------
    duration, early, arrival, last, in_time
        `duration` is `INFINITE_COST` if no timing is legal. `last` is the last departure of the
        interval, `early` the first of the shortest timing.
    """
    columns, closes_at = data[POINT_COLUMNS], data[shift_offset(data, shift) + LATEST_END]
    at, leave, until = point_offset(data, state, shift, 0), departure, INFINITY
    max_arrival, max_work = 2 * INFINITY, INFINITY
    for _ in range(state[tour_offset(state, shift) + NUM_STOPS]):
        at += columns
        visit_at = visit_offset(data, state[at + VISIT])
        arrival = leave + state[at + LEG_SECONDS]
        window = first_window(data, pair_offset(data, state[at + VISIT], shift), arrival)
        if window < 0:
            return INFINITE_COST, 0, 0, 0, False
        closes = data[data[WINDOWS] + 2 * window + 1]
        leave = max(arrival, data[data[WINDOWS] + 2 * window]) + state[at + SERVICE_TIME]
        until = min(until, closes - state[at + WORK])
        ride_end = state[at + WORK] + state[at + SERVICE_TIME] + data[visit_at + MAX_RIDE]
        max_work = min(max_work, ride_end)
        max_arrival = min(max_arrival, closes - state[at + WORK] + max_work)
    at += columns
    arrival = leave + state[at + LEG_SECONDS]
    if arrival > closes_at:
        return INFINITE_COST, 0, 0, 0, False
    last = min(until, closes_at - state[at + WORK])
    duration = max(state[at + WORK], arrival - last)
    return duration, max(departure, arrival - duration), arrival, until, arrival <= max_arrival

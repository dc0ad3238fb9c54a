"""Insertion positions of a visit: where it may go, cheapest first.

Each position is evaluated in constant time from the segments on both sides of it. If that does not
decide whether the position is legal, the position is *uncertain*. The cheapest uncertain positions
are kept, and `recreate` evaluates their whole tours.
"""

from routing.compiled import inner
from routing.kernel.insertion_cost import evaluate_position
from routing.kernel.memory_layout import (
    MAX_UNCERTAIN,
    SECONDS_MASK,
    KernelData,
    PairRow,
    SearchState,
    VisitRow,
)
from routing.kernel.random_numbers import randint
from routing.kernel.segments import leg_cost
from routing.timing import encoding
from routing.timing.departure import INFINITE_COST
from routing.timing.encoding import INFINITY, IntArray

BLINKS = 100
"""Mean number of positions from one blink, a position that is skipped, to the next.

Source: Christiaens and Vanden Berghe, 2020 (blink rate 1 %).
"""


@inner
def clear_positions(state: SearchState) -> None:
    """Clear the list of insertion positions."""
    for row in range(MAX_UNCERTAIN + 1):
        state.positions[row].cost = INFINITE_COST


@inner
def find_positions(encoded: IntArray, data: KernelData, state: SearchState, visit: int) -> None:
    """Fill the list of insertion positions of a visit.

    Row 0 is the cheapest feasible position. The rows after it are uncertain positions, the cheapest
    first.
    """
    clear_positions(state)
    state.scan += 1
    if state.retried_in[visit] == state.iteration:
        for number in range(state.num_changed):
            shift = state.changed_tours[number]
            _scan_once_per_type(encoded, data, state, visit, shift)
    elif data.granularity == 0:
        for shift in range(data.num_shifts):
            _scan_once_per_type(encoded, data, state, visit, shift)
    else:
        _scan_granular(encoded, data, state, visit)


@inner
def _scan_granular(encoded: IntArray, data: KernelData, state: SearchState, visit: int) -> None:
    """Scan the tours of the granular neighbours and one empty tour of each vehicle type."""
    neighbours = data.neighbours[visit]
    for number in range(data.granularity):
        shift = state.tour_of[neighbours[number]]
        if shift >= 0 and state.tours[shift].scanned_in != state.scan:
            state.tours[shift].scanned_in = state.scan
            _scan_tour(encoded, data, state, visit, shift)
    scanned, num_shifts = 0, data.num_shifts
    for shift in range(num_shifts if state.num_used < num_shifts else 0):
        if state.tours[shift].num_stops == 0:
            scanned += _scan_once_per_type(encoded, data, state, visit, shift)
            if scanned == data.num_vehicle_types:
                return


@inner
def _scan_once_per_type(
    encoded: IntArray, data: KernelData, state: SearchState, visit: int, shift: int
) -> int:
    """Scan a tour, but only the first empty tour of each vehicle type; return 1 if scanned."""
    if state.tours[shift].num_stops == 0:
        type_at = state.tours[data.shifts[shift].vehicle_type]
        is_scanned = type_at.type_scanned_in == state.scan
        if shift == state.banned_shift or is_scanned:
            return 0
        type_at.type_scanned_in = state.scan
    _scan_tour(encoded, data, state, visit, shift)
    return 1


@inner
def _scan_tour(
    encoded: IntArray, data: KernelData, state: SearchState, visit: int, shift: int
) -> None:
    """Scan the positions of a tour after its frozen stops, or the pinned position alone."""
    if not may_insert(data, state, visit, shift):
        return
    tour_at = state.tours[shift]
    first, last = tour_at.frozen_stops, tour_at.num_stops
    pinned = data.visits[visit].pinned_position
    if pinned >= 0:
        if pinned < first or pinned > last:
            return
        first = last = pinned
    _scan_points(encoded, data, state, visit, shift, first, last)


@inner
def may_insert(data: KernelData, state: SearchState, visit: int, shift: int) -> bool:
    """Return whether a tour may take a visit, apart from time, distance and loads on the way."""
    pair_at = data.pairs[visit, shift]
    has_window = pair_at.first_window < pair_at.end_window
    if not has_window or shift == state.banned_shift:
        return False
    donor = data.visits[visit].donor
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    period = shift_at.period
    if donor >= 0 and period >= 0 and state.donor_visits[donor][period] > 0:
        return False
    max_stops = shift_at.max_stops
    if shift_at.limited == 1 and tour_at.num_stops >= max_stops:
        return False
    return (
        data.pickups_only == 0
        or shift_at.max_reloads > 0
        or _fits_final_load(data, state, visit, shift)
    )


@inner
def _fits_final_load(data: KernelData, state: SearchState, visit: int, shift: int) -> bool:
    """Return whether the load at the end fits, if nothing is delivered on the way."""
    loads, added = state.points[shift, 0].loads, data.visit_loads[visit, encoding.COLLECTED]
    capacities = data.shift_loads[shift, encoding.CAPACITY]
    for dimension in range(data.num_dimensions):
        if loads[2 * dimension + 1] + added[dimension] > capacities[dimension]:
            return False
    return True


@inner
def _scan_points(
    encoded: IntArray,
    data: KernelData,
    state: SearchState,
    visit: int,
    shift: int,
    low: int,
    high: int,
) -> None:
    """Evaluate the positions after each point from `low` to `high`, with blinks.

    A position is passed over if the legs and a lower bound on the working time make it no cheaper
    than the cheapest feasible position.
    """
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    visit_at, pair_at = data.visits[visit], data.pairs[visit, shift]
    count, columns = tour_at.num_stops, state.points.width
    profile, place, closes = shift_at.profile, visit_at.place, pair_at.last_closing
    legs_to, legs_from = data.legs_to[profile, place], data.legs_from[profile, place]
    earliest_end = _earliest_end(data, visit_at, pair_at)
    base = pair_at.surcharge + (shift_at.fixed_cost if count == 0 else 0)
    rate, extension = _least_extension(data, state, shift, visit_at.service)
    at = state.points[shift, low]
    for point in range(low, high + 1):
        prev, at = at, at + columns
        if prev.departure > closes:
            return
        if earliest_end > at.latest_begin:
            continue
        state.blink_countdown -= 1
        if state.blink_countdown < 0:
            state.blink_countdown = randint(state, 2 * BLINKS)
            continue
        prev_place = prev.place
        leg_in = legs_to[prev_place]
        if prev.departure + (leg_in & SECONDS_MASK) > closes:
            continue
        next_place = data.nearest_ends[shift][place] if point == count else at.place
        leg_out = legs_from[next_place]
        cost = base + leg_cost(data, shift_at, prev_place, place, leg_in)
        cost += leg_cost(data, shift_at, place, next_place, leg_out) - at.leg_cost
        seconds = (leg_in & SECONDS_MASK) + (leg_out & SECONDS_MASK)
        least = cost + rate * (extension + seconds - at.leg_seconds)
        if least < state.positions[0].cost:
            evaluate_position(encoded, data, state, visit, shift, point, leg_in, leg_out, cost)


@inner
def _earliest_end(data: KernelData, visit_at: VisitRow, pair_at: PairRow) -> int:
    """Return the earliest end of service, or -`INFINITY` if set-ups make the comparison inexact."""
    if data.has_setups == 1:
        return -INFINITY
    return data.windows[pair_at.first_window].opens + visit_at.service


@inner
def _least_extension(
    data: KernelData, state: SearchState, shift: int, service: int
) -> tuple[int, int]:
    """Return a lower bound on the longer working time: its rate, and its seconds without legs.

    No tour takes less time than all of its work; its present waits may be used. The rate is 0 if
    the duration of the tour has neither a cost nor a limit.
    """
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    if shift_at.time_matters == 0:
        return 0, 0
    rate = shift_at.per_second
    if data.has_setups == 1 or shift_at.balanced == 1 or tour_at.arrival > shift_at.overtime_from:
        return rate, -INFINITY
    if tour_at.num_stops == 0:
        return rate, service
    end = state.points[shift, tour_at.num_stops + 1]
    return rate, end.work + service - tour_at.duration

"""Insertion positions of a visit: where it may go, cheapest first.

Each position is evaluated in constant time from the segments on both sides of it. If that does not
decide whether the position is legal, the position is *uncertain*. The cheapest uncertain positions
are kept, and `recreate` evaluates their whole tours.
"""

from routing.compiled import inner
from routing.kernel import memory_layout as layout
from routing.kernel.insertion_cost import evaluate_position
from routing.kernel.memory_layout import SECONDS_MASK
from routing.kernel.offsets import (
    pair_offset,
    point_offset,
    shift_offset,
    tour_offset,
    visit_offset,
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
def clear_positions(state: IntArray) -> None:
    """Clear the list of insertion positions."""
    for row in range(layout.MAX_UNCERTAIN + 1):
        at = state[layout.POSITIONS] + row * layout.POSITION_COLUMNS
        state[at + layout.INSERTION_COST] = INFINITE_COST


@inner
def find_positions(encoded: IntArray, data: IntArray, state: IntArray, visit: int) -> None:
    """Fill the list of insertion positions of a visit.

    Row 0 is the cheapest feasible position. The rows after it are uncertain positions, the cheapest
    first.
    """
    clear_positions(state)
    state[layout.SCAN] += 1
    if state[state[layout.RETRIED_IN] + visit] == state[layout.ITERATION]:
        for number in range(state[layout.NUM_CHANGED]):
            shift = state[state[layout.CHANGED_TOURS] + number]
            _scan_once_per_type(encoded, data, state, visit, shift)
    elif data[layout.GRANULARITY] == 0:
        for shift in range(data[layout.NUM_SHIFTS]):
            _scan_once_per_type(encoded, data, state, visit, shift)
    else:
        _scan_granular(encoded, data, state, visit)


@inner
def _scan_granular(encoded: IntArray, data: IntArray, state: IntArray, visit: int) -> None:
    """Scan the tours of the granular neighbours and one empty tour of each vehicle type."""
    neighbours_at = data[layout.NEIGHBOURS] + visit * data[layout.NUM_NEIGHBOURS]
    for number in range(data[layout.GRANULARITY]):
        shift = state[state[layout.TOUR_OF] + data[neighbours_at + number]]
        scanned_at = tour_offset(state, shift) + layout.SCANNED_IN
        if shift >= 0 and state[scanned_at] != state[layout.SCAN]:
            state[scanned_at] = state[layout.SCAN]
            _scan_tour(encoded, data, state, visit, shift)
    scanned, num_shifts = 0, data[layout.NUM_SHIFTS]
    for shift in range(num_shifts if state[layout.NUM_USED] < num_shifts else 0):
        if state[tour_offset(state, shift) + layout.NUM_STOPS] == 0:
            scanned += _scan_once_per_type(encoded, data, state, visit, shift)
            if scanned == data[layout.NUM_VEHICLE_TYPES]:
                return


@inner
def _scan_once_per_type(
    encoded: IntArray, data: IntArray, state: IntArray, visit: int, shift: int
) -> int:
    """Scan a tour, but only the first empty tour of each vehicle type; return 1 if scanned."""
    if state[tour_offset(state, shift) + layout.NUM_STOPS] == 0:
        type_at = tour_offset(state, data[shift_offset(data, shift) + layout.VEHICLE_TYPE])
        is_scanned = state[type_at + layout.TYPE_SCANNED_IN] == state[layout.SCAN]
        if shift == state[layout.BANNED_SHIFT] or is_scanned:
            return 0
        state[type_at + layout.TYPE_SCANNED_IN] = state[layout.SCAN]
    _scan_tour(encoded, data, state, visit, shift)
    return 1


@inner
def _scan_tour(encoded: IntArray, data: IntArray, state: IntArray, visit: int, shift: int) -> None:
    """Scan the positions of a tour after its frozen stops, or the pinned position alone."""
    if not may_insert(data, state, visit, shift):
        return
    tour_at = tour_offset(state, shift)
    first, last = state[tour_at + layout.FROZEN_STOPS], state[tour_at + layout.NUM_STOPS]
    pinned = data[visit_offset(data, visit) + layout.PINNED_POSITION]
    if pinned >= 0:
        if pinned < first or pinned > last:
            return
        first = last = pinned
    _scan_points(encoded, data, state, visit, shift, first, last)


@inner
def may_insert(data: IntArray, state: IntArray, visit: int, shift: int) -> bool:
    """Return whether a tour may take a visit, apart from time, distance and loads on the way."""
    pair_at = pair_offset(data, visit, shift)
    has_window = data[pair_at + layout.FIRST_WINDOW] < data[pair_at + layout.END_WINDOW]
    if not has_window or shift == state[layout.BANNED_SHIFT]:
        return False
    donor = data[visit_offset(data, visit) + layout.DONOR]
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    period = data[shift_at + encoding.PERIOD]
    if donor >= 0 and period >= 0:
        entry = donor * data[layout.NUM_PERIODS] + period
        if state[state[layout.DONOR_VISITS] + entry] > 0:
            return False
    max_stops = data[shift_at + encoding.MAX_STOPS]
    if data[shift_at + layout.LIMITED] == 1 and state[tour_at + layout.NUM_STOPS] >= max_stops:
        return False
    return (
        data[layout.PICKUPS_ONLY] == 0
        or data[shift_at + encoding.MAX_RELOADS] > 0
        or _fits_final_load(data, state, visit, shift)
    )


@inner
def _fits_final_load(data: IntArray, state: IntArray, visit: int, shift: int) -> bool:
    """Return whether the load at the end fits, if nothing is delivered on the way."""
    dimensions = data[layout.NUM_DIMENSIONS]
    loads_at = data[layout.VISIT_LOADS] + 3 * visit * dimensions
    limits_at = data[layout.SHIFT_LOADS] + 2 * shift * dimensions
    at = point_offset(data, state, shift, 0) + layout.LOAD_COLUMNS + 1
    for dimension in range(dimensions):
        if state[at + 2 * dimension] + data[loads_at + dimension] > data[limits_at + dimension]:
            return False
    return True


@inner
def _scan_points(
    encoded: IntArray, data: IntArray, state: IntArray, visit: int, shift: int, low: int, high: int
) -> None:
    """Evaluate the positions after each point from `low` to `high`, with blinks.

    A position is passed over if the legs and a lower bound on the working time make it no cheaper
    than the cheapest feasible position.
    """
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    visit_at, pair_at = visit_offset(data, visit), pair_offset(data, visit, shift)
    count, columns = state[tour_at + layout.NUM_STOPS], data[layout.POINT_COLUMNS]
    place, closes = data[visit_at + layout.PLACE], data[pair_at + layout.LAST_CLOSING]
    earliest_end, num_places = _earliest_end(data, visit_at, pair_at), data[layout.NUM_PLACES]
    row_at = (data[shift_at + encoding.PROFILE] * num_places + place) * num_places
    legs_to, legs_from = data[layout.LEGS_TO] + row_at, data[layout.LEGS_FROM] + row_at
    base = data[pair_at + layout.SURCHARGE]
    if count == 0:
        base += data[shift_at + encoding.FIXED_COST]
    rate, extension = _least_extension(data, state, shift, data[visit_at + layout.SERVICE])
    at = point_offset(data, state, shift, low)
    for point in range(low, high + 1):
        prev = at
        at += columns
        if state[prev + layout.DEPARTURE] > closes:
            return
        if earliest_end > state[at + layout.LATEST_BEGIN]:
            continue
        state[layout.BLINK_COUNTDOWN] -= 1
        if state[layout.BLINK_COUNTDOWN] < 0:
            state[layout.BLINK_COUNTDOWN] = randint(state, 2 * BLINKS)
            continue
        prev_place, next_place = state[prev + layout.POINT_PLACE], state[at + layout.POINT_PLACE]
        leg_in = data[legs_to + prev_place]
        if state[prev + layout.DEPARTURE] + (leg_in & SECONDS_MASK) > closes:
            continue
        if point == count:
            next_place = data[data[layout.NEAREST_ENDS] + shift * num_places + place]
        leg_out = data[legs_from + next_place]
        cost = base + leg_cost(data, shift_at, prev_place, place, leg_in)
        cost += leg_cost(data, shift_at, place, next_place, leg_out) - state[at + layout.LEG_COST]
        seconds = (leg_in & SECONDS_MASK) + (leg_out & SECONDS_MASK)
        least = cost + rate * (extension + seconds - state[at + layout.LEG_SECONDS])
        if least < state[state[layout.POSITIONS] + layout.INSERTION_COST]:
            evaluate_position(encoded, data, state, visit, shift, point, leg_in, leg_out, cost)


@inner
def _earliest_end(data: IntArray, visit_at: int, pair_at: int) -> int:
    """Return the earliest end of service, or -`INFINITY` if set-ups make the comparison inexact."""
    if data[layout.HAS_SETUPS] == 1:
        return -INFINITY
    opens = data[data[layout.WINDOWS] + 2 * data[pair_at + layout.FIRST_WINDOW]]
    return opens + data[visit_at + layout.SERVICE]


@inner
def _least_extension(data: IntArray, state: IntArray, shift: int, service: int) -> tuple[int, int]:
    """Return a lower bound on the longer working time: its rate, and its seconds without legs.

    No tour takes less time than all of its work; its present waits may be used. The rate is 0 if
    the duration of the tour has neither a cost nor a limit.
    """
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    if data[shift_at + layout.TIME_MATTERS] == 0:
        return 0, 0
    rate = data[shift_at + encoding.PER_SECOND]
    if (
        data[layout.HAS_SETUPS] == 1
        or data[shift_at + layout.BALANCED] == 1
        or state[tour_at + layout.ARRIVAL] > data[shift_at + encoding.OVERTIME_FROM]
    ):
        return rate, -INFINITY
    if state[tour_at + layout.NUM_STOPS] == 0:
        return rate, service
    end = point_offset(data, state, shift, state[tour_at + layout.NUM_STOPS] + 1)
    return rate, state[end + layout.WORK] + service - state[tour_at + layout.DURATION]

"""Segments of a tour: duration, loads and ride limits before and after each point.

A *segment* is a part of a tour with its least duration, and the earliest and latest start with that
duration. It holds for the windows that the earliest timing uses. Concatenation of segments takes
constant time.

Source: Vidal, Crainic, Gendreau and Prins, A hybrid genetic algorithm with adaptive diversity
management for a large class of vehicle routing problems with time-windows, Computers & Operations
Research 40(1), 2013.

Ride limits without unloadings on the way: with the earliest end, rides are shortest if all services
begin as late as their windows allow. With `W` the work from the departure to a begin, an item rides
too long exactly in two cases:

- The work alone from its pick-up to the end is too long.
- The tour ends too late for some window at or after its pick-up. The bound is
  ``closes - W + (W of its pick-up + service time there + limit)``.

Both bounds are minima over points, so they are updated point by point from both ends.
"""

from routing.compiled import inner
from routing.kernel.memory_layout import (
    ARRIVAL,
    BEGIN,
    DEPARTURE,
    DUE,
    DURATION_AFTER,
    DURATION_BEFORE,
    END_WINDOW,
    FIRST_WINDOW,
    FROZEN_STOPS,
    HAS_RIDE_LIMITS,
    HAS_SEVERAL_WINDOWS,
    HAS_TOLLS,
    HASH,
    HASH_KEY,
    LAST_CLOSING,
    LATE_RATE,
    LATE_RATE_AFTER,
    LATEST_BEGIN,
    LATEST_END,
    LEG_COST,
    LEG_METRES,
    LEG_SECONDS,
    LEGS_FROM,
    LOAD_COLUMNS,
    MAX_ARRIVAL_AFTER,
    MAX_ARRIVAL_BEFORE,
    MAX_RIDE,
    MAX_WORK_BEFORE,
    METRES,
    MIN_SLACK_AFTER,
    NEAREST_ENDS,
    NUM_DIMENSIONS,
    NUM_PLACES,
    NUM_STOPS,
    PICKUPS_ONLY,
    PINNED_POSITION,
    PLACE,
    POINT_COLUMNS,
    POINT_PLACE,
    SECONDS,
    SECONDS_BITS,
    SECONDS_MASK,
    SERVICE,
    SERVICE_TIME,
    SETUP,
    SHIFT_LOADS,
    START_EARLY_AFTER,
    START_EARLY_BEFORE,
    START_LATE_AFTER,
    START_LATE_BEFORE,
    TOLLS,
    TYPE_HASH,
    VISIT,
    VISIT_LOADS,
    WINDOW_CLOSES,
    WINDOW_OPENS,
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
from routing.timing import encoding
from routing.timing.encoding import INFINITY, IntArray


@inner
def first_window(data: IntArray, pair_at: int, ready: int) -> int:
    """Return the row of the first window that closes no earlier than `ready`, or -1."""
    for window in range(data[pair_at + FIRST_WINDOW], data[pair_at + END_WINDOW]):
        if ready <= data[data[WINDOWS] + 2 * window + 1]:
            return window
    return -1


@inner
def last_begin(data: IntArray, pair_at: int, until: int) -> int:
    """Return the latest permitted begin of service up to an instant, or -1."""
    for window in range(data[pair_at + END_WINDOW] - 1, data[pair_at + FIRST_WINDOW] - 1, -1):
        at = data[WINDOWS] + 2 * window
        if data[at] <= until:
            return min(until, data[at + 1])
    return -1


@inner
def packed_leg(data: IntArray, shift_at: int, here: int, there: int) -> int:
    """Return the leg between two places: metres above `SECONDS_BITS`, seconds below."""
    row = data[shift_at + encoding.PROFILE] * data[NUM_PLACES] + here
    return data[data[LEGS_FROM] + row * data[NUM_PLACES] + there]


@inner
def leg_cost(data: IntArray, shift_at: int, here: int, there: int, leg: int) -> int:
    """Return the cost in shares of a packed leg between two places, its toll included."""
    cost = data[shift_at + encoding.PER_METRE] * (leg >> SECONDS_BITS)
    cost += data[shift_at + encoding.PER_DRIVING_SECOND] * (leg & SECONDS_MASK)
    if data[HAS_TOLLS] != 0:
        row = data[shift_at + encoding.PROFILE] * data[NUM_PLACES] + here
        cost += data[data[TOLLS] + row * data[NUM_PLACES] + there]
    return cost


@inner
def update_forward(data: IntArray, state: IntArray, shift: int) -> bool:
    """Update the columns of a tour that depend on earlier points.

    Returns
    -------
    bool
        Whether windows, pinned positions and the hours of the shift permit the tour. If not, the
        rest of the tour is not updated.
    """
    shift_at, at = shift_offset(data, shift), point_offset(data, state, shift, 0)
    tour_at, columns = tour_offset(state, shift), data[POINT_COLUMNS]
    _set_start(data, state, shift, at)
    state[tour_at + HASH], state[tour_at + FROZEN_STOPS] = data[shift_at + TYPE_HASH], 0
    state[tour_at + HAS_RIDE_LIMITS] = state[tour_at + HAS_SEVERAL_WINDOWS] = 0
    for row in range(1, state[tour_at + NUM_STOPS] + 1):
        prev = at
        at += columns
        visit_at = visit_offset(data, state[at + VISIT])
        pair_at = pair_offset(data, state[at + VISIT], shift)
        if data[visit_at + PINNED_POSITION] >= 0:
            if data[visit_at + PINNED_POSITION] != row - 1:
                return False
            state[tour_at + FROZEN_STOPS] = row
        state[at + POINT_PLACE] = data[visit_at + PLACE]
        state[at + SERVICE_TIME] = data[visit_at + SERVICE]
        if state[prev + POINT_PLACE] != state[at + POINT_PLACE]:
            state[at + SERVICE_TIME] += data[visit_at + SETUP]
        _set_leg(data, state, shift_at, prev, at)
        if not _set_begin(data, state, pair_at, prev, at):
            return False
        _extend_ride_limits(data, state, visit_at, prev, at)
        state[tour_at + HASH] += data[visit_at + HASH_KEY]
        state[tour_at + HAS_RIDE_LIMITS] |= data[visit_at + MAX_RIDE] < INFINITY
        num_windows = data[pair_at + END_WINDOW] - data[pair_at + FIRST_WINDOW]
        state[tour_at + HAS_SEVERAL_WINDOWS] |= num_windows > 1
    return _set_end(data, state, shift, at, at + columns)


@inner
def _set_start(data: IntArray, state: IntArray, shift: int, at: int) -> None:
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    opens, latest = data[shift_at + encoding.OPENS], data[shift_at + LATEST_END]
    if data[shift_at + encoding.DEPARTED] == 1:
        latest = opens
    state[at + POINT_PLACE] = data[shift_at + encoding.START]
    state[at + DEPARTURE] = state[at + BEGIN] = state[at + START_EARLY_BEFORE] = opens
    state[at + START_LATE_BEFORE] = latest
    state[at + DURATION_BEFORE] = state[at + WORK] = state[at + SERVICE_TIME] = 0
    state[at + MAX_WORK_BEFORE], state[at + MAX_ARRIVAL_BEFORE] = INFINITY, 2 * INFINITY
    state[tour_at + METRES] = state[tour_at + SECONDS] = 0


@inner
def _set_leg(data: IntArray, state: IntArray, shift_at: int, prev: int, at: int) -> None:
    here, there = state[prev + POINT_PLACE], state[at + POINT_PLACE]
    leg = packed_leg(data, shift_at, here, there)
    state[at + LEG_SECONDS], state[at + LEG_METRES] = leg & SECONDS_MASK, leg >> SECONDS_BITS
    state[at + LEG_COST] = leg_cost(data, shift_at, here, there, leg)
    state[at + WORK] = state[prev + WORK] + state[prev + SERVICE_TIME] + state[at + LEG_SECONDS]


@inner
def _set_begin(data: IntArray, state: IntArray, pair_at: int, prev: int, at: int) -> bool:
    """Set the earliest begin of service, and extend the segment before; False if it is too late."""
    arrival = state[prev + DEPARTURE] + state[at + LEG_SECONDS]
    if arrival > data[pair_at + LAST_CLOSING]:
        return False
    window = data[pair_at + FIRST_WINDOW]
    if data[pair_at + END_WINDOW] - window > 1:
        window = first_window(data, pair_at, arrival)
    opens, closes = data[data[WINDOWS] + 2 * window], data[data[WINDOWS] + 2 * window + 1]
    state[at + WINDOW_OPENS], state[at + WINDOW_CLOSES] = opens, closes
    state[at + BEGIN] = max(arrival, opens)
    state[at + DEPARTURE] = state[at + BEGIN] + state[at + SERVICE_TIME]
    _extend_duration(state, prev, at, opens, closes)
    return True


@inner
def _extend_duration(state: IntArray, prev: int, at: int, opens: int, closes: int) -> None:
    duration = state[prev + DURATION_BEFORE] + state[at + LEG_SECONDS]
    wait = max(opens - duration - state[prev + START_LATE_BEFORE], 0)
    state[at + START_EARLY_BEFORE] = max(opens - duration, state[prev + START_EARLY_BEFORE]) - wait
    state[at + START_LATE_BEFORE] = min(closes - duration, state[prev + START_LATE_BEFORE])
    state[at + DURATION_BEFORE] = duration + wait + state[at + SERVICE_TIME]


@inner
def _extend_ride_limits(data: IntArray, state: IntArray, visit_at: int, prev: int, at: int) -> None:
    max_work = state[at + WORK] + state[at + SERVICE_TIME] + data[visit_at + MAX_RIDE]
    state[at + MAX_WORK_BEFORE] = min(state[prev + MAX_WORK_BEFORE], max_work)
    max_arrival = state[at + WINDOW_CLOSES] - state[at + WORK] + state[at + MAX_WORK_BEFORE]
    state[at + MAX_ARRIVAL_BEFORE] = min(state[prev + MAX_ARRIVAL_BEFORE], max_arrival)


@inner
def _set_end(data: IntArray, state: IntArray, shift: int, prev: int, at: int) -> bool:
    """Set the end of a tour; return whether it arrives in time."""
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    ends_at = data[NEAREST_ENDS] + shift * data[NUM_PLACES]
    state[at + POINT_PLACE] = data[ends_at + state[prev + POINT_PLACE]]
    state[at + SERVICE_TIME] = 0
    _set_leg(data, state, shift_at, prev, at)
    if state[tour_at + NUM_STOPS] == 0:
        # An unused shift drives nowhere, so its first visit saves no leg.
        state[at + LEG_COST] = 0
    arrival = state[prev + DEPARTURE] + state[at + LEG_SECONDS]
    state[at + BEGIN] = state[at + DEPARTURE] = state[tour_at + ARRIVAL] = arrival
    _extend_duration(state, prev, at, data[shift_at + encoding.OPENS], data[shift_at + LATEST_END])
    state[at + MAX_WORK_BEFORE] = state[prev + MAX_WORK_BEFORE]
    state[at + MAX_ARRIVAL_BEFORE] = state[prev + MAX_ARRIVAL_BEFORE]
    return arrival <= data[shift_at + LATEST_END]


@inner
def update_backward(data: IntArray, state: IntArray, shift: int) -> None:
    """Update the columns of a tour that depend on later points; `update_forward` comes first."""
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    count, columns = state[tour_at + NUM_STOPS], data[POINT_COLUMNS]
    at = point_offset(data, state, shift, count + 1)
    state[at + LATEST_BEGIN] = state[at + START_LATE_AFTER] = data[shift_at + LATEST_END]
    state[at + DURATION_AFTER], state[at + START_EARLY_AFTER] = 0, data[shift_at + encoding.OPENS]
    state[at + MIN_SLACK_AFTER], state[at + MAX_ARRIVAL_AFTER] = INFINITY, 2 * INFINITY
    state[at + LATE_RATE_AFTER] = 0
    metres, seconds = state[at + LEG_METRES], state[at + LEG_SECONDS]
    for _ in range(count):
        succ = at
        at -= columns
        duration = state[at + SERVICE_TIME] + state[succ + LEG_SECONDS]
        until = state[succ + LATEST_BEGIN] - duration
        pair_at = pair_offset(data, state[at + VISIT], shift)
        if data[pair_at + END_WINDOW] - data[pair_at + FIRST_WINDOW] > 1:
            state[at + LATEST_BEGIN] = last_begin(data, pair_at, until)
        else:
            state[at + LATEST_BEGIN] = min(until, state[at + WINDOW_CLOSES])
        _prepend_duration(state, at, succ, duration)
        _prepend_limits(data, state, at, succ)
        metres += state[at + LEG_METRES]
        seconds += state[at + LEG_SECONDS]
    state[tour_at + METRES], state[tour_at + SECONDS] = metres, seconds


@inner
def _prepend_duration(state: IntArray, at: int, succ: int, duration: int) -> None:
    opens, closes = state[at + WINDOW_OPENS], state[at + WINDOW_CLOSES]
    early = state[succ + START_EARLY_AFTER] - duration
    wait = max(early - closes, 0)
    state[at + START_EARLY_AFTER] = max(early, opens) - wait
    state[at + START_LATE_AFTER] = min(state[succ + START_LATE_AFTER] - duration, closes)
    state[at + DURATION_AFTER] = duration + wait + state[succ + DURATION_AFTER]


@inner
def _prepend_limits(data: IntArray, state: IntArray, at: int, succ: int) -> None:
    """Extend the ride limits and the lateness rate of the segment after by one point."""
    visit_at = visit_offset(data, state[at + VISIT])
    slack = min(state[succ + MIN_SLACK_AFTER], state[at + WINDOW_CLOSES] - state[at + WORK])
    state[at + MIN_SLACK_AFTER] = slack
    max_work = state[at + WORK] + state[at + SERVICE_TIME] + data[visit_at + MAX_RIDE]
    state[at + MAX_ARRIVAL_AFTER] = min(state[succ + MAX_ARRIVAL_AFTER], max_work + slack)
    rate = data[visit_at + LATE_RATE] if state[at + BEGIN] >= data[visit_at + DUE] else 0
    state[at + LATE_RATE_AFTER] = state[succ + LATE_RATE_AFTER] + rate


@inner
def update_loads(data: IntArray, state: IntArray, shift: int) -> bool:
    """Update the largest loads up to each point and from it on; return whether they fit."""
    if data[PICKUPS_ONLY] == 1:
        return _update_final_loads(data, state, shift)
    count, columns, fits = state[tour_offset(state, shift) + NUM_STOPS], data[POINT_COLUMNS], True
    for dimension in range(data[NUM_DIMENSIONS]):
        limits_at = data[SHIFT_LOADS] + 2 * shift * data[NUM_DIMENSIONS] + dimension
        at = point_offset(data, state, shift, 0)
        column = LOAD_COLUMNS + 2 * dimension
        load = data[limits_at + data[NUM_DIMENSIONS]]
        for row in range(1, count + 1):
            visit = state[at + row * columns + VISIT]
            load += _visit_load(data, visit, encoding.BROUGHT, dimension)
        state[at + column] = state[at + column + 1] = load
        for row in range(1, count + 1):
            visit = state[at + row * columns + VISIT]
            load += _visit_load(data, visit, encoding.COLLECTED, dimension)
            load += _visit_load(data, visit, encoding.SHIPPED, dimension)
            load -= _visit_load(data, visit, encoding.BROUGHT, dimension)
            here = at + row * columns + column
            state[here], state[here + 1] = max(state[here - columns], load), load
        for row in range(count - 1, -1, -1):
            here = at + row * columns + column + 1
            state[here] = max(state[here], state[here + columns])
        fits = fits and state[at + column + 1] <= data[limits_at]
    return fits


@inner
def _update_final_loads(data: IntArray, state: IntArray, shift: int) -> bool:
    """Update the load at the end, kept at the start; no other counts if nothing is delivered."""
    count, columns, fits = state[tour_offset(state, shift) + NUM_STOPS], data[POINT_COLUMNS], True
    at = point_offset(data, state, shift, 0)
    for dimension in range(data[NUM_DIMENSIONS]):
        limits_at = data[SHIFT_LOADS] + 2 * shift * data[NUM_DIMENSIONS] + dimension
        load = data[limits_at + data[NUM_DIMENSIONS]]
        for row in range(1, count + 1):
            visit = state[at + row * columns + VISIT]
            load += _visit_load(data, visit, encoding.COLLECTED, dimension)
        state[at + LOAD_COLUMNS + 2 * dimension + 1] = load
        fits = fits and load <= data[limits_at]
    return fits


@inner
def _visit_load(data: IntArray, visit: int, kind: int, dimension: int) -> int:
    return data[data[VISIT_LOADS] + (3 * visit + kind) * data[NUM_DIMENSIONS] + dimension]

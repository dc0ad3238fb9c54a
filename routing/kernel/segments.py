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
    SECONDS_BITS,
    SECONDS_MASK,
    KernelData,
    PairRow,
    PointRow,
    SearchState,
    ShiftRow,
    VisitRow,
)
from routing.timing import encoding
from routing.timing.encoding import INFINITY


@inner
def first_window(data: KernelData, pair_at: PairRow, ready: int) -> int:
    """Return the row of the first window that closes no earlier than `ready`, or -1."""
    for window in range(pair_at.first_window, pair_at.end_window):
        if ready <= data.windows[window].closes:
            return window
    return -1


@inner
def last_begin(data: KernelData, pair_at: PairRow, until: int) -> int:
    """Return the latest permitted begin of service up to an instant, or -1."""
    for window in range(pair_at.end_window - 1, pair_at.first_window - 1, -1):
        window_at = data.windows[window]
        if window_at.opens <= until:
            return min(until, window_at.closes)
    return -1


@inner
def packed_leg(data: KernelData, shift_at: ShiftRow, here: int, there: int) -> int:
    """Return the leg between two places: metres above `SECONDS_BITS`, seconds below."""
    return data.legs_from[shift_at.profile, here][there]


@inner
def leg_cost(data: KernelData, shift_at: ShiftRow, here: int, there: int, leg: int) -> int:
    """Return the cost in shares of a packed leg between two places, its toll included."""
    cost = shift_at.per_metre * (leg >> SECONDS_BITS)
    cost += shift_at.per_driving_second * (leg & SECONDS_MASK)
    if data.has_tolls != 0:
        cost += data.tolls[shift_at.profile, here][there]
    return cost


@inner
def update_forward(data: KernelData, state: SearchState, shift: int) -> bool:
    """Update the columns of a tour that depend on earlier points.

    Returns
    -------
    bool
        Whether windows, pinned positions and the hours of the shift permit the tour. If not, the
        rest of the tour is not updated.
    """
    shift_at, at = data.shifts[shift], state.points[shift, 0]
    tour_at, columns = state.tours[shift], state.points.width
    _set_start(data, state, shift, at)
    tour_at.hash, tour_at.frozen_stops = shift_at.type_hash, 0
    tour_at.has_ride_limits = tour_at.has_several_windows = 0
    for row in range(1, tour_at.num_stops + 1):
        prev = at
        at += columns
        visit_at = data.visits[at.visit]
        pair_at = data.pairs[at.visit, shift]
        if visit_at.pinned_position >= 0:
            if visit_at.pinned_position != row - 1:
                return False
            tour_at.frozen_stops = row
        at.place = visit_at.place
        at.service_time = visit_at.service
        if prev.place != at.place:
            at.service_time += visit_at.setup
        _set_leg(data, shift_at, prev, at)
        if not _set_begin(data, pair_at, prev, at):
            return False
        _extend_ride_limits(visit_at, prev, at)
        tour_at.hash += visit_at.hash_key
        tour_at.has_ride_limits |= visit_at.max_ride < INFINITY
        num_windows = pair_at.end_window - pair_at.first_window
        tour_at.has_several_windows |= num_windows > 1
    return _set_end(data, state, shift, at, at + columns)


@inner
def _set_start(data: KernelData, state: SearchState, shift: int, at: PointRow) -> None:
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    opens, latest = shift_at.opens, shift_at.latest_end
    if shift_at.departed == 1:
        latest = opens
    at.place = shift_at.start
    at.departure = at.begin = at.start_early_before = opens
    at.start_late_before = latest
    at.duration_before = at.work = at.service_time = 0
    at.max_work_before, at.max_arrival_before = INFINITY, 2 * INFINITY
    tour_at.metres = tour_at.seconds = 0


@inner
def _set_leg(data: KernelData, shift_at: ShiftRow, prev: PointRow, at: PointRow) -> None:
    here, there = prev.place, at.place
    leg = packed_leg(data, shift_at, here, there)
    at.leg_seconds, at.leg_metres = leg & SECONDS_MASK, leg >> SECONDS_BITS
    at.leg_cost = leg_cost(data, shift_at, here, there, leg)
    at.work = prev.work + prev.service_time + at.leg_seconds


@inner
def _set_begin(data: KernelData, pair_at: PairRow, prev: PointRow, at: PointRow) -> bool:
    """Set the earliest begin of service, and extend the segment before; False if it is too late."""
    arrival = prev.departure + at.leg_seconds
    if arrival > pair_at.last_closing:
        return False
    window = pair_at.first_window
    if pair_at.end_window - window > 1:
        window = first_window(data, pair_at, arrival)
    opens, closes = data.windows[window].opens, data.windows[window].closes
    at.window_opens, at.window_closes = opens, closes
    at.begin = max(arrival, opens)
    at.departure = at.begin + at.service_time
    _extend_duration(prev, at, opens, closes)
    return True


@inner
def _extend_duration(prev: PointRow, at: PointRow, opens: int, closes: int) -> None:
    duration = prev.duration_before + at.leg_seconds
    wait = max(opens - duration - prev.start_late_before, 0)
    at.start_early_before = max(opens - duration, prev.start_early_before) - wait
    at.start_late_before = min(closes - duration, prev.start_late_before)
    at.duration_before = duration + wait + at.service_time


@inner
def _extend_ride_limits(visit_at: VisitRow, prev: PointRow, at: PointRow) -> None:
    max_work = at.work + at.service_time + visit_at.max_ride
    at.max_work_before = min(prev.max_work_before, max_work)
    max_arrival = at.window_closes - at.work + at.max_work_before
    at.max_arrival_before = min(prev.max_arrival_before, max_arrival)


@inner
def _set_end(
    data: KernelData, state: SearchState, shift: int, prev: PointRow, at: PointRow
) -> bool:
    """Set the end of a tour; return whether it arrives in time."""
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    at.place = data.nearest_ends[shift][prev.place]
    at.service_time = 0
    _set_leg(data, shift_at, prev, at)
    if tour_at.num_stops == 0:
        # An unused shift drives nowhere, so its first visit saves no leg.
        at.leg_cost = 0
    arrival = prev.departure + at.leg_seconds
    at.begin = at.departure = tour_at.arrival = arrival
    _extend_duration(prev, at, shift_at.opens, shift_at.latest_end)
    at.max_work_before = prev.max_work_before
    at.max_arrival_before = prev.max_arrival_before
    return arrival <= shift_at.latest_end


@inner
def update_backward(data: KernelData, state: SearchState, shift: int) -> None:
    """Update the columns of a tour that depend on later points; `update_forward` comes first."""
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    count, columns = tour_at.num_stops, state.points.width
    at = state.points[shift, count + 1]
    at.latest_begin = at.start_late_after = shift_at.latest_end
    at.duration_after, at.start_early_after = 0, shift_at.opens
    at.min_slack_after, at.max_arrival_after = INFINITY, 2 * INFINITY
    at.late_rate_after = 0
    metres, seconds = at.leg_metres, at.leg_seconds
    for _ in range(count):
        succ = at
        at -= columns
        duration = at.service_time + succ.leg_seconds
        until = succ.latest_begin - duration
        pair_at = data.pairs[at.visit, shift]
        if pair_at.end_window - pair_at.first_window > 1:
            at.latest_begin = last_begin(data, pair_at, until)
        else:
            at.latest_begin = min(until, at.window_closes)
        _prepend_duration(at, succ, duration)
        _prepend_limits(data, at, succ)
        metres += at.leg_metres
        seconds += at.leg_seconds
    tour_at.metres, tour_at.seconds = metres, seconds


@inner
def _prepend_duration(at: PointRow, succ: PointRow, duration: int) -> None:
    opens, closes = at.window_opens, at.window_closes
    early = succ.start_early_after - duration
    wait = max(early - closes, 0)
    at.start_early_after = max(early, opens) - wait
    at.start_late_after = min(succ.start_late_after - duration, closes)
    at.duration_after = duration + wait + succ.duration_after


@inner
def _prepend_limits(data: KernelData, at: PointRow, succ: PointRow) -> None:
    """Extend the ride limits and the lateness rate of the segment after by one point."""
    visit_at = data.visits[at.visit]
    slack = min(succ.min_slack_after, at.window_closes - at.work)
    at.min_slack_after = slack
    max_work = at.work + at.service_time + visit_at.max_ride
    at.max_arrival_after = min(succ.max_arrival_after, max_work + slack)
    rate = visit_at.late_rate if at.begin >= visit_at.due else 0
    at.late_rate_after = succ.late_rate_after + rate


@inner
def update_loads(data: KernelData, state: SearchState, shift: int) -> bool:
    """Update the largest loads up to each point and from it on; return whether they fit."""
    if data.pickups_only == 1:
        return _update_final_loads(data, state, shift)
    count, columns, fits = state.tours[shift].num_stops, state.points.width, True
    for dimension in range(data.num_dimensions):
        at, before, after = state.points[shift, 0], 2 * dimension, 2 * dimension + 1
        load = data.shift_loads[shift, encoding.CARRIED][dimension]
        for row in range(1, count + 1):
            visit = (at + row * columns).visit
            load += data.visit_loads[visit, encoding.BROUGHT][dimension]
        at.loads[before] = at.loads[after] = load
        for row in range(1, count + 1):
            visit = (at + row * columns).visit
            load += data.visit_loads[visit, encoding.COLLECTED][dimension]
            load += data.visit_loads[visit, encoding.SHIPPED][dimension]
            load -= data.visit_loads[visit, encoding.BROUGHT][dimension]
            prev, here = at + (row - 1) * columns, at + row * columns
            here.loads[before], here.loads[after] = max(prev.loads[before], load), load
        for row in range(count - 1, -1, -1):
            here, succ = at + row * columns, at + (row + 1) * columns
            here.loads[after] = max(here.loads[after], succ.loads[after])
        capacity = data.shift_loads[shift, encoding.CAPACITY][dimension]
        fits = fits and at.loads[after] <= capacity
    return fits


@inner
def _update_final_loads(data: KernelData, state: SearchState, shift: int) -> bool:
    """Update the load at the end, kept at the start; no other counts if nothing is delivered."""
    count, columns, fits = state.tours[shift].num_stops, state.points.width, True
    at = state.points[shift, 0]
    for dimension in range(data.num_dimensions):
        load = data.shift_loads[shift, encoding.CARRIED][dimension]
        for row in range(1, count + 1):
            visit = (at + row * columns).visit
            load += data.visit_loads[visit, encoding.COLLECTED][dimension]
        at.loads[2 * dimension + 1] = load
        fits = fits and load <= data.shift_loads[shift, encoding.CAPACITY][dimension]
    return fits

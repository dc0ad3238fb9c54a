"""Cost and legality of one insertion position, in constant time.

With one window per visit within the hours of the shift, both are exact. Breaks, unloadings, set-ups
that begin or cease to be needed, and ride limits across several windows leave a position uncertain.
"""

from routing.compiled import inner
from routing.kernel import memory_layout as layout
from routing.kernel.margins import estimated_margin_cost
from routing.kernel.memory_layout import SECONDS_BITS, SECONDS_MASK
from routing.kernel.offsets import (
    pair_offset,
    point_offset,
    shift_offset,
    tour_offset,
    visit_offset,
)
from routing.kernel.segments import first_window
from routing.kernel.tour_cost import imbalance_cost
from routing.timing import encoding
from routing.timing.departure import INFINITE_COST
from routing.timing.encoding import INFINITY, IntArray

# The verdicts on a position, in ascending order: the least of several holds.
INFEASIBLE, UNCERTAIN, FEASIBLE = range(3)


@inner
def evaluate_position(
    encoded: IntArray,
    data: IntArray,
    state: IntArray,
    visit: int,
    shift: int,
    point: int,
    leg_in: int,
    leg_out: int,
    cost: int,
) -> None:
    """Add the position after a point to the list unless it is infeasible.

    Parameters
    ----------
    leg_in, leg_out : int
        The packed legs to and from the visit.
    cost : int
        The cost of legs, surcharges and the use of the shift, in shares.
    """
    visit_at, prev = visit_offset(data, visit), point_offset(data, state, shift, point)
    at, verdict = prev + data[layout.POINT_COLUMNS], FEASIBLE
    arrival = state[prev + layout.DEPARTURE] + (leg_in & SECONDS_MASK)
    opens, closes, several = _window(data, pair_offset(data, visit, shift), arrival)
    is_inexact = several or state[tour_offset(state, shift) + layout.HAS_SEVERAL_WINDOWS] == 1
    service, begin = _service_time(data, state, visit_at, prev), max(arrival, opens)
    arrival = begin + service + (leg_out & SECONDS_MASK)
    if data[layout.HAS_SETUPS] == 1:
        verdict, saved = _setup_verdict(data, state, shift, point, data[visit_at + layout.PLACE])
        arrival -= saved
    if arrival > state[at + layout.LATEST_BEGIN] or not _fits(data, state, visit, shift, point):
        return
    seconds = (leg_in & SECONDS_MASK) + (leg_out & SECONDS_MASK) - state[at + layout.LEG_SECONDS]
    metres = _extra_metres(state, at, leg_in, leg_out)
    rides = _ride_verdict(
        data, state, visit, shift, point, leg_in, closes, service, seconds, arrival, is_inexact
    )
    verdict = min(verdict, rides, _limit_verdict(data, state, shift, seconds, metres))
    if verdict == INFEASIBLE:
        return
    cost += _time_cost(
        encoded, data, state, shift, point, leg_in, leg_out, opens, closes, service, is_inexact
    )
    if data[layout.HAS_MARGINS] == 1:
        longer = seconds + service
        cost += _margin_cost(encoded, data, state, visit_at, shift, point, leg_out, longer)
    if data[layout.HAS_LATENESS] == 1:
        cost += _lateness_cost(data, state, visit_at, at, begin, arrival)
    add_position(state, cost, shift, point, -1, verdict)


@inner
def _margin_cost(
    encoded: IntArray,
    data: IntArray,
    state: IntArray,
    visit_at: int,
    shift: int,
    point: int,
    leg_out: int,
    added: int,
) -> int:
    """Return an estimate, in shares, of the margins that an insertion takes."""
    at = point_offset(data, state, shift, point + 1)
    end = point_offset(data, state, shift, state[tour_offset(state, shift) + layout.NUM_STOPS] + 1)
    ride = (leg_out & SECONDS_MASK) + state[end + layout.WORK] - state[at + layout.WORK]
    limit = data[visit_at + layout.MAX_RIDE]
    return estimated_margin_cost(encoded, data, state, shift, point, added, ride, limit)


@inner
def _extra_metres(state: IntArray, at: int, leg_in: int, leg_out: int) -> int:
    """Return the metres of two legs less the leg to a point, which they replace."""
    return (leg_in >> SECONDS_BITS) + (leg_out >> SECONDS_BITS) - state[at + layout.LEG_METRES]


@inner
def add_position(
    state: IntArray, cost: int, shift: int, after: int, delivery_after: int, verdict: int
) -> None:
    """Add a position to the list if it is cheap enough.

    Parameters
    ----------
    cost : int
        In shares.
    after, delivery_after : int
        The points after which the visit and its delivery go; the second is -1 without a shipment.
    verdict : int
        `FEASIBLE` or `UNCERTAIN`.
    """
    first = state[layout.POSITIONS]
    if cost >= state[first + layout.INSERTION_COST]:
        return
    at = first
    if verdict != FEASIBLE:
        at += layout.MAX_UNCERTAIN * layout.POSITION_COLUMNS
        if cost >= state[at + layout.INSERTION_COST]:
            return
        cheaper = at - layout.POSITION_COLUMNS
        while cheaper > first and state[cheaper + layout.INSERTION_COST] > cost:
            for column in range(layout.POSITION_COLUMNS):
                state[at + column] = state[cheaper + column]
            at, cheaper = cheaper, cheaper - layout.POSITION_COLUMNS
    state[at + layout.INSERTION_COST], state[at + layout.SHIFT] = cost, shift
    state[at + layout.AFTER_POINT], state[at + layout.DELIVERY_AFTER] = after, delivery_after


@inner
def _window(data: IntArray, pair_at: int, ready: int) -> tuple[int, int, bool]:
    """Return the window for a visit ready at an instant, and whether there are others."""
    window, several = data[pair_at + layout.FIRST_WINDOW], False
    if data[pair_at + layout.END_WINDOW] - window > 1:
        window, several = first_window(data, pair_at, ready), True
    at = data[layout.WINDOWS] + 2 * window
    return data[at], data[at + 1], several


@inner
def _service_time(data: IntArray, state: IntArray, visit_at: int, prev: int) -> int:
    """Return the service time of a visit after a point, with set-up if the place changes."""
    if state[prev + layout.POINT_PLACE] == data[visit_at + layout.PLACE]:
        return data[visit_at + layout.SERVICE]
    return data[visit_at + layout.SERVICE] + data[visit_at + layout.SETUP]


@inner
def _setup_verdict(
    data: IntArray, state: IntArray, shift: int, point: int, place: int
) -> tuple[int, int]:
    """Return whether the next visit's set-up may change, and the seconds it may save."""
    if point == state[tour_offset(state, shift) + layout.NUM_STOPS]:
        return FEASIBLE, 0
    at = point_offset(data, state, shift, point + 1)
    prev_place = state[at - data[layout.POINT_COLUMNS] + layout.POINT_PLACE]
    next_place = state[at + layout.POINT_PLACE]
    setup = data[visit_offset(data, state[at + layout.VISIT]) + layout.SETUP]
    if setup == 0 or (next_place != place and next_place != prev_place):  # noqa: PLR1714 - Numba
        return FEASIBLE, 0
    return UNCERTAIN, setup if next_place == place else 0


@inner
def _fits(data: IntArray, state: IntArray, visit: int, shift: int, point: int) -> bool:
    """Return whether the loads fit on the way, or depend on unloadings."""
    shift_at = shift_offset(data, shift)
    if data[layout.PICKUPS_ONLY] == 1 or data[shift_at + encoding.MAX_RELOADS] > 0:
        return True
    dimensions = data[layout.NUM_DIMENSIONS]
    loads_at = data[layout.VISIT_LOADS] + 3 * visit * dimensions
    limits_at = data[layout.SHIFT_LOADS] + 2 * shift * dimensions
    at = point_offset(data, state, shift, point) + layout.LOAD_COLUMNS
    for dimension in range(dimensions):
        brought = data[loads_at + encoding.BROUGHT * dimensions + dimension]
        added = data[loads_at + encoding.COLLECTED * dimensions + dimension]
        added += data[loads_at + encoding.SHIPPED * dimensions + dimension]
        capacity = data[limits_at + dimension]
        before, after = state[at + 2 * dimension], state[at + 2 * dimension + 1]
        if before + brought > capacity or after + added > capacity:
            return False
    return True


@inner
def _limit_verdict(data: IntArray, state: IntArray, shift: int, seconds: int, metres: int) -> int:
    """Return the verdict on driving time and distance; breaks and unloadings are uncertain.

    Parameters
    ----------
    seconds, metres : int
        The additional driving.
    """
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    if data[shift_at + layout.LIMITED] == 1 and (
        state[tour_at + layout.SECONDS] + seconds > data[shift_at + encoding.MAX_DRIVING]
        or state[tour_at + layout.METRES] + metres > data[shift_at + encoding.MAX_METRES]
    ):
        return INFEASIBLE
    return UNCERTAIN if data[shift_at + layout.NEEDS_EVALUATION] == 1 else FEASIBLE


@inner
def _ride_verdict(
    data: IntArray,
    state: IntArray,
    visit: int,
    shift: int,
    point: int,
    leg_in: int,
    closes: int,
    service: int,
    seconds: int,
    arrival: int,
    is_inexact: bool,  # noqa: FBT001 - compiled functions take no keywords
) -> int:
    """Return the verdict on ride limits (see `segments`), uncertain only with several windows.

    Parameters
    ----------
    closes, service : int
        The end of the visit's window, and its service time with set-up.
    seconds : int
        The additional driving time.
    arrival : int
        The earliest arrival at the next point.
    """
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    limit = data[visit_offset(data, visit) + layout.MAX_RIDE]
    has_limit = limit < INFINITY or state[tour_at + layout.HAS_RIDE_LIMITS] != 0
    if not has_limit or data[shift_at + encoding.MAX_RELOADS] > 0:
        return FEASIBLE
    prev = point_offset(data, state, shift, point)
    at = prev + data[layout.POINT_COLUMNS]
    end = point_offset(data, state, shift, state[tour_at + layout.NUM_STOPS] + 1)
    work = state[prev + layout.WORK] + state[prev + layout.SERVICE_TIME] + (leg_in & SECONDS_MASK)
    max_work = min(state[prev + layout.MAX_WORK_BEFORE], work + service + limit)
    otherwise = UNCERTAIN if is_inexact else INFEASIBLE
    if state[end + layout.WORK] + seconds + service > max_work:
        return INFEASIBLE if data[layout.HAS_SETUPS] == 0 else otherwise
    earliest_end = state[at + layout.START_EARLY_AFTER] + state[at + layout.DURATION_AFTER]
    until = max(earliest_end, arrival + state[end + layout.WORK] - state[at + layout.WORK])
    if (
        arrival <= state[at + layout.START_LATE_AFTER]
        and until <= min(state[prev + layout.MAX_ARRIVAL_BEFORE], closes - work + max_work)
        and until <= state[at + layout.MIN_SLACK_AFTER] - seconds - service + max_work
        and until <= state[at + layout.MAX_ARRIVAL_AFTER]
    ):
        return FEASIBLE
    return otherwise


@inner
def _time_cost(
    encoded: IntArray,
    data: IntArray,
    state: IntArray,
    shift: int,
    point: int,
    leg_in: int,
    leg_out: int,
    opens: int,
    closes: int,
    service: int,
    is_inexact: bool,  # noqa: FBT001 - compiled functions take no keywords
) -> int:
    """Return the cost in shares of the longer tour, or `INFINITE_COST` if it is too long.

    The segments before and after the position are joined with the visit between them.
    """
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    if data[shift_at + layout.TIME_MATTERS] == 0 and data[shift_at + layout.BALANCED] == 0:
        return 0
    prev = point_offset(data, state, shift, point)
    at = prev + data[layout.POINT_COLUMNS]
    duration = state[prev + layout.DURATION_BEFORE] + (leg_in & SECONDS_MASK)
    wait = max(opens - duration - state[prev + layout.START_LATE_BEFORE], 0)
    early = max(opens - duration, state[prev + layout.START_EARLY_BEFORE]) - wait
    late = min(closes - duration, state[prev + layout.START_LATE_BEFORE])
    duration += wait + service + (leg_out & SECONDS_MASK)
    wait = max(state[at + layout.START_EARLY_AFTER] - duration - late, 0)
    early = max(state[at + layout.START_EARLY_AFTER] - duration, early) - wait
    duration += wait + state[at + layout.DURATION_AFTER]
    if duration > data[shift_at + encoding.MAX_WORKING] and not is_inexact:
        return INFINITE_COST
    before = state[tour_at + layout.DURATION]
    cost = data[shift_at + encoding.PER_SECOND] * (duration - before)
    overtime = _overtime(data, shift_at, early + duration)
    overtime -= _overtime(data, shift_at, state[tour_at + layout.ARRIVAL])
    cost += data[shift_at + encoding.PER_OVERTIME_SECOND] * overtime
    if data[shift_at + layout.BALANCED] == 1:
        stops, metres = state[tour_at + layout.NUM_STOPS], state[tour_at + layout.METRES]
        added = _extra_metres(state, at, leg_in, leg_out)
        cost += imbalance_cost(encoded, data, shift, stops + 1, metres + added, duration)
        if stops > 0:
            cost -= imbalance_cost(encoded, data, shift, stops, metres, before)
    return cost


@inner
def _overtime(data: IntArray, shift_at: int, arrival: int) -> int:
    return max(0, arrival - data[shift_at + encoding.OVERTIME_FROM])


@inner
def _lateness_cost(
    data: IntArray, state: IntArray, visit_at: int, at: int, begin: int, arrival: int
) -> int:
    """Return the visit's cost of lateness and, approximately, that of the later visits, in shares.

    Parameters
    ----------
    at, arrival : int
        The offset of the next point, and the earliest arrival there.
    """
    rate = data[visit_at + layout.LATE_RATE]
    own = rate * max(0, begin - data[visit_at + layout.DUE]) if rate > 0 else 0
    return own + state[at + layout.LATE_RATE_AFTER] * max(0, arrival - state[at + layout.BEGIN])

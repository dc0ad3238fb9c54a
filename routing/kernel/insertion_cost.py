"""Cost and legality of one insertion position, in constant time.

With one window per visit within the hours of the shift, both are exact. Breaks, unloadings, set-ups
that begin or cease to be needed, and ride limits across several windows leave a position uncertain.
"""

from routing.compiled import inner
from routing.kernel.margins import estimated_margin_cost
from routing.kernel.memory_layout import (
    MAX_UNCERTAIN,
    SECONDS_BITS,
    SECONDS_MASK,
    KernelData,
    PairRow,
    PointRow,
    PositionRow,
    SearchState,
    ShiftRow,
    VisitRow,
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
    data: KernelData,
    state: SearchState,
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
    visit_at, prev = data.visits[visit], state.points[shift, point]
    at, verdict = prev + state.points.width, FEASIBLE
    arrival = prev.departure + (leg_in & SECONDS_MASK)
    opens, closes, several = _window(data, data.pairs[visit, shift], arrival)
    is_inexact = several or state.tours[shift].has_several_windows == 1
    service, begin = _service_time(visit_at, prev), max(arrival, opens)
    arrival = begin + service + (leg_out & SECONDS_MASK)
    if data.has_setups == 1:
        verdict, saved = _setup_verdict(data, state, shift, point, visit_at.place)
        arrival -= saved
    if arrival > at.latest_begin or not _fits(data, state, visit, shift, point):
        return
    seconds = (leg_in & SECONDS_MASK) + (leg_out & SECONDS_MASK) - at.leg_seconds
    metres = _extra_metres(at, leg_in, leg_out)
    rides = _ride_verdict(
        data, state, visit, shift, point, leg_in, closes, service, seconds, arrival, is_inexact
    )
    verdict = min(verdict, rides, _limit_verdict(data, state, shift, seconds, metres))
    if verdict == INFEASIBLE:
        return
    cost += _time_cost(
        encoded, data, state, shift, point, leg_in, leg_out, opens, closes, service, is_inexact
    )
    if data.has_margins == 1:
        longer = seconds + service
        cost += _margin_cost(encoded, data, state, visit_at, shift, point, leg_out, longer)
    if data.has_lateness == 1:
        cost += _lateness_cost(visit_at, at, begin, arrival)
    add_position(state, cost, shift, point, -1, verdict)


@inner
def _margin_cost(
    encoded: IntArray,
    data: KernelData,
    state: SearchState,
    visit_at: VisitRow,
    shift: int,
    point: int,
    leg_out: int,
    added: int,
) -> int:
    """Return an estimate, in shares, of the margins that an insertion takes."""
    at = state.points[shift, point + 1]
    end = state.points[shift, state.tours[shift].num_stops + 1]
    ride = (leg_out & SECONDS_MASK) + end.work - at.work
    limit = visit_at.max_ride
    return estimated_margin_cost(encoded, data, state, shift, point, added, ride, limit)


@inner
def _extra_metres(at: PointRow, leg_in: int, leg_out: int) -> int:
    """Return the metres of two legs less the leg to a point, which they replace."""
    return (leg_in >> SECONDS_BITS) + (leg_out >> SECONDS_BITS) - at.leg_metres


@inner
def add_position(
    state: SearchState, cost: int, shift: int, after: int, delivery_after: int, verdict: int
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
    positions, row = state.positions, 0
    if cost >= positions[0].cost:
        return
    if verdict != FEASIBLE:
        row = MAX_UNCERTAIN
        if cost >= positions[row].cost:
            return
        while row > 1 and positions[row - 1].cost > cost:
            _copy_position(positions[row - 1], positions[row])
            row -= 1
    at = positions[row]
    at.cost, at.shift = cost, shift
    at.after_point, at.delivery_after = after, delivery_after


@inner
def _copy_position(at: PositionRow, to: PositionRow) -> None:
    to.cost, to.shift = at.cost, at.shift
    to.after_point, to.delivery_after = at.after_point, at.delivery_after


@inner
def _window(data: KernelData, pair_at: PairRow, ready: int) -> tuple[int, int, bool]:
    """Return the window for a visit ready at an instant, and whether there are others."""
    window, several = pair_at.first_window, False
    if pair_at.end_window - window > 1:
        window, several = first_window(data, pair_at, ready), True
    window_at = data.windows[window]
    return window_at.opens, window_at.closes, several


@inner
def _service_time(visit_at: VisitRow, prev: PointRow) -> int:
    """Return the service time of a visit after a point, with set-up if the place changes."""
    if prev.place == visit_at.place:
        return visit_at.service
    return visit_at.service + visit_at.setup


@inner
def _setup_verdict(
    data: KernelData, state: SearchState, shift: int, point: int, place: int
) -> tuple[int, int]:
    """Return whether the next visit's set-up may change, and the seconds it may save."""
    if point == state.tours[shift].num_stops:
        return FEASIBLE, 0
    at = state.points[shift, point + 1]
    prev_place = (at - state.points.width).place
    next_place = at.place
    setup = data.visits[at.visit].setup
    if setup == 0 or (next_place != place and next_place != prev_place):  # noqa: PLR1714 - Numba
        return FEASIBLE, 0
    return UNCERTAIN, setup if next_place == place else 0


@inner
def _fits(data: KernelData, state: SearchState, visit: int, shift: int, point: int) -> bool:
    """Return whether the loads fit on the way, or depend on unloadings."""
    shift_at = data.shifts[shift]
    if data.pickups_only == 1 or shift_at.max_reloads > 0:
        return True
    loads = state.points[shift, point].loads
    for dimension in range(data.num_dimensions):
        brought = data.visit_loads[visit, encoding.BROUGHT][dimension]
        added = data.visit_loads[visit, encoding.COLLECTED][dimension]
        added += data.visit_loads[visit, encoding.SHIPPED][dimension]
        capacity = data.shift_loads[shift, encoding.CAPACITY][dimension]
        before, after = loads[2 * dimension], loads[2 * dimension + 1]
        if before + brought > capacity or after + added > capacity:
            return False
    return True


@inner
def _limit_verdict(
    data: KernelData, state: SearchState, shift: int, seconds: int, metres: int
) -> int:
    """Return the verdict on driving time and distance; breaks and unloadings are uncertain.

    Parameters
    ----------
    seconds, metres : int
        The additional driving.
    """
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    if shift_at.limited == 1 and (
        tour_at.seconds + seconds > shift_at.max_driving
        or tour_at.metres + metres > shift_at.max_metres
    ):
        return INFEASIBLE
    return UNCERTAIN if shift_at.needs_evaluation == 1 else FEASIBLE


@inner
def _ride_verdict(
    data: KernelData,
    state: SearchState,
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
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    limit = data.visits[visit].max_ride
    has_limit = limit < INFINITY or tour_at.has_ride_limits != 0
    if not has_limit or shift_at.max_reloads > 0:
        return FEASIBLE
    prev = state.points[shift, point]
    at = prev + state.points.width
    end = state.points[shift, tour_at.num_stops + 1]
    work = prev.work + prev.service_time + (leg_in & SECONDS_MASK)
    max_work = min(prev.max_work_before, work + service + limit)
    otherwise = UNCERTAIN if is_inexact else INFEASIBLE
    if end.work + seconds + service > max_work:
        return INFEASIBLE if data.has_setups == 0 else otherwise
    earliest_end = at.start_early_after + at.duration_after
    until = max(earliest_end, arrival + end.work - at.work)
    if (
        arrival <= at.start_late_after
        and until <= min(prev.max_arrival_before, closes - work + max_work)
        and until <= at.min_slack_after - seconds - service + max_work
        and until <= at.max_arrival_after
    ):
        return FEASIBLE
    return otherwise


@inner
def _time_cost(
    encoded: IntArray,
    data: KernelData,
    state: SearchState,
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
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    if shift_at.time_matters == 0 and shift_at.balanced == 0:
        return 0
    prev = state.points[shift, point]
    at = prev + state.points.width
    duration = prev.duration_before + (leg_in & SECONDS_MASK)
    wait = max(opens - duration - prev.start_late_before, 0)
    early = max(opens - duration, prev.start_early_before) - wait
    late = min(closes - duration, prev.start_late_before)
    duration += wait + service + (leg_out & SECONDS_MASK)
    wait = max(at.start_early_after - duration - late, 0)
    early = max(at.start_early_after - duration, early) - wait
    duration += wait + at.duration_after
    if duration > shift_at.max_working and not is_inexact:
        return INFINITE_COST
    before = tour_at.duration
    cost = shift_at.per_second * (duration - before)
    overtime = _overtime(shift_at, early + duration)
    overtime -= _overtime(shift_at, tour_at.arrival)
    cost += shift_at.per_overtime_second * overtime
    if shift_at.balanced == 1:
        stops, metres = tour_at.num_stops, tour_at.metres
        added = _extra_metres(at, leg_in, leg_out)
        cost += imbalance_cost(encoded, data, shift, stops + 1, metres + added, duration)
        if stops > 0:
            cost -= imbalance_cost(encoded, data, shift, stops, metres, before)
    return cost


@inner
def _overtime(shift_at: ShiftRow, arrival: int) -> int:
    return max(0, arrival - shift_at.overtime_from)


@inner
def _lateness_cost(visit_at: VisitRow, at: PointRow, begin: int, arrival: int) -> int:
    """Return the visit's cost of lateness and, approximately, that of the later visits, in shares.

    Parameters
    ----------
    at, arrival : int
        The offset of the next point, and the earliest arrival there.
    """
    rate = visit_at.late_rate
    own = rate * max(0, begin - visit_at.due) if rate > 0 else 0
    return own + at.late_rate_after * max(0, arrival - at.begin)

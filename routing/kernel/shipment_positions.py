"""Insertion positions of the two visits of a shipment: in one tour, the pick-up first."""

from routing.compiled import inner
from routing.kernel.insertion_cost import UNCERTAIN, add_position
from routing.kernel.insertion_positions import clear_positions, may_insert
from routing.kernel.memory_layout import SECONDS_MASK, KernelData, SearchState, ShiftRow
from routing.kernel.segments import leg_cost, packed_leg
from routing.timing.departure import INFINITE_COST


@inner
def find_pair_positions(data: KernelData, state: SearchState, pickup: int, delivery: int) -> None:
    """Fill the list of insertion positions with the pairs of least leg costs, all uncertain."""
    clear_positions(state)
    in_changed_tours = state.retried_in[pickup] == state.iteration
    has_one_donor = _donor(data, pickup) == _donor(data, delivery)
    for shift in range(data.num_shifts):
        changed_in = state.tours[shift].changed_in
        if in_changed_tours and changed_in != state.iteration:
            continue
        if has_one_donor and data.shifts[shift].period >= 0:
            continue
        if may_insert(data, state, pickup, shift) and may_insert(data, state, delivery, shift):
            _scan_tour(data, state, pickup, delivery, shift)


@inner
def _donor(data: KernelData, visit: int) -> int:
    """Return the donor of a visit, or a negative number of its own without a donor."""
    donor = data.visits[visit].donor
    return donor if donor >= 0 else -1 - visit


@inner
def _scan_tour(
    data: KernelData, state: SearchState, pickup: int, delivery: int, shift: int
) -> None:
    shift_at, tour_at = data.shifts[shift], state.tours[shift]
    count = tour_at.num_stops
    base = shift_at.fixed_cost if count == 0 else 0
    base += data.pairs[pickup, shift].surcharge
    base += data.pairs[delivery, shift].surcharge
    for after in range(tour_at.frozen_stops, count + 1):
        if not _pin_allows(data, pickup, after):
            continue
        first = _detour_cost(data, state, pickup, shift, after)
        if first == INFINITE_COST:
            continue
        if _pin_allows(data, delivery, after + 1):
            cost = base + _joint_detour_cost(data, state, pickup, delivery, shift, after)
            add_position(state, cost, shift, after, after, UNCERTAIN)
        for delivery_after in range(after + 1, count + 1):
            if not _pin_allows(data, delivery, delivery_after + 1):
                continue
            second = _detour_cost(data, state, delivery, shift, delivery_after)
            if second < INFINITE_COST:
                cost = base + first + second
                add_position(state, cost, shift, after, delivery_after, UNCERTAIN)


@inner
def _pin_allows(data: KernelData, visit: int, position: int) -> bool:
    pinned = data.visits[visit].pinned_position
    return pinned == -1 or pinned == position  # noqa: PLR1714 - Numba


@inner
def _next_place(data: KernelData, state: SearchState, shift: int, point: int, place: int) -> int:
    """Return the place of the next point, or the nearest end from a place inserted before it."""
    if point == state.tours[shift].num_stops:
        return data.nearest_ends[shift][place]
    return state.points[shift, point + 1].place


@inner
def _leg_cost(data: KernelData, shift_at: ShiftRow, here: int, there: int) -> int:
    return leg_cost(data, shift_at, here, there, packed_leg(data, shift_at, here, there))


@inner
def _detour_cost(data: KernelData, state: SearchState, visit: int, shift: int, point: int) -> int:
    """Return the cost in shares of the legs of a detour after a point.

    It is `INFINITE_COST` if the last window has closed by then.
    """
    shift_at, at = data.shifts[shift], state.points[shift, point]
    place, here = data.visits[visit].place, at.place
    seconds = packed_leg(data, shift_at, here, place) & SECONDS_MASK
    closes = data.pairs[visit, shift].last_closing
    if at.departure + seconds > closes:
        return INFINITE_COST
    there = _next_place(data, state, shift, point, place)
    cost = _leg_cost(data, shift_at, here, place) + _leg_cost(data, shift_at, place, there)
    return cost - (at + state.points.width).leg_cost


@inner
def _joint_detour_cost(
    data: KernelData, state: SearchState, pickup: int, delivery: int, shift: int, point: int
) -> int:
    """Return the cost in shares of the legs of a detour by the pick-up, then the delivery."""
    shift_at, at = data.shifts[shift], state.points[shift, point]
    first = data.visits[pickup].place
    second = data.visits[delivery].place
    here, there = at.place, _next_place(data, state, shift, point, second)
    cost = _leg_cost(data, shift_at, here, first) + _leg_cost(data, shift_at, first, second)
    cost += _leg_cost(data, shift_at, second, there)
    return cost - (at + state.points.width).leg_cost

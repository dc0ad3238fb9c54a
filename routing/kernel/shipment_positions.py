"""Insertion positions of the two visits of a shipment: in one tour, the pick-up first."""

from routing.compiled import inner
from routing.kernel import memory_layout as layout
from routing.kernel.insertion_cost import UNCERTAIN, add_position
from routing.kernel.insertion_positions import clear_positions, may_insert
from routing.kernel.memory_layout import SECONDS_MASK
from routing.kernel.offsets import (
    pair_offset,
    point_offset,
    shift_offset,
    tour_offset,
    visit_offset,
)
from routing.kernel.segments import leg_cost, packed_leg
from routing.timing import encoding
from routing.timing.departure import INFINITE_COST
from routing.timing.encoding import IntArray


@inner
def find_pair_positions(data: IntArray, state: IntArray, pickup: int, delivery: int) -> None:
    """Fill the list of insertion positions with the pairs of least leg costs, all uncertain."""
    clear_positions(state)
    in_changed_tours = state[state[layout.RETRIED_IN] + pickup] == state[layout.ITERATION]
    has_one_donor = _donor(data, pickup) == _donor(data, delivery)
    for shift in range(data[layout.NUM_SHIFTS]):
        changed_in = state[tour_offset(state, shift) + layout.CHANGED_IN]
        if in_changed_tours and changed_in != state[layout.ITERATION]:
            continue
        if has_one_donor and data[shift_offset(data, shift) + encoding.PERIOD] >= 0:
            continue
        if may_insert(data, state, pickup, shift) and may_insert(data, state, delivery, shift):
            _scan_tour(data, state, pickup, delivery, shift)


@inner
def _donor(data: IntArray, visit: int) -> int:
    """Return the donor of a visit, or a negative number of its own without a donor."""
    donor = data[visit_offset(data, visit) + layout.DONOR]
    return donor if donor >= 0 else -1 - visit


@inner
def _scan_tour(data: IntArray, state: IntArray, pickup: int, delivery: int, shift: int) -> None:
    shift_at, tour_at = shift_offset(data, shift), tour_offset(state, shift)
    count = state[tour_at + layout.NUM_STOPS]
    base = data[shift_at + encoding.FIXED_COST] if count == 0 else 0
    base += data[pair_offset(data, pickup, shift) + layout.SURCHARGE]
    base += data[pair_offset(data, delivery, shift) + layout.SURCHARGE]
    for after in range(state[tour_at + layout.FROZEN_STOPS], count + 1):
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
def _pin_allows(data: IntArray, visit: int, position: int) -> bool:
    pinned = data[visit_offset(data, visit) + layout.PINNED_POSITION]
    return pinned == -1 or pinned == position  # noqa: PLR1714 - Numba


@inner
def _next_place(data: IntArray, state: IntArray, shift: int, point: int, place: int) -> int:
    """Return the place of the next point, or the nearest end from a place inserted before it."""
    if point == state[tour_offset(state, shift) + layout.NUM_STOPS]:
        return data[data[layout.NEAREST_ENDS] + shift * data[layout.NUM_PLACES] + place]
    return state[point_offset(data, state, shift, point + 1) + layout.POINT_PLACE]


@inner
def _leg_cost(data: IntArray, shift_at: int, here: int, there: int) -> int:
    return leg_cost(data, shift_at, here, there, packed_leg(data, shift_at, here, there))


@inner
def _detour_cost(data: IntArray, state: IntArray, visit: int, shift: int, point: int) -> int:
    """Return the cost in shares of the legs of a detour after a point.

    It is `INFINITE_COST` if the last window has closed by then.
    """
    shift_at, at = shift_offset(data, shift), point_offset(data, state, shift, point)
    place, here = data[visit_offset(data, visit) + layout.PLACE], state[at + layout.POINT_PLACE]
    seconds = packed_leg(data, shift_at, here, place) & SECONDS_MASK
    closes = data[pair_offset(data, visit, shift) + layout.LAST_CLOSING]
    if state[at + layout.DEPARTURE] + seconds > closes:
        return INFINITE_COST
    there = _next_place(data, state, shift, point, place)
    cost = _leg_cost(data, shift_at, here, place) + _leg_cost(data, shift_at, place, there)
    return cost - state[at + data[layout.POINT_COLUMNS] + layout.LEG_COST]


@inner
def _joint_detour_cost(
    data: IntArray, state: IntArray, pickup: int, delivery: int, shift: int, point: int
) -> int:
    """Return the cost in shares of the legs of a detour by the pick-up, then the delivery."""
    shift_at, at = shift_offset(data, shift), point_offset(data, state, shift, point)
    first = data[visit_offset(data, pickup) + layout.PLACE]
    second = data[visit_offset(data, delivery) + layout.PLACE]
    here, there = state[at + layout.POINT_PLACE], _next_place(data, state, shift, point, second)
    cost = _leg_cost(data, shift_at, here, first) + _leg_cost(data, shift_at, first, second)
    cost += _leg_cost(data, shift_at, second, there)
    return cost - state[at + data[layout.POINT_COLUMNS] + layout.LEG_COST]

"""Changes of the current solution, and their undoing."""

from routing.compiled import inner
from routing.kernel import memory_layout as layout
from routing.kernel.margins import forget_slacks, keep_margins, restore_margins, save_margins
from routing.kernel.offsets import point_offset, shift_offset, tour_offset, visit_offset
from routing.kernel.segments import update_backward, update_forward, update_loads
from routing.kernel.tour_cost import update_tour
from routing.timing import encoding
from routing.timing.encoding import IntArray


@inner
def save_tour(data: IntArray, state: IntArray, shift: int) -> None:
    """Save a tour before its first change in an iteration."""
    tour_at = tour_offset(state, shift)
    if state[tour_at + layout.CHANGED_IN] == state[layout.ITERATION]:
        return
    state[tour_at + layout.CHANGED_IN] = state[layout.ITERATION]
    state[state[layout.CHANGED_TOURS] + state[layout.NUM_CHANGED]] = shift
    state[layout.NUM_CHANGED] += 1
    count = state[tour_at + layout.NUM_STOPS]
    state[tour_at + layout.OLD_NUM_STOPS] = count
    state[tour_at + layout.OLD_COST] = state[tour_at + layout.COST]
    if data[layout.HAS_MARGINS] == 1:
        save_margins(state, shift)
    saved_at = state[layout.OLD_ORDERS] + shift * data[layout.MAX_POINTS]
    at = point_offset(data, state, shift, 1) + layout.VISIT
    for row in range(count):
        state[saved_at + row] = state[at + row * data[layout.POINT_COLUMNS]]


@inner
def insert_visit(data: IntArray, state: IntArray, visit: int, shift: int, after: int) -> None:
    """Insert a visit after a point of a tour, without updating the tour's times and cost."""
    tour_at, columns = tour_offset(state, shift), data[layout.POINT_COLUMNS]
    count = state[tour_at + layout.NUM_STOPS]
    at = point_offset(data, state, shift, 0) + layout.VISIT
    for row in range(count, after, -1):
        state[at + (row + 1) * columns] = state[at + row * columns]
    state[at + (after + 1) * columns] = visit
    state[tour_at + layout.NUM_STOPS] = count + 1
    state[layout.NUM_USED] += count == 0
    _count_donor_visit(data, state, visit, shift, 1)
    state[state[layout.TOUR_OF] + visit] = shift


@inner
def remove_visit(data: IntArray, state: IntArray, shift: int, point: int) -> int:
    """Remove and return the visit at a point, without updating the tour's times and cost."""
    tour_at, columns = tour_offset(state, shift), data[layout.POINT_COLUMNS]
    at = point_offset(data, state, shift, 0) + layout.VISIT
    visit = state[at + point * columns]
    for row in range(point, state[tour_at + layout.NUM_STOPS]):
        state[at + row * columns] = state[at + (row + 1) * columns]
    state[tour_at + layout.NUM_STOPS] -= 1
    state[layout.NUM_USED] -= state[tour_at + layout.NUM_STOPS] == 0
    _count_donor_visit(data, state, visit, shift, -1)
    state[state[layout.TOUR_OF] + visit] = -1
    return visit


@inner
def _count_donor_visit(data: IntArray, state: IntArray, visit: int, shift: int, by: int) -> None:
    donor = data[visit_offset(data, visit) + layout.DONOR]
    period = data[shift_offset(data, shift) + encoding.PERIOD]
    if donor >= 0 and period >= 0:
        state[state[layout.DONOR_VISITS] + donor * data[layout.NUM_PERIODS] + period] += by


@inner
def point_of(data: IntArray, state: IntArray, visit: int) -> int:
    """Return the point of an assigned visit in its tour; the first stop is 1."""
    columns = data[layout.POINT_COLUMNS]
    at = point_offset(data, state, state[state[layout.TOUR_OF] + visit], 0) + layout.VISIT
    row = 1
    while state[at + row * columns] != visit:
        row += 1
    return row


@inner
def add_unassigned(state: IntArray, visit: int) -> None:
    """Append a visit to the unassigned visits."""
    state[state[layout.UNASSIGNED] + state[layout.NUM_UNASSIGNED]] = visit
    state[layout.NUM_UNASSIGNED] += 1


@inner
def unassign(data: IntArray, state: IntArray, shift: int, point: int) -> None:
    """Unassign the visit at a point, and the other visit of its shipment."""
    visit = remove_visit(data, state, shift, point)
    add_unassigned(state, visit)
    partner = data[visit_offset(data, visit) + layout.PARTNER]
    if partner >= 0 and state[state[layout.TOUR_OF] + partner] == shift:
        remove_visit(data, state, shift, point_of(data, state, partner))
        add_unassigned(state, partner)


@inner
def try_insertion(
    encoded: IntArray, data: IntArray, state: IntArray, visit: int, position_at: int
) -> bool:
    """Insert a visit at a position if the tour is then legal; return whether it is.

    Parameters
    ----------
    position_at : int
        Offset of the insertion position; its `INSERTION_COST` becomes exact.
    """
    shift = state[position_at + layout.SHIFT]
    after, delivery_after = _points_after(state, position_at)
    save_tour(data, state, shift)
    before = state[tour_offset(state, shift) + layout.COST]
    if data[layout.HAS_MARGINS] == 1:
        keep_margins(state, shift, of=layout.MARGIN_COST, to=layout.BEFORE_MARGIN_COST)
    insert_visit(data, state, visit, shift, after)
    if delivery_after >= 0:
        partner = data[visit_offset(data, visit) + layout.PARTNER]
        insert_visit(data, state, partner, shift, delivery_after + 1)
    if update_tour(encoded, data, state, shift):
        cost = state[tour_offset(state, shift) + layout.COST] - before
        state[position_at + layout.INSERTION_COST] = cost
        return True
    undo_insertion(data, state, position_at, before)
    return False


@inner
def _points_after(state: IntArray, position_at: int) -> tuple[int, int]:
    """Return the points after which the visit and its delivery go; the second may be -1."""
    return state[position_at + layout.AFTER_POINT], state[position_at + layout.DELIVERY_AFTER]


@inner
def undo_insertion(data: IntArray, state: IntArray, position_at: int, cost: int) -> None:
    """Undo the insertion at a position; `cost` is the tour's cost without it, in shares."""
    shift = state[position_at + layout.SHIFT]
    after, delivery_after = _points_after(state, position_at)
    if delivery_after >= 0:
        remove_visit(data, state, shift, delivery_after + 2)
    remove_visit(data, state, shift, after + 1)
    _restore_tour(data, state, shift, cost)
    if data[layout.HAS_MARGINS] == 1:
        keep_margins(state, shift, of=layout.BEFORE_MARGIN_COST, to=layout.MARGIN_COST)


@inner
def _restore_tour(data: IntArray, state: IntArray, shift: int, cost: int) -> None:
    """Update a tour known to be legal at this cost."""
    update_forward(data, state, shift)
    update_backward(data, state, shift)
    update_loads(data, state, shift)
    tour_at = tour_offset(state, shift)
    count = state[tour_at + layout.NUM_STOPS]
    end = point_offset(data, state, shift, count + 1)
    state[tour_at + layout.DURATION] = state[end + layout.DURATION_BEFORE] if count > 0 else 0
    state[tour_at + layout.COST] = cost
    if data[layout.HAS_MARGINS] == 1:
        forget_slacks(state, shift)


@inner
def undo_iteration(data: IntArray, state: IntArray) -> None:
    """Restore the solution as it was at the beginning of the iteration."""
    for number in range(state[layout.NUM_CHANGED]):
        shift = state[state[layout.CHANGED_TOURS] + number]
        while state[tour_offset(state, shift) + layout.NUM_STOPS] > 0:
            remove_visit(data, state, shift, state[tour_offset(state, shift) + layout.NUM_STOPS])
    for number in range(state[layout.NUM_CHANGED]):
        shift = state[state[layout.CHANGED_TOURS] + number]
        saved_at = state[layout.OLD_ORDERS] + shift * data[layout.MAX_POINTS]
        for row in range(state[tour_offset(state, shift) + layout.OLD_NUM_STOPS]):
            insert_visit(data, state, state[saved_at + row], shift, row)
        _restore_tour(data, state, shift, state[tour_offset(state, shift) + layout.OLD_COST])
        if data[layout.HAS_MARGINS] == 1:
            restore_margins(state, shift)
    state[layout.NUM_UNASSIGNED] = state[layout.OLD_NUM_UNASSIGNED]
    for row in range(state[layout.NUM_UNASSIGNED]):
        state[state[layout.UNASSIGNED] + row] = state[state[layout.OLD_UNASSIGNED] + row]

"""Changes of the current solution, and their undoing."""

from routing.compiled import inner
from routing.kernel.margins import (
    forget_slacks,
    keep_margins,
    restore_margins,
    return_margins,
    save_margins,
)
from routing.kernel.memory_layout import KernelData, PositionRow, SearchState
from routing.kernel.records import Entries
from routing.kernel.segments import update_backward, update_forward, update_loads
from routing.kernel.tour_cost import update_tour
from routing.timing.encoding import IntArray


@inner
def save_tour(data: KernelData, state: SearchState, shift: int) -> None:
    """Save a tour before its first change in an iteration."""
    tour_at = state.tours[shift]
    if tour_at.changed_in == state.iteration:
        return
    tour_at.changed_in = state.iteration
    state.changed_tours[state.num_changed] = shift
    state.num_changed += 1
    count = tour_at.num_stops
    tour_at.old_num_stops = count
    tour_at.old_cost = tour_at.cost
    if data.has_margins == 1:
        save_margins(state, shift)
    copy_order(state, shift, state.old_orders[shift])


@inner
def copy_order(state: SearchState, shift: int, to: Entries) -> None:
    """Copy the visits of a tour, in their order."""
    first, columns = state.points[shift, 1], state.points.width
    for row in range(state.tours[shift].num_stops):
        to[row] = (first + row * columns).visit


@inner
def insert_visit(data: KernelData, state: SearchState, visit: int, shift: int, after: int) -> None:
    """Insert a visit after a point of a tour, without updating the tour's times and cost."""
    tour_at, columns = state.tours[shift], state.points.width
    count = tour_at.num_stops
    start = state.points[shift, 0]
    for row in range(count, after, -1):
        (start + (row + 1) * columns).visit = (start + row * columns).visit
    (start + (after + 1) * columns).visit = visit
    tour_at.num_stops = count + 1
    state.num_used += count == 0
    _count_donor_visit(data, state, visit, shift, 1)
    state.tour_of[visit] = shift


@inner
def remove_visit(data: KernelData, state: SearchState, shift: int, point: int) -> int:
    """Remove and return the visit at a point, without updating the tour's times and cost."""
    tour_at, columns = state.tours[shift], state.points.width
    start = state.points[shift, 0]
    visit = (start + point * columns).visit
    for row in range(point, tour_at.num_stops):
        (start + row * columns).visit = (start + (row + 1) * columns).visit
    tour_at.num_stops -= 1
    state.num_used -= tour_at.num_stops == 0
    _count_donor_visit(data, state, visit, shift, -1)
    state.tour_of[visit] = -1
    return visit


@inner
def _count_donor_visit(
    data: KernelData, state: SearchState, visit: int, shift: int, by: int
) -> None:
    donor = data.visits[visit].donor
    period = data.shifts[shift].period
    if donor >= 0 and period >= 0:
        state.donor_visits[donor][period] += by


@inner
def point_of(state: SearchState, visit: int) -> int:
    """Return the point of an assigned visit in its tour; the first stop is 1."""
    columns = state.points.width
    start = state.points[state.tour_of[visit], 0]
    row = 1
    while (start + row * columns).visit != visit:
        row += 1
    return row


@inner
def add_unassigned(state: SearchState, visit: int) -> None:
    """Append a visit to the unassigned visits."""
    state.unassigned[state.num_unassigned] = visit
    state.num_unassigned += 1


@inner
def unassign(data: KernelData, state: SearchState, shift: int, point: int) -> None:
    """Unassign the visit at a point, and the other visit of its shipment."""
    visit = remove_visit(data, state, shift, point)
    add_unassigned(state, visit)
    partner = data.visits[visit].partner
    if partner >= 0 and state.tour_of[partner] == shift:
        remove_visit(data, state, shift, point_of(state, partner))
        add_unassigned(state, partner)


@inner
def try_insertion(
    encoded: IntArray, data: KernelData, state: SearchState, visit: int, position_at: PositionRow
) -> bool:
    """Insert a visit at a position if the tour is then legal; return whether it is.

    Parameters
    ----------
    position_at : int
        The insertion position; its `cost` becomes exact.
    """
    shift = position_at.shift
    after, delivery_after = _points_after(position_at)
    save_tour(data, state, shift)
    before = state.tours[shift].cost
    if data.has_margins == 1:
        keep_margins(state, shift)
    insert_visit(data, state, visit, shift, after)
    if delivery_after >= 0:
        partner = data.visits[visit].partner
        insert_visit(data, state, partner, shift, delivery_after + 1)
    if update_tour(encoded, data, state, shift):
        cost = state.tours[shift].cost - before
        position_at.cost = cost
        return True
    undo_insertion(data, state, position_at, before)
    return False


@inner
def _points_after(position_at: PositionRow) -> tuple[int, int]:
    """Return the points after which the visit and its delivery go; the second may be -1."""
    return position_at.after_point, position_at.delivery_after


@inner
def undo_insertion(
    data: KernelData, state: SearchState, position_at: PositionRow, cost: int
) -> None:
    """Undo the insertion at a position; `cost` is the tour's cost without it, in shares."""
    shift = position_at.shift
    after, delivery_after = _points_after(position_at)
    if delivery_after >= 0:
        remove_visit(data, state, shift, delivery_after + 2)
    remove_visit(data, state, shift, after + 1)
    _restore_tour(data, state, shift, cost)
    if data.has_margins == 1:
        return_margins(state, shift)


@inner
def _restore_tour(data: KernelData, state: SearchState, shift: int, cost: int) -> None:
    """Update a tour known to be legal at this cost."""
    update_forward(data, state, shift)
    update_backward(data, state, shift)
    update_loads(data, state, shift)
    tour_at = state.tours[shift]
    count = tour_at.num_stops
    end = state.points[shift, count + 1]
    tour_at.duration = end.duration_before if count > 0 else 0
    tour_at.cost = cost
    if data.has_margins == 1:
        forget_slacks(state, shift)


@inner
def undo_iteration(data: KernelData, state: SearchState) -> None:
    """Restore the solution as it was at the beginning of the iteration."""
    for number in range(state.num_changed):
        shift = state.changed_tours[number]
        while state.tours[shift].num_stops > 0:
            remove_visit(data, state, shift, state.tours[shift].num_stops)
    for number in range(state.num_changed):
        shift = state.changed_tours[number]
        saved = state.old_orders[shift]
        for row in range(state.tours[shift].old_num_stops):
            insert_visit(data, state, saved[row], shift, row)
        _restore_tour(data, state, shift, state.tours[shift].old_cost)
        if data.has_margins == 1:
            restore_margins(state, shift)
    state.num_unassigned = state.old_num_unassigned
    for row in range(state.num_unassigned):
        state.unassigned[row] = state.old_unassigned[row]

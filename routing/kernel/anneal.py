"""Ruin and recreate with simulated annealing.

Source: Christiaens and Vanden Berghe, Slack induction by string removals for vehicle routing
problems, Transportation Science 54(2), 2020.
"""

import math
from typing import Final

from routing.compiled import compiled, inner
from routing.kernel.change import add_unassigned, copy_order, insert_visit, undo_iteration
from routing.kernel.exact_cost import pointer_to
from routing.kernel.margins import old_margin_cost
from routing.kernel.memory_layout import KernelData, SearchState, data_of, state_of
from routing.kernel.operators.greedy_insertion import (
    FARTHEST_FIRST,
    MAX_DIFFICULTY,
    insert_sorted,
)
from routing.kernel.operators.table import recreate, ruin
from routing.kernel.pool import add_to_pool
from routing.kernel.random_numbers import rand
from routing.kernel.records import Entries
from routing.kernel.tour_cost import price_margins, update_tour
from routing.timing.encoding import INFINITY, IntArray

POOL_GAP: Final = 100
"""The pool takes the tours of solutions within one part in 100 of the best cost."""

DIFFICULTY_BONUS: Final = 8.0
"""Bonus, in temperatures per visit, for leaving an easy visit unassigned rather than a hard one.

An easy visit is soon inserted elsewhere. Nagata and Bräysy weigh ejections in the same way, by
penalties that grow (A powerful route minimization heuristic, Operations Research Letters 37, 2009).
Christiaens and Vanden Berghe use absence counters.
"""


@compiled
def initialise(encoded: IntArray, data: IntArray, state: IntArray, orders: IntArray) -> bool:
    """Load a solution and insert unassigned visits where each costs least.

    A search that has run may be initialised anew; its pool stays.

    Parameters
    ----------
    encoded, data, state : arrays of int
        See `memory_layout`.
    orders : array of shape (shifts, any)
        Per shift the rows of its visits, then -1.

    Returns
    -------
    bool
        Whether all of these tours are legal.
    """
    return _initialise(pointer_to(encoded), data_of(data), state_of(state), orders)


@inner
def _initialise(encoded: IntArray, data: KernelData, state: SearchState, orders: IntArray) -> bool:
    _reset(data, state)
    is_legal = True
    for shift in range(data.num_shifts):
        for row in range(orders.shape[1]):
            if orders[shift, row] >= 0:
                insert_visit(data, state, orders[shift, row], shift, row)
        is_legal &= update_tour(encoded, data, state, shift)
    for visit in range(data.num_visits):
        if state.tour_of[visit] < 0:
            add_unassigned(state, visit)
    if is_legal:
        insert_sorted(encoded, data, state, FARTHEST_FIRST)
        state.current_cost = _penalties(data, state)
        for shift in range(data.num_shifts):
            state.current_cost += state.tours[shift].cost
            if data.has_margins == 1:
                state.current_cost += price_margins(encoded, data, state, shift)
            add_to_pool(data, state, shift)
        state.blink_countdown = 0
        _save_best(data, state)
    return is_legal


@inner
def _reset(data: KernelData, state: SearchState) -> None:
    """Empty all tours, and switch blinks off until the first solution is complete."""
    state.banned_shift, state.blink_countdown = -1, INFINITY
    state.num_unassigned = state.ignores_penalties = 0
    for visit in range(data.num_visits):
        state.tour_of[visit] = -1
    for shift in range(data.num_shifts):
        state.tours[shift].num_stops = 0
    for donor in range(data.num_donors):
        for period in range(data.num_periods):
            state.donor_visits[donor][period] = 0
    state.iteration += 1
    state.num_changed = state.num_used = state.old_num_unassigned = 0


@compiled
def anneal(
    encoded: IntArray, data: IntArray, state: IntArray, iterations: int, first: float, last: float
) -> None:
    """Search while cooling geometrically from the first temperature to the last, in shares."""
    encoded_at, data_at, state_at = pointer_to(encoded), data_of(data), state_of(state)
    temperature, cooling = first, (last / first) ** (1.0 / max(1, iterations))
    for _ in range(iterations):
        _iterate(encoded_at, data_at, state_at, temperature)
        temperature *= cooling


@inner
def _iterate(encoded: IntArray, data: KernelData, state: SearchState, temperature: float) -> None:
    state.iteration += 1
    state.num_changed = state.must_undo = 0
    state.old_num_unassigned = state.num_unassigned
    for row in range(state.num_unassigned):
        state.old_unassigned[row] = state.unassigned[row]
    before = _penalties(data, state)
    ruin(encoded, data, state)
    if state.must_undo == 0:
        recreate(encoded, data, state)
    cost = state.current_cost - before + _penalties(data, state)
    for number in range(state.num_changed):
        tour_at = state.tours[state.changed_tours[number]]
        cost += tour_at.cost - tour_at.old_cost
    if data.has_margins == 1:
        cost -= old_margin_cost(state)
    added = _difficulty(state, state.unassigned, state.num_unassigned)
    added -= _difficulty(state, state.old_unassigned, state.old_num_unassigned)
    threshold = temperature * (math.log(rand(state)) + DIFFICULTY_BONUS * added)
    limit = state.current_cost - threshold
    if state.must_undo == 0 and cost < limit and data.has_margins == 1:
        cost = _with_margins(encoded, data, state, cost, limit)
    if state.must_undo == 1 or cost >= limit:
        undo_iteration(data, state)
        return
    state.current_cost = cost
    if cost < state.best_cost:
        _save_best(data, state)
    if cost - state.best_cost <= state.best_cost // POOL_GAP:
        for number in range(state.num_changed):
            add_to_pool(data, state, state.changed_tours[number])


@inner
def _with_margins(
    encoded: IntArray, data: KernelData, state: SearchState, cost: int, limit: float
) -> int:
    """Add the margins of the changed tours to a cost, unless it reaches the limit before."""
    for number in range(state.num_changed):
        cost += price_margins(encoded, data, state, state.changed_tours[number])
        if cost >= limit:
            break
    return cost


@inner
def _penalties(data: KernelData, state: SearchState) -> int:
    """Return the penalties of the unassigned visits, in shares."""
    total = 0
    for row in range(state.num_unassigned):
        visit = state.unassigned[row]
        total += data.visits[visit].penalty
    return total


@inner
def _difficulty(state: SearchState, visits: Entries, count: int) -> float:
    """Return the summed difficulty of visits, each from 0 (easy) to 1 (never inserted)."""
    total = 0
    for row in range(count):
        total += state.difficulty[visits[row]]
    return total / MAX_DIFFICULTY


@inner
def _save_best(data: KernelData, state: SearchState) -> None:
    """Save the current solution as the best."""
    state.best_cost = state.current_cost
    for shift in range(data.num_shifts):
        count = state.tours[shift].num_stops
        state.best_num_stops[shift] = count
        copy_order(state, shift, state.best_orders[shift])

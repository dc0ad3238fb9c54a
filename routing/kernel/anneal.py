"""Ruin and recreate with simulated annealing.

Source: Christiaens and Vanden Berghe, Slack induction by string removals for vehicle routing
problems, Transportation Science 54(2), 2020.
"""

import math
from typing import Final

from routing.compiled import compiled, inner
from routing.kernel import memory_layout as layout
from routing.kernel.callback import pointer_to
from routing.kernel.change import add_unassigned, insert_visit, undo_iteration
from routing.kernel.margins import old_margin_cost
from routing.kernel.offsets import point_offset, tour_offset, visit_offset
from routing.kernel.pool import add_to_pool
from routing.kernel.random_numbers import rand, randint
from routing.kernel.recreate import FARTHEST_FIRST, MAX_DIFFICULTY, SORT_ORDERS, recreate
from routing.kernel.ruin import ruin
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
    return _initialise(pointer_to(encoded), pointer_to(data), pointer_to(state), orders)


@inner
def _initialise(encoded: IntArray, data: IntArray, state: IntArray, orders: IntArray) -> bool:
    _reset(data, state)
    is_legal = True
    for shift in range(data[layout.NUM_SHIFTS]):
        for row in range(orders.shape[1]):
            if orders[shift, row] >= 0:
                insert_visit(data, state, orders[shift, row], shift, row)
        is_legal &= update_tour(encoded, data, state, shift)
    for visit in range(data[layout.NUM_VISITS]):
        if state[state[layout.TOUR_OF] + visit] < 0:
            add_unassigned(state, visit)
    if is_legal:
        recreate(encoded, data, state, FARTHEST_FIRST)
        state[layout.CURRENT_COST] = _penalties(data, state)
        for shift in range(data[layout.NUM_SHIFTS]):
            state[layout.CURRENT_COST] += state[tour_offset(state, shift) + layout.COST]
            if data[layout.HAS_MARGINS] == 1:
                state[layout.CURRENT_COST] += price_margins(encoded, data, state, shift)
            add_to_pool(data, state, shift)
        state[layout.BLINK_COUNTDOWN] = 0
        _save_best(data, state)
    return is_legal


@inner
def _reset(data: IntArray, state: IntArray) -> None:
    """Empty all tours, and switch blinks off until the first solution is complete."""
    state[layout.BANNED_SHIFT], state[layout.BLINK_COUNTDOWN] = -1, INFINITY
    state[layout.NUM_UNASSIGNED] = state[layout.IGNORES_PENALTIES] = 0
    for visit in range(data[layout.NUM_VISITS]):
        state[state[layout.TOUR_OF] + visit] = -1
    for shift in range(data[layout.NUM_SHIFTS]):
        state[tour_offset(state, shift) + layout.NUM_STOPS] = 0
    for entry in range(data[layout.NUM_DONORS] * data[layout.NUM_PERIODS]):
        state[state[layout.DONOR_VISITS] + entry] = 0
    state[layout.ITERATION] += 1
    state[layout.NUM_CHANGED] = state[layout.NUM_USED] = state[layout.OLD_NUM_UNASSIGNED] = 0


@compiled
def anneal(
    encoded: IntArray, data: IntArray, state: IntArray, iterations: int, first: float, last: float
) -> None:
    """Search while cooling geometrically from the first temperature to the last, in shares."""
    encoded_at, data_at, state_at = pointer_to(encoded), pointer_to(data), pointer_to(state)
    temperature, cooling = first, (last / first) ** (1.0 / max(1, iterations))
    for _ in range(iterations):
        _iterate(encoded_at, data_at, state_at, temperature)
        temperature *= cooling


@inner
def _iterate(encoded: IntArray, data: IntArray, state: IntArray, temperature: float) -> None:
    state[layout.ITERATION] += 1
    state[layout.NUM_CHANGED] = state[layout.MUST_UNDO] = 0
    state[layout.OLD_NUM_UNASSIGNED] = state[layout.NUM_UNASSIGNED]
    for row in range(state[layout.NUM_UNASSIGNED]):
        state[state[layout.OLD_UNASSIGNED] + row] = state[state[layout.UNASSIGNED] + row]
    before = _penalties(data, state)
    ruin(encoded, data, state)
    if state[layout.MUST_UNDO] == 0:
        recreate(encoded, data, state, randint(state, len(SORT_ORDERS)))
    cost = state[layout.CURRENT_COST] - before + _penalties(data, state)
    for number in range(state[layout.NUM_CHANGED]):
        tour_at = tour_offset(state, state[state[layout.CHANGED_TOURS] + number])
        cost += state[tour_at + layout.COST] - state[tour_at + layout.OLD_COST]
    if data[layout.HAS_MARGINS] == 1:
        cost -= old_margin_cost(state)
    added = _difficulty(state, state[layout.UNASSIGNED], state[layout.NUM_UNASSIGNED])
    added -= _difficulty(state, state[layout.OLD_UNASSIGNED], state[layout.OLD_NUM_UNASSIGNED])
    threshold = temperature * (math.log(rand(state)) + DIFFICULTY_BONUS * added)
    limit = state[layout.CURRENT_COST] - threshold
    if state[layout.MUST_UNDO] == 0 and cost < limit and data[layout.HAS_MARGINS] == 1:
        cost = _with_margins(encoded, data, state, cost, limit)
    if state[layout.MUST_UNDO] == 1 or cost >= limit:
        undo_iteration(data, state)
        return
    state[layout.CURRENT_COST] = cost
    if cost < state[layout.BEST_COST]:
        _save_best(data, state)
    if cost - state[layout.BEST_COST] <= state[layout.BEST_COST] // POOL_GAP:
        for number in range(state[layout.NUM_CHANGED]):
            add_to_pool(data, state, state[state[layout.CHANGED_TOURS] + number])


@inner
def _with_margins(
    encoded: IntArray, data: IntArray, state: IntArray, cost: int, limit: float
) -> int:
    """Add the margins of the changed tours to a cost, unless it reaches the limit before."""
    for number in range(state[layout.NUM_CHANGED]):
        cost += price_margins(encoded, data, state, state[state[layout.CHANGED_TOURS] + number])
        if cost >= limit:
            break
    return cost


@inner
def _penalties(data: IntArray, state: IntArray) -> int:
    """Return the penalties of the unassigned visits, in shares."""
    total = 0
    for row in range(state[layout.NUM_UNASSIGNED]):
        visit = state[state[layout.UNASSIGNED] + row]
        total += data[visit_offset(data, visit) + layout.PENALTY]
    return total


@inner
def _difficulty(state: IntArray, visits_at: int, count: int) -> float:
    """Return the summed difficulty of visits, each from 0 (easy) to 1 (never inserted)."""
    total = 0
    for row in range(count):
        total += state[state[layout.DIFFICULTY] + state[visits_at + row]]
    return total / MAX_DIFFICULTY


@inner
def _save_best(data: IntArray, state: IntArray) -> None:
    """Save the current solution as the best."""
    state[layout.BEST_COST] = state[layout.CURRENT_COST]
    for shift in range(data[layout.NUM_SHIFTS]):
        count = state[tour_offset(state, shift) + layout.NUM_STOPS]
        at = point_offset(data, state, shift, 1) + layout.VISIT
        state[state[layout.BEST_NUM_STOPS] + shift] = count
        saved_at = state[layout.BEST_ORDERS] + shift * data[layout.MAX_POINTS]
        for row in range(count):
            state[saved_at + row] = state[at + row * data[layout.POINT_COLUMNS]]

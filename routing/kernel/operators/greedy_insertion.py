"""Greedy insertion: unassigned visits one after the other, each where it costs least.

Greedy insertion with blinks and its sort orders follow Christiaens and Vanden Berghe, Slack
induction by string removals for vehicle routing problems, 2020.
"""

from typing import Final

from routing.compiled import inner
from routing.kernel.change import add_unassigned, try_insertion, undo_insertion
from routing.kernel.insertion_positions import find_positions
from routing.kernel.memory_layout import (
    BY_DISTANCE,
    BY_EARLIEST,
    BY_LATEST,
    BY_LOAD,
    BY_WIDTH,
    MAX_UNCERTAIN,
    KernelData,
    SearchState,
)
from routing.kernel.random_numbers import randbits, randint
from routing.kernel.records import Entries
from routing.kernel.shipment_positions import find_pair_positions
from routing.timing.departure import INFINITE_COST
from routing.timing.encoding import DELIVERY, PICKUP, IntArray

RANDOM: Final = -1
"""Column of `SORT_ORDERS` that stands for a random key."""

SORT_ORDERS: Final = (
    *[(RANDOM, 1)] * 4,
    *[(BY_LOAD, -1)] * 4,
    *[(BY_DISTANCE, -1)] * 2,
    (BY_DISTANCE, 1),
    *[(BY_WIDTH, 1)] * 2,
    *[(BY_EARLIEST, 1)] * 2,
    *[(BY_LATEST, -1)] * 2,
)
"""Sort orders of the unassigned visits: a key, and -1 if the largest comes first.

Each iteration draws one of them.
"""

RETRIES: Final = 1
"""Visits unassigned since an earlier iteration that are tried in all tours, on average."""

FARTHEST_FIRST: Final = SORT_ORDERS.index((BY_DISTANCE, -1))
"""Sort order of the first solution: remote visits are inserted while there is room."""

MAX_DIFFICULTY: Final = 1 << 20
"""Difficulty of a visit that is never inserted when it is tried; 0 if it always is."""

SMOOTHING_BITS: Final = 5
"""An attempt changes the difficulty of a visit by 1/2**5 of its distance to 0 or the maximum."""


@inner
def insert_greedily(encoded: IntArray, data: KernelData, state: SearchState) -> None:
    """Insert the unassigned visits in a random sort order."""
    insert_sorted(encoded, data, state, randint(state, len(SORT_ORDERS)))


@inner
def insert_sorted(encoded: IntArray, data: KernelData, state: SearchState, sort_order: int) -> None:
    """Insert the unassigned visits that have a legal position worth its cost.

    Parameters
    ----------
    sort_order : int
        Index of `SORT_ORDERS`.
    """
    num_deferred = _defer(state)
    _sort(data, state, sort_order)
    count = 0
    for number in range(state.num_unassigned):
        visit = state.unassigned[number]
        role = data.visits[visit].role
        if state.tour_of[visit] >= 0:
            continue
        if role == DELIVERY or not _try_visit(encoded, data, state, visit, role):
            state.sort_weights[count] = visit
            count += 1
    state.num_unassigned = 0
    # A delivery sorted before its pick-up has been inserted with it since.
    _add_remaining(state, state.sort_weights, count)
    _add_remaining(state, state.deferred, num_deferred)


@inner
def _add_remaining(state: SearchState, visits: Entries, count: int) -> None:
    """Add the visits of a list that are in no tour to the unassigned visits."""
    for number in range(count):
        visit = visits[number]
        if state.tour_of[visit] < 0:
            add_unassigned(state, visit)


@inner
def _defer(state: SearchState) -> int:
    """Defer most visits unassigned since an earlier iteration; return how many are deferred.

    If not all visits can be served, trying all of them would take most of the time. A visit without
    a legal position before has none in a tour that has not changed. So visits near the ruin are
    tried in changed tours only, and `RETRIES` others in all tours.
    """
    before, count, num_deferred = state.old_num_unassigned, 0, 0
    for number in range(state.num_unassigned):
        visit = state.unassigned[number]
        in_all_tours = number >= before or before <= RETRIES or randint(state, before) < RETRIES
        if in_all_tours:
            state.retried_in[visit] = 0
        if in_all_tours or state.retried_in[visit] == state.iteration:
            state.unassigned[count] = visit
            count += 1
        else:
            state.deferred[num_deferred] = visit
            num_deferred += 1
    state.num_unassigned = count
    return num_deferred


@inner
def _try_visit(
    encoded: IntArray, data: KernelData, state: SearchState, visit: int, role: int
) -> bool:
    """Insert a visit if possible, and update its difficulty; return whether it is inserted."""
    is_inserted = _insert_cheapest(encoded, data, state, visit, role)
    target = 0 if is_inserted else MAX_DIFFICULTY
    state.difficulty[visit] += (target - state.difficulty[visit]) >> SMOOTHING_BITS
    return is_inserted


@inner
def _insert_cheapest(
    encoded: IntArray, data: KernelData, state: SearchState, visit: int, role: int
) -> bool:
    """Insert a visit, or both visits of a shipment, at the cheapest legal position.

    Uncertain positions cheaper than the best feasible one are evaluated exactly, in order of cost.
    """
    penalty = data.visits[visit].penalty
    if role == PICKUP:
        partner = data.visits[visit].partner
        penalty += data.visits[partner].penalty
        find_pair_positions(data, state, visit, partner)
    else:
        find_positions(encoded, data, state, visit)
    limit = INFINITE_COST - 1 if state.ignores_penalties == 1 else penalty
    feasible_at = state.positions[0]
    for row in range(1, MAX_UNCERTAIN + 1):
        position_at = state.positions[row]
        cost = position_at.cost
        if cost >= feasible_at.cost:
            break
        before = state.tours[position_at.shift].cost
        if try_insertion(encoded, data, state, visit, position_at):
            if position_at.cost <= limit:
                return True
            undo_insertion(data, state, position_at, before)
    if feasible_at.cost > limit:
        return False
    return try_insertion(encoded, data, state, visit, feasible_at)


@inner
def _sort(data: KernelData, state: SearchState, sort_order: int) -> None:
    """Sort the unassigned visits by insertion sort."""
    visits, weights = state.unassigned, state.sort_weights
    for number in range(state.num_unassigned):
        key = _sort_key(data, state, visits[number], sort_order)
        weights[number] = key
    for number in range(1, state.num_unassigned):
        visit, weight = visits[number], weights[number]
        row = number
        while row > 0 and weights[row - 1] > weight:
            weights[row] = weights[row - 1]
            visits[row] = visits[row - 1]
            row -= 1
        visits[row], weights[row] = visit, weight


@inner
def _sort_key(data: KernelData, state: SearchState, visit: int, sort_order: int) -> int:
    column, sign = SORT_ORDERS[sort_order]
    if column == RANDOM:
        return randbits(state)
    return sign * data.sort_keys[visit][column]

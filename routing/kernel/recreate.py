"""Recreate: unassigned visits are inserted one after the other, each where it costs least.

Greedy insertion with blinks and its sort orders follow Christiaens and Vanden Berghe, Slack
induction by string removals for vehicle routing problems, 2020.
"""

from typing import Final

from routing.compiled import inner
from routing.kernel import memory_layout as layout
from routing.kernel.change import add_unassigned, try_insertion, undo_insertion
from routing.kernel.insertion_positions import find_positions
from routing.kernel.offsets import tour_offset, visit_offset
from routing.kernel.random_numbers import randbits, randint
from routing.kernel.shipment_positions import find_pair_positions
from routing.timing.departure import INFINITE_COST
from routing.timing.encoding import DELIVERY, PICKUP, IntArray

RANDOM: Final = -1
"""Column of `SORT_ORDERS` that stands for a random key."""

SORT_ORDERS: Final = (
    *[(RANDOM, 1)] * 4,
    *[(layout.BY_LOAD, -1)] * 4,
    *[(layout.BY_DISTANCE, -1)] * 2,
    (layout.BY_DISTANCE, 1),
    *[(layout.BY_WIDTH, 1)] * 2,
    *[(layout.BY_EARLIEST, 1)] * 2,
    *[(layout.BY_LATEST, -1)] * 2,
)
"""Sort orders of the unassigned visits: a key, and -1 if the largest comes first.

Each iteration draws one of them.
"""

RETRIES: Final = 1
"""Visits unassigned since an earlier iteration that are tried in all tours, on average."""

FARTHEST_FIRST: Final = SORT_ORDERS.index((layout.BY_DISTANCE, -1))
"""Sort order of the first solution: remote visits are inserted while there is room."""

MAX_DIFFICULTY: Final = 1 << 20
"""Difficulty of a visit that is never inserted when it is tried; 0 if it always is."""

SMOOTHING_BITS: Final = 5
"""An attempt changes the difficulty of a visit by 1/2**5 of its distance to 0 or the maximum."""


@inner
def recreate(encoded: IntArray, data: IntArray, state: IntArray, sort_order: int) -> None:
    """Insert the unassigned visits that have a legal position worth its cost.

    Parameters
    ----------
    sort_order : int
        Index of `SORT_ORDERS`.
    """
    num_deferred = _defer(state)
    _sort(data, state, sort_order)
    count = 0
    for number in range(state[layout.NUM_UNASSIGNED]):
        visit = state[state[layout.UNASSIGNED] + number]
        role = data[visit_offset(data, visit) + layout.ROLE]
        if state[state[layout.TOUR_OF] + visit] >= 0:
            continue
        if role == DELIVERY or not _try_visit(encoded, data, state, visit, role):
            state[state[layout.SORT_WEIGHTS] + count] = visit
            count += 1
    state[layout.NUM_UNASSIGNED] = 0
    # A delivery sorted before its pick-up has been inserted with it since.
    _add_remaining(state, state[layout.SORT_WEIGHTS], count)
    _add_remaining(state, state[layout.DEFERRED], num_deferred)


@inner
def _add_remaining(state: IntArray, visits_at: int, count: int) -> None:
    """Add the visits of a list that are in no tour to the unassigned visits."""
    for number in range(count):
        visit = state[visits_at + number]
        if state[state[layout.TOUR_OF] + visit] < 0:
            add_unassigned(state, visit)


@inner
def _defer(state: IntArray) -> int:
    """Defer most visits unassigned since an earlier iteration; return how many are deferred.

    If not all visits can be served, trying all of them would take most of the time. A visit without
    a legal position before has none in a tour that has not changed. So visits near the ruin are
    tried in changed tours only, and `RETRIES` others in all tours.
    """
    before, count, num_deferred = state[layout.OLD_NUM_UNASSIGNED], 0, 0
    for number in range(state[layout.NUM_UNASSIGNED]):
        visit = state[state[layout.UNASSIGNED] + number]
        in_all_tours = number >= before or before <= RETRIES or randint(state, before) < RETRIES
        if in_all_tours:
            state[state[layout.RETRIED_IN] + visit] = 0
        if in_all_tours or state[state[layout.RETRIED_IN] + visit] == state[layout.ITERATION]:
            state[state[layout.UNASSIGNED] + count] = visit
            count += 1
        else:
            state[state[layout.DEFERRED] + num_deferred] = visit
            num_deferred += 1
    state[layout.NUM_UNASSIGNED] = count
    return num_deferred


@inner
def _try_visit(encoded: IntArray, data: IntArray, state: IntArray, visit: int, role: int) -> bool:
    """Insert a visit if possible, and update its difficulty; return whether it is inserted."""
    is_inserted = _insert_cheapest(encoded, data, state, visit, role)
    difficulty_at = state[layout.DIFFICULTY] + visit
    target = 0 if is_inserted else MAX_DIFFICULTY
    state[difficulty_at] += (target - state[difficulty_at]) >> SMOOTHING_BITS
    return is_inserted


@inner
def _insert_cheapest(
    encoded: IntArray, data: IntArray, state: IntArray, visit: int, role: int
) -> bool:
    """Insert a visit, or both visits of a shipment, at the cheapest legal position.

    Uncertain positions cheaper than the best feasible one are evaluated exactly, in order of cost.
    """
    penalty = data[visit_offset(data, visit) + layout.PENALTY]
    if role == PICKUP:
        partner = data[visit_offset(data, visit) + layout.PARTNER]
        penalty += data[visit_offset(data, partner) + layout.PENALTY]
        find_pair_positions(data, state, visit, partner)
    else:
        find_positions(encoded, data, state, visit)
    limit = INFINITE_COST - 1 if state[layout.IGNORES_PENALTIES] == 1 else penalty
    feasible_at = state[layout.POSITIONS]
    for row in range(1, layout.MAX_UNCERTAIN + 1):
        position_at = feasible_at + row * layout.POSITION_COLUMNS
        cost = state[position_at + layout.INSERTION_COST]
        if cost >= state[feasible_at + layout.INSERTION_COST]:
            break
        before = state[tour_offset(state, state[position_at + layout.SHIFT]) + layout.COST]
        if try_insertion(encoded, data, state, visit, position_at):
            if state[position_at + layout.INSERTION_COST] <= limit:
                return True
            undo_insertion(data, state, position_at, before)
    if state[feasible_at + layout.INSERTION_COST] > limit:
        return False
    return try_insertion(encoded, data, state, visit, feasible_at)


@inner
def _sort(data: IntArray, state: IntArray, sort_order: int) -> None:
    """Sort the unassigned visits by insertion sort."""
    visits_at, weights_at = state[layout.UNASSIGNED], state[layout.SORT_WEIGHTS]
    for number in range(state[layout.NUM_UNASSIGNED]):
        key = _sort_key(data, state, state[visits_at + number], sort_order)
        state[weights_at + number] = key
    for number in range(1, state[layout.NUM_UNASSIGNED]):
        visit, weight = state[visits_at + number], state[weights_at + number]
        row = number
        while row > 0 and state[weights_at + row - 1] > weight:
            state[weights_at + row] = state[weights_at + row - 1]
            state[visits_at + row] = state[visits_at + row - 1]
            row -= 1
        state[visits_at + row], state[weights_at + row] = visit, weight


@inner
def _sort_key(data: IntArray, state: IntArray, visit: int, sort_order: int) -> int:
    column, sign = SORT_ORDERS[sort_order]
    if column == RANDOM:
        return randbits(state)
    return sign * data[data[layout.SORT_KEYS] + visit * layout.KEY_COLUMNS + column]

"""Pool of the tours of good solutions: the cheapest order per set of visits and vehicle type."""

from routing.compiled import inner
from routing.kernel import memory_layout as layout
from routing.kernel.margins import cost_with_margins
from routing.kernel.offsets import point_offset, tour_offset
from routing.timing.encoding import IntArray


@inner
def add_to_pool(data: IntArray, state: IntArray, shift: int) -> None:
    """Add a tour to the pool unless the pool is full or has its visits at no higher cost.

    Two tours with the same hash and the same number of stops count as the same set of visits.
    """
    tour_at = tour_offset(state, shift)
    count, key = state[tour_at + layout.NUM_STOPS], state[tour_at + layout.HASH]
    if count == 0:
        return
    slot = key & (layout.POOL_INDEX_SIZE - 1)
    while state[state[layout.POOL_INDEX] + slot] >= 0:
        number = state[state[layout.POOL_INDEX] + slot]
        entry_at = state[layout.POOL_TOURS] + number * layout.POOL_COLUMNS
        is_same_size = state[entry_at + layout.POOL_TOUR_LENGTH] == count
        if state[entry_at + layout.POOL_HASH] == key and is_same_size:
            if cost_with_margins(data, state, shift) < state[entry_at + layout.POOL_COST]:
                _write(data, state, shift, entry_at)
            return
        slot = (slot + 1) & (layout.POOL_INDEX_SIZE - 1)
    size, visits = state[layout.POOL_SIZE], state[layout.POOL_NUM_VISITS]
    if size == layout.MAX_POOL_TOURS or visits + count > layout.MAX_POOL_VISITS:
        return
    entry_at = state[layout.POOL_TOURS] + size * layout.POOL_COLUMNS
    state[entry_at + layout.POOL_HASH], state[entry_at + layout.POOL_TOUR_LENGTH] = key, count
    state[entry_at + layout.POOL_FIRST] = visits
    state[state[layout.POOL_INDEX] + slot] = size
    state[layout.POOL_SIZE] += 1
    state[layout.POOL_NUM_VISITS] += count
    _write(data, state, shift, entry_at)


@inner
def _write(data: IntArray, state: IntArray, shift: int, entry_at: int) -> None:
    """Write the shift, the cost and the order of a tour into its entry."""
    tour_at, at = tour_offset(state, shift), point_offset(data, state, shift, 1) + layout.VISIT
    state[entry_at + layout.POOL_SHIFT] = shift
    state[entry_at + layout.POOL_COST] = cost_with_margins(data, state, shift)
    first = state[layout.POOL_VISITS] + state[entry_at + layout.POOL_FIRST]
    for row in range(state[tour_at + layout.NUM_STOPS]):
        state[first + row] = state[at + row * data[layout.POINT_COLUMNS]]

"""Pool of the tours of good solutions: the cheapest order per set of visits and vehicle type."""

from routing.compiled import inner
from routing.kernel.margins import cost_with_margins
from routing.kernel.memory_layout import (
    MAX_POOL_TOURS,
    MAX_POOL_VISITS,
    POOL_INDEX_SIZE,
    KernelData,
    PoolTourRow,
    SearchState,
)


@inner
def add_to_pool(data: KernelData, state: SearchState, shift: int) -> None:
    """Add a tour to the pool unless the pool is full or has its visits at no higher cost.

    Two tours with the same hash and the same number of stops count as the same set of visits.
    """
    tour_at = state.tours[shift]
    count, key = tour_at.num_stops, tour_at.hash
    if count == 0:
        return
    slot = key & (POOL_INDEX_SIZE - 1)
    while state.pool_index[slot] >= 0:
        number = state.pool_index[slot]
        entry_at = state.pool_tours[number]
        is_same_size = entry_at.length == count
        if entry_at.hash == key and is_same_size:
            if cost_with_margins(data, state, shift) < entry_at.cost:
                _write(data, state, shift, entry_at)
            return
        slot = (slot + 1) & (POOL_INDEX_SIZE - 1)
    size, visits = state.pool_size, state.pool_num_visits
    if size == MAX_POOL_TOURS or visits + count > MAX_POOL_VISITS:
        return
    entry_at = state.pool_tours[size]
    entry_at.hash, entry_at.length = key, count
    entry_at.first = visits
    state.pool_index[slot] = size
    state.pool_size += 1
    state.pool_num_visits += count
    _write(data, state, shift, entry_at)


@inner
def _write(data: KernelData, state: SearchState, shift: int, entry_at: PoolTourRow) -> None:
    """Write the shift, the cost and the order of a tour into its entry."""
    point_at, columns = state.points[shift, 1], state.points.width
    entry_at.shift = shift
    entry_at.cost = cost_with_margins(data, state, shift)
    for row in range(entry_at.length):
        state.pool_visits[entry_at.first + row] = (point_at + row * columns).visit

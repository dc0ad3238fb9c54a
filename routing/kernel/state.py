"""Search state: its construction, its parameters, and the solution and pool it holds."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from routing.kernel.exact_cost import callback_address
from routing.kernel.memory_layout import (
    MAX_POOL_TOURS,
    MAX_POOL_VISITS,
    MAX_UNCERTAIN,
    POOL_INDEX_SIZE,
    KernelData,
    PointRow,
    PoolTourRow,
    SearchState,
)
from routing.timing.encoding import IntArray
from routing.timing.margins import COLUMNS as MARGIN_COLUMNS

AVERAGE_REMOVALS: Final = 10
"""Visits removed per iteration, on average; 10 in Christiaens and Vanden Berghe, 2020."""

MAX_STRING: Final = 10
"""Visits in the longest string; 10 in Christiaens and Vanden Berghe, 2020."""

SMALL_RUINS: Final = 500_000
"""Iterations with a small ruin if not all visits can be served, in parts of one million.

After a large ruin the visits inserted first take the room. A small ruin leads to the exchange of
one visit for another. Small ruins alone get stuck if all visits can be served after all.
"""


class PoolTour(NamedTuple):
    """A tour of the pool.

    Attributes
    ----------
    shift : int
        The row of the shift.
    visits : tuple of int
        The rows of the visits, in their order.
    cost : int
        In shares.
    """

    shift: int
    visits: tuple[int, ...]
    cost: int


def new_state(encoded: IntArray, data: KernelData, seed: int) -> SearchState:
    """Return a search state without visits in any tour."""
    visits, shifts, points = data.num_visits, data.num_shifts, data.max_points
    state = SearchState.allocate(
        {
            "points": (shifts, points, PointRow.width + 2 * data.num_dimensions),
            "tours": (shifts,),
            "tour_of": (visits,),
            "unassigned": (visits + 1,),
            "old_unassigned": (visits + 1,),
            "retried_in": (visits,),
            "deferred": (visits + 1,),
            "difficulty": (visits,),
            "donor_visits": (data.num_donors, data.num_periods),
            "changed_tours": (shifts,),
            "old_orders": (shifts, points),
            "positions": (MAX_UNCERTAIN + 1,),
            "sort_weights": (visits + 1,),
            "order_buffer": (points,),
            "margin_rows": (points * MARGIN_COLUMNS,),
            "point_margins": (shifts, points),
            "tour_margins": (shifts,),
            "best_num_stops": (shifts,),
            "best_orders": (shifts, points),
            "pool_index": (POOL_INDEX_SIZE,),
            "pool_tours": (MAX_POOL_TOURS,),
            "pool_visits": (MAX_POOL_VISITS,),
        }
    )
    clear_pool(state)
    state.random_state = int(np.random.default_rng(seed).integers(1, 2**62))
    state.average_removals, state.max_string = AVERAGE_REMOVALS, MAX_STRING
    state.callback, state.encoded_size = callback_address(), len(encoded)
    return state


def use_small_ruins(state: SearchState) -> None:
    """Remove fewer visits in half of the iterations from now on."""
    state.small_ruins = SMALL_RUINS


def clear_pool(state: SearchState) -> None:
    """Remove all tours from the pool."""
    state.pool_index.array()[:] = -1
    state.pool_size = state.pool_num_visits = 0


def order_table(data: KernelData, orders: Mapping[int, Sequence[int]]) -> IntArray:
    """Return orders as the array that `anneal.initialise` takes.

    Parameters
    ----------
    orders : mapping of int to sequence of int
        Per row of a shift, the rows of its visits.

    Returns
    -------
    array of shape (shifts, length of the longest order)
        Per shift the rows of its visits, then -1.
    """
    longest = max(map(len, orders.values()), default=0)
    table = np.full((data.num_shifts, longest), -1, dtype=np.int64)
    for shift, visits in orders.items():
        table[shift, : len(visits)] = visits
    return table


def best_orders(data: KernelData, state: SearchState) -> dict[int, list[int]]:
    """Return the best solution: per row of a used shift, the rows of its visits."""
    counts, orders = state.best_num_stops.array().tolist(), state.best_orders.array()
    used = [shift for shift in range(data.num_shifts) if counts[shift]]
    return {shift: orders[shift, 0, : counts[shift]].tolist() for shift in used}


def pool_tours(state: SearchState, rows: IntArray) -> list[PoolTour]:
    """Return the tours of the pool.

    Parameters
    ----------
    rows : array of shape (visits,)
        Per row of the kernel, the row by which the returned tours name the visit.
    """
    table = state.pool_tours.array()[: state.pool_size, 0]
    visits = rows[state.pool_visits.array()[: state.pool_num_visits]].tolist()
    names = ("shift", "cost", "first", "length")
    shifts, costs, begins, lengths = (
        table[:, PoolTourRow.columns[name]].tolist() for name in names
    )
    return [
        PoolTour(shift=shift, visits=tuple(visits[begin : begin + length]), cost=cost)
        for shift, begin, length, cost in zip(shifts, begins, lengths, costs, strict=True)
    ]

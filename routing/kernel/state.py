"""Search state: its construction, its parameters, and the solution and pool it holds."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from routing.kernel import memory_layout as layout
from routing.kernel.callback import callback_address
from routing.timing.encoding import IntArray
from routing.timing.margins import COLUMNS as MARGIN_COLUMNS

AVERAGE_REMOVALS: Final = 10
"""Visits removed per iteration, on average; 10 in Christiaens and Vanden Berghe, 2020."""

MAX_STRING: Final = 10
"""Visits in the longest string; 10 in Christiaens and Vanden Berghe, 2020."""

TOUR_REMOVALS: Final = 2_000
"""Iterations that remove a whole tour, in parts of one million."""

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


def new_state(encoded: IntArray, data: IntArray, seed: int) -> IntArray:
    """Return a search state without visits in any tour."""
    visits, shifts, points = (
        int(data[at]) for at in (layout.NUM_VISITS, layout.NUM_SHIFTS, layout.MAX_POINTS)
    )
    sizes = {
        layout.POINTS: shifts * points * int(data[layout.POINT_COLUMNS]),
        layout.TOURS: shifts * layout.TOUR_COLUMNS,
        layout.TOUR_OF: visits,
        layout.UNASSIGNED: visits + 1,
        layout.OLD_UNASSIGNED: visits + 1,
        layout.RETRIED_IN: visits,
        layout.DEFERRED: visits + 1,
        layout.DIFFICULTY: visits,
        layout.DONOR_VISITS: max(1, int(data[layout.NUM_DONORS]) * int(data[layout.NUM_PERIODS])),
        layout.CHANGED_TOURS: shifts,
        layout.OLD_ORDERS: shifts * points,
        layout.POSITIONS: (layout.MAX_UNCERTAIN + 1) * layout.POSITION_COLUMNS,
        layout.SORT_WEIGHTS: visits + 1,
        layout.ORDER_BUFFER: points,
        layout.MARGIN_ROWS: points * MARGIN_COLUMNS,
        layout.POINT_MARGINS: shifts * points * layout.POINT_MARGIN_COLUMNS,
        layout.TOUR_MARGINS: shifts * layout.TOUR_MARGIN_COLUMNS,
        layout.BEST_NUM_STOPS: shifts,
        layout.BEST_ORDERS: shifts * points,
        layout.POOL_INDEX: layout.POOL_INDEX_SIZE,
        layout.POOL_TOURS: layout.MAX_POOL_TOURS * layout.POOL_COLUMNS,
        layout.POOL_VISITS: layout.MAX_POOL_VISITS,
    }
    # The system provides memory on first use only; most of this is room for long tours.
    state = np.zeros(layout.STATE_HEAD + sum(sizes.values()), dtype=np.int64)
    offset = layout.STATE_HEAD
    for table, size in sizes.items():
        state[table] = offset
        offset += size
    clear_pool(state)
    state[layout.RANDOM_STATE] = np.random.default_rng(seed).integers(1, 2**62)
    state[layout.AVERAGE_REMOVALS], state[layout.MAX_STRING] = AVERAGE_REMOVALS, MAX_STRING
    state[layout.TOUR_REMOVALS] = TOUR_REMOVALS
    state[layout.CALLBACK], state[layout.ENCODED_SIZE] = callback_address(), len(encoded)
    return state


def use_small_ruins(state: IntArray) -> None:
    """Remove fewer visits in half of the iterations from now on."""
    state[layout.SMALL_RUINS] = SMALL_RUINS


def clear_pool(state: IntArray) -> None:
    """Remove all tours from the pool."""
    first = state[layout.POOL_INDEX]
    state[first : first + layout.POOL_INDEX_SIZE] = -1
    state[layout.POOL_SIZE] = state[layout.POOL_NUM_VISITS] = 0


def order_table(data: IntArray, orders: Mapping[int, Sequence[int]]) -> IntArray:
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
    table = np.full((int(data[layout.NUM_SHIFTS]), longest), -1, dtype=np.int64)
    for shift, visits in orders.items():
        table[shift, : len(visits)] = visits
    return table


def best_orders(data: IntArray, state: IntArray) -> dict[int, list[int]]:
    """Return the best solution: per row of a used shift, the rows of its visits."""
    points, orders = int(data[layout.MAX_POINTS]), {}
    for shift in range(int(data[layout.NUM_SHIFTS])):
        first = int(state[layout.BEST_ORDERS]) + shift * points
        count = int(state[state[layout.BEST_NUM_STOPS] + shift])
        if count:
            orders[shift] = state[first : first + count].tolist()
    return orders


def pool_tours(state: IntArray, rows: IntArray) -> list[PoolTour]:
    """Return the tours of the pool.

    Parameters
    ----------
    rows : array of shape (visits,)
        Per row of the kernel, the row by which the returned tours name the visit.
    """
    first, count = int(state[layout.POOL_TOURS]), int(state[layout.POOL_SIZE])
    table = state[first : first + count * layout.POOL_COLUMNS].reshape(count, layout.POOL_COLUMNS)
    used = state[int(state[layout.POOL_VISITS]) :][: int(state[layout.POOL_NUM_VISITS])]
    visits = rows[used].tolist()
    begins = table[:, layout.POOL_FIRST].tolist()
    ends = (table[:, layout.POOL_FIRST] + table[:, layout.POOL_TOUR_LENGTH]).tolist()
    shifts, costs = table[:, layout.POOL_SHIFT].tolist(), table[:, layout.POOL_COST].tolist()
    return [
        PoolTour(shift=shift, visits=tuple(visits[begin:end]), cost=cost)
        for shift, begin, end, cost in zip(shifts, begins, ends, costs, strict=True)
    ]

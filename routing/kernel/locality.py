"""Locality order: neighbouring places and visits lie next to one another in memory.

The search reads the legs between a place and its neighbours. In the order of the problem each of
them lies on another line of the processor's cache. With 1,000 visits a third of the time was spent
waiting for memory. So the kernel numbers places and visits in its own order, and `search.Kernel`
translates between the two.
"""

from typing import NamedTuple

import numpy as np

from routing.timing import encoding
from routing.timing.encoding import IntArray, ProblemTables


class LocalityOrder(NamedTuple):
    """Tables of a problem in the kernel's order of places and visits.

    Attributes
    ----------
    tables : ProblemTables
        The tables of the problem with their rows of places and visits permuted.
    visits : array of shape (visits,)
        Per row of the kernel, the row of the problem.
    ranks : array of shape (visits,)
        Per row of the problem, the row of the kernel.
    """

    tables: ProblemTables
    visits: IntArray
    ranks: IntArray


def order_by_locality(tables: ProblemTables) -> LocalityOrder:
    """Return the tables of a problem in the kernel's order."""
    places = _nearest_neighbour_chain(tables.seconds[0])
    place_ranks = _inverse(places)
    visits = np.argsort(place_ranks[tables.visits[:, encoding.PLACE]], kind="stable")
    ranks = _inverse(visits)
    rows = tables.visits[visits]
    rows[:, encoding.PLACE] = place_ranks[rows[:, encoding.PLACE]]
    paired = rows[:, encoding.PARTNER] >= 0
    rows[paired, encoding.PARTNER] = ranks[rows[paired, encoding.PARTNER]]
    shifts = tables.shifts.copy()
    shifts[:, encoding.START] = place_ranks[shifts[:, encoding.START]]
    has_tolls = tables.tolls.shape[1] > 1
    ordered = tables._replace(
        seconds=_permuted(tables.seconds, places),
        metres=_permuted(tables.metres, places),
        tolls=_permuted(tables.tolls, places) if has_tolls else tables.tolls,
        visits=rows,
        visit_loads=tables.visit_loads[visits],
        shifts=shifts,
        nearest_ends=place_ranks[tables.nearest_ends[:, places]],
        allowed=tables.allowed[visits],
        surcharges=tables.surcharges[visits],
        reload_places=place_ranks[tables.reload_places],
    )
    return LocalityOrder(tables=ordered, visits=visits, ranks=ranks)


def _nearest_neighbour_chain(seconds: IntArray) -> IntArray:
    """Return the places from row 0 on, each followed by the nearest of the remaining ones."""
    both_ways = seconds + seconds.T
    chain = np.zeros(len(both_ways), dtype=np.int64)
    remaining = np.ones(len(both_ways), dtype=bool)
    remaining[0] = False
    for row in range(1, len(both_ways)):
        chain[row] = np.where(remaining, both_ways[chain[row - 1]], encoding.INFINITY).argmin()
        remaining[chain[row]] = False
    return chain


def _permuted(legs: IntArray, places: IntArray) -> IntArray:
    permuted: IntArray = legs[:, places[:, None], places]
    return permuted


def _inverse(order: IntArray) -> IntArray:
    inverse = np.empty_like(order)
    inverse[order] = np.arange(len(order))
    return inverse

"""Knows in which order places and visits lie best in memory: neighbours beside one another.

A search reads the legs between a place and those near it. Lying in the order in which somebody gave
them, each is on another line of the processor's cache, and on a thousand visits waiting for memory
took a third of the time. So the kernel has rows of its own, and only `search.Kernel` knows both.
"""

from typing import NamedTuple

import numpy as np

from routing.timing import encoding
from routing.timing.encoding import Tables, Whole


class LocalityOrder(NamedTuple):
    """A problem's tables in the kernel's order.

    Attributes
    ----------
    tables : Tables
        As the problem's own, with other rows of places and visits.
    visits : array of shape (visits,)
        Per row of the kernel, the problem's.
    ranks : array of shape (visits,)
        Per row of the problem, the kernel's.
    """

    tables: Tables
    visits: Whole
    ranks: Whole


def lined(said: Tables) -> LocalityOrder:
    """The tables of a problem in the kernel's order."""
    places = _chain(said.seconds[0])
    at = _inverse(places)
    visits = np.argsort(at[said.visits[:, encoding.PLACE]], kind="stable")
    ranks = _inverse(visits)
    known = said.visits[visits]
    known[:, encoding.PLACE] = at[known[:, encoding.PLACE]]
    paired = known[:, encoding.PARTNER] >= 0
    known[paired, encoding.PARTNER] = ranks[known[paired, encoding.PARTNER]]
    shifts = said.shifts.copy()
    shifts[:, encoding.START] = at[shifts[:, encoding.START]]
    tables = said._replace(
        seconds=_squared(said.seconds, places),
        metres=_squared(said.metres, places),
        cents=_squared(said.cents, places) if said.cents.shape[1] > 1 else said.cents,
        visits=known,
        loads=said.loads[visits],
        shifts=shifts,
        nearest=at[said.nearest[:, places]],
        may=said.may[visits],
        aside=said.aside[visits],
        reloads=at[said.reloads],
    )
    return LocalityOrder(tables=tables, visits=visits, ranks=ranks)


def _chain(seconds: Whole) -> Whole:
    """Each place followed by the nearest of those that are left."""
    both = seconds + seconds.T
    found, left = np.zeros(len(both), dtype=np.int64), np.ones(len(both), dtype=bool)
    left[0] = False
    for row in range(1, len(both)):
        found[row] = np.where(left, both[found[row - 1]], encoding.FAR).argmin()
        left[found[row]] = False
    return found


def _squared(legs: Whole, places: Whole) -> Whole:
    found: Whole = legs[:, places[:, None], places]
    return found


def _inverse(order: Whole) -> Whole:
    found = np.empty_like(order)
    found[order] = np.arange(len(order))
    return found

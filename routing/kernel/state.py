"""Knows how the state of a search is made and read."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from routing.kernel import memory_layout as o
from routing.kernel.callback import address
from routing.timing.encoding import Whole

AVERAGE: Final = 10
LONGEST: Final = 10
WHOLE: Final = 2_000
"""How to ruin, see `ruin`."""

LITTLE: Final = 500_000
"""How often only little is ruined where not everybody can be served.

Whoever is put back first takes the room of a large ruin; a little one asks for the exchange of one
visit for another. Little ones alone get stuck where everybody can be served after all.
"""


class PoolTour(NamedTuple):
    """A tour of the pool: its shift, its visits in their order, by their rows, and its cost."""

    shift: int
    visits: tuple[int, ...]
    cost: int


def fresh(f: Whole, g: Whole, seed: int) -> Whole:
    """A state without any tour."""
    visits, shifts, rows = (int(g[at]) for at in (o.VISITS, o.SHIFTS, o.CAPACITY_ROWS))
    sizes = {
        o.ROWS: shifts * rows * int(g[o.COLUMNS]),
        o.TOURS: shifts * o.TOUR_COLUMNS,
        o.TOUR_OF: visits,
        o.ABSENT: visits + 1,
        o.OLD_ABSENT: visits + 1,
        o.WANTED: visits,
        o.PARKED: visits + 1,
        o.HARD: visits,
        o.MET: max(1, int(g[o.DONORS]) * int(g[o.PERIODS])),
        o.TOUCHED_LIST: shifts,
        o.OLD_ORDERS: shifts * rows,
        o.SPOTS: (o.MOST_SPOTS + 1) * o.SPOT_COLUMNS,
        o.WEIGHT: visits + 1,
        o.ORDER: rows,
        o.BEST_STOPS: shifts,
        o.BEST_ORDERS: shifts * rows,
        o.SLOTS: o.MOST_SLOTS,
        o.COLUMN_LIST: o.MOST_KEPT * o.POOL_COLUMNS,
        o.STOP_LIST: o.MOST_KEPT_STOPS,
    }
    # Memory that is never touched is never given by the system: most of it is room for long tours.
    s = np.zeros(o.STATE_HEAD + sum(sizes.values()), dtype=np.int64)
    begin = o.STATE_HEAD
    for table, size in sizes.items():
        s[table] = begin
        begin += size
    forget_tours(s)
    s[o.CHANCE] = np.random.default_rng(seed).integers(1, 2**62)
    s[o.AVERAGE], s[o.LONGEST], s[o.WHOLE] = AVERAGE, LONGEST, WHOLE
    s[o.DRIVER], s[o.TAPE] = address(), len(f)
    return s


def ruin_less(s: Whole) -> None:
    """Take out fewer visits in many iterations from now on."""
    s[o.LITTLE] = LITTLE


def forget_tours(s: Whole) -> None:
    """Empty the pool."""
    s[s[o.SLOTS] : s[o.SLOTS] + o.MOST_SLOTS] = -1
    s[o.KEPT] = s[o.KEPT_STOPS] = s[o.MISSED] = 0


def laid_out(g: Whole, orders: Mapping[int, Sequence[int]]) -> Whole:
    """Orders of visits, by rows of shifts and visits, as `anneal.begin` takes them."""
    longest = max(map(len, orders.values()), default=0)
    found = np.full((int(g[o.SHIFTS]), longest), -1, dtype=np.int64)
    for shift, visits in orders.items():
        found[shift, : len(visits)] = visits
    return found


def best_orders(g: Whole, s: Whole) -> dict[int, list[int]]:
    """The orders of the best solution, by rows of shifts and visits."""
    rows, found = int(g[o.CAPACITY_ROWS]), {}
    for shift in range(int(g[o.SHIFTS])):
        first, count = int(s[o.BEST_ORDERS]) + shift * rows, int(s[s[o.BEST_STOPS] + shift])
        if count:
            found[shift] = s[first : first + count].tolist()
    return found


def columns(s: Whole, names: Whole) -> list[PoolTour]:
    """The tours of the pool, each visit called by its name, a number per row."""
    first, count = int(s[o.COLUMN_LIST]), int(s[o.KEPT])
    table = s[first : first + count * o.POOL_COLUMNS].reshape(count, o.POOL_COLUMNS)
    stops = names[s[int(s[o.STOP_LIST]) :][: int(s[o.KEPT_STOPS])]].tolist()
    begins = table[:, o.POOL_FIRST].tolist()
    ends = (table[:, o.POOL_FIRST] + table[:, o.POOL_STOPS]).tolist()
    shifts, costs = table[:, o.POOL_SHIFT].tolist(), table[:, o.POOL_COST].tolist()
    return [
        PoolTour(shift=shift, visits=tuple(stops[begin:end]), cost=cost)
        for shift, begin, end, cost in zip(shifts, begins, ends, costs, strict=True)
    ]

"""Knows the tours of good solutions: per set of visits and kind of shift, the cheapest order."""

from routing.compiled import inner
from routing.kernel import memory_layout as o
from routing.kernel.segments import point, tour
from routing.timing.encoding import Whole


@inner
def keep_tour(g: Whole, s: Whole, shift: int) -> None:
    """Put a tour into the pool, unless the pool has its visits as cheaply already."""
    totals = tour(s, shift)
    count = s[totals + o.STOPS]
    if count == 0:
        return
    slot = s[totals + o.HASH] & (o.MOST_SLOTS - 1)
    while s[s[o.SLOTS] + slot] >= 0:
        kept = s[o.COLUMN_LIST] + s[s[o.SLOTS] + slot] * o.POOL_COLUMNS
        if s[kept + o.POOL_MARK] == s[totals + o.HASH] and s[kept + o.POOL_STOPS] == count:
            if s[totals + o.COST] < s[kept + o.POOL_COST]:
                _write(g, s, shift, kept)
            return
        slot = (slot + 1) & (o.MOST_SLOTS - 1)
    if s[o.KEPT] == o.MOST_KEPT or s[o.KEPT_STOPS] + count > o.MOST_KEPT_STOPS:
        s[o.MISSED] += 1
        return
    kept = s[o.COLUMN_LIST] + s[o.KEPT] * o.POOL_COLUMNS
    s[kept + o.POOL_MARK], s[kept + o.POOL_STOPS] = s[totals + o.HASH], count
    s[kept + o.POOL_FIRST] = s[o.KEPT_STOPS]
    s[s[o.SLOTS] + slot] = s[o.KEPT]
    s[o.KEPT] += 1
    s[o.KEPT_STOPS] += count
    _write(g, s, shift, kept)


@inner
def _write(g: Whole, s: Whole, shift: int, kept: int) -> None:
    totals, at = tour(s, shift), point(g, s, shift, 1) + o.VISIT
    s[kept + o.POOL_SHIFT], s[kept + o.POOL_COST] = shift, s[totals + o.COST]
    for row in range(s[totals + o.STOPS]):
        stop = s[o.STOP_LIST] + s[kept + o.POOL_FIRST] + row
        s[stop] = s[at + row * g[o.COLUMNS]]

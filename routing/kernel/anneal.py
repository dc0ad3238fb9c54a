"""Knows the search: ruin, recreate, and accept what is worse now and then, the less the later."""

import math
from typing import Final

from routing.compiled import compiled, inner
from routing.kernel import memory_layout as o
from routing.kernel.callback import pointed
from routing.kernel.change import join, undo
from routing.kernel.pool import keep_tour
from routing.kernel.price import refresh
from routing.kernel.random_numbers import below, fraction
from routing.kernel.recreate import FARTHEST_FIRST, NEVER_PLACED, TURNS, recreate
from routing.kernel.ruin import ruin
from routing.kernel.segments import point, tour
from routing.timing.encoding import FAR, Whole

GOOD: Final = 100
"""The tours of solutions within one part in so many of the best are kept."""

HARDNESS: Final = 8.0
"""How many temperatures it is worth to leave out who always finds a spot instead of who never does.

Whoever pushes out an easy one makes room soon: what Nagata and Bräysy's ejections weigh by
penalties that grow (A powerful route minimization heuristic, 2009), and absence counters in Slack
induction by string removals.
"""


@compiled
def begin(f: Whole, g: Whole, s: Whole, orders: Whole) -> bool:
    """Take over the orders, and put in whatever is absent where it costs least.

    A search that has begun may begin anew; the pool stays.

    Parameters
    ----------
    orders : array of shape (shifts, any)
        Per shift its visits, then -1.

    Returns
    -------
    bool
        All of these tours are legal.
    """
    return _begin(pointed(f), pointed(g), pointed(s), orders)


@inner
def _begin(f: Whole, g: Whole, s: Whole, orders: Whole) -> bool:
    _clear(g, s)
    legal = True
    for shift in range(g[o.SHIFTS]):
        for row in range(orders.shape[1]):
            if orders[shift, row] >= 0:
                join(g, s, orders[shift, row], shift, row)
        legal &= refresh(f, g, s, shift)
    for visit in range(g[o.VISITS]):
        if s[s[o.TOUR_OF] + visit] < 0:
            s[s[o.ABSENT] + s[o.OUTSIDE]] = visit
            s[o.OUTSIDE] += 1
    if legal:
        recreate(f, g, s, FARTHEST_FIRST)
        s[o.TOTAL] = _absent(g, s)
        for shift in range(g[o.SHIFTS]):
            s[o.TOTAL] += s[tour(s, shift) + o.COST]
            keep_tour(g, s, shift)
        s[o.BLINK] = 0
        _remember(g, s)
    return legal


@inner
def _clear(g: Whole, s: Whole) -> None:
    s[o.BANNED], s[o.BLINK], s[o.OUTSIDE], s[o.GENEROUS] = -1, FAR, 0, 0
    for visit in range(g[o.VISITS]):
        s[s[o.TOUR_OF] + visit] = -1
    for shift in range(g[o.SHIFTS]):
        s[tour(s, shift) + o.STOPS] = 0
    for met in range(g[o.DONORS] * g[o.PERIODS]):
        s[s[o.MET] + met] = 0
    s[o.ITERATION] += 1
    s[o.CHANGED] = s[o.USED] = s[o.OLD_OUTSIDE] = 0


@compiled
def anneal(f: Whole, g: Whole, s: Whole, iterations: int, hot: float, cold: float) -> None:
    """Search so many iterations, cooling from one temperature to the other."""
    tape, ground, state, temperature = pointed(f), pointed(g), pointed(s), hot
    cooling = (cold / hot) ** (1.0 / max(1, iterations))
    for _ in range(iterations):
        _iterate(tape, ground, state, temperature)
        temperature *= cooling


@inner
def _iterate(f: Whole, g: Whole, s: Whole, temperature: float) -> None:
    s[o.ITERATION] += 1
    s[o.CHANGED] = s[o.STUCK] = 0
    s[o.OLD_OUTSIDE] = s[o.OUTSIDE]
    for row in range(s[o.OUTSIDE]):
        s[s[o.OLD_ABSENT] + row] = s[s[o.ABSENT] + row]
    before = _absent(g, s)
    ruin(f, g, s)
    if s[o.STUCK] == 0:
        recreate(f, g, s, below(s, len(TURNS)))
    total = s[o.TOTAL] - before + _absent(g, s)
    for number in range(s[o.CHANGED]):
        totals = tour(s, s[s[o.TOUCHED_LIST] + number])
        total += s[totals + o.COST] - s[totals + o.OLD_COST]
    harder = _hard(s, s[o.ABSENT], s[o.OUTSIDE]) - _hard(s, s[o.OLD_ABSENT], s[o.OLD_OUTSIDE])
    bound = s[o.TOTAL] - temperature * (math.log(fraction(s)) + HARDNESS * harder)
    if s[o.STUCK] == 1 or total >= bound:
        undo(g, s)
        return
    s[o.TOTAL] = total
    if total < s[o.BEST]:
        _remember(g, s)
    if total - s[o.BEST] <= s[o.BEST] // GOOD:
        for number in range(s[o.CHANGED]):
            keep_tour(g, s, s[s[o.TOUCHED_LIST] + number])


@inner
def _absent(g: Whole, s: Whole) -> int:
    """What leaving out the absent costs."""
    total = 0
    for row in range(s[o.OUTSIDE]):
        total += g[g[o.KNOWN] + s[s[o.ABSENT] + row] * o.KNOWN_COLUMNS + o.PENALTY]
    return total


@inner
def _hard(s: Whole, absent: int, count: int) -> float:
    """How many of these find no spot, one for each who never does."""
    total = 0
    for row in range(count):
        total += s[s[o.HARD] + s[absent + row]]
    return total / NEVER_PLACED


@inner
def _remember(g: Whole, s: Whole) -> None:
    """Keep this solution as the best."""
    s[o.BEST], s[o.BEST_FOUND] = s[o.TOTAL], s[o.ITERATION]
    for shift in range(g[o.SHIFTS]):
        count, at = s[tour(s, shift) + o.STOPS], point(g, s, shift, 1) + o.VISIT
        s[s[o.BEST_STOPS] + shift] = count
        kept = s[o.BEST_ORDERS] + shift * g[o.CAPACITY_ROWS]
        for row in range(count):
            s[kept + row] = s[at + row * g[o.COLUMNS]]

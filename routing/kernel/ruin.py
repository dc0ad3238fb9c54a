"""Knows which visits to take out: strings of neighbouring tours, now and then a whole tour.

Strings and their numbers are those of Christiaens and Vanden Berghe, Slack induction by string
removals for vehicle routing problems, 2020.
"""

from typing import Final

from routing.compiled import inner
from routing.kernel import memory_layout as o
from routing.kernel.change import expel, row_of, touch
from routing.kernel.price import refresh
from routing.kernel.random_numbers import below, fraction
from routing.kernel.segments import tour
from routing.timing.encoding import Whole

PARTS: Final = 1_000_000
"""`layout.WHOLE`, how often a whole tour is taken out, and `LITTLE`, how often fewer visits, are
counted in so many parts; `AVERAGE` is how many visits are taken out in an iteration, about, and
`LONGEST` the longest string."""

FEWER: Final = (5.0, 4.0)
"""The average and the longest string of the iterations that take out fewer."""

DEEPER: Final = 0.01
"""How often a split string preserves one visit more."""

BANNING: Final = 0.7
"""How often its shift is then left alone for the iteration."""

INVITED: Final = 5
"""How many of the absent near its middle may try the room that a ruin makes."""

GENEROSITY: Final = 20
"""Once in so many iterations visits are put back for more than leaving them out costs: two may be
worth a shift's fixed cost when neither is alone. The search then judges the whole."""


@inner
def ruin(f: Whole, g: Whole, s: Whole) -> None:
    """Take visits out of the solution; they are absent then."""
    s[o.BANNED], s[o.GENEROUS] = -1, below(s, GENEROSITY) == 0
    if below(s, PARTS) < s[o.WHOLE]:
        _whole(f, g, s)
    else:
        _strings(f, g, s)


@inner
def _whole(f: Whole, g: Whole, s: Whole) -> None:
    for _ in range(8):
        shift = below(s, g[o.SHIFTS])
        if s[tour(s, shift) + o.STOPS] > s[tour(s, shift) + o.FROZEN]:
            _empty(f, g, s, shift)
            if fraction(s) < BANNING:
                s[o.BANNED] = shift
            return


@inner
def _empty(f: Whole, g: Whole, s: Whole, shift: int) -> None:
    """Take everything out of a tour that can be taken out."""
    touch(g, s, shift)
    frozen = s[tour(s, shift) + o.FROZEN]
    while s[tour(s, shift) + o.STOPS] > frozen:
        expel(g, s, shift, s[tour(s, shift) + o.STOPS])
    if not refresh(f, g, s, shift):
        s[o.STUCK] = 1


@inner
def _strings(f: Whole, g: Whole, s: Whole) -> None:
    stops = g[o.VISITS] - s[o.OUTSIDE]
    average, longest = float(s[o.AVERAGE]), float(s[o.LONGEST])
    if s[o.LITTLE] > 0 and below(s, PARTS) < s[o.LITTLE]:
        average, longest = FEWER
    longest = min(longest, stops / max(1, s[o.USED]))
    most = 4.0 * average / (1.0 + longest) - 1.0
    left = int(fraction(s) * most + 1.0)
    middle = below(s, g[o.VISITS])
    near = g[o.ADJACENT] + middle * g[o.NEIGHBOURS]
    _invite(g, s, near)
    for number in range(g[o.NEIGHBOURS]):
        visit = g[near + number]
        shift = s[s[o.TOUR_OF] + visit]
        if shift < 0 or s[tour(s, shift) + o.TOUCHED] == s[o.ITERATION]:
            continue
        row = row_of(g, s, visit)
        if row <= s[tour(s, shift) + o.FROZEN]:
            continue
        _string(f, g, s, shift, row, longest)
        left -= 1
        if left <= 0:
            return


@inner
def _invite(g: Whole, s: Whole, near: int) -> None:
    """Let some of the absent near the middle of a ruin try the room it makes."""
    left = min(INVITED, s[o.OUTSIDE])
    for number in range(g[o.NEIGHBOURS]):
        if left <= 0:
            return
        visit = g[near + number]
        if s[s[o.TOUR_OF] + visit] < 0:
            s[s[o.WANTED] + visit] = s[o.ITERATION]
            left -= 1


@inner
def _string(f: Whole, g: Whole, s: Whole, shift: int, row: int, longest: float) -> None:
    """Take out a string around a point, or one of which a part in the middle is preserved."""
    touch(g, s, shift)
    frozen, count = s[tour(s, shift) + o.FROZEN], s[tour(s, shift) + o.STOPS]
    free = count - frozen
    length = int(fraction(s) * min(float(free), longest) + 1.0)
    preserved = 0
    if 1 < length < free and fraction(s) < 0.5:  # noqa: PLR2004 - half of them
        preserved = 1
        while length + preserved < free and fraction(s) < DEEPER:
            preserved += 1
    span = length + preserved
    lowest = max(frozen + 1, row - span + 1)
    first = lowest + below(s, min(row, count - span + 1) - lowest + 1)
    skip = 1 + below(s, length - 1) if preserved > 0 else length
    _cut(g, s, shift, first + skip + preserved, length - skip)
    _cut(g, s, shift, first, skip)
    if not refresh(f, g, s, shift):
        # Where a detour is quicker than the straight way, fewer stops can take longer.
        _empty(f, g, s, shift)


@inner
def _cut(g: Whole, s: Whole, shift: int, first: int, length: int) -> None:
    frozen = s[tour(s, shift) + o.FROZEN]
    for row in range(first + length - 1, first - 1, -1):
        # The other end of a shipment may have gone with one before.
        if frozen < row <= s[tour(s, shift) + o.STOPS]:
            expel(g, s, shift, row)

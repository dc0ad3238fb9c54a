"""Knows how absent visits are put back: one after the other, each where it costs least."""

from typing import Final

from routing.compiled import inner
from routing.kernel import memory_layout as o
from routing.kernel.change import give_up, take
from routing.kernel.insertion_positions import survey
from routing.kernel.random_numbers import below, drawn
from routing.kernel.segments import tour
from routing.kernel.shipment_positions import survey_pair
from routing.timing.clock import NEVER
from routing.timing.encoding import DELIVERY, PICKUP, Whole

RANDOM: Final = -1

TURNS: Final = (
    *[(RANDOM, 1)] * 4,
    *[(o.BY_LOAD, -1)] * 4,
    *[(o.BY_FARNESS, -1)] * 2,
    (o.BY_FARNESS, 1),
    *[(o.BY_WIDTH, 1)] * 2,
    *[(o.BY_OPENING, 1)] * 2,
    *[(o.BY_SHUTTING, -1)] * 2,
)
"""By which key the absent are sorted, and whether the largest (-1) or the smallest (1) is first; an
iteration draws one of these."""

TRIED: Final = 1
"""How many of those who have been absent for longer are tried everywhere in an iteration, about."""

FARTHEST_FIRST: Final = TURNS.index((o.BY_FARNESS, -1))
"""The turn that begins a solution: who is hard to reach chooses while there is room."""

NEVER_PLACED: Final = 1 << 20
"""`layout.HARD` of a visit that finds no spot whenever it is tried; 0 if it always finds one."""

LEARNT: Final = 5
"""A try changes that by one part in two to this power."""


@inner
def recreate(f: Whole, g: Whole, s: Whole, turn: int) -> None:
    """Put back what can be put back and is worth it, sorted by a turn; the rest stays absent."""
    parked = _park(s)
    _sort(g, s, turn)
    left = 0
    for number in range(s[o.OUTSIDE]):
        visit = s[s[o.ABSENT] + number]
        role = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.ROLE]
        if s[s[o.TOUR_OF] + visit] >= 0:
            continue
        if role == DELIVERY or not _try(f, g, s, visit, role):
            s[s[o.WEIGHT] + left] = visit
            left += 1
    s[o.OUTSIDE] = 0
    for number in range(left):
        visit = s[s[o.WEIGHT] + number]
        # A delivery was passed over before its pick-up was put back.
        if s[s[o.TOUR_OF] + visit] < 0:
            s[s[o.ABSENT] + s[o.OUTSIDE]] = visit
            s[o.OUTSIDE] += 1
    for number in range(parked):
        visit = s[s[o.PARKED] + number]
        if s[s[o.TOUR_OF] + visit] < 0:
            s[s[o.ABSENT] + s[o.OUTSIDE]] = visit
            s[o.OUTSIDE] += 1


@inner
def _park(s: Whole) -> int:
    """Set aside those who have been absent for longer, but for some and for those near the ruin.

    Where a fleet cannot serve everybody, the time would otherwise go into trying them all. Whoever
    found no spot before finds none in a tour that is as it was: those near the ruin try what has
    changed.
    """
    before, kept, parked = s[o.OLD_OUTSIDE], 0, 0
    for number in range(s[o.OUTSIDE]):
        visit = s[s[o.ABSENT] + number]
        anywhere = number >= before or before <= TRIED or below(s, before) < TRIED
        if anywhere:
            s[s[o.WANTED] + visit] = 0
        if anywhere or s[s[o.WANTED] + visit] == s[o.ITERATION]:
            s[s[o.ABSENT] + kept] = visit
            kept += 1
        else:
            s[s[o.PARKED] + parked] = visit
            parked += 1
    s[o.OUTSIDE] = kept
    return parked


@inner
def _try(f: Whole, g: Whole, s: Whole, visit: int, role: int) -> bool:
    """Put a visit back if that can be done, and learn from it how hard that is."""
    placed, hard = _put_back(f, g, s, visit, role), s[o.HARD] + visit
    s[hard] += ((0 if placed else NEVER_PLACED) - s[hard]) >> LEARNT
    return placed


@inner
def _put_back(f: Whole, g: Whole, s: Whole, visit: int, role: int) -> bool:
    worth = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.PENALTY]
    if role == PICKUP:
        partner = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.PARTNER]
        worth += g[g[o.KNOWN] + partner * o.KNOWN_COLUMNS + o.PENALTY]
        survey_pair(g, s, visit, partner)
    else:
        survey(f, g, s, visit)
    sure = s[o.SPOTS]
    for row in range(1, o.MOST_SPOTS + 1):
        spot = s[o.SPOTS] + row * o.SPOT_COLUMNS
        if s[spot + o.PRICE] >= s[sure + o.PRICE]:
            break
        before = s[tour(s, s[spot + o.SHIFT]) + o.COST]
        if take(f, g, s, visit, spot):
            if s[o.GENEROUS] == 1 or s[spot + o.PRICE] <= worth:
                return True
            give_up(g, s, spot, before)
    if s[sure + o.PRICE] == NEVER or (s[o.GENEROUS] == 0 and s[sure + o.PRICE] > worth):
        return False
    return take(f, g, s, visit, sure)


@inner
def _sort(g: Whole, s: Whole, turn: int) -> None:
    """Sort the absent by the key whose turn it is."""
    for number in range(s[o.OUTSIDE]):
        s[s[o.WEIGHT] + number] = _key(g, s, s[s[o.ABSENT] + number], turn)
    for number in range(1, s[o.OUTSIDE]):
        visit, weight = s[s[o.ABSENT] + number], s[s[o.WEIGHT] + number]
        at = number
        while at > 0 and s[s[o.WEIGHT] + at - 1] > weight:
            s[s[o.WEIGHT] + at] = s[s[o.WEIGHT] + at - 1]
            s[s[o.ABSENT] + at] = s[s[o.ABSENT] + at - 1]
            at -= 1
        s[s[o.ABSENT] + at], s[s[o.WEIGHT] + at] = visit, weight


@inner
def _key(g: Whole, s: Whole, visit: int, turn: int) -> int:
    column, sign = TURNS[turn]
    if column == RANDOM:
        return drawn(s)
    return sign * g[g[o.KEYS] + visit * o.KEY_COLUMNS + column]

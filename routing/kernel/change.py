"""Knows how a solution is changed, and how a change is taken back."""

from routing.compiled import inner
from routing.kernel import memory_layout as o
from routing.kernel.price import refresh
from routing.kernel.segments import backward, forward, point, tour, weigh
from routing.timing import encoding
from routing.timing.encoding import Whole


@inner
def touch(g: Whole, s: Whole, shift: int) -> None:
    """Remember a tour as it is, once per iteration, before it is changed."""
    totals = tour(s, shift)
    if s[totals + o.TOUCHED] == s[o.ITERATION]:
        return
    s[totals + o.TOUCHED] = s[o.ITERATION]
    s[s[o.TOUCHED_LIST] + s[o.CHANGED]] = shift
    s[o.CHANGED] += 1
    s[totals + o.OLD_STOPS], s[totals + o.OLD_COST] = s[totals + o.STOPS], s[totals + o.COST]
    kept, at = s[o.OLD_ORDERS] + shift * g[o.CAPACITY_ROWS], point(g, s, shift, 1)
    for row in range(s[totals + o.STOPS]):
        s[kept + row] = s[at + row * g[o.COLUMNS] + o.VISIT]


@inner
def join(g: Whole, s: Whole, visit: int, shift: int, behind: int) -> None:
    """Put a visit behind a point of a tour; the tour is not timed anew."""
    totals, columns = tour(s, shift), g[o.COLUMNS]
    count = s[totals + o.STOPS]
    at = point(g, s, shift, 0) + o.VISIT
    for row in range(count, behind, -1):
        s[at + (row + 1) * columns] = s[at + row * columns]
    s[at + (behind + 1) * columns] = visit
    s[totals + o.STOPS] = count + 1
    s[o.USED] += count == 0
    _met(g, s, visit, shift, 1)
    s[s[o.TOUR_OF] + visit] = shift


@inner
def leave(g: Whole, s: Whole, shift: int, row: int) -> int:
    """Take the visit at a point out of a tour; the tour is not timed anew."""
    totals, columns = tour(s, shift), g[o.COLUMNS]
    at = point(g, s, shift, 0) + o.VISIT
    visit = s[at + row * columns]
    for behind in range(row, s[totals + o.STOPS]):
        s[at + behind * columns] = s[at + (behind + 1) * columns]
    s[totals + o.STOPS] -= 1
    s[o.USED] -= s[totals + o.STOPS] == 0
    _met(g, s, visit, shift, -1)
    s[s[o.TOUR_OF] + visit] = -1
    return visit


@inner
def _met(g: Whole, s: Whole, visit: int, shift: int, by: int) -> None:
    donor = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.DONOR]
    period = g[g[o.FLEET] + shift * o.FLEET_COLUMNS + encoding.PERIOD]
    if donor >= 0 and period >= 0:
        s[s[o.MET] + donor * g[o.PERIODS] + period] += by


@inner
def row_of(g: Whole, s: Whole, visit: int) -> int:
    """The point of its tour where a visit is."""
    at, columns = point(g, s, s[s[o.TOUR_OF] + visit], 0) + o.VISIT, g[o.COLUMNS]
    row = 1
    while s[at + row * columns] != visit:
        row += 1
    return row


@inner
def expel(g: Whole, s: Whole, shift: int, row: int) -> None:
    """Take out the visit at a point, and the other end of its shipment; they are absent then."""
    visit = leave(g, s, shift, row)
    s[s[o.ABSENT] + s[o.OUTSIDE]] = visit
    s[o.OUTSIDE] += 1
    partner = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.PARTNER]
    if partner >= 0 and s[s[o.TOUR_OF] + partner] == shift:
        leave(g, s, shift, row_of(g, s, partner))
        s[s[o.ABSENT] + s[o.OUTSIDE]] = partner
        s[o.OUTSIDE] += 1


@inner
def take(f: Whole, g: Whole, s: Whole, visit: int, spot: int) -> bool:
    """Take a spot (where its columns begin), and keep it if the tour is legal then."""
    shift, here, there = s[spot + o.SHIFT], s[spot + o.HERE], s[spot + o.THERE]
    touch(g, s, shift)
    before = s[tour(s, shift) + o.COST]
    join(g, s, visit, shift, here)
    if there >= 0:
        partner = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.PARTNER]
        join(g, s, partner, shift, there + 1)
    if refresh(f, g, s, shift):
        s[spot + o.PRICE] = s[tour(s, shift) + o.COST] - before
        return True
    give_up(g, s, spot, before)
    return False


@inner
def give_up(g: Whole, s: Whole, spot: int, before: int) -> None:
    """Leave a spot again, where the tour cost this before."""
    shift, here, there = s[spot + o.SHIFT], s[spot + o.HERE], s[spot + o.THERE]
    if there >= 0:
        leave(g, s, shift, there + 2)
    leave(g, s, shift, here + 1)
    _as_before(g, s, shift, before)


@inner
def _as_before(g: Whole, s: Whole, shift: int, cost: int) -> None:
    """Write a tour that was legal and cost this."""
    forward(g, s, shift)
    backward(g, s, shift)
    weigh(g, s, shift)
    totals = tour(s, shift)
    end = point(g, s, shift, s[totals + o.STOPS] + 1)
    s[totals + o.LENGTH] = s[end + o.LENGTH_TO] if s[totals + o.STOPS] > 0 else 0
    s[totals + o.COST] = cost


@inner
def undo(g: Whole, s: Whole) -> None:
    """Make the solution what it was when the iteration began."""
    for number in range(s[o.CHANGED]):
        shift = s[s[o.TOUCHED_LIST] + number]
        while s[tour(s, shift) + o.STOPS] > 0:
            leave(g, s, shift, s[tour(s, shift) + o.STOPS])
    for number in range(s[o.CHANGED]):
        shift = s[s[o.TOUCHED_LIST] + number]
        kept = s[o.OLD_ORDERS] + shift * g[o.CAPACITY_ROWS]
        for row in range(s[tour(s, shift) + o.OLD_STOPS]):
            join(g, s, s[kept + row], shift, row)
        _as_before(g, s, shift, s[tour(s, shift) + o.OLD_COST])
    s[o.OUTSIDE] = s[o.OLD_OUTSIDE]
    for row in range(s[o.OUTSIDE]):
        s[s[o.ABSENT] + row] = s[s[o.OLD_ABSENT] + row]

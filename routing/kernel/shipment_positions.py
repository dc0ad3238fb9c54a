"""Knows where the two visits of a shipment may be put: in one tour, the pick-up first."""

from routing.compiled import inner
from routing.kernel import memory_layout as o
from routing.kernel.insertion_positions import PERHAPS, keep, may_join
from routing.kernel.segments import leg_price, point, terms, tour
from routing.timing import encoding
from routing.timing.clock import NEVER
from routing.timing.encoding import Whole


@inner
def survey_pair(g: Whole, s: Whole, pickup: int, delivery: int) -> None:
    """Fill the list of spots with the pairs that cost the least road; all are doubtful."""
    for row in range(o.MOST_SPOTS + 1):
        s[s[o.SPOTS] + row * o.SPOT_COLUMNS + o.PRICE] = NEVER
    stale = s[s[o.WANTED] + pickup] == s[o.ITERATION]
    for shift in range(g[o.SHIFTS]):
        if stale and s[tour(s, shift) + o.TOUCHED] != s[o.ITERATION]:
            continue
        apart = _by_whom(g, pickup) != _by_whom(g, delivery)
        if not apart and g[g[o.FLEET] + shift * o.FLEET_COLUMNS + encoding.PERIOD] >= 0:
            continue
        if may_join(g, s, pickup, shift) and may_join(g, s, delivery, shift):
            _scan_pairs(g, s, pickup, delivery, shift)


@inner
def _by_whom(g: Whole, visit: int) -> int:
    """The donor of a visit; whoever has none is like nobody else."""
    donor = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.DONOR]
    return donor if donor >= 0 else -1 - visit


@inner
def _scan_pairs(g: Whole, s: Whole, pickup: int, delivery: int, shift: int) -> None:
    count, fleet = s[tour(s, shift) + o.STOPS], g[o.FLEET] + shift * o.FLEET_COLUMNS
    fixed = g[fleet + encoding.FIXED] if count == 0 else 0
    fixed += g[terms(g, pickup, shift) + o.ASIDE] + g[terms(g, delivery, shift) + o.ASIDE]
    for here in range(s[tour(s, shift) + o.FROZEN], count + 1):
        if not _at(g, pickup, here):
            continue
        alone = _detour(g, s, pickup, shift, here)
        if alone == NEVER:
            continue
        if _at(g, delivery, here + 1):
            price = fixed + _both(g, s, pickup, delivery, shift, here)
            keep(s, price, shift, here, here, PERHAPS)
        for there in range(here + 1, count + 1):
            if not _at(g, delivery, there + 1):
                continue
            second = _detour(g, s, delivery, shift, there)
            if second < NEVER:
                keep(s, fixed + alone + second, shift, here, there, PERHAPS)


@inner
def _at(g: Whole, visit: int, position: int) -> bool:
    pinned = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.POSITION]
    return pinned == -1 or pinned == position  # noqa: PLR1714 - Numba


@inner
def _leg(g: Whole, shift: int, here: int, there: int) -> int:
    profile = g[g[o.FLEET] + shift * o.FLEET_COLUMNS + encoding.PROFILE]
    return g[g[o.OUT] + (profile * g[o.PLACES] + here) * g[o.PLACES] + there]


@inner
def _next(g: Whole, s: Whole, shift: int, row: int, place: int) -> int:
    """The place of the point behind which another place was put."""
    if row == s[tour(s, shift) + o.STOPS]:
        return g[g[o.NEAREST] + shift * g[o.PLACES] + place]
    return s[point(g, s, shift, row + 1) + o.AT]


@inner
def _detour(g: Whole, s: Whole, visit: int, shift: int, row: int) -> int:
    """The price of the road by way of a visit behind a point, or NEVER if it is shut by then."""
    fleet, at = g[o.FLEET] + shift * o.FLEET_COLUMNS, point(g, s, shift, row)
    place, here = g[g[o.KNOWN] + visit * o.KNOWN_COLUMNS + o.PLACE], s[at + o.AT]
    leg = _leg(g, shift, here, place)
    if s[at + o.LEAVE] + (leg & o.SECONDS_OF) > g[terms(g, visit, shift) + o.SHUTS]:
        return NEVER
    there = _next(g, s, shift, row, place)
    price = leg_price(g, fleet, here, place, leg)
    price += leg_price(g, fleet, place, there, _leg(g, shift, place, there))
    return price - s[at + g[o.COLUMNS] + o.LEG]


@inner
def _both(g: Whole, s: Whole, pickup: int, delivery: int, shift: int, row: int) -> int:
    """The price of the road by way of both, one right behind the other."""
    fleet, at = g[o.FLEET] + shift * o.FLEET_COLUMNS, point(g, s, shift, row)
    first = g[g[o.KNOWN] + pickup * o.KNOWN_COLUMNS + o.PLACE]
    second = g[g[o.KNOWN] + delivery * o.KNOWN_COLUMNS + o.PLACE]
    here, there = s[at + o.AT], _next(g, s, shift, row, second)
    price = leg_price(g, fleet, here, first, _leg(g, shift, here, first))
    price += leg_price(g, fleet, first, second, _leg(g, shift, first, second))
    price += leg_price(g, fleet, second, there, _leg(g, shift, second, there))
    return price - s[at + g[o.COLUMNS] + o.LEG]

"""Knows whether a shift can serve an order, at best when, and what that costs: all rules of a tour.

Of all legal ways to drive an order it takes the one with the fewest unloadings, of those the
cheapest, of those the shortest, and of those the one that ends first.
"""

from typing import Final, NamedTuple

import numpy as np

from routing.compiled import compiled, inner
from routing.timing import accessors
from routing.timing.breaks import rested
from routing.timing.clock import NEVER, hours, late
from routing.timing.earliest_start import ARRIVAL, BEGIN, LEGAL, NOT_RECEIVED, RIDES, Bounds
from routing.timing.encoding import (
    BALANCES_FROM,
    BALANCES_TO,
    CARRIED_UNTIL,
    CLOSES,
    FAR,
    FIXED,
    MAX_DRIVING,
    MAX_METRES,
    MAX_STOPS,
    MAX_WORKING,
    MEASURE,
    OF_METRES,
    OF_STOPS,
    OPENS,
    PER_DRIVING,
    PER_METRE,
    PLACE,
    POSITION,
    PROFILE,
    RATE,
    RELOAD_FROM,
    RELOAD_TO,
    RELOADS,
    SETUP,
    SHARE,
    START,
    Whole,
)
from routing.timing.leg_sequence import (
    LIMIT,
    RECEIVER,
    UNLOADS,
    VISIT,
    course,
    fits,
    road,
    ships_whole,
)

# What a judgement may leave aside, so that a plan made by hand is timed as kindly as can be.
WHO, LOADS, RIDE_TIMES, LIMITS = 1, 2, 4, 8
EVERYTHING: Final = WHO | LOADS | RIDE_TIMES | LIMITS

# What fails beside the clock (whose answers are in `clock`).
NOT_ALLOWED, TOO_MUCH, ABOVE_LIMIT = range(10, 13)

# The parts of a price.
DRIVING, TIME, OVERTIME, FIX, LATENESS, PREFERENCES, ZONES, IMBALANCE = range(8)
PARTS: Final = 8


class TourEvaluation(NamedTuple):
    """An order as it is driven, or why it cannot be.

    Attributes
    ----------
    status, row, amount
        `LEGAL`, or what fails first, at which point, and by how much.
    cost : int
        Of the whole tour, in shares.
    table, times, slots
        See `course`, `clock`.
    """

    status: int
    row: int
    amount: int
    cost: int
    departure: int
    table: Whole
    times: Whole
    slots: Whole


@compiled
def drive(f: Whole, shift: int, order: Whole, keep: int) -> TourEvaluation:
    """Drive an order of at least one visit as well as its shift can.

    Parameters
    ----------
    keep
        Which rules to keep beside those of windows, hours and breaks.
    """
    none = np.empty(0, dtype=np.int64)
    if keep & WHO and not _allowed(f, shift, order):
        return _refused(NOT_ALLOWED, 0, 0)
    first = _with(f, shift, order, none, none, keep)
    if first.status == LEGAL or not _may_help(f, shift, keep):
        return first
    bare = _with(f, shift, order, none, none, keep & ~(LOADS | RIDE_TIMES))
    if (
        bare.status != LEGAL
        and not _may_save_set_up(f, shift, order)
        and not _may_shorten(f, shift, order)
    ):
        return first
    for count in range(1, accessors.shift(f, shift, RELOADS) + 1):
        best = _unloading(f, shift, order, count, keep)
        if best.status == LEGAL:
            return best
    return first


@inner
def _allowed(f: Whole, shift: int, order: Whole) -> bool:
    for place in range(len(order)):
        visit = order[place]
        if accessors.may(f, visit, shift) == 0:
            return False
        pinned = accessors.visit(f, visit, POSITION)
        if pinned >= 0 and pinned != place:
            return False
    return ships_whole(f, order)


@inner
def _refused(status: int, row: int, amount: int) -> TourEvaluation:
    nothing = np.empty((0, 0), dtype=np.int64)
    return TourEvaluation(status, row, amount, NEVER, 0, nothing, nothing, nothing)


@inner
def _may_help(f: Whole, shift: int, keep: int) -> bool:
    """An unloading on the way can make room or end a ride, if the shift has any."""
    return accessors.shift(f, shift, RELOADS) > 0 and keep & (LOADS | RIDE_TIMES) != 0


@inner
def _may_save_set_up(f: Whole, shift: int, order: Whole) -> bool:
    """Whoever unloads at the place of the next visit is there already, and owes no set-up."""
    first, last = accessors.shift(f, shift, RELOAD_FROM), accessors.shift(f, shift, RELOAD_TO)
    for visit in order:
        if accessors.visit(f, visit, SETUP) > 0:
            for row in range(first, last):
                if accessors.reload(f, row) == accessors.visit(f, visit, PLACE):
                    return True
    return False


@inner
def _may_shorten(f: Whole, shift: int, order: Whole) -> bool:
    """By way of a place to unload a leg is quicker or nearer, or the nearest end is another.

    Roads that are measured or rounded up are not always the shortest.
    """
    profile, here = accessors.shift(f, shift, PROFILE), accessors.shift(f, shift, START)
    for place in range(len(order) + 1):
        ends = place == len(order)
        there = (
            accessors.nearest(f, shift, here) if ends else accessors.visit(f, order[place], PLACE)
        )
        seconds, metres = (
            accessors.seconds(f, profile, here, there),
            accessors.metres(f, profile, here, there),
        )
        for row in range(
            accessors.shift(f, shift, RELOAD_FROM), accessors.shift(f, shift, RELOAD_TO)
        ):
            via = accessors.reload(f, row)
            after = accessors.nearest(f, shift, via) if ends else there
            first, second = (
                accessors.seconds(f, profile, here, via),
                accessors.seconds(f, profile, via, after),
            )
            road = accessors.metres(f, profile, here, via) + accessors.metres(
                f, profile, via, after
            )
            if first + second < seconds or road < metres:
                return True
        here = there
    return False


@inner
def _unloading(f: Whole, shift: int, order: Whole, count: int, keep: int) -> TourEvaluation:
    """The best way with so many unloadings: every choice of where is tried."""
    first, last = accessors.shift(f, shift, RELOAD_FROM), accessors.shift(f, shift, RELOAD_TO)
    halts, places = np.arange(count), np.full(count, first)
    best = _refused(RIDES, 0, 0)
    if count > len(order) + 1:
        return best
    while True:
        found = _with(f, shift, order, halts, _at(f, places), keep)
        if found.status == LEGAL and found.cost < best.cost:
            best = found
        if not _next_places(places, first, last) and not _next_halts(halts, len(order)):
            return best


@inner
def _at(f: Whole, places: Whole) -> Whole:
    found = np.empty(len(places), dtype=np.int64)
    for row in range(len(places)):
        found[row] = accessors.reload(f, places[row])
    return found


@inner
def _next_places(places: Whole, first: int, last: int) -> bool:
    for digit in range(len(places)):
        places[digit] += 1
        if places[digit] < last:
            return True
        places[digit] = first
    return False


@inner
def _next_halts(halts: Whole, stops: int) -> bool:
    """Go on to the next ascending choice of halts among 0 ... stops."""
    count = len(halts)
    for digit in range(count - 1, -1, -1):
        if halts[digit] < stops - (count - 1 - digit):
            halts[digit] += 1
            for after in range(digit + 1, count):
                halts[after] = halts[after - 1] + 1
            return True
    return False


@inner
def _with(
    f: Whole, shift: int, order: Whole, halts: Whole, places: Whole, keep: int
) -> TourEvaluation:
    """Drive an order with these unloadings."""
    table = course(f, shift, order, halts, places)
    if keep & RIDE_TIMES == 0:
        _forget_rides(table)
    elif accessors.shift(f, shift, CARRIED_UNTIL) < FAR and not _receives(table):
        return _refused(NOT_RECEIVED, 0, 0)
    if keep & LOADS and not fits(f, shift, table):
        return _refused(TOO_MUCH, 0, 0)
    seconds, metres, cents = road(f, shift, table)
    if keep & LIMITS and (
        seconds > accessors.shift(f, shift, MAX_DRIVING)
        or metres > accessors.shift(f, shift, MAX_METRES)
        or len(order) > accessors.shift(f, shift, MAX_STOPS)
    ):
        return _refused(ABOVE_LIMIT, 0, 0)
    found = rested(f, shift, table, _bounds(f, shift, keep))
    status, row, amount, cost, departure, times, slots = found
    if status == LEGAL:
        cost += _beside_hours(f, shift, order, seconds, metres, cents)
    return TourEvaluation(status, row, amount, cost, departure, table, times, slots)


@inner
def _forget_rides(table: Whole) -> None:
    table[:, LIMIT] = FAR


@inner
def _receives(table: Whole) -> bool:
    """Some point of the course receives what is on board from the beginning."""
    return table[0, RECEIVER] >= 0 or table[0, VISIT] == UNLOADS


@inner
def _bounds(f: Whole, shift: int, keep: int) -> Bounds:
    carried_until = accessors.shift(f, shift, CARRIED_UNTIL) if keep & RIDE_TIMES else FAR
    max_working = accessors.shift(f, shift, MAX_WORKING) if keep & LIMITS else FAR
    return Bounds(
        accessors.shift(f, shift, OPENS),
        accessors.shift(f, shift, CLOSES),
        carried_until,
        max_working,
    )


@inner
def _beside_hours(f: Whole, shift: int, order: Whole, seconds: int, metres: int, cents: int) -> int:
    total = (
        accessors.shift(f, shift, PER_METRE) * metres
        + accessors.shift(f, shift, PER_DRIVING) * seconds
        + cents
    )
    total += accessors.shift(f, shift, FIXED) + uneven(f, shift, len(order), metres)
    for visit in order:
        total += accessors.aside(f, visit, shift, 0) + accessors.aside(f, visit, shift, 1)
    return total


@inner
def uneven(f: Whole, shift: int, stops: int, metres: int) -> int:
    """What a tour pays, in shares, for more stops and metres than its share."""
    total = 0
    for balance in range(
        accessors.shift(f, shift, BALANCES_FROM), accessors.shift(f, shift, BALANCES_TO)
    ):
        measure, share = (
            accessors.balance(f, balance, MEASURE),
            accessors.balance(f, balance, SHARE),
        )
        if measure == OF_STOPS:
            total += accessors.balance(f, balance, RATE) * max(0, stops - share)
        elif measure == OF_METRES:
            total += accessors.balance(f, balance, RATE) * max(0, metres - share)
    return total


@inner
def parts(f: Whole, shift: int, order: Whole, way: TourEvaluation) -> Whole:
    """The price of an order that is driven so, in shares, by the parts of a bill."""
    found = np.zeros(PARTS, dtype=np.int64)
    seconds, metres, cents = road(f, shift, way.table)
    arrival = way.times[len(way.table) - 1, ARRIVAL]
    time, overtime, imbalance = hours(f, shift, way.departure, arrival)
    found[DRIVING] = accessors.shift(f, shift, PER_METRE) * metres + cents
    found[DRIVING] += accessors.shift(f, shift, PER_DRIVING) * seconds
    found[TIME], found[OVERTIME], found[FIX] = time, overtime, accessors.shift(f, shift, FIXED)
    found[IMBALANCE] = imbalance + uneven(f, shift, len(order), metres)
    for row in range(len(way.table)):
        found[LATENESS] += late(f, way.table[row, VISIT], way.times[row, BEGIN])
    for visit in order:
        found[PREFERENCES] += accessors.aside(f, visit, shift, 0)
        found[ZONES] += accessors.aside(f, visit, shift, 1)
    return found

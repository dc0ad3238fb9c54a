"""Knows what an order of visits and unloadings is on the road: points, legs, loads, receivers.

A *course* is an order whose unloadings have been chosen. It is a table with a row per point and a
last row for the end; nothing in it depends on the clock.
"""

from typing import Final

import numpy as np

from routing.compiled import compiled, inner
from routing.timing import accessors
from routing.timing.encoding import (
    DELIVERY,
    END_RECEIVES,
    FAR,
    NO_SHIPMENT,
    PARTNER,
    PLACE,
    PROFILE,
    RELOAD_SERVICE,
    RIDE,
    ROLE,
    SERVICE,
    SETUP,
    START,
    Whole,
)

# The columns of a course. VISIT is the visit's row, UNLOADS or ENDS.
VISIT, AT, LEG, SPENT, LIMIT, RECEIVER, WORK = range(7)
COLUMNS: Final = 7

UNLOADS: Final = -1
ENDS: Final = -2


@inner
def course(f: Whole, shift: int, order: Whole, halts: Whole, places: Whole) -> Whole:
    """Lay an order out on the road.

    Parameters
    ----------
    order : visits, by their rows
    halts, places : ascending
        The tour unloads at `places[i]` when `halts[i]` visits have been served.

    Returns
    -------
    array of shape (points + 1, COLUMNS)
        Per point the visit, the place, the leg to it, the time spent there, the tightest ride
        limit, the row of the next point that receives (or -1), and the work (legs and time spent)
        from the departure to its begin.
    """
    points = len(order) + len(halts)
    table = np.empty((points + 1, COLUMNS), dtype=np.int64)
    stop = halt = 0
    for row in range(points):
        if halt < len(halts) and halts[halt] == stop:
            table[row, VISIT], table[row, AT] = UNLOADS, places[halt]
            halt += 1
        else:
            table[row, VISIT], table[row, AT] = order[stop], accessors.visit(f, order[stop], PLACE)
            stop += 1
    _legs(f, shift, table)
    _receivers(f, shift, table)
    return table


@inner
def _legs(f: Whole, shift: int, table: Whole) -> None:
    last = len(table) - 1
    here, work = accessors.shift(f, shift, START), 0
    profile = accessors.shift(f, shift, PROFILE)
    for row in range(last + 1):
        if row == last:
            table[row, VISIT], table[row, AT] = ENDS, accessors.nearest(f, shift, here)
        there, visit = table[row, AT], table[row, VISIT]
        table[row, LEG] = accessors.seconds(f, profile, here, there)
        table[row, LIMIT], table[row, SPENT] = FAR, 0
        if visit >= 0:
            table[row, SPENT] = accessors.visit(f, visit, SERVICE)
            if here != there:
                table[row, SPENT] += accessors.visit(f, visit, SETUP)
            table[row, LIMIT] = accessors.visit(f, visit, RIDE)
        elif visit == UNLOADS:
            table[row, SPENT] = accessors.shift(f, shift, RELOAD_SERVICE)
        work += table[row, LEG]
        table[row, WORK] = work
        work += table[row, SPENT]
        here = there


@inner
def _receivers(f: Whole, shift: int, table: Whole) -> None:
    last = len(table) - 1
    receiver = last if accessors.shift(f, shift, END_RECEIVES) else -1
    for row in range(last, -1, -1):
        table[row, RECEIVER] = receiver
        if table[row, VISIT] == UNLOADS:
            receiver = row


@inner
def fits(f: Whole, shift: int, table: Whole) -> bool:
    """The course never has more on board than the shift can carry, in any dimension."""
    last = len(table) - 1
    for dimension in range(accessors.dimensions(f)):
        capacity = accessors.amount(f, shift, 0, dimension)
        if capacity == FAR:
            continue
        collected, fixed = accessors.amount(f, shift, 1, dimension), 0
        for row in range(last):
            if table[row, VISIT] >= 0:
                fixed += accessors.load(f, table[row, VISIT], 1, dimension)
        if collected + fixed > capacity:
            return False
        for row in range(last):
            visit = table[row, VISIT]
            if visit == UNLOADS:
                collected = 0
                continue
            collected += accessors.load(f, visit, 0, dimension)
            fixed += accessors.load(f, visit, 2, dimension) - accessors.load(f, visit, 1, dimension)
            if collected + fixed > capacity:
                return False
    return True


@inner
def ships_whole(f: Whole, order: Whole) -> bool:
    """Each shipment in the order is there with both ends, the pick-up first."""
    for place in range(len(order)):
        role = accessors.visit(f, order[place], ROLE)
        if role == NO_SHIPMENT:
            continue
        partner, found = accessors.visit(f, order[place], PARTNER), -1
        for other in range(len(order)):
            if order[other] == partner:
                found = other
        if found < 0 or (role == DELIVERY) != (found < place):
            return False
    return True


@compiled
def road(f: Whole, shift: int, table: Whole) -> tuple[int, int, int]:
    """Seconds of travel, metres, and what the legs themselves cost in shares."""
    profile, here = accessors.shift(f, shift, PROFILE), accessors.shift(f, shift, START)
    seconds = metres = cents = 0
    for row in range(len(table)):
        there = table[row, AT]
        seconds += table[row, LEG]
        metres += accessors.metres(f, profile, here, there)
        cents += accessors.toll(f, profile, here, there)
        here = there
    return seconds, metres, cents

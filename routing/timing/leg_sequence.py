"""Legs of an order of visits and unloadings: points, travel, service times, loads, receivers.

A *leg sequence* is an order with chosen unloadings. It is an array with a row per point
and a last row for the end of the tour. Nothing in it depends on instants.
"""

from typing import Final

import numpy as np

from routing.compiled import compiled, inner
from routing.timing import accessors
from routing.timing.encoding import (
    BROUGHT,
    CAPACITY,
    CARRIED,
    COLLECTED,
    DELIVERY,
    END_RECEIVES,
    INFINITY,
    MAX_RIDE,
    NO_SHIPMENT,
    PARTNER,
    PLACE,
    PROFILE,
    RELOAD_SERVICE,
    ROLE,
    SERVICE,
    SETUP,
    SHIPPED,
    START,
    IntArray,
)

# The columns of a point. VISIT is the row of a visit, UNLOADING or END.
VISIT, POINT_PLACE, LEG_SECONDS, SERVICE_TIME, RIDE_LIMIT, RECEIVER, WORK = range(7)
LEG_COLUMNS: Final = 7
"""Width of a point.

`LEG_SECONDS` is the travel time to the point, `SERVICE_TIME` the service with set-up, or the
unloading. `RIDE_LIMIT` is the tightest limit of the items collected there, or `INFINITY`.
`RECEIVER` is the row of the next point that receives items, or -1. `WORK` is travel and service
from the departure to the begin at the point. All times are in seconds.
"""

UNLOADING: Final = -1
END: Final = -2
"""Values of `VISIT` at a point that is not a visit."""


@inner
def build_legs(
    encoded: IntArray, shift: int, order: IntArray, positions: IntArray, places: IntArray
) -> IntArray:
    """Build the leg sequence of an order.

    Parameters
    ----------
    order : array of shape (stops,)
        The rows of its visits.
    positions, places : arrays of shape (unloadings,)
        The tour unloads at `places[i]` after `positions[i]` visits; ascending.

    Returns
    -------
    array of shape (stops + unloadings + 1, LEG_COLUMNS)
    """
    points = len(order) + len(positions)
    legs = np.empty((points + 1, LEG_COLUMNS), dtype=np.int64)
    stop = unloading = 0
    for row in range(points):
        if unloading < len(positions) and positions[unloading] == stop:
            legs[row, VISIT], legs[row, POINT_PLACE] = UNLOADING, places[unloading]
            unloading += 1
        else:
            legs[row, VISIT] = order[stop]
            legs[row, POINT_PLACE] = accessors.visit(encoded, order[stop], PLACE)
            stop += 1
    _set_times(encoded, shift, legs)
    _set_receivers(encoded, shift, legs)
    return legs


@inner
def _set_times(encoded: IntArray, shift: int, legs: IntArray) -> None:
    last = len(legs) - 1
    here, work = accessors.shift(encoded, shift, START), 0
    profile = accessors.shift(encoded, shift, PROFILE)
    for row in range(last + 1):
        if row == last:
            legs[row, VISIT] = END
            legs[row, POINT_PLACE] = accessors.nearest_end(encoded, shift, here)
        there, visit = legs[row, POINT_PLACE], legs[row, VISIT]
        legs[row, LEG_SECONDS] = accessors.seconds(encoded, profile, here, there)
        legs[row, RIDE_LIMIT], legs[row, SERVICE_TIME] = INFINITY, 0
        if visit >= 0:
            legs[row, SERVICE_TIME] = accessors.visit(encoded, visit, SERVICE)
            if here != there:
                legs[row, SERVICE_TIME] += accessors.visit(encoded, visit, SETUP)
            legs[row, RIDE_LIMIT] = accessors.visit(encoded, visit, MAX_RIDE)
        elif visit == UNLOADING:
            legs[row, SERVICE_TIME] = accessors.shift(encoded, shift, RELOAD_SERVICE)
        work += legs[row, LEG_SECONDS]
        legs[row, WORK] = work
        work += legs[row, SERVICE_TIME]
        here = there


@inner
def _set_receivers(encoded: IntArray, shift: int, legs: IntArray) -> None:
    last = len(legs) - 1
    receiver = last if accessors.shift(encoded, shift, END_RECEIVES) else -1
    for row in range(last, -1, -1):
        legs[row, RECEIVER] = receiver
        if legs[row, VISIT] == UNLOADING:
            receiver = row


@inner
def is_within_capacity(encoded: IntArray, shift: int, legs: IntArray) -> bool:
    """Return whether the load never exceeds the capacity, in all dimensions."""
    last = len(legs) - 1
    for dimension in range(accessors.num_dimensions(encoded)):
        capacity = accessors.shift_load(encoded, shift, CAPACITY, dimension)
        if capacity == INFINITY:
            continue
        collected, to_deliver = accessors.shift_load(encoded, shift, CARRIED, dimension), 0
        for row in range(last):
            if legs[row, VISIT] >= 0:
                to_deliver += accessors.visit_load(encoded, legs[row, VISIT], BROUGHT, dimension)
        if collected + to_deliver > capacity:
            return False
        for row in range(last):
            visit = legs[row, VISIT]
            if visit == UNLOADING:
                collected = 0
                continue
            collected += accessors.visit_load(encoded, visit, COLLECTED, dimension)
            to_deliver += accessors.visit_load(encoded, visit, SHIPPED, dimension)
            to_deliver -= accessors.visit_load(encoded, visit, BROUGHT, dimension)
            if collected + to_deliver > capacity:
                return False
    return True


@inner
def has_whole_shipments(encoded: IntArray, order: IntArray) -> bool:
    """Return whether each shipment of the order has both visits in it, the pick-up first."""
    for place in range(len(order)):
        role = accessors.visit(encoded, order[place], ROLE)
        if role == NO_SHIPMENT:
            continue
        partner, partner_place = accessors.visit(encoded, order[place], PARTNER), -1
        for other in range(len(order)):
            if order[other] == partner:
                partner_place = other
        if partner_place < 0 or (role == DELIVERY) != (partner_place < place):
            return False
    return True


@compiled
def leg_totals(encoded: IntArray, shift: int, legs: IntArray) -> tuple[int, int, int]:
    """Return the seconds of travel, the metres, and the tolls of all legs in shares."""
    profile = accessors.shift(encoded, shift, PROFILE)
    here = accessors.shift(encoded, shift, START)
    seconds = metres = tolls = 0
    for row in range(len(legs)):
        there = legs[row, POINT_PLACE]
        seconds += legs[row, LEG_SECONDS]
        metres += accessors.metres(encoded, profile, here, there)
        tolls += accessors.toll(encoded, profile, here, there)
        here = there
    return seconds, metres, tolls

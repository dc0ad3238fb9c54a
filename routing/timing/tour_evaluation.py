"""Evaluation of an order of visits on a shift: all rules of a tour, its best timing and its cost.

Of all legal timings of an order, the evaluation has the fewest unloadings, then the least cost,
then the shortest duration, then the earliest arrival. If that timing lacks margins, one unloading
more is tried, and the cheaper of both is taken.
"""

from typing import Final, NamedTuple

import numpy as np

from routing.compiled import compiled, inner
from routing.timing import accessors
from routing.timing.breaks import time_legs
from routing.timing.departure import INFINITE_COST, lateness_cost, time_costs
from routing.timing.earliest_start import (
    ARRIVAL,
    BEGIN,
    LEGAL,
    NOT_RECEIVED,
    RIDE_TOO_LONG,
    Bounds,
)
from routing.timing.encoding import (
    BALANCES_FROM,
    BALANCES_TO,
    CARRIED_UNTIL,
    CLOSES,
    FIXED_COST,
    INFINITY,
    MAX_DRIVING,
    MAX_METRES,
    MAX_RELOADS,
    MAX_STOPS,
    MAX_WORKING,
    MEASURE,
    OF_METRES,
    OF_STOPS,
    OPENS,
    PER_DRIVING_SECOND,
    PER_METRE,
    PINNED_POSITION,
    PLACE,
    PROFILE,
    RATE,
    RELOAD_FROM,
    RELOAD_TO,
    SETUP,
    SHARE,
    START,
    IntArray,
)
from routing.timing.leg_sequence import (
    RECEIVER,
    RIDE_LIMIT,
    UNLOADING,
    VISIT,
    build_legs,
    has_whole_shipments,
    is_within_capacity,
    leg_totals,
)
from routing.timing.margins import is_priced

# The sets of rules that an evaluation may ignore, as flags.
ASSIGNMENT, LOADS, RIDE_TIMES, LIMITS = 1, 2, 4, 8
ALL_RULES: Final = ASSIGNMENT | LOADS | RIDE_TIMES | LIMITS

COST_ONLY: Final = 16
"""Flag of an evaluation whose cost alone is read: of equal timings any will do."""

# The statuses of an evaluation besides those of `earliest_start`.
NOT_ALLOWED, OVERLOADED, ABOVE_LIMIT = range(10, 13)

# The parts of a cost.
DRIVING, TIME, OVERTIME, FIXED, LATENESS, PREFERENCES, ZONES, IMBALANCE, RISK = range(9)
NUM_PARTS: Final = 9


class TourEvaluation(NamedTuple):
    """The best timing of an order, or the reason why there is none.

    Attributes
    ----------
    status, row, amount : int
        `LEGAL`, or the reason of the failure, its point, and the excess in seconds (or 0).
    cost : int
        Cost of the tour in shares; `INFINITE_COST` or arbitrary if it is not legal.
    departure : int
        In seconds.
    legs : array of shape (points + 1, LEG_COLUMNS)
        See `leg_sequence`.
    times, slots : arrays
        The schedule and its breaks; see `earliest_start`.
    """

    status: int
    row: int
    amount: int
    cost: int
    departure: int
    legs: IntArray
    times: IntArray
    slots: IntArray


@compiled
def evaluate(encoded: IntArray, shift: int, order: IntArray, rules: int) -> TourEvaluation:
    """Evaluate an order of at least one visit on a shift.

    Parameters
    ----------
    order : array of shape (stops,)
        The rows of its visits.
    rules : int
        Flags of the rules to obey besides windows, hours and breaks, and `COST_ONLY`.
    """
    none = np.empty(0, dtype=np.int64)
    if rules & ASSIGNMENT and not _is_allowed(encoded, shift, order):
        return _infeasible(NOT_ALLOWED, 0, 0)
    first = _with_reloads(encoded, shift, order, none, none, rules)
    if not _reloads_may_help(encoded, shift, rules):
        return first
    if first.status == LEGAL:
        return _with_more_margin(encoded, shift, order, first, 1, rules)
    relaxed = _with_reloads(encoded, shift, order, none, none, rules & ~(LOADS | RIDE_TIMES))
    if (
        relaxed.status != LEGAL
        and not _reload_may_save_setup(encoded, shift, order)
        and not _reload_may_shorten(encoded, shift, order)
    ):
        return first
    for count in range(1, accessors.shift(encoded, shift, MAX_RELOADS) + 1):
        best = _best_with_reloads(encoded, shift, order, count, rules)
        if best.status == LEGAL:
            return _with_more_margin(encoded, shift, order, best, count + 1, rules)
    return first


@inner
def _with_more_margin(
    encoded: IntArray, shift: int, order: IntArray, found: TourEvaluation, count: int, rules: int
) -> TourEvaluation:
    """Return a legal evaluation, or one with so many unloadings that is cheaper for its margins."""
    if count > accessors.shift(encoded, shift, MAX_RELOADS) or not is_priced(encoded):
        return found
    if cost_parts(encoded, shift, order, found)[RISK] == 0:
        return found
    emptied = _best_with_reloads(encoded, shift, order, count, rules)
    return emptied if emptied.cost < found.cost else found


@inner
def _is_allowed(encoded: IntArray, shift: int, order: IntArray) -> bool:
    """Return whether skills, collectors, zones, pins and shipments permit an order."""
    for place in range(len(order)):
        visit = order[place]
        if accessors.is_allowed(encoded, visit, shift) == 0:
            return False
        pinned = accessors.visit(encoded, visit, PINNED_POSITION)
        if pinned >= 0 and pinned != place:
            return False
    return has_whole_shipments(encoded, order)


@inner
def _infeasible(status: int, row: int, amount: int) -> TourEvaluation:
    nothing = np.empty((0, 0), dtype=np.int64)
    return TourEvaluation(status, row, amount, INFINITE_COST, 0, nothing, nothing, nothing)


@inner
def _reloads_may_help(encoded: IntArray, shift: int, rules: int) -> bool:
    """Return whether a shift may unload on the way, which makes room or ends a ride."""
    return accessors.shift(encoded, shift, MAX_RELOADS) > 0 and rules & (LOADS | RIDE_TIMES) != 0


@inner
def _reload_may_save_setup(encoded: IntArray, shift: int, order: IntArray) -> bool:
    """Return whether an unloading at the place of the next visit may save its set-up."""
    first = accessors.shift(encoded, shift, RELOAD_FROM)
    last = accessors.shift(encoded, shift, RELOAD_TO)
    for visit in order:
        if accessors.visit(encoded, visit, SETUP) > 0:
            for row in range(first, last):
                if accessors.reload_place(encoded, row) == accessors.visit(encoded, visit, PLACE):
                    return True
    return False


@inner
def _reload_may_shorten(encoded: IntArray, shift: int, order: IntArray) -> bool:
    """Return whether a detour to unload may be quicker or shorter than a leg, or change the end.

    Measured or rounded matrices do not always obey the triangle inequality.
    """
    profile, here = accessors.shift(encoded, shift, PROFILE), accessors.shift(encoded, shift, START)
    for place in range(len(order) + 1):
        is_end = place == len(order)
        if is_end:
            there = accessors.nearest_end(encoded, shift, here)
        else:
            there = accessors.visit(encoded, order[place], PLACE)
        seconds = accessors.seconds(encoded, profile, here, there)
        metres = accessors.metres(encoded, profile, here, there)
        for row in range(
            accessors.shift(encoded, shift, RELOAD_FROM), accessors.shift(encoded, shift, RELOAD_TO)
        ):
            via = accessors.reload_place(encoded, row)
            after = accessors.nearest_end(encoded, shift, via) if is_end else there
            via_seconds = accessors.seconds(encoded, profile, here, via)
            via_seconds += accessors.seconds(encoded, profile, via, after)
            via_metres = accessors.metres(encoded, profile, here, via)
            via_metres += accessors.metres(encoded, profile, via, after)
            if via_seconds < seconds or via_metres < metres:
                return True
        here = there
    return False


@inner
def _best_with_reloads(
    encoded: IntArray, shift: int, order: IntArray, count: int, rules: int
) -> TourEvaluation:
    """Return the best evaluation with a number of unloadings, of all positions and places."""
    first = accessors.shift(encoded, shift, RELOAD_FROM)
    last = accessors.shift(encoded, shift, RELOAD_TO)
    positions, rows = np.arange(count), np.full(count, first)
    best = _infeasible(RIDE_TOO_LONG, 0, 0)
    if count > len(order) + 1:
        return best
    while True:
        places = _reload_places(encoded, rows)
        evaluation = _with_reloads(encoded, shift, order, positions, places, rules)
        if evaluation.status == LEGAL and evaluation.cost < best.cost:
            best = evaluation
        if not _next_rows(rows, first, last) and not _next_positions(positions, len(order)):
            return best


@inner
def _reload_places(encoded: IntArray, rows: IntArray) -> IntArray:
    places = np.empty(len(rows), dtype=np.int64)
    for index in range(len(rows)):
        places[index] = accessors.reload_place(encoded, rows[index])
    return places


@inner
def _next_rows(rows: IntArray, first: int, last: int) -> bool:
    """Advance to the next choice of rows from `first` to before `last`; False after the last."""
    for index in range(len(rows)):
        rows[index] += 1
        if rows[index] < last:
            return True
        rows[index] = first
    return False


@inner
def _next_positions(positions: IntArray, stops: int) -> bool:
    """Advance to the next ascending choice of positions from 0 to `stops`; False after the last."""
    count = len(positions)
    for index in range(count - 1, -1, -1):
        if positions[index] < stops - (count - 1 - index):
            positions[index] += 1
            for after in range(index + 1, count):
                positions[after] = positions[after - 1] + 1
            return True
    return False


@inner
def _with_reloads(
    encoded: IntArray,
    shift: int,
    order: IntArray,
    positions: IntArray,
    places: IntArray,
    rules: int,
) -> TourEvaluation:
    """Evaluate an order with given unloadings; see `leg_sequence.build_legs`."""
    legs = build_legs(encoded, shift, order, positions, places)
    if rules & RIDE_TIMES == 0:
        _drop_ride_limits(legs)
    elif accessors.shift(encoded, shift, CARRIED_UNTIL) < INFINITY and not _has_receiver(legs):
        return _infeasible(NOT_RECEIVED, 0, 0)
    if rules & LOADS and not is_within_capacity(encoded, shift, legs):
        return _infeasible(OVERLOADED, 0, 0)
    seconds, metres, tolls = leg_totals(encoded, shift, legs)
    if rules & LIMITS and (
        seconds > accessors.shift(encoded, shift, MAX_DRIVING)
        or metres > accessors.shift(encoded, shift, MAX_METRES)
        or len(order) > accessors.shift(encoded, shift, MAX_STOPS)
    ):
        return _infeasible(ABOVE_LIMIT, 0, 0)
    bounds = _bounds(encoded, shift, rules)
    timing = time_legs(encoded, shift, legs, bounds, rules & COST_ONLY)
    status, row, amount, cost, departure, times, slots = timing
    if status == LEGAL:
        cost += _time_independent_cost(encoded, shift, order, seconds, metres, tolls)
    return TourEvaluation(status, row, amount, cost, departure, legs, times, slots)


@inner
def _drop_ride_limits(legs: IntArray) -> None:
    legs[:, RIDE_LIMIT] = INFINITY


@inner
def _has_receiver(legs: IntArray) -> bool:
    """Return whether some point receives the load carried from the start."""
    return legs[0, RECEIVER] >= 0 or legs[0, VISIT] == UNLOADING


@inner
def _bounds(encoded: IntArray, shift: int, rules: int) -> Bounds:
    carried_until = max_working = INFINITY
    if rules & RIDE_TIMES:
        carried_until = accessors.shift(encoded, shift, CARRIED_UNTIL)
    if rules & LIMITS:
        max_working = accessors.shift(encoded, shift, MAX_WORKING)
    opens, closes = accessors.shift(encoded, shift, OPENS), accessors.shift(encoded, shift, CLOSES)
    return Bounds(opens, closes, carried_until, max_working)


@inner
def _time_independent_cost(
    encoded: IntArray, shift: int, order: IntArray, seconds: int, metres: int, tolls: int
) -> int:
    total = (
        accessors.shift(encoded, shift, PER_METRE) * metres
        + accessors.shift(encoded, shift, PER_DRIVING_SECOND) * seconds
        + tolls
    )
    total += accessors.shift(encoded, shift, FIXED_COST)
    total += imbalance_cost(encoded, shift, len(order), metres)
    for visit in order:
        total += accessors.surcharge(encoded, visit, shift, 0)
        total += accessors.surcharge(encoded, visit, shift, 1)
    return total


@inner
def imbalance_cost(encoded: IntArray, shift: int, stops: int, metres: int) -> int:
    """Return the cost in shares of more stops and metres than the shift's fair share."""
    total = 0
    for balance in range(
        accessors.shift(encoded, shift, BALANCES_FROM), accessors.shift(encoded, shift, BALANCES_TO)
    ):
        measure = accessors.balance(encoded, balance, MEASURE)
        share = accessors.balance(encoded, balance, SHARE)
        if measure == OF_STOPS:
            total += accessors.balance(encoded, balance, RATE) * max(0, stops - share)
        elif measure == OF_METRES:
            total += accessors.balance(encoded, balance, RATE) * max(0, metres - share)
    return total


@inner
def cost_parts(
    encoded: IntArray, shift: int, order: IntArray, evaluation: TourEvaluation
) -> IntArray:
    """Return the parts of the cost of a legal evaluation.

    Returns
    -------
    array of shape (NUM_PARTS,)
        In shares.
    """
    parts = np.zeros(NUM_PARTS, dtype=np.int64)
    legs = evaluation.legs
    seconds, metres, tolls = leg_totals(encoded, shift, legs)
    arrival = evaluation.times[len(legs) - 1, ARRIVAL]
    time, overtime, imbalance = time_costs(encoded, shift, evaluation.departure, arrival)
    parts[DRIVING] = accessors.shift(encoded, shift, PER_METRE) * metres + tolls
    parts[DRIVING] += accessors.shift(encoded, shift, PER_DRIVING_SECOND) * seconds
    parts[TIME], parts[OVERTIME] = time, overtime
    parts[FIXED] = accessors.shift(encoded, shift, FIXED_COST)
    parts[IMBALANCE] = imbalance + imbalance_cost(encoded, shift, len(order), metres)
    for row in range(len(legs)):
        begin = evaluation.times[row, BEGIN]
        parts[LATENESS] += lateness_cost(encoded, legs[row, VISIT], begin)
    for visit in order:
        parts[PREFERENCES] += accessors.surcharge(encoded, visit, shift, 0)
        parts[ZONES] += accessors.surcharge(encoded, visit, shift, 1)
    parts[RISK] = evaluation.cost - parts.sum()
    return parts

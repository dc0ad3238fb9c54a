"""All legal insertions of a visit, or of both visits of a shipment, into one order, with costs.

Besides these, the shifts compatible with a visit, and the least late of the illegal insertions.
"""

import numpy as np

from routing.compiled import compiled, inner
from routing.timing import accessors
from routing.timing.earliest_start import LEGAL
from routing.timing.encoding import (
    CLOSES,
    INFINITY,
    OPENS,
    PINNED_POSITION,
    WINDOWS_FROM,
    WINDOWS_TO,
    IntArray,
)
from routing.timing.lenient import count_late
from routing.timing.tour_evaluation import ALL_RULES, NUM_PARTS, cost_parts, evaluate

NO_VISIT = -1
"""Row in place of the delivery for a visit without a shipment."""


@compiled
def legal_insertions(
    encoded: IntArray, shift: int, order: IntArray, first: int, second: int
) -> IntArray:
    """Return all legal insertions, found by evaluating whole tours.

    Parameters
    ----------
    order : array of shape (stops,)
        The rows of the visits of the tour.
    first, second : int
        The visit and `NO_VISIT`, or the pick-up and the delivery of a shipment.

    Returns
    -------
    array of shape (legal insertions, 2 + NUM_PARTS)
        The positions of the first and the second, then the parts of the tour's cost in shares.
    """
    insertions = np.empty((_count(order, second), 2 + NUM_PARTS), dtype=np.int64)
    count = 0
    for first_at in range(len(order) + 1):
        for second_at in range(first_at + 1, _last_position(order, first_at, second) + 1):
            extended = _extended(order, first, first_at, second, second_at)
            evaluation = evaluate(encoded, shift, extended, ALL_RULES)
            if evaluation.status == LEGAL:
                insertions[count, 0], insertions[count, 1] = first_at, second_at
                insertions[count, 2:] = cost_parts(encoded, shift, extended, evaluation)
                count += 1
    return insertions[:count]


@inner
def _count(order: IntArray, second: int) -> int:
    """Return the number of insertions, legal or not."""
    stops = len(order)
    return (stops + 1) * (stops + 2) // 2 if second != NO_VISIT else stops + 1


@inner
def _last_position(order: IntArray, first_at: int, second: int) -> int:
    """Return the last position of the second visit; without one it is tried at one position."""
    return len(order) + 1 if second != NO_VISIT else first_at + 1


@compiled
def compatible_shifts(encoded: IntArray, first: int, second: int) -> IntArray:
    """Return the rows of the shifts allowed to serve a visit, or both, and open in its windows.

    No other shift has a legal insertion.
    """
    shifts = np.empty(accessors.num_shifts(encoded), dtype=np.int64)
    count = 0
    for shift in range(len(shifts)):
        is_compatible = _is_compatible(encoded, shift, first)
        if is_compatible and (second == NO_VISIT or _is_compatible(encoded, shift, second)):
            shifts[count] = shift
            count += 1
    return shifts[:count]


@inner
def _is_compatible(encoded: IntArray, shift: int, visit: int) -> bool:
    if not accessors.is_allowed(encoded, visit, shift):
        return False
    opens, closes = accessors.shift(encoded, shift, OPENS), accessors.shift(encoded, shift, CLOSES)
    for window in range(
        accessors.visit(encoded, visit, WINDOWS_FROM), accessors.visit(encoded, visit, WINDOWS_TO)
    ):
        if (
            opens <= accessors.window_closes(encoded, window)
            and accessors.window_opens(encoded, window) <= closes
        ):
            return True
    return False


@compiled
def least_late_insertions(
    encoded: IntArray, shift: int, order: IntArray, first: int, second: int
) -> IntArray:
    """Return the insertions with the fewest visits late or off their pinned position.

    Of several, the insertions with the least lateness of the first late point.

    Returns
    -------
    array of shape (insertions, 2)
        The positions of the first and the second visit; there is one insertion at least.
    """
    insertions = np.empty((_count(order, second), 2), dtype=np.int64)
    count, least = 0, (INFINITY, INFINITY)
    for first_at in range(len(order) + 1):
        for second_at in range(first_at + 1, _last_position(order, first_at, second) + 1):
            extended = _extended(order, first, first_at, second, second_at)
            num_late, seconds = count_late(encoded, shift, extended)
            score = (num_late + _count_off_pins(encoded, extended), seconds)
            if score < least:
                count, least = 0, score
            if score == least:
                insertions[count, 0], insertions[count, 1] = first_at, second_at
                count += 1
    return insertions[:count]


@inner
def _count_off_pins(encoded: IntArray, order: IntArray) -> int:
    """Return the number of visits off their pinned position."""
    count = 0
    for place in range(len(order)):
        pinned = accessors.visit(encoded, order[place], PINNED_POSITION)
        count += pinned >= 0 and pinned != place
    return count


@inner
def _extended(order: IntArray, first: int, first_at: int, second: int, second_at: int) -> IntArray:
    """Return an order with one more visit, or two, at given positions."""
    count = len(order) + (1 if second == NO_VISIT else 2)
    extended = np.empty(count, dtype=np.int64)
    taken = 0
    for place in range(count):
        if place == first_at:
            extended[place] = first
        elif second != NO_VISIT and place == second_at:
            extended[place] = second
        else:
            extended[place] = order[taken]
            taken += 1
    return extended

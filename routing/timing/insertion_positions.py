"""Knows every legal place of a visit, or of a shipment's two, in one order, and its price.

And, without driving anything, which shifts cannot have one, and where it would come nearest.
"""

import numpy as np

from routing.compiled import compiled, inner
from routing.timing import accessors
from routing.timing.earliest_start import LEGAL
from routing.timing.encoding import CLOSES, FAR, OPENS, POSITION, WINDOWS_FROM, WINDOWS_TO, Whole
from routing.timing.lenient import lateness
from routing.timing.tour_evaluation import EVERYTHING, PARTS, drive, parts

NOBODY = -1


@compiled
def places(f: Whole, shift: int, order: Whole, first: int, second: int) -> Whole:
    """Try every place, whole tour by whole tour.

    Parameters
    ----------
    first, second : int
        The visit; or the pick-up and the delivery of a shipment, else `NOBODY`.

    Returns
    -------
    array of shape (legal places, 2 + PARTS)
        Where the first and the second come to stand, and what the tour then costs in shares, by
        the parts of a bill.
    """
    count = len(order)
    most = (count + 1) * (count + 2) // 2 if second != NOBODY else count + 1
    found = np.empty((most, 2 + PARTS), dtype=np.int64)
    legal = 0
    for here in range(count + 1):
        last = count + 1 if second != NOBODY else here + 1
        for there in range(here + 1, last + 1):
            longer = _with(order, first, here, second, there)
            way = drive(f, shift, longer, EVERYTHING)
            if way.status == LEGAL:
                found[legal, 0], found[legal, 1] = here, there
                found[legal, 2:] = parts(f, shift, longer, way)
                legal += 1
    return found[:legal]


@compiled
def hopeful(f: Whole, first: int, second: int) -> Whole:
    """The rows of the shifts that may serve a visit, or both, and are out while it is open.

    On any other shift there is no legal place; on these there may be.
    """
    found = np.empty(accessors.shifts(f), dtype=np.int64)
    count = 0
    for shift in range(len(found)):
        if _is_hopeful(f, shift, first) and (second == NOBODY or _is_hopeful(f, shift, second)):
            found[count] = shift
            count += 1
    return found[:count]


@inner
def _is_hopeful(f: Whole, shift: int, visit: int) -> bool:
    if not accessors.may(f, visit, shift):
        return False
    opens, closes = accessors.shift(f, shift, OPENS), accessors.shift(f, shift, CLOSES)
    for window in range(
        accessors.visit(f, visit, WINDOWS_FROM), accessors.visit(f, visit, WINDOWS_TO)
    ):
        if opens <= accessors.shuts(f, window) and accessors.opens(f, window) <= closes:
            return True
    return False


@compiled
def nearest(f: Whole, shift: int, order: Whole, first: int, second: int) -> Whole:
    """The places where the fewest would be late or not where they are pinned, the first by least.

    Returns
    -------
    array of shape (places, 2)
        Where the first and the second would come to stand; there is one place at least.
    """
    count = len(order)
    most = (count + 1) * (count + 2) // 2 if second != NOBODY else count + 1
    found = np.empty((most, 2), dtype=np.int64)
    size, least = 0, (FAR, FAR)
    for here in range(count + 1):
        last = count + 1 if second != NOBODY else here + 1
        for there in range(here + 1, last + 1):
            longer = _with(order, first, here, second, there)
            count_late, by = lateness(f, shift, longer)
            late = (count_late + _unseated(f, longer), by)
            if late < least:
                size, least = 0, late
            if late == least:
                found[size, 0], found[size, 1] = here, there
                size += 1
    return found[:size]


@inner
def _unseated(f: Whole, order: Whole) -> int:
    """How many visits are not where they are pinned."""
    count = 0
    for place in range(len(order)):
        pinned = accessors.visit(f, order[place], POSITION)
        count += pinned >= 0 and pinned != place
    return count


@inner
def _with(order: Whole, first: int, here: int, second: int, there: int) -> Whole:
    count = len(order) + (1 if second == NOBODY else 2)
    longer = np.empty(count, dtype=np.int64)
    taken = 0
    for place in range(count):
        if place == here:
            longer[place] = first
        elif second != NOBODY and place == there:
            longer[place] = second
        else:
            longer[place] = order[taken]
            taken += 1
    return longer

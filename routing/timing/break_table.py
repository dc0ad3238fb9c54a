"""Table of the breaks of a shift: lengths, bounds, and an order among equals."""

from typing import Final

import numpy as np

from routing.compiled import inner
from routing.timing import accessors
from routing.timing.encoding import (
    BREAK_WINDOWS_FROM,
    BREAK_WINDOWS_TO,
    BREAKS_FROM,
    BREAKS_TO,
    DURATION,
    IntArray,
)

# The columns of a break: its row in the encoded problem, its length, its earliest end, its latest
# begin, and the breaks taken before it, as bits.
REST_ROW, LENGTH, ENDS, CLOSES, REQUIRED = range(5)
REST_COLUMNS: Final = 5


@inner
def break_table(encoded: IntArray, shift: int) -> IntArray:
    """Return the breaks of a shift; the columns are named in this module."""
    first = accessors.shift(encoded, shift, BREAKS_FROM)
    count = accessors.shift(encoded, shift, BREAKS_TO) - first
    rests = np.empty((count, REST_COLUMNS), dtype=np.int64)
    for number in range(count):
        opens, closes = break_range(encoded, first + number)
        rests[number, REST_ROW], rests[number, CLOSES] = first + number, closes
        rests[number, LENGTH] = accessors.break_(encoded, first + number, DURATION)
        rests[number, ENDS] = opens + rests[number, LENGTH]
        rests[number, REQUIRED] = _required(encoded, first, count, number)
    return rests


@inner
def _required(encoded: IntArray, first: int, count: int, number: int) -> int:
    """Return the breaks that are taken before a break without loss, as bits.

    Of two breaks of one length, the one that opens and closes first comes first: in the other order
    they could change places.
    """
    required = 0
    for other in range(count):
        if other != number and _comes_first(encoded, first + other, first + number):
            required |= 1 << other
    return required


@inner
def _comes_first(encoded: IntArray, one: int, other: int) -> bool:
    if accessors.break_(encoded, one, DURATION) != accessors.break_(encoded, other, DURATION):
        return False
    one_at = accessors.break_(encoded, one, BREAK_WINDOWS_FROM)
    other_at = accessors.break_(encoded, other, BREAK_WINDOWS_FROM)
    count = accessors.break_(encoded, one, BREAK_WINDOWS_TO) - one_at
    if accessors.break_(encoded, other, BREAK_WINDOWS_TO) - other_at != count:
        return False
    is_equal = True
    for number in range(count):
        opens = accessors.break_opens(encoded, one_at + number)
        closes = accessors.break_closes(encoded, one_at + number)
        is_equal &= opens == accessors.break_opens(encoded, other_at + number)
        is_equal &= closes == accessors.break_closes(encoded, other_at + number)
        if count > 1 and not is_equal:
            return False
        if opens > accessors.break_opens(encoded, other_at + number):
            return False
        if closes > accessors.break_closes(encoded, other_at + number):
            return False
    return one < other or not is_equal


@inner
def break_range(encoded: IntArray, break_: int) -> tuple[int, int]:
    """Return the first and the last instant at which a break may begin."""
    first = accessors.break_(encoded, break_, BREAK_WINDOWS_FROM)
    last = accessors.break_(encoded, break_, BREAK_WINDOWS_TO) - 1
    return accessors.break_opens(encoded, first), accessors.break_closes(encoded, last)

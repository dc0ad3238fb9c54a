"""Copies of an encoded problem with one entry changed, faster than encoding the problem anew."""

from collections.abc import Sequence

import numpy as np

from routing.timing.encoding import (
    CLOSES,
    WINDOWS_FROM,
    WINDOWS_TO,
    IntArray,
    ProblemTables,
    pack,
)


def unpack(encoded: IntArray) -> ProblemTables:
    """Return the tables of an encoded problem as views, each with two axes at most."""
    count = len(ProblemTables._fields)
    offsets = [*encoded[0 : 2 * count : 2].tolist(), len(encoded)]
    widths = encoded[1 : 2 * count : 2].tolist()
    return ProblemTables(
        *(
            encoded[first:last].reshape(-1, width) if width else encoded[first:last]
            for first, last, width in zip(offsets, offsets[1:], widths, strict=False)
        )
    )


def with_windows(encoded: IntArray, visit: int, windows: Sequence[tuple[int, int]]) -> IntArray:
    """Return a copy in which a visit has other windows.

    Parameters
    ----------
    windows : sequence of (int, int)
        First and last permitted begin in seconds, within the release and the deadline.
    """
    tables = unpack(encoded)
    visits = tables.visits.copy()
    visits[visit, WINDOWS_FROM] = len(tables.windows)
    visits[visit, WINDOWS_TO] = len(tables.windows) + len(windows)
    added = np.array(windows, dtype=np.int64).reshape(-1, 2)
    return pack(tables._replace(visits=visits, windows=np.concatenate([tables.windows, added])))


def with_closing(encoded: IntArray, shift: int, latest: int) -> IntArray:
    """Return a copy in which a shift ends at another instant, in seconds."""
    changed = encoded.copy()
    unpack(changed).shifts[shift, CLOSES] = latest
    return changed


def with_capacity(encoded: IntArray, shift: int, dimension: int, capacity: int) -> IntArray:
    """Return a copy in which a shift has another capacity in one dimension."""
    changed = encoded.copy()
    # A row of `shift_loads` begins with the capacities of all dimensions.
    unpack(changed).shift_loads[shift, dimension] = capacity
    return changed

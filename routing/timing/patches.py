"""Knows how a tape is changed in one entry, where making the whole problem anew would take long."""

from collections.abc import Sequence

import numpy as np

from routing.timing.encoding import (
    CLOSES,
    WINDOWS_FROM,
    WINDOWS_TO,
    Tables,
    Whole,
    laid_out,
)


def unrolled(f: Whole) -> Tables:
    """The tables on a tape, each with as many columns as its rows are wide."""
    count = len(Tables._fields)
    begins = [*f[0 : 2 * count : 2].tolist(), len(f)]
    widths = f[1 : 2 * count : 2].tolist()
    return Tables(
        *(
            f[begin:end].reshape(-1, width) if width else f[begin:end]
            for begin, end, width in zip(begins, begins[1:], widths, strict=False)
        )
    )


def with_windows(f: Whole, visit: int, windows: Sequence[tuple[int, int]]) -> Whole:
    """The tape on which a visit has these windows, between its release and its deadline."""
    found = unrolled(f)
    visits = found.visits.copy()
    visits[visit, WINDOWS_FROM] = len(found.windows)
    visits[visit, WINDOWS_TO] = len(found.windows) + len(windows)
    longer = np.concatenate([found.windows, np.array(windows, dtype=np.int64).reshape(-1, 2)])
    return laid_out(found._replace(visits=visits, windows=longer))


def with_closing(f: Whole, shift: int, latest: int) -> Whole:
    """The tape on which a shift closes then."""
    changed = f.copy()
    unrolled(changed).shifts[shift, CLOSES] = latest
    return changed


def with_capacity(f: Whole, shift: int, dimension: int, capacity: int) -> Whole:
    """The tape on which a shift can carry so much."""
    changed = f.copy()
    unrolled(changed).amounts[shift, dimension] = capacity
    return changed

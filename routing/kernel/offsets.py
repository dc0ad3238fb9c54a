"""Offsets of rows in the problem data and the search state; see `memory_layout`."""

from routing.compiled import inner
from routing.kernel.memory_layout import (
    MAX_POINTS,
    NUM_SHIFTS,
    PAIR_COLUMNS,
    PAIRS,
    POINT_COLUMNS,
    POINT_MARGIN_COLUMNS,
    POINT_MARGINS,
    POINTS,
    SHIFT_COLUMNS,
    SHIFTS,
    TOUR_COLUMNS,
    TOUR_MARGIN_COLUMNS,
    TOUR_MARGINS,
    TOURS,
    VISIT_COLUMNS,
    VISITS,
)
from routing.timing.encoding import IntArray


@inner
def visit_offset(data: IntArray, visit: int) -> int:
    """Return the offset of a visit in the problem data."""
    return data[VISITS] + visit * VISIT_COLUMNS


@inner
def shift_offset(data: IntArray, shift: int) -> int:
    """Return the offset of a shift in the problem data."""
    return data[SHIFTS] + shift * SHIFT_COLUMNS


@inner
def pair_offset(data: IntArray, visit: int, shift: int) -> int:
    """Return the offset of the pair of a visit and a shift in the problem data."""
    return data[PAIRS] + (visit * data[NUM_SHIFTS] + shift) * PAIR_COLUMNS


@inner
def tour_offset(state: IntArray, shift: int) -> int:
    """Return the offset of the tour of a shift in the search state."""
    return state[TOURS] + shift * TOUR_COLUMNS


@inner
def point_offset(data: IntArray, state: IntArray, shift: int, row: int) -> int:
    """Return the offset of a point of a tour in the search state; row 0 is the start."""
    return state[POINTS] + (shift * data[MAX_POINTS] + row) * data[POINT_COLUMNS]


@inner
def tour_margins_offset(state: IntArray, shift: int) -> int:
    """Return the offset of the margins of a tour in the search state."""
    return state[TOUR_MARGINS] + shift * TOUR_MARGIN_COLUMNS


@inner
def point_margins_offset(data: IntArray, state: IntArray, shift: int, row: int) -> int:
    """Return the offset of the margins of a point of a tour in the search state."""
    return state[POINT_MARGINS] + (shift * data[MAX_POINTS] + row) * POINT_MARGIN_COLUMNS

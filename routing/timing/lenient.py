"""Knows how to time an order that no legal timing exists for, so that a checker can say why."""

import numpy as np

from routing.compiled import compiled, inner
from routing.timing import accessors
from routing.timing.earliest_start import ARRIVAL, BEGIN, LEGAL, SLOT_COLUMNS, TIMES, first_open
from routing.timing.encoding import CLOSES, FAR, OPENS, WINDOWS_FROM, WINDOWS_TO, Whole
from routing.timing.leg_sequence import LEG, SPENT, VISIT, course
from routing.timing.tour_evaluation import TourEvaluation


@compiled
def lenient(f: Whole, shift: int, order: Whole) -> TourEvaluation:
    """Leave when the shift opens; begin at the first permitted instant, or else on arrival."""
    none = np.empty(0, dtype=np.int64)
    table = course(f, shift, order, none, none)
    times = np.zeros((len(table), TIMES), dtype=np.int64)
    departure = now = accessors.shift(f, shift, OPENS)
    for row in range(len(table)):
        arrival = now + table[row, LEG]
        begin, visit = arrival, table[row, VISIT]
        if visit >= 0:
            opens, _ = first_open(f, visit, arrival)
            begin = arrival if opens == FAR else opens
        times[row, ARRIVAL], times[row, BEGIN] = arrival, begin
        now = begin + table[row, SPENT]
    slots = np.empty((0, SLOT_COLUMNS), dtype=np.int64)
    return TourEvaluation(LEGAL, 0, 0, 0, departure, table, times, slots)


@inner
def lateness(f: Whole, shift: int, order: Whole) -> tuple[int, int]:
    """How many points are late by that timing, the end included, and the first by how much."""
    way = lenient(f, shift, order)
    count = by = 0
    for row in range(len(way.table)):
        visit, late = (
            way.table[row, VISIT],
            way.times[row, ARRIVAL] - accessors.shift(f, shift, CLOSES),
        )
        if visit >= 0:
            late = _after(f, visit, way.times[row, BEGIN])
        if late > 0:
            by = late if count == 0 else by
            count += 1
    return count, by


@inner
def _after(f: Whole, visit: int, begin: int) -> int:
    """How long after its last window a visit begins; 0 if it has none."""
    first, last = accessors.visit(f, visit, WINDOWS_FROM), accessors.visit(f, visit, WINDOWS_TO)
    return begin - accessors.shuts(f, last - 1) if last > first else 0

"""Knows how to time an order that no legal timing exists for, so that a checker can say why."""

import numpy as np

from routing.compiled import compiled
from routing.timing import tape
from routing.timing.course import LEG, SPENT, VISIT, course
from routing.timing.flat import FAR, OPENS, Whole
from routing.timing.order import Driven
from routing.timing.settling import ARRIVAL, BEGIN, LEGAL, SLOT_COLUMNS, TIMES, first_open


@compiled
def lenient(f: Whole, shift: int, order: Whole) -> Driven:
    """Leave when the shift opens; begin at the first permitted instant, or else on arrival."""
    none = np.empty(0, dtype=np.int64)
    table = course(f, shift, order, none, none)
    times = np.zeros((len(table), TIMES), dtype=np.int64)
    departure = now = tape.shift(f, shift, OPENS)
    for row in range(len(table)):
        arrival = now + table[row, LEG]
        begin, visit = arrival, table[row, VISIT]
        if visit >= 0:
            opens, _ = first_open(f, visit, arrival)
            begin = arrival if opens == FAR else opens
        times[row, ARRIVAL], times[row, BEGIN] = arrival, begin
        now = begin + table[row, SPENT]
    slots = np.empty((0, SLOT_COLUMNS), dtype=np.int64)
    return Driven(LEGAL, 0, 0, 0, departure, table, times, slots)

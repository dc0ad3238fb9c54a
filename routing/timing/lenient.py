"""Timing of an order without a legal timing, from which a checker can name the broken rules."""

import numpy as np

from routing.compiled import compiled, inner
from routing.timing import accessors
from routing.timing.earliest_start import (
    ARRIVAL,
    BEGIN,
    LEGAL,
    SLOT_COLUMNS,
    TIME_COLUMNS,
    earliest_begin,
    seconds_after_windows,
)
from routing.timing.encoding import CLOSES, INFINITY, OPENS, IntArray
from routing.timing.leg_sequence import LEG_SECONDS, SERVICE_TIME, VISIT, build_legs
from routing.timing.tour_evaluation import TourEvaluation


@compiled
def evaluate_leniently(encoded: IntArray, shift: int, order: IntArray) -> TourEvaluation:
    """Time an order that leaves when the shift opens, without breaks and unloadings.

    Each service begins at its first permitted instant or, if there is none, on arrival. The status
    is always `LEGAL` and the cost 0.
    """
    none = np.empty(0, dtype=np.int64)
    legs = build_legs(encoded, shift, order, none, none)
    times = np.zeros((len(legs), TIME_COLUMNS), dtype=np.int64)
    departure = leave = accessors.shift(encoded, shift, OPENS)
    for row in range(len(legs)):
        arrival = leave + legs[row, LEG_SECONDS]
        begin, visit = arrival, legs[row, VISIT]
        if visit >= 0:
            permitted, _ = earliest_begin(encoded, visit, arrival)
            begin = arrival if permitted == INFINITY else permitted
        times[row, ARRIVAL], times[row, BEGIN] = arrival, begin
        leave = begin + legs[row, SERVICE_TIME]
    slots = np.empty((0, SLOT_COLUMNS), dtype=np.int64)
    return TourEvaluation(LEGAL, 0, 0, 0, departure, legs, times, slots)


@inner
def count_late(encoded: IntArray, shift: int, order: IntArray) -> tuple[int, int]:
    """Return the number of late points in the lenient timing, and the first lateness in seconds.

    The end of the tour counts as a point.
    """
    evaluation = evaluate_leniently(encoded, shift, order)
    count = first = 0
    for row in range(len(evaluation.legs)):
        visit = evaluation.legs[row, VISIT]
        late = evaluation.times[row, ARRIVAL] - accessors.shift(encoded, shift, CLOSES)
        if visit >= 0:
            late = seconds_after_windows(encoded, visit, evaluation.times[row, BEGIN])
        if late > 0:
            first = late if count == 0 else first
            count += 1
    return count, first

"""Labels of a leg sequence with breaks: all choices of gaps, by dynamic programming.

A *label* is a way to drive the sequence up to a point with some of the breaks taken. For a
departure ``d`` between `FIRST` and `LAST` the collector is free at ``max(EARLIEST, d + WORK)``. Of
two labels with the same breaks taken, one *dominates* if none of its columns is worse. Dominated
labels are left out, so the number of labels grows with the sets of breaks taken and not with the
orders and gaps.

Waits that a ride limit or a lateness forbids depend on the whole sequence. A label therefore bounds
them only: `RIDE` counts no waits, and `LATENESS` is that of the first departure.
"""

from typing import Final, NamedTuple

import numpy as np

from routing.compiled import inner
from routing.timing import accessors
from routing.timing.break_table import CLOSES, ENDS, LENGTH, REQUIRED, REST_ROW, break_table
from routing.timing.departure import lateness_cost
from routing.timing.earliest_start import Bounds, first_receiver
from routing.timing.encoding import (
    BREAK_WINDOWS_FROM,
    BREAK_WINDOWS_TO,
    DEPARTED,
    INFINITY,
    OPENS,
    WINDOWS_FROM,
    WINDOWS_TO,
    IntArray,
)
from routing.timing.leg_sequence import (
    END,
    LEG_SECONDS,
    RECEIVER,
    RIDE_LIMIT,
    SERVICE_TIME,
    UNLOADING,
    VISIT,
)

# The columns of a label: the breaks taken, as bits; the earliest instants to be free and to arrive
# at the next point; the work from the departure to being free; the first and the last departure;
# the seconds that the item nearest to its limit may still ride; a lower bound of the cost of
# lateness in shares; the record of the last break taken on the road.
TAKEN, EARLIEST, ARRIVES, WORK, FIRST, LAST, RIDE, LATENESS, RECORD = range(9)
LABEL_COLUMNS: Final = 9

# The columns of a record: a break taken on the road, its gap, whether it is taken at the point, and
# the record of the break before it, or -1.
RECORD_BREAK, RECORD_GAP, RECORD_AT_POINT, RECORD_BEFORE = range(4)
RECORD_COLUMNS: Final = 4

DOMINATED: Final = -1
"""Value of `TAKEN` in a label that is left out."""

Labels = tuple[IntArray, int, IntArray, int]
"""Labels, their number, records, their number."""


NONE, BY_ALL_COLUMNS, BY_TIME = range(3)
"""Labels that count as dominated."""


class Pruning(NamedTuple):
    """Labels that are left out.

    Attributes
    ----------
    most : int
        Most labels at a point; later ones are left out.
    dominance : int
        `NONE`; `BY_ALL_COLUMNS`; or `BY_TIME`, if no cost or limit depends on the departure.
    """

    most: int
    dominance: int


@inner
def final_labels(
    encoded: IntArray, shift: int, legs: IntArray, bounds: Bounds, pruning: Pruning
) -> Labels:
    """Return the labels at the arrival at the end, before breaks after it.

    Returns
    -------
    labels, count, records, count
        Some of the labels may be `DOMINATED`.
    """
    rests = break_table(encoded, shift)
    records, num_records = np.empty((16, RECORD_COLUMNS), dtype=np.int64), 0
    labels, count = _first_labels(encoded, shift, rests, bounds)
    begins, receiver = _latest_begins(encoded, legs, bounds.latest), first_receiver(legs)
    for row in range(len(legs)):
        carried_until = bounds.carried_until if row == receiver else INFINITY
        for label in range(count):
            labels[label, ARRIVES] = labels[label, EARLIEST] + legs[row, LEG_SECONDS]
        for at_point in range(2 if legs[row, VISIT] == UNLOADING else 1):
            if at_point == 1:
                _arrive(legs, row, labels, count, carried_until)
            labels, count, records, num_records = _with_breaks(
                encoded,
                legs,
                row,
                at_point,
                rests,
                begins[row],
                labels,
                count,
                records,
                num_records,
                pruning,
            )
        if legs[row, VISIT] != UNLOADING:
            _arrive(legs, row, labels, count, carried_until)
        if legs[row, VISIT] != END:
            labels, count = _served(encoded, legs, row, rests, begins[row], labels, count, pruning)
    return labels, count, records, num_records


@inner
def _latest_begins(encoded: IntArray, legs: IntArray, latest: int) -> IntArray:
    """Return the latest begin at each point that permits an end in time without breaks."""
    begins = np.empty(len(legs), dtype=np.int64)
    for row in range(len(legs) - 1, -1, -1):
        visit = legs[row, VISIT]
        begins[row] = latest
        if visit >= 0:
            last = accessors.visit(encoded, visit, WINDOWS_TO) - 1
            begins[row] = min(latest, accessors.window_closes(encoded, last))
        latest = begins[row] - legs[row, LEG_SECONDS]
        if row > 0:
            latest -= legs[row - 1, SERVICE_TIME]
    return begins


@inner
def _first_labels(
    encoded: IntArray, shift: int, rests: IntArray, bounds: Bounds
) -> tuple[IntArray, int]:
    """Return a label for each set of breaks that a departure leaves behind it.

    If a departure leaves a break behind, it leaves behind all that end no later.
    """
    labels = np.empty((len(rests) + 16, LABEL_COLUMNS), dtype=np.int64)
    last, count = bounds.latest, 0
    if accessors.shift(encoded, shift, DEPARTED) == 1:
        last = min(last, accessors.shift(encoded, shift, OPENS))
    departure = bounds.earliest
    while departure <= last:
        taken, following = 0, INFINITY
        for number in range(len(rests)):
            if rests[number, ENDS] <= departure:
                taken |= 1 << number
            else:
                following = min(following, rests[number, ENDS])
        labels[count, TAKEN], labels[count, EARLIEST] = taken, departure
        labels[count, ARRIVES], labels[count, WORK] = departure, 0
        labels[count, FIRST], labels[count, LAST] = departure, last
        labels[count, RIDE], labels[count, LATENESS] = INFINITY, 0
        labels[count, RECORD] = -1
        count += 1
        departure = following
    return labels, count


@inner
def _with_breaks(
    encoded: IntArray,
    legs: IntArray,
    row: int,
    at_point: int,
    rests: IntArray,
    latest: int,
    labels: IntArray,
    count: int,
    records: IntArray,
    num_records: int,
    pruning: Pruning,
) -> Labels:
    """Add the labels with breaks taken in a gap, on the way to the point or at it."""
    new, label = np.empty(LABEL_COLUMNS, dtype=np.int64), 0
    while label < count:
        taken = labels[label, TAKEN]
        for number in range(len(rests) if taken != DOMINATED else 0):
            if taken & (1 << number) != 0 or rests[number, REQUIRED] & ~taken != 0:
                continue
            break_ = rests[number, REST_ROW]
            for window in range(
                accessors.break_(encoded, break_, BREAK_WINDOWS_FROM),
                accessors.break_(encoded, break_, BREAK_WINDOWS_TO),
            ):
                _copy(labels, label, new)
                new[TAKEN], new[RECORD] = taken | (1 << number), num_records
                if not _take(encoded, rests[number, LENGTH], window, legs, row, new, at_point):
                    continue
                labels, added = _add(labels, count, new, rests, latest, pruning)
                if added > count:
                    count, before = added, labels[label, RECORD]
                    records = _recorded(records, num_records, break_, row, at_point, before)
                    num_records += 1
        label += 1
    return labels, count, records, num_records


@inner
def _recorded(
    records: IntArray, count: int, break_: int, row: int, at_point: int, before: int
) -> IntArray:
    """Return the records with one more."""
    if count == len(records):
        records = _doubled(records)
    records[count, RECORD_BREAK], records[count, RECORD_GAP] = break_, row
    records[count, RECORD_AT_POINT], records[count, RECORD_BEFORE] = at_point, before
    return records


@inner
def _take(
    encoded: IntArray,
    duration: int,
    window: int,
    legs: IntArray,
    row: int,
    label: IntArray,
    at_point: int,
) -> bool:
    """Take a break in one of its windows; return whether some departure permits it."""
    begin = max(label[EARLIEST], accessors.break_opens(encoded, window))
    closes = accessors.break_closes(encoded, window)
    if begin > closes:
        return False
    label[LAST] = min(label[LAST], closes - label[WORK])
    if at_point == 0 and legs[row, VISIT] < 0 and begin >= label[ARRIVES]:
        # It must begin before the arrival, so only a later departure permits it.
        if legs[row, LEG_SECONDS] == 0:
            return False
        label[FIRST] = max(label[FIRST], begin + 1 - label[WORK] - legs[row, LEG_SECONDS])
        label[ARRIVES] = begin + 1
    label[EARLIEST] = begin + duration
    label[WORK] += duration
    label[ARRIVES] += duration
    if at_point == 0 and label[RIDE] < INFINITY:
        label[RIDE] -= duration
    return label[FIRST] <= label[LAST] and label[RIDE] >= 0


@inner
def _arrive(legs: IntArray, row: int, labels: IntArray, count: int, carried_until: int) -> None:
    """Advance labels to the point; those that arrive too late for an item are left out."""
    receives = legs[row, VISIT] < 0 and (row == 0 or legs[row - 1, RECEIVER] == row)
    for label in range(count):
        labels[label, EARLIEST] = max(labels[label, EARLIEST], labels[label, ARRIVES])
        labels[label, WORK] += legs[row, LEG_SECONDS]
        if labels[label, RIDE] < INFINITY:
            labels[label, RIDE] -= legs[row, LEG_SECONDS]
        if carried_until < INFINITY:
            labels[label, LAST] = min(labels[label, LAST], carried_until - labels[label, WORK])
            if labels[label, ARRIVES] > carried_until:
                labels[label, TAKEN] = DOMINATED
        if labels[label, RIDE] < 0 or labels[label, FIRST] > labels[label, LAST]:
            labels[label, TAKEN] = DOMINATED
        if receives:
            labels[label, RIDE] = INFINITY


@inner
def _served(
    encoded: IntArray,
    legs: IntArray,
    row: int,
    rests: IntArray,
    latest: int,
    labels: IntArray,
    count: int,
    pruning: Pruning,
) -> tuple[IntArray, int]:
    """Return the labels after the service at a point, one for each window it may begin in."""
    visit, service = legs[row, VISIT], legs[row, SERVICE_TIME]
    first, end = 0, 1
    if visit >= 0:
        first = accessors.visit(encoded, visit, WINDOWS_FROM)
        end = accessors.visit(encoded, visit, WINDOWS_TO)
    served = np.empty((max(16, count), LABEL_COLUMNS), dtype=np.int64)
    new, num_served = np.empty(LABEL_COLUMNS, dtype=np.int64), 0
    for label in range(count):
        if labels[label, TAKEN] == DOMINATED:
            continue
        for window in range(first, end):
            _copy(labels, label, new)
            if visit >= 0:
                begin = max(new[EARLIEST], accessors.window_opens(encoded, window))
                closes = accessors.window_closes(encoded, window)
                new[LAST] = min(new[LAST], closes - new[WORK])
                if begin > closes or new[FIRST] > new[LAST]:
                    continue
                new[EARLIEST] = begin
                new[LATENESS] += lateness_cost(encoded, visit, begin)
            new[EARLIEST] += service
            new[ARRIVES] = new[EARLIEST]
            new[WORK] += service
            if new[RIDE] < INFINITY:
                new[RIDE] -= service
            new[RIDE] = min(new[RIDE], legs[row, RIDE_LIMIT])
            served, num_served = _add(served, num_served, new, rests, latest + service, pruning)
    return served, num_served


@inner
def _add(
    labels: IntArray,
    count: int,
    new: IntArray,
    rests: IntArray,
    latest: int,
    pruning: Pruning,
) -> tuple[IntArray, int]:
    """Add a label unless it is too late or dominated; return the labels and their number."""
    if max(new[EARLIEST], new[ARRIVES]) > latest or count >= pruning.most:
        return labels, count
    for number in range(len(rests)):
        if new[EARLIEST] > rests[number, CLOSES] and new[TAKEN] & (1 << number) == 0:
            return labels, count
    for label in range(count if pruning.dominance != NONE else 0):
        if labels[label, TAKEN] == new[TAKEN]:
            if _is_no_worse(labels, label, new, 1, pruning.dominance):
                return labels, count
            if _is_no_worse(labels, label, new, -1, pruning.dominance):
                labels[label, TAKEN] = DOMINATED
    if count == len(labels):
        labels = _doubled(labels)
    for column in range(LABEL_COLUMNS):
        labels[count, column] = new[column]
    return labels, count + 1


@inner
def _is_no_worse(labels: IntArray, label: int, new: IntArray, sign: int, dominance: int) -> bool:
    """Return whether no column of a label is worse than of another, or with -1 the other way."""
    return (
        sign * labels[label, EARLIEST] <= sign * new[EARLIEST]
        and sign * labels[label, ARRIVES] <= sign * new[ARRIVES]
        and sign * labels[label, RIDE] >= sign * new[RIDE]
        and (
            dominance == BY_TIME
            or (
                sign * labels[label, WORK] <= sign * new[WORK]
                and sign * labels[label, FIRST] <= sign * new[FIRST]
                and sign * labels[label, LAST] >= sign * new[LAST]
                and sign * labels[label, LATENESS] <= sign * new[LATENESS]
            )
        )
    )


@inner
def _copy(labels: IntArray, label: int, new: IntArray) -> None:
    for column in range(LABEL_COLUMNS):
        new[column] = labels[label, column]


@inner
def _doubled(table: IntArray) -> IntArray:
    """Return a copy of a table with room for twice as many rows."""
    longer = np.empty((2 * len(table), table.shape[1]), dtype=np.int64)
    longer[: len(table)] = table
    return longer

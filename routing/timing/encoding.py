"""Knows a problem as whole numbers on one tape, which is what compiled code reads fast.

A tuple of many arrays would be the obvious form, but Numba counts references to every array at
every call. Everything that no timing can change is decided here: who may serve whom, what serving
costs beside the road, and which end is nearest. A column of a table is named by a constant.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from routing.problem import Measure, Problem, Shift, Visit, Window
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND

Whole = NDArray[np.int64]

FLAT: Final = "flat"
TABLES: Final = "tables"
TRAVEL: Final = "travel"
"""Where the arrays of the roads are kept with a problem."""

FAR: Final = 2**40
"""Later, more or longer than anything in a problem, and far from overflowing when added up."""

# The columns of `Flat.visits`.
PLACE, SERVICE, SETUP, WINDOWS_FROM, WINDOWS_TO, RIDE, DUE, LATE = range(8)
POSITION, PARTNER, ROLE, PENALTY, MANDATORY, DONOR = range(8, 14)
VISIT_COLUMNS: Final = 14

# The roles of a visit in a shipment.
NO_SHIPMENT, PICKUP, DELIVERY = range(3)

# The columns of `Flat.shifts`.
PROFILE, START, OPENS, CLOSES, DEPARTED, PER_METRE, PER_SECOND, PER_DRIVING = range(8)
OVERTIME_FROM, PER_OVERTIME, FIXED, MAX_DRIVING, MAX_WORKING, MAX_METRES, MAX_STOPS = range(8, 15)
CARRIED_UNTIL, END_RECEIVES, RELOADS, RELOAD_SERVICE, RELOAD_FROM, RELOAD_TO = range(15, 21)
BREAKS_FROM, BREAKS_TO, BALANCES_FROM, BALANCES_TO, PERIOD = range(21, 26)
SHIFT_COLUMNS: Final = 26

# The columns of `Flat.breaks`.
DURATION, RESTS_FROM, RESTS_TO = range(3)

# The columns of `Flat.balances`, and what may be measured.
MEASURE, SHARE, RATE = range(3)
MEASURES: Final = {
    Measure.STOPS: (0, SHARES_PER_CENT),
    Measure.SECONDS: (1, SHARES_PER_SECOND),
    Measure.METRES: (2, SHARES_PER_METRE),
}
OF_STOPS, OF_SECONDS, OF_METRES = range(3)


class Tables(NamedTuple):
    """A problem as tables; visits, shifts and places are known by their rows.

    Attributes
    ----------
    counts : places, visits, shifts, dimensions, and whether legs have prices of their own
    seconds, metres, cents : shape (profiles, places, places)
        `cents` in shares, and of shape (profiles, 1, 1) where no leg costs anything of its own.
    visits, shifts : one row each
        See the column constants of this module; all prices are in shares.
    windows : shape (any, 2)
        Of all visits, cut to their release and deadline.
    loads : shape (visits, 3, dimensions)
        Collected, brought, shipped.
    amounts : shape (shifts, 2, dimensions)
        Capacity, carried.
    nearest : shape (shifts, places)
        Where the tour ends when this is its last place.
    may : shape (visits, shifts)
        1 where skills, collectors, zones and pins permit the shift to serve the visit.
    aside : shape (visits, shifts, 2)
        What serving costs beside the road, in shares: preferences, zones.
    reloads : places where shifts may unload
    breaks, rests : the breaks, and the windows in which they may begin
    balances : measure, share, rate in shares per unit
    """

    counts: Whole
    seconds: Whole
    metres: Whole
    cents: Whole
    visits: Whole
    windows: Whole
    loads: Whole
    shifts: Whole
    amounts: Whole
    nearest: Whole
    may: Whole
    aside: Whole
    reloads: Whole
    breaks: Whole
    rests: Whole
    balances: Whole


def flat(problem: Problem) -> Whole:
    """The tape of a problem, made once and kept with it; `tape` reads it."""
    if FLAT not in problem.derived:
        tape = problem.derived[FLAT] = laid_out(tables(problem))
        # Nothing is kept twice: of a thousand places that would be 20 MB.
        seen = problem.derived[TABLES] = _on_tape(tape, tables(problem))
        problem.derived[TRAVEL] = seen.seconds, seen.metres, seen.cents
    return cast("Whole", problem.derived[FLAT])


def _on_tape(tape: Whole, found: Tables) -> Tables:
    """The same tables, as they lie on the tape."""
    begins = tape[: 2 * len(found) : 2].tolist()
    return Tables(
        *(
            tape[begin : begin + table.size].reshape(table.shape)
            for begin, table in zip(begins, found, strict=True)
        )
    )


def laid_out(found: Tables) -> Whole:
    """One table behind the other, ahead of them where each begins and how wide it is."""
    head = np.zeros(2 * len(found), dtype=np.int64)
    parts = [head]
    begin = len(head)
    for number, table in enumerate(found):
        head[2 * number] = begin
        head[2 * number + 1] = int(np.prod(table.shape[1:], dtype=np.int64))
        parts.append(np.ascontiguousarray(table, dtype=np.int64).ravel())
        begin += table.size
    return np.concatenate(parts)


def tables(problem: Problem) -> Tables:
    """The tables of a problem, made once and kept with it."""
    if TABLES not in problem.derived:
        problem.derived[TABLES] = _tables(problem)
    return cast("Tables", problem.derived[TABLES])


def _tables(problem: Problem) -> Tables:
    profiles = {name: row for row, name in enumerate(problem.travel)}
    seconds, metres, cents = _travel(problem)
    priced = int(cents.shape[1] > 1)
    windows = [dated(visit) for visit in problem.visits]
    shifts, reloads, breaks, rests, balances = _shifts(problem, profiles)
    return Tables(
        counts=np.array(
            [len(problem.places), len(problem.visits), len(shifts), len(problem.dimensions), priced]
        ),
        seconds=seconds,
        metres=metres,
        cents=cents,
        visits=_visits(problem, windows),
        windows=_pairs(window for visit in windows for window in visit),
        loads=_loads(problem),
        shifts=shifts,
        amounts=_amounts(problem),
        nearest=np.array(
            [_nearest(problem, shift, seconds, metres, profiles) for shift in problem.shifts]
        ).reshape(len(problem.shifts), -1),
        may=_may(problem),
        aside=_aside(problem),
        reloads=reloads,
        breaks=breaks,
        rests=rests,
        balances=balances,
    )


def _travel(problem: Problem) -> tuple[Whole, Whole, Whole]:
    if TRAVEL not in problem.derived:
        problem.derived[TRAVEL] = _roads(problem)
    return cast("tuple[Whole, Whole, Whole]", problem.derived[TRAVEL])


def _roads(problem: Problem) -> tuple[Whole, Whole, Whole]:
    travels = list(problem.travel.values())
    seconds = np.array([travel.seconds for travel in travels], dtype=np.int64)
    metres = np.array([travel.metres for travel in travels], dtype=np.int64)
    if not any(travel.cents for travel in travels):
        return seconds, metres, np.zeros((len(travels), 1, 1), dtype=np.int64)
    nothing = np.zeros_like(seconds[0])
    cents = [
        np.array(travel.cents, dtype=np.int64) if travel.cents else nothing for travel in travels
    ]
    return seconds, metres, SHARES_PER_CENT * np.stack(cents)


def dated(visit: Visit) -> list[tuple[int, int]]:
    """The windows of a visit between its release and its deadline; none may be left."""
    release = visit.release or 0
    deadline = FAR if visit.deadline is None else visit.deadline
    cut = [
        (max(window.earliest, release), min(window.latest, deadline)) for window in visit.windows
    ]
    return [(earliest, latest) for earliest, latest in cut if earliest <= latest]


def _pairs(pairs: Iterable[tuple[int, int]]) -> Whole:
    return np.array(list(pairs), dtype=np.int64).reshape(-1, 2)


def _visits(problem: Problem, windows: Sequence[Sequence[tuple[int, int]]]) -> Whole:
    rows = {visit.id: row for row, visit in enumerate(problem.visits)}
    donors = {name: row for row, name in enumerate(_donors(problem))}
    table = np.zeros((len(problem.visits), VISIT_COLUMNS), dtype=np.int64)
    first = 0
    for row, visit in enumerate(problem.visits):
        last = first + len(windows[row])
        shipment = problem.shipment(visit.id)
        partner, role = -1, NO_SHIPMENT
        if shipment is not None:
            role = PICKUP if shipment.pickup == visit.id else DELIVERY
            partner = rows[shipment.delivery if role == PICKUP else shipment.pickup]
        pin = problem.pin(visit.id)
        table[row, [PLACE, SERVICE, SETUP]] = problem.row(visit.place), visit.service, visit.setup
        table[row, [WINDOWS_FROM, WINDOWS_TO]] = first, last
        table[row, RIDE] = min(visit.ride_limits.values(), default=FAR)
        table[row, DUE] = FAR if visit.due is None else visit.due
        table[row, LATE] = SHARES_PER_SECOND * visit.cents_per_hour_late
        table[row, POSITION] = -1 if pin is None or pin.position is None else pin.position
        table[row, [PARTNER, ROLE]] = partner, role
        table[row, PENALTY] = SHARES_PER_CENT * (visit.penalty or 0)
        table[row, MANDATORY] = problem.mandatory(visit)
        table[row, DONOR] = -1 if visit.donor is None else donors[visit.donor]
        first = last
    return table


def _donors(problem: Problem) -> list[str]:
    return sorted({visit.donor for visit in problem.visits if visit.donor is not None})


def _loads(problem: Problem) -> Whole:
    table = np.zeros((len(problem.visits), 3, len(problem.dimensions)), dtype=np.int64)
    for row, visit in enumerate(problem.visits):
        kind = 0 if problem.shipment(visit.id) is None else 2
        for column, name in enumerate(problem.dimensions):
            table[row, kind, column] = visit.load.get(name, 0)
            table[row, 1, column] = visit.brought.get(name, 0)
    return table


def _amounts(problem: Problem) -> Whole:
    table = np.zeros((len(problem.shifts), 2, len(problem.dimensions)), dtype=np.int64)
    for row, shift in enumerate(problem.shifts):
        for column, name in enumerate(problem.dimensions):
            table[row, 0, column] = shift.capacity.get(name, FAR)
            table[row, 1, column] = shift.carried.get(name, 0)
    return table


def _shifts(problem: Problem, profiles: dict[str, int]) -> tuple[Whole, Whole, Whole, Whole, Whole]:
    table = np.zeros((len(problem.shifts), SHIFT_COLUMNS), dtype=np.int64)
    reloads: list[int] = []
    breaks: list[tuple[int, int, int]] = []
    rests: list[Window] = []
    balances: list[tuple[int, int, int]] = []
    for row, shift in enumerate(problem.shifts):
        _shift(table[row], problem, shift, profiles[shift.profile])
        table[row, RELOAD_FROM] = len(reloads)
        reloads += [problem.row(name) for name in shift.reload.places] if shift.reload else []
        table[row, RELOAD_TO] = len(reloads)
        table[row, BREAKS_FROM] = len(breaks)
        for rest in shift.breaks:
            breaks.append((rest.duration, len(rests), len(rests) + len(rest.windows)))
            rests += rest.windows
        table[row, BREAKS_TO] = len(breaks)
        table[row, BALANCES_FROM] = len(balances)
        for balance in problem.balances:
            if shift.id in balance.shifts:
                number, unit = MEASURES[balance.measure]
                balances.append((number, balance.share, unit * balance.cents))
        table[row, BALANCES_TO] = len(balances)
    return (
        table,
        np.array(reloads, dtype=np.int64),
        np.array(breaks, dtype=np.int64).reshape(-1, 3),
        _pairs((window.earliest, window.latest) for window in rests),
        np.array(balances, dtype=np.int64).reshape(-1, 3),
    )


def _shift(row: Whole, problem: Problem, shift: Shift, profile: int) -> None:
    row[[PROFILE, START]] = profile, problem.row(shift.start)
    row[[OPENS, CLOSES]] = shift.window.earliest, shift.window.latest
    row[DEPARTED] = shift.departed
    row[PER_METRE] = SHARES_PER_METRE * shift.cents_per_km
    row[PER_SECOND] = SHARES_PER_SECOND * shift.cents_per_hour
    row[PER_DRIVING] = SHARES_PER_SECOND * shift.cents_per_driving_hour
    row[OVERTIME_FROM] = _bound(shift.overtime_from)
    row[PER_OVERTIME] = SHARES_PER_SECOND * shift.overtime_cents_per_hour
    row[FIXED] = SHARES_PER_CENT * shift.fixed_cost
    row[MAX_DRIVING] = _bound(shift.max_driving)
    row[MAX_WORKING] = _bound(shift.max_working)
    row[MAX_METRES] = _bound(shift.max_metres)
    row[MAX_STOPS] = _bound(shift.max_stops)
    row[CARRIED_UNTIL] = _bound(shift.carried_until)
    row[END_RECEIVES] = problem.place(shift.ends[0]).receives
    if shift.reload is not None:
        row[[RELOADS, RELOAD_SERVICE]] = shift.reload.times, shift.reload.service
    row[PERIOD] = next(
        (
            number
            for number, period in enumerate(problem.periods)
            if period.earliest <= shift.window.earliest <= period.latest
        ),
        -1,
    )


def _bound(value: int | None) -> int:
    return FAR if value is None else value


def _nearest(
    problem: Problem, shift: Shift, seconds: Whole, metres: Whole, profiles: dict[str, int]
) -> Whole:
    """Per place, the end that is nearest in seconds, then in metres, then by its rank."""
    ends = np.array([problem.row(name) for name in shift.ends])
    profile = profiles[shift.profile]
    order = np.lexsort(
        (
            np.broadcast_to(np.arange(len(ends)), (len(problem.places), len(ends))),
            metres[profile][:, ends],
            seconds[profile][:, ends],
        ),
        axis=1,
    )
    found: Whole = ends[order[:, 0]]
    return found


def _may(problem: Problem) -> Whole:
    table = np.empty((len(problem.visits), len(problem.shifts)), dtype=np.int64)
    alike: dict[Hashable, list[bool]] = {}
    for row, visit in enumerate(problem.visits):
        asked = visit.skills, visit.shifts, visit.collectors, visit.forbidden, visit.zone
        if asked not in alike:
            alike[asked] = [_permits(visit, shift) for shift in problem.shifts]
        table[row] = alike[asked]
        pin = problem.pin(visit.id)
        if pin is not None:
            table[row] &= [pin.shift == shift.id for shift in problem.shifts]
    return table


def _permits(visit: Visit, shift: Shift) -> bool:
    """Everything but a pin lets this shift serve this visit."""
    return (
        visit.skills <= shift.skills
        and (visit.shifts is None or shift.id in visit.shifts)
        and (visit.collectors is None or shift.collector in visit.collectors)
        and shift.collector not in visit.forbidden
        and (at_home(visit, shift) or shift.outside is not None)
    )


def at_home(visit: Visit, shift: Shift) -> bool:
    """The visit lies inside the shift's zones, or one of them has none."""
    return visit.zone is None or shift.zones is None or visit.zone in shift.zones


def _aside(problem: Problem) -> Whole:
    table = np.empty((len(problem.visits), len(problem.shifts), 2), dtype=np.int64)
    alike: dict[Hashable, list[tuple[int, int]]] = {}
    for row, visit in enumerate(problem.visits):
        asked = visit.preferred, visit.preference, visit.zone
        if asked not in alike:
            alike[asked] = [_on_top(visit, shift) for shift in problem.shifts]
        table[row] = alike[asked]
    return table


def _on_top(visit: Visit, shift: Shift) -> tuple[int, int]:
    """What it costs, in shares, that this shift is not preferred, and that it is not at home."""
    unloved = visit.preferred and shift.collector not in visit.preferred
    away = 0 if at_home(visit, shift) else (shift.outside or 0)
    return SHARES_PER_CENT * (visit.preference if unloved else 0), SHARES_PER_CENT * away

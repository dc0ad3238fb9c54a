"""Encoded problem: a problem as one flat array of integers, which compiled code reads fast.

A tuple of many arrays would be the obvious form. Numba, however, counts references to every array
at every call. All values that do not depend on timing are computed here: the allowed pairs of
visits and shifts, the surcharges, and the nearest ends. A constant names each column of a table.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from routing.margins import is_uncertain, quantile, service_spread
from routing.problem import Measure, Problem, Shift, Visit, Window
from routing.timing.compatibility import allowed_pairs, surcharges
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND

IntArray = NDArray[np.int64]
"""An array of 64-bit integers."""

ENCODED: Final = "encoded"
TABLES: Final = "tables"
TRAVEL: Final = "travel"
"""Keys in `Problem.derived` of the encoded problem, its tables and its travel matrices."""

INFINITY: Final = 2**40
"""Above every instant, duration, distance and load of a problem; sums of it do not overflow."""

# The columns of a visit.
PLACE, SERVICE, SETUP, WINDOWS_FROM, WINDOWS_TO, MAX_RIDE, DUE, LATE_RATE = range(8)
PINNED_POSITION, PARTNER, ROLE, PENALTY, MANDATORY, DONOR, SERVICE_SPREAD = range(8, 15)
VISIT_COLUMNS: Final = 15
"""Width of a visit.

Its windows are the rows from `WINDOWS_FROM` to before `WINDOWS_TO`. `MAX_RIDE` is its tightest ride
limit in seconds, or `INFINITY`. `LATE_RATE` is in shares per second after the instant `DUE`.
`PINNED_POSITION`, `PARTNER` (the other visit of the shipment) and `DONOR` are -1 if there is none.
`PENALTY` is in shares, `SERVICE_SPREAD` in percent.
"""

# The roles of a visit in a shipment.
NO_SHIPMENT, PICKUP, DELIVERY = range(3)

# The kinds of load of a visit and of a shift.
COLLECTED, BROUGHT, SHIPPED = range(3)
CAPACITY, CARRIED = range(2)

# The columns of a shift.
PROFILE, START, OPENS, CLOSES, DEPARTED, PER_METRE, PER_SECOND, PER_DRIVING_SECOND = range(8)
OVERTIME_FROM, PER_OVERTIME_SECOND, FIXED_COST = range(8, 11)
MAX_DRIVING, MAX_WORKING, MAX_METRES, MAX_STOPS = range(11, 15)
CARRIED_UNTIL, END_RECEIVES, MAX_RELOADS, RELOAD_SERVICE, RELOAD_FROM, RELOAD_TO = range(15, 21)
BREAKS_FROM, BREAKS_TO, BALANCES_FROM, BALANCES_TO, PERIOD, LATE_START = range(21, 27)
SHIFT_COLUMNS: Final = 27
"""Width of a shift.

Rates and `FIXED_COST` are in shares. Limits are `INFINITY` if there is none. `CARRIED_UNTIL` is the
latest arrival, at a place that receives it, of the load carried from the start. Rows of other
tables go from `..._FROM` to before `..._TO`. `PERIOD` is -1 if the shift lies in none. `LATE_START`
is in seconds.
"""

# The entries of the risk: spreads in percent, quantiles in thousandths of a standard deviation, the
# days in a million on which a clock of a tour may break, prices in shares.
LEG_SPREAD, DAY_SPREAD, HOUR_SPREAD, PROMISE_QUANTILE, CLOCK_QUANTILE = range(5)
CLOCK_BREAKS, PROMISE_PRICE, END_PRICE, CLOCK_PRICE = range(5, 9)

# The columns of a break.
DURATION, BREAK_WINDOWS_FROM, BREAK_WINDOWS_TO = range(3)

# The columns of a balance, and its measures with the shares of one cent per unit.
MEASURE, SHARE, RATE = range(3)
OF_STOPS, OF_SECONDS, OF_METRES = range(3)
MEASURES: Final = {
    Measure.STOPS: (OF_STOPS, SHARES_PER_CENT),
    Measure.SECONDS: (OF_SECONDS, SHARES_PER_SECOND),
    Measure.METRES: (OF_METRES, SHARES_PER_METRE),
}


class ProblemTables(NamedTuple):
    """A problem as tables; visits, shifts and places are named by their rows.

    Attributes
    ----------
    counts : array of shape (5,)
        Numbers of places, visits, shifts and load dimensions, and whether legs have tolls.
    seconds, metres : arrays of shape (profiles, places, places)
    tolls : array of shape (profiles, places, places)
        Costs of legs in shares; of shape (profiles, 1, 1) if no leg has any.
    visits, shifts : one row each
        See the column constants of this module.
    windows : array of shape (any, 2)
        The windows of all visits within their release and deadline.
    visit_loads : array of shape (visits, 3, dimensions)
        Collected, brought, shipped.
    shift_loads : array of shape (shifts, 2, dimensions)
        Capacity, and load carried at the departure.
    nearest_ends : array of shape (shifts, places)
        The end of a tour per last place.
    allowed : array of shape (visits, shifts)
        1 if skills, collectors, zones and pins permit the shift to serve the visit.
    surcharges : array of shape (visits, shifts, 2)
        Costs in shares of preferences and of zones.
    reload_places : array of shape (any,)
        Places where shifts may unload.
    breaks : array of shape (any, 3)
    break_windows : array of shape (any, 2)
        Windows of the begins of breaks.
    balances : array of shape (any, 3)
        Measure, fair share, rate in shares per unit.
    risk : array of shape (9,)
    """

    counts: IntArray
    seconds: IntArray
    metres: IntArray
    tolls: IntArray
    visits: IntArray
    windows: IntArray
    visit_loads: IntArray
    shifts: IntArray
    shift_loads: IntArray
    nearest_ends: IntArray
    allowed: IntArray
    surcharges: IntArray
    reload_places: IntArray
    breaks: IntArray
    break_windows: IntArray
    balances: IntArray
    risk: IntArray


def encode(problem: Problem) -> IntArray:
    """Return the encoded problem, computed once and kept with the problem."""
    if ENCODED not in problem.derived:
        encoded = problem.derived[ENCODED] = pack(problem_tables(problem))
        # The tables become views, so that nothing is stored twice: 20 MB for a thousand places.
        views = problem.derived[TABLES] = _views(encoded, problem_tables(problem))
        problem.derived[TRAVEL] = views.seconds, views.metres, views.tolls
    return cast("IntArray", problem.derived[ENCODED])


def _views(encoded: IntArray, tables: ProblemTables) -> ProblemTables:
    """Return the same tables as views of the encoded problem."""
    offsets = encoded[: 2 * len(tables) : 2].tolist()
    return ProblemTables(
        *(
            encoded[offset : offset + table.size].reshape(table.shape)
            for offset, table in zip(offsets, tables, strict=True)
        )
    )


def pack(tables: ProblemTables) -> IntArray:
    """Return the head, per table its offset and the width of its rows, followed by the tables."""
    head = np.zeros(2 * len(tables), dtype=np.int64)
    parts = [head]
    offset = len(head)
    for number, table in enumerate(tables):
        head[2 * number] = offset
        head[2 * number + 1] = int(np.prod(table.shape[1:], dtype=np.int64))
        parts.append(np.ascontiguousarray(table, dtype=np.int64).ravel())
        offset += table.size
    return np.concatenate(parts)


def problem_tables(problem: Problem) -> ProblemTables:
    """Return the tables of a problem, computed once and kept with the problem."""
    if TABLES not in problem.derived:
        problem.derived[TABLES] = _tables(problem)
    return cast("ProblemTables", problem.derived[TABLES])


def _tables(problem: Problem) -> ProblemTables:
    profiles = {name: row for row, name in enumerate(problem.travel)}
    seconds, metres, tolls = _travel(problem)
    sizes = len(problem.places), len(problem.visits), len(problem.shifts), len(problem.dimensions)
    windows = [windows_within_dates(visit) for visit in problem.visits]
    shifts, reload_places, breaks, break_windows, balances = _shifts(problem, profiles)
    return ProblemTables(
        counts=np.array([*sizes, int(tolls.shape[1] > 1)]),
        seconds=seconds,
        metres=metres,
        tolls=tolls,
        visits=_visits(problem, windows),
        windows=_pairs(window for visit in windows for window in visit),
        visit_loads=_visit_loads(problem),
        shifts=shifts,
        shift_loads=_shift_loads(problem),
        nearest_ends=np.array(
            [_nearest_ends(problem, shift, seconds, metres, profiles) for shift in problem.shifts]
        ).reshape(len(problem.shifts), -1),
        allowed=allowed_pairs(problem),
        surcharges=SHARES_PER_CENT * surcharges(problem),
        reload_places=reload_places,
        breaks=breaks,
        break_windows=break_windows,
        balances=balances,
        risk=_risk(problem),
    )


def _risk(problem: Problem) -> IntArray:
    """Return the entries of the risk; without any spread nothing has a price."""
    spreads, safety = problem.spreads, problem.safety
    share = SHARES_PER_CENT if is_uncertain(problem) else 0
    quantiles = [
        quantile(safety.promise_kept),
        quantile(safety.clock_kept),
        10_000 * (100 - safety.clock_kept),
    ]
    prices = (safety.promise_price, safety.end_price, safety.clock_price)
    return np.array(
        [spreads.leg, spreads.day, spreads.hour, *quantiles, *(share * price for price in prices)]
    )


def _travel(problem: Problem) -> tuple[IntArray, IntArray, IntArray]:
    """Return seconds, metres and tolls, computed once and kept with the problem."""
    if TRAVEL not in problem.derived:
        problem.derived[TRAVEL] = _matrices(problem)
    return cast("tuple[IntArray, IntArray, IntArray]", problem.derived[TRAVEL])


def _matrices(problem: Problem) -> tuple[IntArray, IntArray, IntArray]:
    travels = list(problem.travel.values())
    seconds = np.array([travel.seconds for travel in travels], dtype=np.int64)
    metres = np.array([travel.metres for travel in travels], dtype=np.int64)
    if not any(travel.cents for travel in travels):
        return seconds, metres, np.zeros((len(travels), 1, 1), dtype=np.int64)
    free = np.zeros_like(seconds[0])
    cents = [np.array(travel.cents, dtype=np.int64) if travel.cents else free for travel in travels]
    return seconds, metres, SHARES_PER_CENT * np.stack(cents)


def windows_within_dates(visit: Visit) -> list[tuple[int, int]]:
    """Return the windows of a visit within its release and deadline; none may be left."""
    release = visit.release or 0
    deadline = INFINITY if visit.deadline is None else visit.deadline
    cut = [
        (max(window.earliest, release), min(window.latest, deadline)) for window in visit.windows
    ]
    return [(earliest, latest) for earliest, latest in cut if earliest <= latest]


def _pairs(pairs: Iterable[tuple[int, int]]) -> IntArray:
    return np.array(list(pairs), dtype=np.int64).reshape(-1, 2)


def _visits(problem: Problem, windows: Sequence[Sequence[tuple[int, int]]]) -> IntArray:
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
        table[row, MAX_RIDE] = min(visit.ride_limits.values(), default=INFINITY)
        table[row, DUE] = INFINITY if visit.due is None else visit.due
        table[row, LATE_RATE] = SHARES_PER_SECOND * visit.cents_per_hour_late
        table[row, PINNED_POSITION] = -1 if pin is None or pin.position is None else pin.position
        table[row, [PARTNER, ROLE]] = partner, role
        table[row, PENALTY] = SHARES_PER_CENT * (visit.penalty or 0)
        table[row, MANDATORY] = problem.mandatory(visit)
        table[row, DONOR] = -1 if visit.donor is None else donors[visit.donor]
        table[row, SERVICE_SPREAD] = service_spread(problem, visit)
        first = last
    return table


def _donors(problem: Problem) -> list[str]:
    return sorted({visit.donor for visit in problem.visits if visit.donor is not None})


def _visit_loads(problem: Problem) -> IntArray:
    table = np.zeros((len(problem.visits), 3, len(problem.dimensions)), dtype=np.int64)
    for row, visit in enumerate(problem.visits):
        kind = COLLECTED if problem.shipment(visit.id) is None else SHIPPED
        for column, name in enumerate(problem.dimensions):
            table[row, kind, column] = visit.load.get(name, 0)
            table[row, BROUGHT, column] = visit.brought.get(name, 0)
    return table


def _shift_loads(problem: Problem) -> IntArray:
    table = np.zeros((len(problem.shifts), 2, len(problem.dimensions)), dtype=np.int64)
    for row, shift in enumerate(problem.shifts):
        for column, name in enumerate(problem.dimensions):
            table[row, CAPACITY, column] = shift.capacity.get(name, INFINITY)
            table[row, CARRIED, column] = shift.carried.get(name, 0)
    return table


def _shifts(
    problem: Problem, profiles: dict[str, int]
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Return shifts, reload places, breaks, windows of breaks, and balances."""
    table = np.zeros((len(problem.shifts), SHIFT_COLUMNS), dtype=np.int64)
    reload_places: list[int] = []
    breaks: list[tuple[int, int, int]] = []
    windows: list[Window] = []
    balances: list[tuple[int, int, int]] = []
    for row, shift in enumerate(problem.shifts):
        _fill_shift(table[row], problem, shift, profiles[shift.profile])
        table[row, RELOAD_FROM] = len(reload_places)
        reload_places += [problem.row(name) for name in shift.reload.places] if shift.reload else []
        table[row, RELOAD_TO] = len(reload_places)
        table[row, BREAKS_FROM] = len(breaks)
        for break_ in shift.breaks:
            breaks.append((break_.duration, len(windows), len(windows) + len(break_.windows)))
            windows += break_.windows
        table[row, BREAKS_TO] = len(breaks)
        table[row, BALANCES_FROM] = len(balances)
        for balance in problem.balances:
            if shift.id in balance.shifts:
                measure, shares_per_cent = MEASURES[balance.measure]
                balances.append((measure, balance.share, shares_per_cent * balance.cents))
        table[row, BALANCES_TO] = len(balances)
    return (
        table,
        np.array(reload_places, dtype=np.int64),
        np.array(breaks, dtype=np.int64).reshape(-1, 3),
        _pairs((window.earliest, window.latest) for window in windows),
        np.array(balances, dtype=np.int64).reshape(-1, 3),
    )


def _fill_shift(row: IntArray, problem: Problem, shift: Shift, profile: int) -> None:
    row[[PROFILE, START]] = profile, problem.row(shift.start)
    row[[OPENS, CLOSES]] = shift.window.earliest, shift.window.latest
    row[LATE_START] = shift.late_start
    row[DEPARTED] = shift.departed
    row[PER_METRE] = SHARES_PER_METRE * shift.cents_per_km
    row[PER_SECOND] = SHARES_PER_SECOND * shift.cents_per_hour
    row[PER_DRIVING_SECOND] = SHARES_PER_SECOND * shift.cents_per_driving_hour
    row[OVERTIME_FROM] = _bound(shift.overtime_from)
    row[PER_OVERTIME_SECOND] = SHARES_PER_SECOND * shift.overtime_cents_per_hour
    row[FIXED_COST] = SHARES_PER_CENT * shift.fixed_cost
    row[MAX_DRIVING] = _bound(shift.max_driving)
    row[MAX_WORKING] = _bound(shift.max_working)
    row[MAX_METRES] = _bound(shift.max_metres)
    row[MAX_STOPS] = _bound(shift.max_stops)
    row[CARRIED_UNTIL] = _bound(shift.carried_until)
    row[END_RECEIVES] = problem.place(shift.ends[0]).receives
    if shift.reload is not None:
        row[[MAX_RELOADS, RELOAD_SERVICE]] = shift.reload.times, shift.reload.service
    row[PERIOD] = next(
        (
            number
            for number, period in enumerate(problem.periods)
            if period.earliest <= shift.window.earliest <= period.latest
        ),
        -1,
    )


def _bound(value: int | None) -> int:
    return INFINITY if value is None else value


def _nearest_ends(
    problem: Problem, shift: Shift, seconds: IntArray, metres: IntArray, profiles: dict[str, int]
) -> IntArray:
    """Return per place the nearest end by seconds, then metres, then its rank in the shift."""
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
    nearest: IntArray = ends[order[:, 0]]
    return nearest

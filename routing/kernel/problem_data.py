"""Problem data: the parts of a problem that the kernel reads most, in its memory layout."""

from dataclasses import replace
from typing import Final, NamedTuple, cast

import numpy as np

from routing.cost_bound import dearest
from routing.kernel import memory_layout as layout
from routing.kernel.locality import LocalityOrder, order_by_locality
from routing.problem import Problem
from routing.timing import encoding
from routing.timing.encoding import INFINITY, IntArray, ProblemTables

PROBLEM_DATA: Final = "problem data"
"""Key of the problem data in `Problem.derived`."""

MAX_NEIGHBOURS: Final = 200
"""Neighbours of a visit among which a ruin finds the tours to remove strings from."""

GRANULARITY: Final = 40
"""Granular neighbours: a visit is inserted into the tours of this many nearest visits only.

Source of the idea: Toth and Vigo, The granular tabu search, INFORMS J. on Computing 15(4), 2003.
"""

GRANULAR_ABOVE: Final = 150
"""Visits above which insertion is restricted to granular neighbours."""

INCOMPATIBLE: Final = 1e12
"""Distance of two visits that no shift can serve both, above all seconds."""

SCALE: Final = 1_000_000
"""Sort keys are integers: fractions are counted in parts of one millionth."""


class ProblemData(NamedTuple):
    """Problem data of the kernel.

    Attributes
    ----------
    array : array of int
        See `memory_layout`.
    visits, ranks : arrays of shape (visits,)
        Per row of the kernel the row of the problem, and the inverse; see `locality`.
    """

    array: IntArray
    visits: IntArray
    ranks: IntArray


def problem_data(problem: Problem) -> ProblemData:
    """Return the problem data of a problem, computed once and kept with the problem."""
    if PROBLEM_DATA not in problem.derived:
        order = order_by_locality(encoding.problem_tables(problem))
        problem.derived[PROBLEM_DATA] = ProblemData(
            array=_pack(problem, order), visits=order.visits, ranks=order.ranks
        )
    return cast("ProblemData", problem.derived[PROBLEM_DATA])


def temperature_unit(problem: Problem) -> float:
    """Return the mean cost, in shares, of the leg from a visit to one of its five nearest."""
    data = problem_data(problem).array
    count, size = int(data[layout.NUM_VISITS]), int(data[layout.NUM_PLACES])
    neighbours = _table(data, layout.NEIGHBOURS, count, int(data[layout.NUM_NEIGHBOURS]))[:, 1:6]
    if not neighbours.size:
        return 1.0
    shifts = _table(data, layout.SHIFTS, int(data[layout.NUM_SHIFTS]), layout.SHIFT_COLUMNS)
    columns = [encoding.PER_METRE, encoding.PER_DRIVING_SECOND, encoding.PER_SECOND]
    rates = shifts[:, columns].mean(axis=0)
    places = _table(data, layout.VISITS, count, layout.VISIT_COLUMNS)[:, layout.PLACE]
    matrix = _table(data, layout.LEGS_FROM, size, size)
    legs = matrix[places[:, None], places[neighbours]]
    seconds, metres = legs & layout.SECONDS_MASK, legs >> layout.SECONDS_BITS
    return max(1.0, float((rates[0] * metres + (rates[1] + rates[2]) * seconds).mean()))


def _table(data: IntArray, table: int, rows: int, columns: int) -> IntArray:
    first = int(data[table])
    return data[first : first + rows * columns].reshape(rows, columns)


def _pack(problem: Problem, order: LocalityOrder) -> IntArray:
    """Return the head with the offsets of the tables, followed by the tables."""
    source = order.tables
    visits = _visit_table(problem, source)
    visits[:, layout.PROBLEM_ROW] = order.visits
    shifts = _shift_table(problem, source)
    pairs = _pair_table(source, visits, shifts)
    legs = (source.metres << layout.SECONDS_BITS) | source.seconds
    tables = {
        layout.LEGS_FROM: legs,
        layout.LEGS_TO: legs.transpose(0, 2, 1),
        layout.TOLLS: source.tolls,
        layout.VISITS: visits,
        layout.WINDOWS: source.windows,
        layout.SHIFTS: shifts,
        layout.PAIRS: pairs,
        layout.VISIT_LOADS: source.visit_loads,
        layout.SHIFT_LOADS: source.shift_loads,
        layout.NEAREST_ENDS: source.nearest_ends,
        layout.NEIGHBOURS: _neighbour_table(source, visits, pairs),
        layout.SORT_KEYS: _sort_keys(source),
    }
    head = _head(problem, source, visits, tables[layout.NEIGHBOURS].shape[1])
    head[layout.NUM_VEHICLE_TYPES] = len(set(shifts[:, layout.VEHICLE_TYPE].tolist()))
    parts, offset = [head], layout.DATA_HEAD
    for number, table in tables.items():
        head[number] = offset
        parts.append(np.ascontiguousarray(table, dtype=np.int64).ravel())
        offset += table.size
    return np.concatenate(parts)


def _head(problem: Problem, source: ProblemTables, visits: IntArray, neighbours: int) -> IntArray:
    places, count, shifts, dimensions, has_tolls = source.counts.tolist()
    head = np.zeros(layout.DATA_HEAD, dtype=np.int64)
    head[[layout.NUM_PLACES, layout.NUM_VISITS, layout.NUM_SHIFTS]] = places, count, shifts
    head[[layout.NUM_DIMENSIONS, layout.HAS_TOLLS]] = dimensions, has_tolls
    head[layout.POINT_COLUMNS] = layout.LOAD_COLUMNS + 2 * dimensions
    head[layout.NUM_NEIGHBOURS] = neighbours
    head[layout.GRANULARITY] = min(GRANULARITY, neighbours) if count > GRANULAR_ABOVE else 0
    head[layout.NUM_PERIODS] = max(1, len(problem.periods))
    head[layout.HAS_SETUPS] = visits[:, layout.SETUP].any()
    head[layout.HAS_LATENESS] = visits[:, layout.LATE_RATE].any()
    head[layout.NUM_DONORS] = 1 + visits[:, layout.DONOR].max(initial=-1)
    head[layout.HAS_MARGINS] = source.risk[encoding.PROMISE_PRICE :].any()
    pickups_only = not source.visit_loads[:, 1:].any()
    head[layout.PICKUPS_ONLY] = pickups_only
    head[layout.MAX_POINTS] = 2 + _max_stops(source, pickups_only=pickups_only)
    return head


def _max_stops(source: ProblemTables, *, pickups_only: bool) -> int:
    """Return the largest number of stops in a tour, and one more for a visit on trial."""
    most = source.shifts[:, encoding.MAX_STOPS].copy()
    if pickups_only:
        for dimension in range(source.visit_loads.shape[2]):
            sums = np.cumsum(np.sort(source.visit_loads[:, encoding.COLLECTED, dimension]))
            room = (
                source.shift_loads[:, encoding.CAPACITY, dimension]
                - source.shift_loads[:, encoding.CARRIED, dimension]
            )
            fitting = np.searchsorted(sums, room, side="right")
            reloads = source.shifts[:, encoding.MAX_RELOADS] > 0
            most = np.where(reloads, most, np.minimum(most, fitting))
    return min(len(source.visits), int(most.max(initial=0))) + 1


def _visit_table(problem: Problem, source: ProblemTables) -> IntArray:
    count = len(source.visits)
    visits = np.zeros((count, layout.VISIT_COLUMNS), dtype=np.int64)
    copied = {
        layout.PLACE: encoding.PLACE,
        layout.SERVICE: encoding.SERVICE,
        layout.SETUP: encoding.SETUP,
        layout.MAX_RIDE: encoding.MAX_RIDE,
        layout.DUE: encoding.DUE,
        layout.LATE_RATE: encoding.LATE_RATE,
        layout.PINNED_POSITION: encoding.PINNED_POSITION,
        layout.PARTNER: encoding.PARTNER,
        layout.ROLE: encoding.ROLE,
        layout.PENALTY: encoding.PENALTY,
        layout.DONOR: encoding.DONOR,
    }
    for column, original in copied.items():
        visits[:, column] = source.visits[:, original]
    mandatory = source.visits[:, encoding.MANDATORY] == 1
    visits[mandatory, layout.PENALTY] += dearest(problem)
    visits[:, layout.HASH_KEY] = _random_keys(count, 1)
    return visits


def _random_keys(count: int, seed: int) -> IntArray:
    """Return random numbers; their sums identify sets (Zobrist hashing)."""
    return np.random.default_rng(seed).integers(-(2**62), 2**62, size=count, dtype=np.int64)


def _shift_table(problem: Problem, source: ProblemTables) -> IntArray:
    shifts = np.zeros((len(source.shifts), layout.SHIFT_COLUMNS), dtype=np.int64)
    shifts[:, : encoding.SHIFT_COLUMNS] = source.shifts
    types: dict[str, int] = {}
    hashes = _random_keys(len(shifts), 2)
    for row, shift in enumerate(problem.shifts):
        own = source.shifts[row]
        balances = source.balances[own[encoding.BALANCES_FROM] : own[encoding.BALANCES_TO]]
        properties = (
            repr(replace(shift, id="", collector=""))
            + source.allowed[:, row].tobytes().hex()
            + source.surcharges[:, row].tobytes().hex()
            + balances.tobytes().hex()
        )
        shifts[row, layout.VEHICLE_TYPE] = types.setdefault(properties, row)
        shifts[row, layout.TYPE_HASH] = hashes[shifts[row, layout.VEHICLE_TYPE]]
        until = own[encoding.CARRIED_UNTIL]
        needs_evaluation = (
            own[encoding.BREAKS_FROM] < own[encoding.BREAKS_TO]
            or own[encoding.MAX_RELOADS] > 0
            or (until < INFINITY and not own[encoding.END_RECEIVES])
        )
        closes = own[encoding.CLOSES]
        shifts[row, layout.NEEDS_EVALUATION] = needs_evaluation
        shifts[row, layout.LATEST_END] = closes if needs_evaluation else min(closes, until)
        shifts[row, layout.BALANCED] = len(balances) > 0
        shifts[row, layout.TIME_MATTERS] = (
            own[encoding.PER_SECOND] > 0
            or own[encoding.MAX_WORKING] < INFINITY
            or own[encoding.OVERTIME_FROM] < INFINITY
            or (balances[:, encoding.MEASURE] == encoding.OF_SECONDS).any()
        )
        limits = own[[encoding.MAX_DRIVING, encoding.MAX_METRES, encoding.MAX_STOPS]]
        shifts[row, layout.LIMITED] = (limits < INFINITY).any()
    return shifts


def _pair_table(source: ProblemTables, visits: IntArray, shifts: IntArray) -> IntArray:
    """Return per visit and shift the windows within the shift's hours and the surcharge.

    Of the windows of a visit on many days, mostly one lies within the hours of a shift. There are
    none if the shift may not serve the visit, or if a load with a ride limit would not be received.
    """
    pairs = np.zeros((len(visits), len(shifts), layout.PAIR_COLUMNS), dtype=np.int64)
    pairs[:, :, layout.SURCHARGE] = source.surcharges.sum(axis=2)
    receives = (shifts[:, encoding.END_RECEIVES] == 1) | (shifts[:, encoding.MAX_RELOADS] > 0)
    without_limit = visits[:, layout.MAX_RIDE] == INFINITY
    allowed = source.allowed.astype(bool) & (receives[None, :] | without_limit[:, None])
    for row, visit in enumerate(source.visits):
        first, last = visit[encoding.WINDOWS_FROM], visit[encoding.WINDOWS_TO]
        opens, closes = source.windows[first:last].T
        # The windows of a visit do not overlap, and the earlier ones come first.
        begin = first + np.searchsorted(closes, shifts[:, encoding.OPENS])
        end = first + np.searchsorted(opens, shifts[:, encoding.CLOSES], side="right")
        some = allowed[row] & (begin < end)
        pairs[row, :, layout.FIRST_WINDOW] = begin
        pairs[row, :, layout.END_WINDOW] = np.where(some, end, begin)
        pairs[row, :, layout.LAST_CLOSING] = -1
        pairs[row, some, layout.LAST_CLOSING] = source.windows[end[some] - 1, 1]
    return pairs


def _neighbour_table(source: ProblemTables, visits: IntArray, pairs: IntArray) -> IntArray:
    """Return per visit its nearest visits, the visit itself first."""
    places = visits[:, layout.PLACE]
    one_way = (source.seconds[0] + source.metres[0] / 10).astype(np.float32)
    distances = (one_way + one_way.T)[np.ix_(places, places)]
    has_windows = pairs[:, :, layout.FIRST_WINDOW] < pairs[:, :, layout.END_WINDOW]
    compatible = has_windows.astype(np.float32)
    distances[compatible @ compatible.T == 0] = INCOMPATIBLE
    np.fill_diagonal(distances, -1)
    most = min(len(places), MAX_NEIGHBOURS)
    if not most:
        return np.empty((0, 0), dtype=np.int64)
    nearest = np.argpartition(distances, most - 1, axis=1)[:, :most]
    order = np.argsort(np.take_along_axis(distances, nearest, axis=1), axis=1, kind="stable")
    return np.take_along_axis(nearest, order, axis=1)


def _sort_keys(source: ProblemTables) -> IntArray:
    keys = np.zeros((len(source.visits), layout.KEY_COLUMNS), dtype=np.int64)
    if source.visit_loads.shape[2]:
        loads = source.visit_loads.max(axis=1) * SCALE
        capacities = source.shift_loads[:, encoding.CAPACITY]
        room = np.maximum(1, np.minimum(capacities, loads.max(initial=1)).max(axis=0))
        keys[:, layout.BY_LOAD] = (loads / room).sum(axis=1)
    start = source.shifts[0, encoding.START]
    keys[:, layout.BY_DISTANCE] = source.seconds[0][start, source.visits[:, encoding.PLACE]]
    first = source.visits[:, encoding.WINDOWS_FROM]
    last = source.visits[:, encoding.WINDOWS_TO]
    widths = np.concatenate([[0], np.cumsum(source.windows[:, 1] - source.windows[:, 0])])
    keys[:, layout.BY_WIDTH] = widths[last] - widths[first]
    keys[:, layout.BY_LATEST] = -1
    has_windows = first < last
    keys[has_windows, layout.BY_EARLIEST] = source.windows[first[has_windows], 0]
    keys[has_windows, layout.BY_LATEST] = source.windows[last[has_windows] - 1, 1]
    return keys

"""Problem data: the parts of a problem that the kernel reads most, in its memory layout."""

from dataclasses import replace
from typing import Final, NamedTuple, cast

import numpy as np

from routing.cost_bound import dearest
from routing.kernel.locality import LocalityOrder, order_by_locality
from routing.kernel.memory_layout import (
    BY_DISTANCE,
    BY_EARLIEST,
    BY_LATEST,
    BY_LOAD,
    BY_WIDTH,
    KEY_COLUMNS,
    SECONDS_BITS,
    SECONDS_MASK,
    KernelData,
    PairRow,
    ShiftRow,
    VisitRow,
)
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

VISIT: Final = VisitRow.columns
SHIFT: Final = ShiftRow.columns
PAIR: Final = PairRow.columns
"""Columns of the tables, by their names."""

SCALE: Final = 1_000_000
"""Sort keys are integers: fractions are counted in parts of one millionth."""


class ProblemData(NamedTuple):
    """Problem data of the kernel.

    Attributes
    ----------
    tables : KernelData
        See `memory_layout`.
    visits, ranks : arrays of shape (visits,)
        Per row of the kernel the row of the problem, and the inverse; see `locality`.
    """

    tables: KernelData
    visits: IntArray
    ranks: IntArray


def problem_data(problem: Problem) -> ProblemData:
    """Return the problem data of a problem, computed once and kept with the problem."""
    if PROBLEM_DATA not in problem.derived:
        order = order_by_locality(encoding.problem_tables(problem))
        problem.derived[PROBLEM_DATA] = ProblemData(
            tables=_pack(problem, order), visits=order.visits, ranks=order.ranks
        )
    return cast("ProblemData", problem.derived[PROBLEM_DATA])


def temperature_unit(problem: Problem) -> float:
    """Return the mean cost, in shares, of the leg from a visit to one of its five nearest."""
    data = problem_data(problem).tables
    neighbours = data.neighbours.array()[:, 0, 1:6]
    if not neighbours.size:
        return 1.0
    columns = [encoding.PER_METRE, encoding.PER_DRIVING_SECOND, encoding.PER_SECOND]
    rates = data.shifts.array()[:, 0, columns].mean(axis=0)
    places = data.visits.array()[:, 0, VisitRow.columns["place"]]
    legs = data.legs_from.array()[0][places[:, None], places[neighbours]]
    seconds, metres = legs & SECONDS_MASK, legs >> SECONDS_BITS
    return max(1.0, float((rates[0] * metres + (rates[1] + rates[2]) * seconds).mean()))


def _pack(problem: Problem, order: LocalityOrder) -> KernelData:
    """Return the block of all tables, which can only be read."""
    source = order.tables
    visits = _visit_table(problem, source)
    visits[:, VISIT["problem_row"]] = order.visits
    shifts = _shift_table(problem, source)
    pairs = _pair_table(source, visits, shifts)
    legs = (source.metres << SECONDS_BITS) | source.seconds
    tables = {
        "legs_from": legs,
        "legs_to": legs.transpose(0, 2, 1),
        "tolls": source.tolls,
        "visits": visits,
        "windows": source.windows,
        "shifts": shifts,
        "pairs": pairs,
        "visit_loads": source.visit_loads,
        "shift_loads": source.shift_loads,
        "nearest_ends": source.nearest_ends,
        "neighbours": _neighbour_table(source, visits, pairs),
        "sort_keys": _sort_keys(source),
    }
    data = KernelData.allocate({name: table.shape for name, table in tables.items()})
    for name, table in tables.items():
        getattr(data, name).array()[:] = table.reshape(getattr(data, name).array().shape)
    _set_head(problem, data, source, visits)
    data.num_vehicle_types = len(set(shifts[:, SHIFT["vehicle_type"]].tolist()))
    data.array.flags.writeable = False
    return data


def _set_head(problem: Problem, data: KernelData, source: ProblemTables, visits: IntArray) -> None:
    data.num_places, data.num_visits, data.num_shifts, *rest = source.counts.tolist()
    data.num_dimensions, data.has_tolls = rest
    data.num_neighbours = data.neighbours.width
    is_large = data.num_visits > GRANULAR_ABOVE
    data.granularity = min(GRANULARITY, data.num_neighbours) if is_large else 0
    data.num_periods = max(1, len(problem.periods))
    data.has_setups = int(visits[:, VISIT["setup"]].any())
    data.has_lateness = int(visits[:, VISIT["late_rate"]].any())
    data.num_donors = 1 + visits[:, VISIT["donor"]].max(initial=-1)
    data.has_margins = int(source.risk[encoding.PROMISE_PRICE :].any())
    data.pickups_only = not source.visit_loads[:, 1:].any()
    data.max_points = 2 + _max_stops(source, pickups_only=data.pickups_only == 1)


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
    visits = np.zeros((count, VisitRow.width), dtype=np.int64)
    copied = {
        "place": encoding.PLACE,
        "service": encoding.SERVICE,
        "setup": encoding.SETUP,
        "max_ride": encoding.MAX_RIDE,
        "due": encoding.DUE,
        "late_rate": encoding.LATE_RATE,
        "pinned_position": encoding.PINNED_POSITION,
        "partner": encoding.PARTNER,
        "role": encoding.ROLE,
        "penalty": encoding.PENALTY,
        "donor": encoding.DONOR,
    }
    for column, original in copied.items():
        visits[:, VISIT[column]] = source.visits[:, original]
    mandatory = source.visits[:, encoding.MANDATORY] == 1
    visits[mandatory, VISIT["penalty"]] += dearest(problem)
    visits[:, VISIT["hash_key"]] = _random_keys(count, 1)
    return visits


def _random_keys(count: int, seed: int) -> IntArray:
    """Return random numbers; their sums identify sets (Zobrist hashing)."""
    return np.random.default_rng(seed).integers(-(2**62), 2**62, size=count, dtype=np.int64)


def _shift_table(problem: Problem, source: ProblemTables) -> IntArray:
    shifts = np.zeros((len(source.shifts), ShiftRow.width), dtype=np.int64)
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
        shifts[row, SHIFT["vehicle_type"]] = types.setdefault(properties, row)
        shifts[row, SHIFT["type_hash"]] = hashes[shifts[row, SHIFT["vehicle_type"]]]
        until = own[encoding.CARRIED_UNTIL]
        needs_evaluation = (
            own[encoding.BREAKS_FROM] < own[encoding.BREAKS_TO]
            or own[encoding.MAX_RELOADS] > 0
            or (until < INFINITY and not own[encoding.END_RECEIVES])
        )
        closes = own[encoding.CLOSES]
        shifts[row, SHIFT["needs_evaluation"]] = needs_evaluation
        shifts[row, SHIFT["latest_end"]] = closes if needs_evaluation else min(closes, until)
        shifts[row, SHIFT["balanced"]] = len(balances) > 0
        shifts[row, SHIFT["time_matters"]] = (
            own[encoding.PER_SECOND] > 0
            or own[encoding.MAX_WORKING] < INFINITY
            or own[encoding.OVERTIME_FROM] < INFINITY
            or (balances[:, encoding.MEASURE] == encoding.OF_SECONDS).any()
        )
        limits = own[[encoding.MAX_DRIVING, encoding.MAX_METRES, encoding.MAX_STOPS]]
        shifts[row, SHIFT["limited"]] = (limits < INFINITY).any()
    return shifts


def _pair_table(source: ProblemTables, visits: IntArray, shifts: IntArray) -> IntArray:
    """Return per visit and shift the windows within the shift's hours and the surcharge.

    Of the windows of a visit on many days, mostly one lies within the hours of a shift. There are
    none if the shift may not serve the visit, or if a load with a ride limit would not be received.
    """
    pairs = np.zeros((len(visits), len(shifts), PairRow.width), dtype=np.int64)
    pairs[:, :, PAIR["surcharge"]] = source.surcharges.sum(axis=2)
    receives = (shifts[:, encoding.END_RECEIVES] == 1) | (shifts[:, encoding.MAX_RELOADS] > 0)
    without_limit = visits[:, VISIT["max_ride"]] == INFINITY
    allowed = source.allowed.astype(bool) & (receives[None, :] | without_limit[:, None])
    for row, visit in enumerate(source.visits):
        first, last = visit[encoding.WINDOWS_FROM], visit[encoding.WINDOWS_TO]
        opens, closes = source.windows[first:last].T
        # The windows of a visit do not overlap, and the earlier ones come first.
        begin = first + np.searchsorted(closes, shifts[:, encoding.OPENS])
        end = first + np.searchsorted(opens, shifts[:, encoding.CLOSES], side="right")
        some = allowed[row] & (begin < end)
        pairs[row, :, PAIR["first_window"]] = begin
        pairs[row, :, PAIR["end_window"]] = np.where(some, end, begin)
        pairs[row, :, PAIR["last_closing"]] = -1
        pairs[row, some, PAIR["last_closing"]] = source.windows[end[some] - 1, 1]
    return pairs


def _neighbour_table(source: ProblemTables, visits: IntArray, pairs: IntArray) -> IntArray:
    """Return per visit its nearest visits, the visit itself first."""
    places = visits[:, VISIT["place"]]
    one_way = (source.seconds[0] + source.metres[0] / 10).astype(np.float32)
    distances = (one_way + one_way.T)[np.ix_(places, places)]
    has_windows = pairs[:, :, PAIR["first_window"]] < pairs[:, :, PAIR["end_window"]]
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
    keys = np.zeros((len(source.visits), KEY_COLUMNS), dtype=np.int64)
    if source.visit_loads.shape[2]:
        loads = source.visit_loads.max(axis=1) * SCALE
        capacities = source.shift_loads[:, encoding.CAPACITY]
        room = np.maximum(1, np.minimum(capacities, loads.max(initial=1)).max(axis=0))
        keys[:, BY_LOAD] = (loads / room).sum(axis=1)
    start = source.shifts[0, encoding.START]
    keys[:, BY_DISTANCE] = source.seconds[0][start, source.visits[:, encoding.PLACE]]
    first = source.visits[:, encoding.WINDOWS_FROM]
    last = source.visits[:, encoding.WINDOWS_TO]
    widths = np.concatenate([[0], np.cumsum(source.windows[:, 1] - source.windows[:, 0])])
    keys[:, BY_WIDTH] = widths[last] - widths[first]
    keys[:, BY_LATEST] = -1
    has_windows = first < last
    keys[has_windows, BY_EARLIEST] = source.windows[first[has_windows], 0]
    keys[has_windows, BY_LATEST] = source.windows[last[has_windows] - 1, 1]
    return keys

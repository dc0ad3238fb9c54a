"""Knows how a problem is laid out for the kernel: the ground it walks on."""

from dataclasses import replace
from typing import Final, NamedTuple, cast

import numpy as np

from routing.kernel import memory_layout
from routing.kernel.locality import LocalityOrder, lined
from routing.problem import Problem
from routing.timing import encoding
from routing.timing.encoding import FAR, Tables, Whole
from routing.validation import dearest

GROUND: Final = "ground"
"""Where the ground is kept with its problem."""

MOST_NEIGHBOURS: Final = 200
"""How far from a visit a ruin looks for tours to break."""

GRANULARITY: Final = 40
FILTERED_ABOVE: Final = 150
"""From so many visits on, a visit is only put into tours of its `GRANULARITY` nearest."""

APART: Final = 1e12
"""The distance of two visits that no shift can serve both."""

SCALE: Final = 1_000_000
"""Keys to sort by are whole numbers: a fraction is counted in so many parts."""


class ProblemData(NamedTuple):
    """What the kernel knows of a problem.

    Attributes
    ----------
    ground : array
        See `layout`.
    visits, ranks : arrays
        See `lined`.
    """

    ground: Whole
    visits: Whole
    ranks: Whole


def grounded(problem: Problem) -> ProblemData:
    """The ground of a problem, made once and kept with it."""
    if GROUND not in problem.derived:
        found = lined(encoding.tables(problem))
        problem.derived[GROUND] = ProblemData(
            ground=_laid_out(problem, found),
            visits=found.visits,
            ranks=found.ranks,
        )
    return cast("ProblemData", problem.derived[GROUND])


def temperature(problem: Problem) -> float:
    """What it costs, in shares, to go from a visit to one of its five nearest, on average."""
    found = grounded(problem).ground
    count, size = int(found[memory_layout.VISITS]), int(found[memory_layout.PLACES])
    near = _read(found, memory_layout.ADJACENT, count, int(found[memory_layout.NEIGHBOURS]))[:, 1:6]
    if not near.size:
        return 1.0
    fleet = _read(
        found, memory_layout.FLEET, int(found[memory_layout.SHIFTS]), memory_layout.FLEET_COLUMNS
    )
    rates = fleet[:, [encoding.PER_METRE, encoding.PER_DRIVING, encoding.PER_SECOND]].mean(axis=0)
    at = _read(found, memory_layout.KNOWN, count, memory_layout.KNOWN_COLUMNS)[
        :, memory_layout.PLACE
    ]
    legs = _read(found, memory_layout.OUT, size, size)[at[:, None], at[near]]
    seconds, metres = legs & memory_layout.SECONDS_OF, legs >> memory_layout.PACKED
    return max(1.0, float((rates[0] * metres + (rates[1] + rates[2]) * seconds).mean()))


def _read(found: Whole, table: int, rows: int, columns: int) -> Whole:
    first = int(found[table])
    return found[first : first + rows * columns].reshape(rows, columns)


def _laid_out(problem: Problem, found: LocalityOrder) -> Whole:
    """One table behind the other, and ahead of them the head that says where each is."""
    said = found.tables
    known = _known(problem, said)
    known[:, memory_layout.ROW] = found.visits
    fleet = _fleet(problem, said)
    terms = _terms(said, known, fleet)
    out = (said.metres << memory_layout.PACKED) | said.seconds
    tables = {
        memory_layout.OUT: out,
        memory_layout.INTO: out.transpose(0, 2, 1),
        memory_layout.CENTS: said.cents,
        memory_layout.KNOWN: known,
        memory_layout.WINDOWS: said.windows,
        memory_layout.FLEET: fleet,
        memory_layout.TERMS: terms,
        memory_layout.LOADS: said.loads,
        memory_layout.AMOUNTS: said.amounts,
        memory_layout.NEAREST: said.nearest,
        memory_layout.ADJACENT: _adjacent(said, known, terms),
        memory_layout.KEYS: _keys(said),
    }
    parts = [_head(problem, said, known, tables[memory_layout.ADJACENT].shape[1])]
    parts[0][memory_layout.KINDS] = len(set(fleet[:, memory_layout.KIND].tolist()))
    begin = memory_layout.HEAD
    for number, table in tables.items():
        parts[0][number] = begin
        parts.append(np.ascontiguousarray(table, dtype=np.int64).ravel())
        begin += table.size
    return np.concatenate(parts)


def _head(problem: Problem, said: Tables, known: Whole, neighbours: int) -> Whole:
    places, visits, shifts, dimensions, priced = said.counts.tolist()
    head = np.zeros(memory_layout.HEAD, dtype=np.int64)
    head[memory_layout.PLACES], head[memory_layout.VISITS], head[memory_layout.SHIFTS] = (
        places,
        visits,
        shifts,
    )
    head[memory_layout.DIMENSIONS], head[memory_layout.TOLLS] = dimensions, priced
    head[memory_layout.COLUMNS] = memory_layout.LOAD_COLUMNS + 2 * dimensions
    head[memory_layout.NEIGHBOURS] = neighbours
    head[memory_layout.NEAR] = min(GRANULARITY, neighbours) if visits > FILTERED_ABOVE else 0
    head[memory_layout.PERIODS] = max(1, len(problem.periods))
    head[memory_layout.SET_UPS] = known[:, memory_layout.SETUP].any()
    head[memory_layout.LATENESS] = known[:, memory_layout.LATE].any()
    head[memory_layout.DONORS] = 1 + known[:, memory_layout.DONOR].max(initial=-1)
    simple = not said.loads[:, 1:].any()
    head[memory_layout.SIMPLE_LOADS] = simple
    head[memory_layout.CAPACITY_ROWS] = 2 + _longest(said, simple=simple)
    return head


def _longest(said: Tables, *, simple: bool) -> int:
    """The most stops one tour can have."""
    count = len(said.visits)
    most = said.shifts[:, encoding.MAX_STOPS].copy()
    if simple:
        for dimension in range(said.loads.shape[2]):
            sums = np.cumsum(np.sort(said.loads[:, 0, dimension]))
            room = said.amounts[:, 0, dimension] - said.amounts[:, 1, dimension]
            fit = np.searchsorted(sums, room, side="right")
            most = np.where(said.shifts[:, encoding.RELOADS] > 0, most, np.minimum(most, fit))
    # One more, for a visit that is tried and taken out again.
    return min(count, int(most.max(initial=0))) + 1


def _known(problem: Problem, said: Tables) -> Whole:
    count = len(said.visits)
    known = np.zeros((count, memory_layout.KNOWN_COLUMNS), dtype=np.int64)
    same = {
        memory_layout.PLACE: encoding.PLACE,
        memory_layout.SERVICE: encoding.SERVICE,
        memory_layout.SETUP: encoding.SETUP,
        memory_layout.RIDE: encoding.RIDE,
        memory_layout.DUE: encoding.DUE,
        memory_layout.LATE: encoding.LATE,
        memory_layout.POSITION: encoding.POSITION,
        memory_layout.PARTNER: encoding.PARTNER,
        memory_layout.ROLE: encoding.ROLE,
        memory_layout.PENALTY: encoding.PENALTY,
        memory_layout.DONOR: encoding.DONOR,
    }
    for column, theirs in same.items():
        known[:, column] = said.visits[:, theirs]
    known[said.visits[:, encoding.MANDATORY] == 1, memory_layout.PENALTY] += dearest(problem)
    known[:, memory_layout.NAME] = _marks(count, 1)
    return known


def _marks(count: int, seed: int) -> Whole:
    """Random numbers to make the mark of a set of visits of."""
    return np.random.default_rng(seed).integers(-(2**62), 2**62, size=count, dtype=np.int64)


def _fleet(problem: Problem, said: Tables) -> Whole:
    fleet = np.zeros((len(said.shifts), memory_layout.FLEET_COLUMNS), dtype=np.int64)
    fleet[:, : encoding.SHIFT_COLUMNS] = said.shifts
    kinds: dict[str, int] = {}
    marks = _marks(len(fleet), 2)
    for row, shift in enumerate(problem.shifts):
        balances = said.shifts[row, encoding.BALANCES_FROM], said.shifts[row, encoding.BALANCES_TO]
        measured = said.balances[slice(*balances)]
        alike = (
            repr(replace(shift, id="", collector=""))
            + said.may[:, row].tobytes().hex()
            + said.aside[:, row].tobytes().hex()
            + measured.tobytes().hex()
        )
        fleet[row, memory_layout.KIND] = kinds.setdefault(alike, row)
        fleet[row, memory_layout.MARK] = marks[fleet[row, memory_layout.KIND]]
        until = said.shifts[row, encoding.CARRIED_UNTIL]
        fleet[row, memory_layout.BY] = min(said.shifts[row, encoding.CLOSES], until)
        fleet[row, memory_layout.SPECIAL] = (
            said.shifts[row, encoding.BREAKS_FROM] < said.shifts[row, encoding.BREAKS_TO]
            or said.shifts[row, encoding.RELOADS] > 0
            or (until < FAR and not said.shifts[row, encoding.END_RECEIVES])
        )
        if fleet[row, memory_layout.SPECIAL]:
            fleet[row, memory_layout.BY] = said.shifts[row, encoding.CLOSES]
        fleet[row, memory_layout.BALANCED] = len(measured) > 0
        fleet[row, memory_layout.TIMED] = (
            said.shifts[row, encoding.PER_SECOND] > 0
            or said.shifts[row, encoding.MAX_WORKING] < FAR
            or said.shifts[row, encoding.OVERTIME_FROM] < FAR
            or (measured[:, 0] == encoding.OF_SECONDS).any()
        )
        limits = said.shifts[row, [encoding.MAX_DRIVING, encoding.MAX_METRES, encoding.MAX_STOPS]]
        fleet[row, memory_layout.LIMITED] = (limits < FAR).any()
    return fleet


def _terms(said: Tables, known: Whole, fleet: Whole) -> Whole:
    """On which terms each shift may serve each visit: skills, hours, and whether it brings it cold.

    Of the windows of many days a shift sees those in its hours, mostly one.
    """
    terms = np.zeros((len(known), len(fleet), memory_layout.TERMS_COLUMNS), dtype=np.int64)
    terms[:, :, memory_layout.ASIDE] = said.aside.sum(axis=2)
    cold = (fleet[:, encoding.END_RECEIVES] == 1) | (fleet[:, encoding.RELOADS] > 0)
    may = said.may.astype(bool) & (cold[None, :] | (known[:, memory_layout.RIDE] == FAR)[:, None])
    for row, visit in enumerate(said.visits):
        first, last = visit[encoding.WINDOWS_FROM], visit[encoding.WINDOWS_TO]
        opens, shuts = said.windows[first:last].T
        # Windows of a visit do not meet, and the earlier come first.
        begin = first + np.searchsorted(shuts, fleet[:, encoding.OPENS])
        end = first + np.searchsorted(opens, fleet[:, encoding.CLOSES], side="right")
        some = may[row] & (begin < end)
        terms[row, :, memory_layout.FIRST] = begin
        terms[row, :, memory_layout.LAST] = np.where(some, end, begin)
        terms[row, :, memory_layout.SHUTS] = -1
        terms[row, some, memory_layout.SHUTS] = said.windows[end[some] - 1, 1]
    return terms


def _adjacent(said: Tables, known: Whole, terms: Whole) -> Whole:
    """Per visit, the visits nearest to it, itself first."""
    at = known[:, memory_layout.PLACE]
    both = (said.seconds[0] + said.metres[0] / 10).astype(np.float32)
    far = (both + both.T)[np.ix_(at, at)]
    can = (terms[:, :, memory_layout.FIRST] < terms[:, :, memory_layout.LAST]).astype(np.float32)
    shared = can @ can.T
    far[shared == 0] = APART
    np.fill_diagonal(far, -1)
    most = min(len(at), MOST_NEIGHBOURS)
    if not most:
        return np.empty((0, 0), dtype=np.int64)
    near = np.argpartition(far, most - 1, axis=1)[:, :most]
    order = np.argsort(np.take_along_axis(far, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1)


def _keys(said: Tables) -> Whole:
    keys = np.zeros((len(said.visits), memory_layout.KEY_COLUMNS), dtype=np.int64)
    if said.loads.shape[2]:
        amounts = said.loads.max(axis=1) * SCALE
        room = np.maximum(1, np.minimum(said.amounts[:, 0], amounts.max(initial=1)).max(axis=0))
        keys[:, memory_layout.BY_LOAD] = (amounts / room).sum(axis=1)
    start = said.shifts[0, encoding.START]
    keys[:, memory_layout.BY_FARNESS] = said.seconds[0][start, said.visits[:, encoding.PLACE]]
    first, last = said.visits[:, encoding.WINDOWS_FROM], said.visits[:, encoding.WINDOWS_TO]
    spans = np.concatenate([[0], np.cumsum(said.windows[:, 1] - said.windows[:, 0])])
    keys[:, memory_layout.BY_WIDTH] = spans[last] - spans[first]
    keys[:, memory_layout.BY_SHUTTING] = -1
    opened = first < last
    keys[opened, memory_layout.BY_OPENING] = said.windows[first[opened], 0]
    keys[opened, memory_layout.BY_SHUTTING] = said.windows[last[opened] - 1, 1]
    return keys

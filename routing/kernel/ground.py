"""Knows how a problem is laid out for the kernel: the ground it walks on."""

from dataclasses import replace
from typing import Final, NamedTuple, cast

import numpy as np

from routing.kernel import layout
from routing.kernel.lined import Lined, lined
from routing.problem import Problem
from routing.timing import flat
from routing.timing.flat import FAR, Tables, Whole
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


class Ground(NamedTuple):
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


def grounded(problem: Problem) -> Ground:
    """The ground of a problem, made once and kept with it."""
    if GROUND not in problem.derived:
        found = lined(flat.tables(problem))
        problem.derived[GROUND] = Ground(
            ground=_laid_out(problem, found),
            visits=found.visits,
            ranks=found.ranks,
        )
    return cast("Ground", problem.derived[GROUND])


def temperature(problem: Problem) -> float:
    """What it costs, in shares, to go from a visit to one of its five nearest, on average."""
    found = grounded(problem).ground
    count, size = int(found[layout.VISITS]), int(found[layout.PLACES])
    near = _read(found, layout.ADJACENT, count, int(found[layout.NEIGHBOURS]))[:, 1:6]
    if not near.size:
        return 1.0
    fleet = _read(found, layout.FLEET, int(found[layout.SHIFTS]), layout.FLEET_COLUMNS)
    rates = fleet[:, [flat.PER_METRE, flat.PER_DRIVING, flat.PER_SECOND]].mean(axis=0)
    at = _read(found, layout.KNOWN, count, layout.KNOWN_COLUMNS)[:, layout.PLACE]
    legs = _read(found, layout.OUT, size, size)[at[:, None], at[near]]
    seconds, metres = legs & layout.SECONDS_OF, legs >> layout.PACKED
    return max(1.0, float((rates[0] * metres + (rates[1] + rates[2]) * seconds).mean()))


def _read(found: Whole, table: int, rows: int, columns: int) -> Whole:
    first = int(found[table])
    return found[first : first + rows * columns].reshape(rows, columns)


def _laid_out(problem: Problem, found: Lined) -> Whole:
    """One table behind the other, and ahead of them the head that says where each is."""
    said = found.tables
    known = _known(problem, said)
    known[:, layout.ROW] = found.visits
    fleet = _fleet(problem, said)
    terms = _terms(said, known, fleet)
    out = (said.metres << layout.PACKED) | said.seconds
    tables = {
        layout.OUT: out,
        layout.INTO: out.transpose(0, 2, 1),
        layout.CENTS: said.cents,
        layout.KNOWN: known,
        layout.WINDOWS: said.windows,
        layout.FLEET: fleet,
        layout.TERMS: terms,
        layout.LOADS: said.loads,
        layout.AMOUNTS: said.amounts,
        layout.NEAREST: said.nearest,
        layout.ADJACENT: _adjacent(said, known, terms),
        layout.KEYS: _keys(said),
    }
    parts = [_head(problem, said, known, tables[layout.ADJACENT].shape[1])]
    parts[0][layout.KINDS] = len(set(fleet[:, layout.KIND].tolist()))
    begin = layout.HEAD
    for number, table in tables.items():
        parts[0][number] = begin
        parts.append(np.ascontiguousarray(table, dtype=np.int64).ravel())
        begin += table.size
    return np.concatenate(parts)


def _head(problem: Problem, said: Tables, known: Whole, neighbours: int) -> Whole:
    places, visits, shifts, dimensions, priced = said.counts.tolist()
    head = np.zeros(layout.HEAD, dtype=np.int64)
    head[layout.PLACES], head[layout.VISITS], head[layout.SHIFTS] = places, visits, shifts
    head[layout.DIMENSIONS], head[layout.TOLLS] = dimensions, priced
    head[layout.COLUMNS] = layout.LOAD_COLUMNS + 2 * dimensions
    head[layout.NEIGHBOURS] = neighbours
    head[layout.NEAR] = min(GRANULARITY, neighbours) if visits > FILTERED_ABOVE else 0
    head[layout.PERIODS] = max(1, len(problem.periods))
    head[layout.SET_UPS] = known[:, layout.SETUP].any()
    head[layout.LATENESS] = known[:, layout.LATE].any()
    head[layout.DONORS] = 1 + known[:, layout.DONOR].max(initial=-1)
    simple = not said.loads[:, 1:].any()
    head[layout.SIMPLE_LOADS] = simple
    head[layout.CAPACITY_ROWS] = 2 + _longest(said, simple=simple)
    return head


def _longest(said: Tables, *, simple: bool) -> int:
    """The most stops one tour can have."""
    count = len(said.visits)
    most = said.shifts[:, flat.MAX_STOPS].copy()
    if simple:
        for dimension in range(said.loads.shape[2]):
            sums = np.cumsum(np.sort(said.loads[:, 0, dimension]))
            room = said.amounts[:, 0, dimension] - said.amounts[:, 1, dimension]
            fit = np.searchsorted(sums, room, side="right")
            most = np.where(said.shifts[:, flat.RELOADS] > 0, most, np.minimum(most, fit))
    # One more, for a visit that is tried and taken out again.
    return min(count, int(most.max(initial=0))) + 1


def _known(problem: Problem, said: Tables) -> Whole:
    count = len(said.visits)
    known = np.zeros((count, layout.KNOWN_COLUMNS), dtype=np.int64)
    same = {
        layout.PLACE: flat.PLACE,
        layout.SERVICE: flat.SERVICE,
        layout.SETUP: flat.SETUP,
        layout.RIDE: flat.RIDE,
        layout.DUE: flat.DUE,
        layout.LATE: flat.LATE,
        layout.POSITION: flat.POSITION,
        layout.PARTNER: flat.PARTNER,
        layout.ROLE: flat.ROLE,
        layout.PENALTY: flat.PENALTY,
        layout.DONOR: flat.DONOR,
    }
    for column, theirs in same.items():
        known[:, column] = said.visits[:, theirs]
    known[said.visits[:, flat.MANDATORY] == 1, layout.PENALTY] += dearest(problem)
    known[:, layout.NAME] = _marks(count, 1)
    return known


def _marks(count: int, seed: int) -> Whole:
    """Random numbers to make the mark of a set of visits of."""
    return np.random.default_rng(seed).integers(-(2**62), 2**62, size=count, dtype=np.int64)


def _fleet(problem: Problem, said: Tables) -> Whole:
    fleet = np.zeros((len(said.shifts), layout.FLEET_COLUMNS), dtype=np.int64)
    fleet[:, : flat.SHIFT_COLUMNS] = said.shifts
    kinds: dict[str, int] = {}
    marks = _marks(len(fleet), 2)
    for row, shift in enumerate(problem.shifts):
        balances = said.shifts[row, flat.BALANCES_FROM], said.shifts[row, flat.BALANCES_TO]
        measured = said.balances[slice(*balances)]
        alike = (
            repr(replace(shift, id="", collector=""))
            + said.may[:, row].tobytes().hex()
            + said.aside[:, row].tobytes().hex()
            + measured.tobytes().hex()
        )
        fleet[row, layout.KIND] = kinds.setdefault(alike, row)
        fleet[row, layout.MARK] = marks[fleet[row, layout.KIND]]
        until = said.shifts[row, flat.CARRIED_UNTIL]
        fleet[row, layout.BY] = min(said.shifts[row, flat.CLOSES], until)
        fleet[row, layout.SPECIAL] = (
            said.shifts[row, flat.BREAKS_FROM] < said.shifts[row, flat.BREAKS_TO]
            or said.shifts[row, flat.RELOADS] > 0
            or (until < FAR and not said.shifts[row, flat.END_RECEIVES])
        )
        if fleet[row, layout.SPECIAL]:
            fleet[row, layout.BY] = said.shifts[row, flat.CLOSES]
        fleet[row, layout.BALANCED] = len(measured) > 0
        fleet[row, layout.TIMED] = (
            said.shifts[row, flat.PER_SECOND] > 0
            or said.shifts[row, flat.MAX_WORKING] < FAR
            or said.shifts[row, flat.OVERTIME_FROM] < FAR
            or (measured[:, 0] == flat.OF_SECONDS).any()
        )
        limits = said.shifts[row, [flat.MAX_DRIVING, flat.MAX_METRES, flat.MAX_STOPS]]
        fleet[row, layout.LIMITED] = (limits < FAR).any()
    return fleet


def _terms(said: Tables, known: Whole, fleet: Whole) -> Whole:
    """On which terms each shift may serve each visit: skills, hours, and whether it brings it cold.

    Of the windows of many days a shift sees those in its hours, mostly one.
    """
    terms = np.zeros((len(known), len(fleet), layout.TERMS_COLUMNS), dtype=np.int64)
    terms[:, :, layout.ASIDE] = said.aside.sum(axis=2)
    cold = (fleet[:, flat.END_RECEIVES] == 1) | (fleet[:, flat.RELOADS] > 0)
    may = said.may.astype(bool) & (cold[None, :] | (known[:, layout.RIDE] == FAR)[:, None])
    for row, visit in enumerate(said.visits):
        first, last = visit[flat.WINDOWS_FROM], visit[flat.WINDOWS_TO]
        opens, shuts = said.windows[first:last].T
        # Windows of a visit do not meet, and the earlier come first.
        begin = first + np.searchsorted(shuts, fleet[:, flat.OPENS])
        end = first + np.searchsorted(opens, fleet[:, flat.CLOSES], side="right")
        some = may[row] & (begin < end)
        terms[row, :, layout.FIRST] = begin
        terms[row, :, layout.LAST] = np.where(some, end, begin)
        terms[row, :, layout.SHUTS] = -1
        terms[row, some, layout.SHUTS] = said.windows[end[some] - 1, 1]
    return terms


def _adjacent(said: Tables, known: Whole, terms: Whole) -> Whole:
    """Per visit, the visits nearest to it, itself first."""
    at = known[:, layout.PLACE]
    both = (said.seconds[0] + said.metres[0] / 10).astype(np.float32)
    far = (both + both.T)[np.ix_(at, at)]
    can = (terms[:, :, layout.FIRST] < terms[:, :, layout.LAST]).astype(np.float32)
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
    keys = np.zeros((len(said.visits), layout.KEY_COLUMNS), dtype=np.int64)
    if said.loads.shape[2]:
        amounts = said.loads.max(axis=1) * SCALE
        room = np.maximum(1, np.minimum(said.amounts[:, 0], amounts.max(initial=1)).max(axis=0))
        keys[:, layout.BY_LOAD] = (amounts / room).sum(axis=1)
    start = said.shifts[0, flat.START]
    keys[:, layout.BY_FARNESS] = said.seconds[0][start, said.visits[:, flat.PLACE]]
    first, last = said.visits[:, flat.WINDOWS_FROM], said.visits[:, flat.WINDOWS_TO]
    spans = np.concatenate([[0], np.cumsum(said.windows[:, 1] - said.windows[:, 0])])
    keys[:, layout.BY_WIDTH] = spans[last] - spans[first]
    keys[:, layout.BY_SHUTTING] = -1
    opened = first < last
    keys[opened, layout.BY_OPENING] = said.windows[first[opened], 0]
    keys[opened, layout.BY_SHUTTING] = said.windows[last[opened] - 1, 1]
    return keys

"""Knows the choice of tours as a set partitioning problem: rows, columns, costs.

A row is a visit, which one chosen column must contain; or a kind of shift, of which there are only
so many; or a donor in a period, who is visited once at most. A column is a tour, or the leaving-out
of one visit at its penalty.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.master.pool import Columns, Pool
from routing.master.tables import table
from routing.problem import Problem
from routing.timing import encoding as own
from routing.timing.encoding import Whole

NOBODY = -1


class Sheet(NamedTuple):
    """A choice of columns, of which each row takes exactly one, or so many at most.

    Attributes
    ----------
    costs : one entry per column
        In shares; leaving out what is mandatory costs more than all money.
    begins, entries : the rows of each column
    exact : one entry per row
        Whether it takes exactly `room` columns, or at most.
    room : one entry per row
    sources : one entry per column
        Its number among the pool's; `NOBODY` where a visit is left out, namely the first row.
    """

    costs: Whole
    begins: Whole
    entries: Whole
    exact: NDArray[np.bool_]
    room: Whole
    sources: Whole

    def rows(self, column: int) -> Whole:
        """The rows a column is in."""
        return self.entries[self.begins[column] : self.begins[column + 1]]

    def named(self, tours: Collection[int], left: Whole) -> Whole:
        """The columns of a choice: the pool's numbers of its tours, the visits it leaves out."""
        out = self.sources == NOBODY
        alone = np.flatnonzero(out)[np.isin(self.entries[self.begins[:-1]][out], left)]
        return np.concatenate([np.flatnonzero(np.isin(self.sources, list(tours)) & ~out), alone])

    def admits(self, chosen: Collection[int]) -> bool:
        """Whether each row has what it takes."""
        taken = np.zeros(len(self.room), dtype=np.int64)
        for column in chosen:
            np.add.at(taken, self.rows(column), 1)
        return bool(np.all(np.where(self.exact, taken == self.room, taken <= self.room)))

    def only(self, columns: Whole) -> "Sheet":
        """The same rows with some of the columns, in this order."""
        lengths = np.diff(self.begins)[columns]
        begins = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        inside = np.arange(begins[-1]) - np.repeat(begins[:-1], lengths)
        entries = self.entries[np.repeat(self.begins[columns], lengths) + inside]
        return self._replace(
            costs=self.costs[columns], begins=begins, entries=entries, sources=self.sources[columns]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is to be chosen anew: these visits, by these shifts; the rest of the plan stays.

    Attributes
    ----------
    visits : whether each visit belongs to it
    shifts : the rows of its shifts
    met : (donor, period) that the rest of the plan visits
    """

    visits: NDArray[np.bool_]
    shifts: Sequence[int]
    met: Collection[tuple[int, int]]


def sheet(pool: Pool, columns: Columns, part: Part, *, all_served: bool) -> Sheet:
    """Lay a part of the choice out.

    Parameters
    ----------
    all_served : bool
        The incumbent serves everything mandatory in it: leaving some of it out is no choice.
    """
    kept = _inside(columns, part)
    kind_room = np.bincount(pool.kinds[list(part.shifts)], minlength=int(pool.kinds.max()) + 1)
    visits = len(pool.problem.visits)
    meetings = _Meetings(pool, part)
    out, prices = _left_out(pool.problem, part, all_served=all_served, above=_money(pool, columns))
    rows = [_rows(columns, number, visits, meetings) for number in kept.tolist()]
    rows += [[row] for row in out.tolist()]
    room = np.concatenate([np.ones(visits, dtype=np.int64), kind_room, meetings.room])
    exact = np.zeros(len(room), dtype=np.bool_)
    exact[:visits] = part.visits
    return Sheet(
        costs=np.concatenate([columns.shares[kept], prices]),
        begins=np.cumsum([0, *map(len, rows)]),
        entries=np.array([row for own_rows in rows for row in own_rows], dtype=np.int64),
        exact=exact,
        room=room,
        sources=np.concatenate([kept, np.full(len(out), NOBODY)]),
    )


def _inside(columns: Columns, part: Part) -> Whole:
    """The tours that have no visit outside of the part."""
    outside = np.concatenate([[0], np.cumsum(~part.visits[columns.visits])])
    none: Whole = np.flatnonzero(outside[columns.begins[1:]] == outside[columns.begins[:-1]])
    return none


def _rows(columns: Columns, number: int, visits: int, meetings: "_Meetings") -> list[int]:
    order, kind = columns.order(number), int(columns.kinds[number])
    return [*order, visits + kind, *meetings.rows(order, kind)]


def _left_out(problem: Problem, part: Part, *, all_served: bool, above: int) -> tuple[Whole, Whole]:
    """Which visits may be left out, and what that costs."""
    rows = np.flatnonzero(part.visits)
    visits = [problem.visits[row] for row in rows]
    must = np.array([problem.mandatory(visit) for visit in visits], dtype=np.bool_)
    penalties = table(problem, "visits")[rows, own.PENALTY]
    prices = penalties + np.where(must, above, 0)
    return (rows[~must], prices[~must]) if all_served else (rows, prices)


def _money(pool: Pool, columns: Columns) -> int:
    """More than any choice could cost but for what is mandatory."""
    dearest = int(columns.shares.max(initial=0))
    penalties = int(table(pool.problem, "visits")[:, own.PENALTY].sum())
    return 1 + dearest * len(pool.problem.shifts) + penalties


class _Meetings:
    """The rows of donors who could be visited twice in a period."""

    def __init__(self, pool: Pool, part: Part) -> None:
        first = len(pool.problem.visits) + int(pool.kinds.max()) + 1
        self.donors, self.periods = _donors(pool.problem), _periods(pool)
        pairs = [
            (donor, period)
            for donor in sorted(set(self.donors) - {NOBODY})
            for period in sorted(set(self.periods) - {NOBODY})
        ]
        self.numbers = {pair: first + number for number, pair in enumerate(pairs)}
        self.room = np.array([pair not in part.met for pair in pairs], dtype=np.int64)

    def rows(self, order: Sequence[int], kind: int) -> list[int]:
        if not self.numbers:
            return []
        pairs = ((self.donors[row], self.periods[kind]) for row in order)
        return [self.numbers[pair] for pair in pairs if NOBODY not in pair]


def met(pool: Pool, columns: Columns, chosen: Mapping[int, int]) -> set[tuple[int, int]]:
    """Which donors the chosen columns visit in which periods."""
    donors, periods = _donors(pool.problem), _periods(pool)
    return {
        (donors[row], periods[int(columns.kinds[column])])
        for column in chosen.values()
        for row in columns.order(column)
    }


def _donors(problem: Problem) -> list[int]:
    """Per visit its donor, if that donor has another visit."""
    donors = table(problem, "visits")[:, own.DONOR]
    names, back, counts = np.unique(donors, return_inverse=True, return_counts=True)
    shared = (names[back] >= 0) & (counts[back] > 1)
    found: list[int] = np.where(shared, donors, NOBODY).tolist()
    return found


def _periods(pool: Pool) -> list[int]:
    """Per kind of shift, the period it lies in."""
    found = np.empty(int(pool.kinds.max()) + 1, dtype=np.int64)
    found[pool.kinds] = table(pool.problem, "shifts")[:, own.PERIOD]
    periods: list[int] = found.tolist()
    return periods

"""Set partitioning problem of the tours: its rows, columns and costs.

A row is a visit, covered by exactly one chosen column. Or it is a vehicle type, with at most as
many tours as it has shifts. Or it is a donor in a period, visited at most once. A column is a tour,
or a visit left unassigned at its penalty.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.master.pool import Columns, Pool
from routing.master.tables import read_table
from routing.problem import Problem
from routing.timing import encoding
from routing.timing.encoding import IntArray

NO_TOUR = -1
"""Source of a column that leaves a visit unassigned."""

NONE = -1
"""The donor of a visit without one, and the period of a shift that lies in none."""


class SetPartitioning(NamedTuple):
    """A set partitioning problem.

    Attributes
    ----------
    costs : array of shape (columns,)
        In shares. The cost of leaving a mandatory visit unassigned is above all other costs.
    begins : array of shape (columns + 1,)
        The index in `entries` of each column's first row.
    entries : array of int
        The rows of all columns.
    exact : array of shape (rows,)
        Whether a row is covered exactly `rhs` times, or at most.
    rhs : array of shape (rows,)
        The right-hand sides.
    sources : array of shape (columns,)
        The column's number in the pool, or `NO_TOUR` if it leaves its only row unassigned.
    """

    costs: IntArray
    begins: IntArray
    entries: IntArray
    exact: NDArray[np.bool_]
    rhs: IntArray
    sources: IntArray

    def rows(self, column: int) -> IntArray:
        """Return the rows of a column."""
        return self.entries[self.begins[column] : self.begins[column + 1]]

    def columns_of(self, tours: Collection[int], unassigned: IntArray) -> IntArray:
        """Return the columns of a solution.

        Parameters
        ----------
        tours : collection of int
            Numbers in the pool.
        unassigned : array of int
            Rows of the unassigned visits.
        """
        out = self.sources == NO_TOUR
        alone = np.flatnonzero(out)[np.isin(self.entries[self.begins[:-1]][out], unassigned)]
        return np.concatenate([np.flatnonzero(np.isin(self.sources, list(tours)) & ~out), alone])

    def is_feasible(self, columns: Collection[int]) -> bool:
        """Return whether these columns together satisfy all rows."""
        covered = np.zeros(len(self.rhs), dtype=np.int64)
        for column in columns:
            np.add.at(covered, self.rows(column), 1)
        return bool(np.all(np.where(self.exact, covered == self.rhs, covered <= self.rhs)))

    def restricted_to(self, columns: IntArray) -> "SetPartitioning":
        """Return the problem with the same rows and only these columns, in this order."""
        lengths = np.diff(self.begins)[columns]
        begins = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        inside = np.arange(begins[-1]) - np.repeat(begins[:-1], lengths)
        entries = self.entries[np.repeat(self.begins[columns], lengths) + inside]
        return self._replace(
            costs=self.costs[columns], begins=begins, entries=entries, sources=self.sources[columns]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Subproblem:
    """Part of a plan to be recombined; the rest of the plan stays.

    Attributes
    ----------
    visits : array of shape (visits,)
        Whether each visit belongs to it.
    shifts : sequence of int
        The rows of its shifts.
    donor_periods : collection of (int, int)
        The donors visited by the rest of the plan, with the period.
    """

    visits: NDArray[np.bool_]
    shifts: Sequence[int]
    donor_periods: Collection[tuple[int, int]]


def build_set_partitioning(
    pool: Pool, columns: Columns, part: Subproblem, *, all_served: bool
) -> SetPartitioning:
    """Build the set partitioning problem of a part of the plan.

    Parameters
    ----------
    columns : Columns
        The columns of the pool.
    all_served : bool
        Whether the incumbent serves all mandatory visits of the part. If so, there are no columns
        that leave one unassigned.
    """
    inside = _inside(columns, part)
    num_types = int(pool.vehicle_types.max()) + 1
    shifts_per_type = np.bincount(pool.vehicle_types[list(part.shifts)], minlength=num_types)
    visits = len(pool.problem.visits)
    donor_rows = _DonorRows(pool, part)
    bound = _cost_bound(pool, columns)
    out, penalties = _unassigned(pool.problem, part, all_served=all_served, mandatory_cost=bound)
    rows = [_rows(columns, number, visits, donor_rows) for number in inside.tolist()]
    rows += [[row] for row in out.tolist()]
    rhs = np.concatenate([np.ones(visits, dtype=np.int64), shifts_per_type, donor_rows.rhs])
    exact = np.zeros(len(rhs), dtype=np.bool_)
    exact[:visits] = part.visits
    return SetPartitioning(
        costs=np.concatenate([columns.costs[inside], penalties]),
        begins=np.cumsum([0, *map(len, rows)]),
        entries=np.array([row for column_rows in rows for row in column_rows], dtype=np.int64),
        exact=exact,
        rhs=rhs,
        sources=np.concatenate([inside, np.full(len(out), NO_TOUR)]),
    )


def _inside(columns: Columns, part: Subproblem) -> IntArray:
    """Return the tours without visits outside the part."""
    outside = np.concatenate([[0], np.cumsum(~part.visits[columns.visits])])
    inside: IntArray = np.flatnonzero(outside[columns.begins[1:]] == outside[columns.begins[:-1]])
    return inside


def _rows(columns: Columns, number: int, visits: int, donor_rows: "_DonorRows") -> list[int]:
    order, vehicle_type = columns.order(number), int(columns.vehicle_types[number])
    return [*order, visits + vehicle_type, *donor_rows.rows(order, vehicle_type)]


def _unassigned(
    problem: Problem, part: Subproblem, *, all_served: bool, mandatory_cost: int
) -> tuple[IntArray, IntArray]:
    """Return the visits that may be left unassigned, and their penalties in shares."""
    rows = np.flatnonzero(part.visits)
    visits = [problem.visits[row] for row in rows]
    mandatory = np.array([problem.mandatory(visit) for visit in visits], dtype=np.bool_)
    penalties = read_table(problem, "visits")[rows, encoding.PENALTY]
    penalties = penalties + np.where(mandatory, mandatory_cost, 0)
    return (rows[~mandatory], penalties[~mandatory]) if all_served else (rows, penalties)


def _cost_bound(pool: Pool, columns: Columns) -> int:
    """Return a cost in shares above that of all solutions that serve the mandatory visits."""
    dearest = int(columns.costs.max(initial=0))
    penalties = int(read_table(pool.problem, "visits")[:, encoding.PENALTY].sum())
    return 1 + dearest * len(pool.problem.shifts) + penalties


class _DonorRows:
    """Rows of the donors with several visits, one per period."""

    def __init__(self, pool: Pool, part: Subproblem) -> None:
        first = len(pool.problem.visits) + int(pool.vehicle_types.max()) + 1
        self._donors, self._periods = _donors(pool.problem), _periods(pool)
        pairs = [
            (donor, period)
            for donor in sorted(set(self._donors) - {NONE})
            for period in sorted(set(self._periods) - {NONE})
        ]
        self._numbers = {pair: first + number for number, pair in enumerate(pairs)}
        self.rhs = np.array([pair not in part.donor_periods for pair in pairs], dtype=np.int64)

    def rows(self, order: Sequence[int], vehicle_type: int) -> list[int]:
        if not self._numbers:
            return []
        pairs = ((self._donors[row], self._periods[vehicle_type]) for row in order)
        return [self._numbers[pair] for pair in pairs if NONE not in pair]


def donor_periods(pool: Pool, columns: Columns, tours: Mapping[int, int]) -> set[tuple[int, int]]:
    """Return the donors that tours visit, each with the period.

    Parameters
    ----------
    tours : mapping of int to int
        Per row of a shift, its column.
    """
    donors, periods = _donors(pool.problem), _periods(pool)
    return {
        (donors[row], periods[int(columns.vehicle_types[column])])
        for column in tours.values()
        for row in columns.order(column)
    }


def _donors(problem: Problem) -> list[int]:
    """Return per visit its donor, or `NONE` if the donor has no other visit."""
    donors = read_table(problem, "visits")[:, encoding.DONOR]
    unique, indices, counts = np.unique(donors, return_inverse=True, return_counts=True)
    is_shared = (unique[indices] >= 0) & (counts[indices] > 1)
    shared: list[int] = np.where(is_shared, donors, NONE).tolist()
    return shared


def _periods(pool: Pool) -> list[int]:
    """Return per vehicle type the period in which its shifts lie."""
    table = np.empty(int(pool.vehicle_types.max()) + 1, dtype=np.int64)
    table[pool.vehicle_types] = read_table(pool.problem, "shifts")[:, encoding.PERIOD]
    periods: list[int] = table.tolist()
    return periods

"""LP bound of a set partitioning problem by column generation over the given columns (GLOP).

The duals of the relaxation give each column a reduced cost. If it exceeds the gap between the
incumbent and the bound, the column is in no better solution.
"""

import math
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import linear_solver_pb2, pywraplp

from routing.master.set_partitioning import NO_TOUR, SetPartitioning
from routing.timing.encoding import IntArray

FloatArray = NDArray[np.float64]
"""An array of floating-point numbers."""

PARAMETERS: Final = "use_dual_simplex: true"
"""Parameters of GLOP; the dual simplex takes half the time of the primal."""

INITIAL_COLUMNS: Final = 8_000
"""Columns in the first round, which take less time than a further round."""

COLUMNS_PER_ROUND: Final = 4_000
"""Columns added per round, the most negative reduced costs first."""

MAX_ROUNDS: Final = 30

TOLERANCE: Final = 1.0
"""Error in shares of a sum of floating-point numbers."""

INTEGRALITY_TOLERANCE: Final = 1e-6
"""Distance from an integer below which the value of a column counts as integral."""


class LpBound(NamedTuple):
    """Result of the LP relaxation.

    Attributes
    ----------
    lower_bound : float
        In shares; no solution is cheaper.
    reduced_costs : array of shape (columns,)
        In shares, at least.
    integral : array of int, optional
        The columns of an optimal solution of the relaxation if it is integral, and so optimal.
    """

    lower_bound: float
    reduced_costs: FloatArray
    integral: IntArray | None


def lp_bound(problem: SetPartitioning, incumbent: IntArray, *, seconds: float) -> LpBound:
    """Solve the LP relaxation, adding columns of negative reduced cost round by round.

    Parameters
    ----------
    incumbent : array of int
        The columns of a feasible solution.
    seconds : float
        Wall clock after which no further round begins. The bound is valid all the same.
    """
    deadline = time.monotonic() + seconds
    active = np.union1d(_initial_columns(problem), incumbent)
    for _ in range(MAX_ROUNDS):
        duals, values = _solve_relaxation(problem, active, deadline - time.monotonic())
        reduced_costs = problem.costs - _dual_sums(problem, duals)
        inactive = np.ones(len(reduced_costs), dtype=np.bool_)
        inactive[active] = False
        negative = np.flatnonzero(inactive & (reduced_costs < -TOLERANCE))
        if not len(negative):
            lower_bound = _lower_bound(problem, duals, reduced_costs)
            return LpBound(lower_bound, reduced_costs, _integral(problem, active, values))
        if time.monotonic() >= deadline:
            break
        order = np.argsort(reduced_costs[negative], kind="stable")
        active = np.union1d(active, negative[order[:COLUMNS_PER_ROUND]])
    return LpBound(_lower_bound(problem, duals, reduced_costs), reduced_costs, None)


def _initial_columns(problem: SetPartitioning) -> IntArray:
    """Return the columns of least cost per visit, and all that leave a visit unassigned."""
    unassigned = np.flatnonzero(problem.sources == NO_TOUR)
    costs_per_visit = problem.costs / np.maximum(1, np.diff(problem.begins) - 1)
    cheapest = np.argsort(costs_per_visit, kind="stable")[:INITIAL_COLUMNS]
    return np.union1d(unassigned, cheapest)


def _solve_relaxation(
    problem: SetPartitioning, active: IntArray, seconds: float
) -> tuple[FloatArray, FloatArray]:
    """Solve the relaxation over some columns.

    Returns
    -------
    duals : array of shape (rows,)
        In shares; zeros if there is no solution.
    values : array of shape (active columns,)
        Halves if there is no optimal solution.
    """
    part = problem.restricted_to(active)
    # GLOP's tolerances are made for numbers of about one.
    unit = max(1.0, float(np.median(part.costs)))
    request = linear_solver_pb2.MPModelRequest(
        solver_type=linear_solver_pb2.MPModelRequest.GLOP_LINEAR_PROGRAMMING,
        solver_specific_parameters=PARAMETERS,
        solver_time_limit_seconds=max(0.01, seconds),
    )
    for cost in (part.costs / unit).tolist():
        request.model.variable.add(lower_bound=0.0, objective_coefficient=cost)
    for row, (columns, counts) in enumerate(_columns_by_row(part)):
        rhs = float(problem.rhs[row])
        request.model.constraint.add(
            lower_bound=rhs if problem.exact[row] else -math.inf,
            upper_bound=rhs,
            var_index=columns,
            coefficient=counts,
        )
    response = linear_solver_pb2.MPSolutionResponse()
    pywraplp.Solver.SolveWithProto(request, response)
    duals = np.zeros(len(problem.rhs))
    if len(response.dual_value) == len(duals):
        # The dual of an upper bound is 0 or less; rounding must not make it positive.
        duals = unit * np.array(response.dual_value)
        duals = np.where(problem.exact, duals, np.minimum(duals, 0.0))
    values = np.full(len(active), 0.5)
    if response.status == linear_solver_pb2.MPSOLVER_OPTIMAL:
        values = np.array(response.variable_value)
    return duals, values


def _columns_by_row(problem: SetPartitioning) -> Iterator[tuple[list[int], list[float]]]:
    """Yield per row its columns, and how often the row occurs in each."""
    count = len(problem.costs)
    columns = np.repeat(np.arange(count), np.diff(problem.begins))
    pairs, counts = np.unique(problem.entries * count + columns, return_counts=True)
    begins = np.searchsorted(pairs, np.arange(len(problem.rhs) + 1) * count)
    for begin, end in pairwise(begins.tolist()):
        yield (pairs[begin:end] % count).tolist(), counts[begin:end].astype(float).tolist()


def _dual_sums(problem: SetPartitioning, duals: FloatArray) -> FloatArray:
    """Return per column the sum of the duals of its rows."""
    total = np.concatenate([[0.0], np.cumsum(duals[problem.entries])])
    sums: FloatArray = total[problem.begins[1:]] - total[problem.begins[:-1]]
    return sums


def _lower_bound(problem: SetPartitioning, duals: FloatArray, reduced_costs: FloatArray) -> float:
    """Return a cost below that of all solutions, valid for any duals.

    The cost of a solution is the sum of the duals of its rows and of its reduced costs. Each visit
    is in one column, so a solution has at most as many columns of negative reduced cost as visits.
    """
    negative = np.minimum(reduced_costs, 0.0)
    share = negative / np.maximum(1, np.diff(problem.begins))
    worst = np.zeros(len(problem.rhs))
    np.minimum.at(worst, problem.entries, np.repeat(share, np.diff(problem.begins)))
    return float(duals @ problem.rhs + worst @ problem.rhs - TOLERANCE)


def _integral(problem: SetPartitioning, active: IntArray, values: FloatArray) -> IntArray | None:
    nearest = np.rint(values)
    if np.any(np.abs(values - nearest) > INTEGRALITY_TOLERANCE):
        return None
    chosen = active[nearest > 0]
    return chosen if problem.is_feasible(chosen.tolist()) else None

"""CP-SAT solution of a set partitioning problem, among the columns of least reduced cost.

The model is built in CP-SAT's own messages. The modelling layer `cp_model` would import pandas,
some 35 MB and one second, without use here.
"""

from collections import Counter
from typing import Final

import numpy as np
from ortools.sat.python import cp_model_helper as sat

from routing.master.lp_bound import TOLERANCE, LpBound, lp_bound
from routing.master.set_partitioning import SetPartitioning
from routing.master.work_limit import WorkLimit
from routing.timing.encoding import IntArray

MAX_COLUMNS: Final = 800
"""Columns given to CP-SAT at most, in the order of their reduced costs.

On days of 120 and 300 visits it found as much among 300 of them as among 2,000, in a hundredth of
the time; among 8,000 it found nothing.
"""

BOOLEAN_DOMAIN: Final = [0, 1]
NO_LOWER_BOUND: Final = -(2**63)
"""The end of a domain without a lower bound."""

MAX_COST_SUM: Final = 2.0**60
"""Sum of all costs in shares above which CP-SAT is not called; its sums are limited to 2^62."""

RELAXATION_SHARE: Final = 0.4
"""Share of the time limit for the LP relaxation."""


def improve(problem: SetPartitioning, incumbent: IntArray, limit: WorkLimit) -> IntArray | None:
    """Return the best solution found if it is cheaper than the incumbent, else None.

    Parameters
    ----------
    incumbent : array of int
        The columns of a feasible solution.
    """
    cost = int(problem.costs[incumbent].sum())
    if float(problem.costs.sum(dtype=np.float64)) >= MAX_COST_SUM:
        return None
    bound = lp_bound(problem, incumbent, seconds=RELAXATION_SHARE * limit.seconds)
    if bound.integral is not None:
        solution: IntArray | None = bound.integral
    else:
        columns = _promising_columns(bound, incumbent, cost)
        hint = np.searchsorted(columns, incumbent)
        chosen = _solve(problem.restricted_to(columns), hint, limit)
        solution = None if chosen is None else columns[chosen]
    if solution is None or int(problem.costs[solution].sum()) >= cost:
        return None
    return solution


def _promising_columns(bound: LpBound, incumbent: IntArray, cost: int) -> IntArray:
    """Return the columns that a better solution may have, ascending."""
    gap = cost - bound.lower_bound
    promising = np.flatnonzero(bound.reduced_costs <= gap + TOLERANCE)
    order = np.argsort(bound.reduced_costs[promising], kind="stable")
    return np.union1d(promising[order[:MAX_COLUMNS]], incumbent)


def _solve(problem: SetPartitioning, hint: IntArray, limit: WorkLimit) -> IntArray | None:
    solver = sat.SolveWrapper()
    solver.set_parameters(_parameters(limit))
    response = solver.solve(_model(problem, hint))  # type: ignore[no-untyped-call]
    if response.status not in {sat.CpSolverStatus.OPTIMAL, sat.CpSolverStatus.FEASIBLE}:
        return None
    return np.flatnonzero(np.array(response.solution, dtype=np.int64))


def _model(problem: SetPartitioning, hint: IntArray) -> sat.CpModelProto:
    model, columns = sat.CpModelProto(), range(len(problem.costs))
    for _ in columns:
        model.variables.add().domain.extend(BOOLEAN_DOMAIN)
    for row, members in enumerate(_columns_by_row(problem)):
        rhs = int(problem.rhs[row])
        if problem.exact[row]:
            model.constraints.add().exactly_one.literals.extend(members)
        elif rhs == 1 and len(members) > 1:
            model.constraints.add().at_most_one.literals.extend(members)
        elif len(members) > rhs:
            counts = Counter(members)
            linear = model.constraints.add().linear
            linear.vars.extend(list(counts.keys()))
            linear.coeffs.extend(list(counts.values()))
            linear.domain.extend([NO_LOWER_BOUND, rhs])
    model.objective.vars.extend(list(columns))
    model.objective.coeffs.extend(problem.costs.tolist())
    hinted = set(hint.tolist())
    model.solution_hint.vars.extend(list(columns))
    model.solution_hint.values.extend([int(column in hinted) for column in columns])
    return model


def _columns_by_row(problem: SetPartitioning) -> list[list[int]]:
    """Return per row its columns, each as often as the row occurs in it."""
    members: list[list[int]] = [[] for _ in problem.rhs]
    for column in range(len(problem.costs)):
        for row in problem.rows(column).tolist():
            members[row].append(column)
    return members


def _parameters(limit: WorkLimit) -> sat.SatParameters:
    parameters = sat.SatParameters()
    parameters.max_time_in_seconds = max(0.01, limit.seconds)
    if limit.deterministic is not None:
        parameters.max_deterministic_time = limit.deterministic
    parameters.num_workers = limit.workers
    return parameters

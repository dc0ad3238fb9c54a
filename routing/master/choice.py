"""Knows the best choice of columns: CP-SAT, from what the relaxation leaves."""

from typing import Final

import numpy as np
from ortools.sat.python import cp_model

from routing.master.bound import SLACK, Bound, bound
from routing.master.effort import Effort
from routing.master.sheet import Sheet
from routing.timing.flat import Whole

MOST: Final = 800
"""Columns CP-SAT is given at most, those with the least reduced cost.

On days of 120 and 300 visits it found as much among 300 of them as among 2,000, in a hundredth of
the time; among 8,000 it found nothing.
"""

LARGEST_SUM: Final = 2.0**60
"""CP-SAT takes sums up to 2^62."""

RELAXING: Final = 0.4
"""The part of the time that the relaxation may take."""


def better_choice(sheet: Sheet, incumbent: Whole, effort: Effort) -> Whole | None:
    """A choice that is cheaper than the incumbent, the best that was found; None without one.

    Parameters
    ----------
    incumbent : array of int
        Columns that are a choice.
    """
    price = int(sheet.costs[incumbent].sum())
    if float(sheet.costs.sum(dtype=np.float64)) >= LARGEST_SUM:
        return None
    relaxed = bound(sheet, incumbent, seconds=RELAXING * effort.seconds)
    if relaxed.whole is not None:
        found: Whole | None = relaxed.whole
    else:
        kept = _filtered(relaxed, incumbent, price)
        found = _chosen(sheet.only(kept), np.searchsorted(kept, incumbent), effort)
        found = None if found is None else kept[found]
    if found is None or int(sheet.costs[found].sum()) >= price:
        return None
    return found


def _filtered(relaxed: Bound, incumbent: Whole, price: int) -> Whole:
    """The columns that a better choice may have, ascending."""
    gap = price - relaxed.least
    promising = np.flatnonzero(relaxed.reduced <= gap + SLACK)
    order = np.argsort(relaxed.reduced[promising], kind="stable")
    return np.union1d(promising[order[:MOST]], incumbent)


def _chosen(sheet: Sheet, hint: Whole, effort: Effort) -> Whole | None:
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in sheet.costs]
    for row, members in enumerate(_members(sheet)):
        inside = [columns[column] for column in members]
        room = int(sheet.room[row])
        if sheet.exact[row]:
            model.add_exactly_one(inside)
        elif room == 1 and len(inside) > 1:
            model.add_at_most_one(inside)
        elif len(inside) > room:
            model.add(cp_model.LinearExpr.sum(inside) <= room)
    model.minimize(cp_model.LinearExpr.weighted_sum(columns, sheet.costs.tolist()))
    taken = set(hint.tolist())
    for column, variable in enumerate(columns):
        model.add_hint(variable, column in taken)
    solver = _solver(effort)
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    return np.array(
        [number for number, variable in enumerate(columns) if solver.boolean_value(variable)],
        dtype=np.int64,
    )


def _members(sheet: Sheet) -> list[list[int]]:
    """Per row, the columns in it; a column that is in it twice is there twice."""
    found: list[list[int]] = [[] for _ in sheet.room]
    for column in range(len(sheet.costs)):
        for row in sheet.rows(column).tolist():
            found[row].append(column)
    return found


def _solver(effort: Effort) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, effort.seconds)
    if effort.work is not None:
        solver.parameters.max_deterministic_time = effort.work
    solver.parameters.num_workers = effort.workers
    return solver

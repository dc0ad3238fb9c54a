"""Knows how cheap a choice could be at best: GLOP on the sheet, a few columns at a time.

From the prices that rows have in the relaxation follows what each column would cost on top: its
reduced cost. A column whose reduced cost is more than what the incumbent is above the bound is in
no better choice.
"""

import time
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from routing.master.sheet import Sheet
from routing.timing.flat import Whole

Real = NDArray[np.float64]

FIRST: Final = 3_000
"""Columns the relaxation begins with, besides the incumbent's."""

MORE: Final = 1_500
"""Columns added per round, those with the most negative reduced cost."""

ROUNDS: Final = 30

SLACK: Final = 1.0
"""Shares by which sums of floating-point numbers may be off."""

WHOLE_ENOUGH: Final = 1e-6


class Bound(NamedTuple):
    """What the relaxation says.

    Attributes
    ----------
    least : float
        No choice is cheaper.
    reduced : one entry per column
        What taking it costs on top, at least.
    whole : array of int, optional
        The columns of the relaxation's own answer where it is a choice, and so the best.
    """

    least: float
    reduced: Real
    whole: Whole | None


def bound(sheet: Sheet, incumbent: Whole, *, seconds: float) -> Bound:
    """Relax the choice.

    Parameters
    ----------
    incumbent : array of int
        Columns that are a choice.
    seconds : float
        After which no further round begins; the bound holds all the same.
    """
    ended = time.monotonic() + seconds
    active = np.union1d(_first(sheet), incumbent)
    for _ in range(ROUNDS):
        prices, taken = _relaxed(sheet, active)
        reduced = sheet.costs - _summed(sheet, prices)
        inside = np.ones(len(reduced), dtype=np.bool_)
        inside[active] = False
        wanted = np.flatnonzero(inside & (reduced < -SLACK))
        if not len(wanted):
            return Bound(_least(sheet, prices, reduced), reduced, _whole(sheet, active, taken))
        if time.monotonic() >= ended:
            break
        active = np.union1d(active, wanted[np.argsort(reduced[wanted], kind="stable")[:MORE]])
    return Bound(_least(sheet, prices, reduced), reduced, None)


def _first(sheet: Sheet) -> Whole:
    """The columns that are cheapest per visit, and all that leave a visit out."""
    out = np.flatnonzero(sheet.sources < 0)
    share = sheet.costs / np.maximum(1, np.diff(sheet.begins) - 1)
    return np.union1d(out, np.argsort(share, kind="stable")[:FIRST])


def _relaxed(sheet: Sheet, active: Whole) -> tuple[Real, Real]:
    """Solve the relaxation over some columns: prices of rows, and how much of each is taken."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    infinity = solver.infinity()
    # GLOP's tolerances are made for numbers of about one.
    unit = max(1.0, float(np.median(sheet.costs[active])))
    rows = [
        solver.Constraint(float(room) if exact else -infinity, float(room))
        for exact, room in zip(sheet.exact.tolist(), sheet.room.tolist(), strict=True)
    ]
    variables = []
    cost = solver.Objective()
    cost.SetMinimization()
    for column in active.tolist():
        variable = solver.NumVar(0.0, infinity, "")
        cost.SetCoefficient(variable, float(sheet.costs[column]) / unit)
        for row in sheet.rows(column).tolist():
            rows[row].SetCoefficient(variable, rows[row].GetCoefficient(variable) + 1.0)
        variables.append(variable)
    solver.Solve()
    prices = unit * np.array([row.dual_value() for row in rows])
    # What is at most so much has a price of nothing or less; rounding must not make it a gain.
    prices = np.where(sheet.exact, prices, np.minimum(prices, 0.0))
    return prices, np.array([variable.solution_value() for variable in variables])


def _summed(sheet: Sheet, prices: Real) -> Real:
    """Per column, the prices of its rows together."""
    total = np.concatenate([[0.0], np.cumsum(prices[sheet.entries])])
    summed: Real = total[sheet.begins[1:]] - total[sheet.begins[:-1]]
    return summed


def _least(sheet: Sheet, prices: Real, reduced: Real) -> float:
    """No choice is cheaper than this, whatever the prices are.

    Every choice costs the prices of its rows and its reduced costs; each visit is in one column, so
    of columns with a negative reduced cost there are at most as many as visits.
    """
    negative = np.minimum(reduced, 0.0)
    share = negative / np.maximum(1, np.diff(sheet.begins))
    worst = np.zeros(len(sheet.room))
    np.minimum.at(worst, sheet.entries, np.repeat(share, np.diff(sheet.begins)))
    return float(prices @ sheet.room + worst @ sheet.room - SLACK)


def _whole(sheet: Sheet, active: Whole, taken: Real) -> Whole | None:
    near = np.rint(taken)
    if np.any(np.abs(taken - near) > WHOLE_ENOUGH):
        return None
    chosen = active[near > 0]
    return chosen if sheet.admits(chosen.tolist()) else None

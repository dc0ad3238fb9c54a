"""Knows how cheap a choice could be at best: GLOP on the sheet, a few columns at a time.

From the prices that rows have in the relaxation follows what each column would cost on top: its
reduced cost. A column whose reduced cost is more than what the incumbent is above the bound is in
no better choice.
"""

import math
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import linear_solver_pb2, pywraplp

from routing.master.set_partitioning import Sheet
from routing.timing.encoding import Whole

Real = NDArray[np.float64]

PARAMETERS: Final = "use_dual_simplex: true"
"""Half of the time that the primal takes."""

FIRST: Final = 8_000
"""Columns the relaxation begins with: a further round would take longer than they do."""

MORE: Final = 4_000
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
        prices, taken = _relaxed(sheet, active, ended - time.monotonic())
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


def _relaxed(sheet: Sheet, active: Whole, seconds: float) -> tuple[Real, Real]:
    """Solve the relaxation over some columns: prices of rows, and how much of each is taken."""
    part = sheet.only(active)
    # GLOP's tolerances are made for numbers of about one.
    unit = max(1.0, float(np.median(part.costs)))
    asked = linear_solver_pb2.MPModelRequest(
        solver_type=linear_solver_pb2.MPModelRequest.GLOP_LINEAR_PROGRAMMING,
        solver_specific_parameters=PARAMETERS,
        solver_time_limit_seconds=max(0.01, seconds),
    )
    for cost in (part.costs / unit).tolist():
        asked.model.variable.add(lower_bound=0.0, objective_coefficient=cost)
    for row, (columns, times) in enumerate(_by_rows(part)):
        room = float(sheet.room[row])
        asked.model.constraint.add(
            lower_bound=room if sheet.exact[row] else -math.inf,
            upper_bound=room,
            var_index=columns,
            coefficient=times,
        )
    found = linear_solver_pb2.MPSolutionResponse()
    pywraplp.Solver.SolveWithProto(asked, found)
    prices = np.zeros(len(sheet.room))
    if len(found.dual_value) == len(prices):
        # What is at most so much has a price of nothing or less; rounding must not make it a gain.
        prices = unit * np.array(found.dual_value)
        prices = np.where(sheet.exact, prices, np.minimum(prices, 0.0))
    taken = np.full(len(active), 0.5)
    if found.status == linear_solver_pb2.MPSOLVER_OPTIMAL:
        taken = np.array(found.variable_value)
    return prices, taken


def _by_rows(sheet: Sheet) -> Iterator[tuple[list[int], list[float]]]:
    """Per row the columns in it, and how often each is."""
    count = len(sheet.costs)
    columns = np.repeat(np.arange(count), np.diff(sheet.begins))
    pairs, times = np.unique(sheet.entries * count + columns, return_counts=True)
    begins = np.searchsorted(pairs, np.arange(len(sheet.room) + 1) * count)
    for begin, end in pairwise(begins.tolist()):
        yield (pairs[begin:end] % count).tolist(), times[begin:end].astype(float).tolist()


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

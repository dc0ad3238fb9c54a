"""Knows the best choice of columns: CP-SAT, from what the relaxation leaves.

It is told in CP-SAT's own messages. The modelling layer above them, `cp_model`, brings pandas:
some 35 MB and a second that nothing here has a use for.
"""

from collections import Counter
from typing import Final

import numpy as np
from ortools.sat.python import cp_model_helper as sat

from routing.master.lp_bound import SLACK, Bound, bound
from routing.master.set_partitioning import Sheet
from routing.master.work_limit import Effort
from routing.timing.encoding import Whole

MOST: Final = 800
"""Columns CP-SAT is given at most, those with the least reduced cost.

On days of 120 and 300 visits it found as much among 300 of them as among 2,000, in a hundredth of
the time; among 8,000 it found nothing.
"""

BOOLEAN: Final = [0, 1]
LEAST: Final = -(2**63)
"""What CP-SAT takes as: no bound below."""

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
    solver = sat.SolveWrapper()
    solver.set_parameters(_parameters(effort))
    answer = solver.solve(_model(sheet, hint))  # type: ignore[no-untyped-call]
    if answer.status not in {sat.CpSolverStatus.OPTIMAL, sat.CpSolverStatus.FEASIBLE}:
        return None
    return np.flatnonzero(np.array(answer.solution, dtype=np.int64))


def _model(sheet: Sheet, hint: Whole) -> sat.CpModelProto:
    model, every = sat.CpModelProto(), range(len(sheet.costs))
    for _ in every:
        model.variables.add().domain.extend(BOOLEAN)
    for row, members in enumerate(_members(sheet)):
        room = int(sheet.room[row])
        if sheet.exact[row]:
            model.constraints.add().exactly_one.literals.extend(members)
        elif room == 1 and len(members) > 1:
            model.constraints.add().at_most_one.literals.extend(members)
        elif len(members) > room:
            often = Counter(members)
            linear = model.constraints.add().linear
            linear.vars.extend(list(often.keys()))
            linear.coeffs.extend(list(often.values()))
            linear.domain.extend([LEAST, room])
    model.objective.vars.extend(list(every))
    model.objective.coeffs.extend(sheet.costs.tolist())
    taken = set(hint.tolist())
    model.solution_hint.vars.extend(list(every))
    model.solution_hint.values.extend([int(column in taken) for column in every])
    return model


def _members(sheet: Sheet) -> list[list[int]]:
    """Per row, the columns in it; a column that is in it twice is there twice."""
    found: list[list[int]] = [[] for _ in sheet.room]
    for column in range(len(sheet.costs)):
        for row in sheet.rows(column).tolist():
            found[row].append(column)
    return found


def _parameters(effort: Effort) -> sat.SatParameters:
    parameters = sat.SatParameters()
    parameters.max_time_in_seconds = max(0.01, effort.seconds)
    if effort.work is not None:
        parameters.max_deterministic_time = effort.work
    parameters.num_workers = effort.workers
    return parameters

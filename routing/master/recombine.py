"""Recombination of the tours of the pool into a plan no worse than the incumbent."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import InvalidPlanError
from routing.master.cp_sat import improve
from routing.master.pool import Columns, Pool
from routing.master.regions import regions
from routing.master.set_partitioning import (
    NO_TOUR,
    Subproblem,
    build_set_partitioning,
    donor_periods,
)
from routing.master.work_limit import WorkLimit
from routing.timing.earliest_start import LEGAL
from routing.timing.encoding import encode
from routing.timing.tour_evaluation import ALL_RULES, evaluate

MAX_AT_ONCE: Final = 400
"""Visits up to which the whole plan is recombined at once."""

REGION_VISITS: Final = 200
"""Visits of a region."""

REGION_SECONDS: Final = 2.0
"""Seconds for one region, at most."""

Chosen = Mapping[int, int]
"""Per row of a shift, the column of its tour."""

Orders = Mapping[str, Sequence[str]]
"""Per shift, the visits it serves, in their order."""


def recombine(pool: Pool, incumbent: Orders, limit: WorkLimit, *, seed: int = 0) -> Orders:
    """Return the best combination of tours found within the limit.

    It is never worse than the incumbent in the order of `cost.rank`: fewer mandatory visits left
    unassigned, then the lower cost.

    Parameters
    ----------
    pool : Pool
        The tours; the tours of the incumbent are added.
    incumbent : mapping of str to sequence of str
        A legal plan.
    seed : int, default 0
        Seed of the order of the regions, if more than `MAX_AT_ONCE` visits are planned.

    Raises
    ------
    InvalidPlanError
        A tour of the incumbent is not legal.
    """
    present = _add_incumbent(pool, incumbent)
    return best_combination(pool, present, limit, seed=seed) if len(pool) else incumbent


def best_combination(pool: Pool, present: Chosen, limit: WorkLimit, *, seed: int = 0) -> Orders:
    """Return the best combination of tours found, by the costs of the pool.

    Parameters
    ----------
    present : mapping of int to int
        The tours to begin from: per row of a shift, its column.
    """
    columns, problem = pool.columns(), pool.problem
    if len(problem.visits) <= MAX_AT_ONCE:
        present = _improve(pool, columns, present, range(len(problem.shifts)), limit)
    else:
        present = _improve_by_regions(pool, columns, present, limit, seed)
    return {
        problem.shifts[shift].id: [problem.visits[row].id for row in columns.order(column)]
        for shift, column in sorted(present.items())
    }


def _add_incumbent(pool: Pool, incumbent: Orders) -> Chosen:
    """Evaluate the tours of the incumbent and add them to the pool; return their columns."""
    problem, chosen = pool.problem, {}
    for name, visits in incumbent.items():
        if visits:
            shift = problem.shift_row(name)
            order = np.array([problem.visit_row(visit) for visit in visits], dtype=np.int64)
            evaluation = evaluate(encode(problem), shift, order, ALL_RULES)
            if evaluation.status != LEGAL:
                raise InvalidPlanError(f"the tour of shift {name!r}", "is not legal")
            chosen[shift] = pool.add(shift, order.tolist(), int(evaluation.cost))
    return chosen


def _improve_by_regions(
    pool: Pool, columns: Columns, present: Chosen, limit: WorkLimit, seed: int
) -> Chosen:
    """Improve one region after the other until the time is over or none improves."""
    deadline, before = time.monotonic() + limit.seconds, None
    while present != before:
        before, seed = present, seed + 1
        orders = {shift: columns.order(column) for shift, column in present.items()}
        for region in regions(pool.problem, orders, most=REGION_VISITS, seed=seed):
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return present
            unused = [row for row in range(len(pool.problem.shifts)) if row not in present]
            shifts = sorted({*region, *unused})
            region_limit = replace(limit, seconds=min(remaining, REGION_SECONDS))
            present = _improve(pool, columns, present, shifts, region_limit)
    return present


def _improve(
    pool: Pool, columns: Columns, present: Chosen, shifts: Sequence[int], limit: WorkLimit
) -> Chosen:
    """Recombine the visits of some shifts and the unassigned visits; all other tours stay."""
    inside = {shift: present[shift] for shift in shifts if shift in present}
    rest = {shift: column for shift, column in present.items() if shift not in inside}
    unassigned = ~_served(pool, columns, present)
    part = Subproblem(
        visits=_served(pool, columns, inside) | unassigned,
        shifts=[shift for shift in shifts if shift not in rest],
        donor_periods=donor_periods(pool, columns, rest),
    )
    rows = np.flatnonzero(unassigned)
    all_served = not any(pool.problem.mandatory(pool.problem.visits[row]) for row in rows)
    problem = build_set_partitioning(pool, columns, part, all_served=all_served)
    solution = improve(problem, problem.columns_of(inside.values(), rows), limit)
    if solution is None:
        return present
    tours = [int(source) for source in problem.sources[solution] if source != NO_TOUR]
    return {**rest, **_assign_shifts(pool, columns, inside, part.shifts, tours)}


def _served(pool: Pool, columns: Columns, chosen: Chosen) -> NDArray[np.bool_]:
    served = np.zeros(len(pool.problem.visits), dtype=np.bool_)
    for column in chosen.values():
        served[list(columns.order(column))] = True
    return served


def _assign_shifts(
    pool: Pool, columns: Columns, before: Chosen, shifts: Sequence[int], tours: Sequence[int]
) -> Chosen:
    """Assign each tour to a shift of its vehicle type, first to the one that had most visits."""
    chosen: dict[int, int] = {}
    had = {shift: set(columns.order(column)) for shift, column in before.items()}
    candidates = sorted(
        (-len(had.get(shift, set()).intersection(columns.order(column))), column, shift)
        for column in tours
        for shift in shifts
        if pool.vehicle_types[shift] == columns.vehicle_types[column]
    )
    assigned: set[int] = set()
    for _, column, shift in candidates:
        if column not in assigned and shift not in chosen:
            chosen[shift] = column
            assigned.add(column)
    return chosen

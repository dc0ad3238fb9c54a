"""Knows how a plan becomes a better one out of all tours found: the master's own door."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import InvalidPlanError
from routing.master.cp_sat import better_choice
from routing.master.pool import Columns, Pool
from routing.master.regions import regions
from routing.master.set_partitioning import NOBODY, Part, met, sheet
from routing.master.work_limit import Effort
from routing.timing.earliest_start import LEGAL
from routing.timing.encoding import flat
from routing.timing.tour_evaluation import EVERYTHING, drive

WHOLE: Final = 400
"""Visits up to which the whole choice is made at once."""

REGION: Final = 200
"""Visits of a region."""

PER_REGION: Final = 2.0
"""Seconds for one region, at most."""

Chosen = Mapping[int, int]
"""Per shift's row, the column it drives."""

Orders = Mapping[str, Sequence[str]]
"""Per shift, the visits it serves, in their order."""


def recombined(pool: Pool, incumbent: Orders, effort: Effort, *, seed: int = 0) -> Orders:
    """The best choice of tours from the pool that was found in time.

    It is never worse than the incumbent. What is best is what `cost.rank` says: fewer mandatory
    visits left out, then cheaper.

    Parameters
    ----------
    incumbent : mapping of str to sequence of str
        A legal plan. Its tours join the pool.
    seed : int
        Where more than `WHOLE` visits are planned, which regions come first.

    Raises
    ------
    InvalidPlanError
        A tour of the incumbent is not legal.
    """
    present = _joined(pool, incumbent)
    if not len(pool):
        return incumbent
    columns, problem = pool.columns(), pool.problem
    if len(problem.visits) <= WHOLE:
        present = _improved(pool, columns, present, range(len(problem.shifts)), effort)
    else:
        present = _by_regions(pool, columns, present, effort, seed)
    return {
        problem.shifts[shift].id: [problem.visits[row].id for row in columns.order(column)]
        for shift, column in sorted(present.items())
    }


def _joined(pool: Pool, incumbent: Orders) -> Chosen:
    """The columns of the incumbent, whose tours have been priced and have joined the pool."""
    problem, found = pool.problem, {}
    for name, visits in incumbent.items():
        if visits:
            shift = problem.shift_row(name)
            order = np.array([problem.visit_row(visit) for visit in visits], dtype=np.int64)
            way = drive(flat(problem), shift, order, EVERYTHING)
            if way.status != LEGAL:
                raise InvalidPlanError(f"the tour of shift {name!r}", "is not legal")
            found[shift] = pool.add(shift, order.tolist(), int(way.cost))
    return found


def _by_regions(pool: Pool, columns: Columns, present: Chosen, effort: Effort, seed: int) -> Chosen:
    """Choose anew in one region after the other, until the time is over or nothing gets better."""
    ended, before = time.monotonic() + effort.seconds, None
    while present != before:
        before, seed = present, seed + 1
        orders = {shift: columns.order(column) for shift, column in present.items()}
        for region in regions(pool.problem, orders, most=REGION, seed=seed):
            left = ended - time.monotonic()
            if left <= 0:
                return present
            idle = [row for row in range(len(pool.problem.shifts)) if row not in present]
            shifts = sorted({*region, *idle})
            small = replace(effort, seconds=min(left, PER_REGION))
            present = _improved(pool, columns, present, shifts, small)
    return present


def _improved(
    pool: Pool, columns: Columns, present: Chosen, shifts: Sequence[int], effort: Effort
) -> Chosen:
    """Choose anew for some shifts, what nobody serves included; everything else stays."""
    inside = {shift: present[shift] for shift in shifts if shift in present}
    rest = {shift: column for shift, column in present.items() if shift not in inside}
    left = ~_served_by(pool, columns, present)
    part = Part(
        visits=_served_by(pool, columns, inside) | left,
        shifts=[shift for shift in shifts if shift not in rest],
        met=met(pool, columns, rest),
    )
    must = (pool.problem.mandatory(pool.problem.visits[row]) for row in np.flatnonzero(left))
    laid = sheet(pool, columns, part, all_served=not any(must))
    found = better_choice(laid, laid.named(inside.values(), np.flatnonzero(left)), effort)
    if found is None:
        return present
    chosen = [int(source) for source in laid.sources[found] if source != NOBODY]
    return {**rest, **_handed_out(pool, columns, inside, part.shifts, chosen)}


def _served_by(pool: Pool, columns: Columns, chosen: Chosen) -> NDArray[np.bool_]:
    found = np.zeros(len(pool.problem.visits), dtype=np.bool_)
    for column in chosen.values():
        found[list(columns.order(column))] = True
    return found


def _handed_out(
    pool: Pool, columns: Columns, before: Chosen, shifts: Sequence[int], chosen: Sequence[int]
) -> Chosen:
    """Give each chosen tour to a shift of its kind; who had most of its visits keeps them."""
    found: dict[int, int] = {}
    had = {shift: set(columns.order(column)) for shift, column in before.items()}
    common = sorted(
        (-len(had.get(shift, set()).intersection(columns.order(column))), column, shift)
        for column in chosen
        for shift in shifts
        if pool.kinds[shift] == columns.kinds[column]
    )
    given: set[int] = set()
    for _, column, shift in common:
        if column not in given and shift not in found:
            found[shift] = column
            given.add(column)
    return found

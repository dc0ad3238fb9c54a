"""Compatibility of visits and shifts, and surcharges, as far as they do not depend on times."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from routing.problem import Problem, Shift, Visit


def allowed_pairs(problem: Problem) -> NDArray[np.int64]:
    """Return 1 for each visit and shift that skills, collectors, zones and pins permit.

    Returns
    -------
    array of shape (visits, shifts)
    """
    table = np.empty((len(problem.visits), len(problem.shifts)), dtype=np.int64)
    rows: dict[Hashable, list[bool]] = {}
    for row, visit in enumerate(problem.visits):
        key = visit.skills, visit.shifts, visit.collectors, visit.forbidden, visit.zone
        if key not in rows:
            rows[key] = [_permits(visit, shift) for shift in problem.shifts]
        table[row] = rows[key]
        pin = problem.pin(visit.id)
        if pin is not None:
            table[row] &= [pin.shift == shift.id for shift in problem.shifts]
    return table


def _permits(visit: Visit, shift: Shift) -> bool:
    """Return whether a shift may serve a visit, apart from pins."""
    return (
        visit.skills <= shift.skills
        and (visit.shifts is None or shift.id in visit.shifts)
        and (visit.collectors is None or shift.collector in visit.collectors)
        and shift.collector not in visit.forbidden
        and (_is_in_zones(visit, shift) or shift.outside is not None)
    )


def _is_in_zones(visit: Visit, shift: Shift) -> bool:
    """Return whether a visit lies in the zones of a shift, or one of them has none."""
    return visit.zone is None or shift.zones is None or visit.zone in shift.zones


def surcharges(problem: Problem) -> NDArray[np.int64]:
    """Return the costs in cents of each visit on each shift apart from its legs and hours.

    Returns
    -------
    array of shape (visits, shifts, 2)
        The cost of a collector not preferred, and of a visit outside the zones.
    """
    table = np.empty((len(problem.visits), len(problem.shifts), 2), dtype=np.int64)
    rows: dict[Hashable, list[tuple[int, int]]] = {}
    for row, visit in enumerate(problem.visits):
        key = visit.preferred, visit.preference, visit.zone
        if key not in rows:
            rows[key] = [_surcharge(visit, shift) for shift in problem.shifts]
        table[row] = rows[key]
    return table


def _surcharge(visit: Visit, shift: Shift) -> tuple[int, int]:
    is_preferred = not visit.preferred or shift.collector in visit.preferred
    outside = 0 if _is_in_zones(visit, shift) else (shift.outside or 0)
    return (0 if is_preferred else visit.preference), outside

"""Vehicle types: shifts that differ by name only, and so may swap their tours."""

from dataclasses import replace

import numpy as np

from routing.master.tables import read_table
from routing.problem import Problem, Shift
from routing.timing.encoding import IntArray


def vehicle_types(problem: Problem) -> IntArray:
    """Return the vehicle type of each shift.

    A tour is legal on all shifts of a type or on none. It costs the same on all of them, and they
    lie in the same period.

    Returns
    -------
    array of shape (shifts,)
        Numbers from 0 on.
    """
    allowed, surcharges = read_table(problem, "allowed"), read_table(problem, "surcharges")
    numbers: dict[tuple[object, ...], int] = {}
    types = np.empty(len(problem.shifts), dtype=np.int64)
    for row, shift in enumerate(problem.shifts):
        pairs = allowed[:, row].tobytes(), surcharges[:, 2 * row : 2 * row + 2].tobytes()
        key = (_properties(shift), _balances(problem, shift), *pairs)
        types[row] = numbers.setdefault(key, len(numbers))
    return types


def _properties(shift: Shift) -> str:
    """Return all properties of a shift but its names; `allowed` has the effects of these."""
    return repr(replace(shift, id="", collector=""))


def _balances(problem: Problem, shift: Shift) -> tuple[bool, ...]:
    return tuple(shift.id in balance.shifts for balance in problem.balances)

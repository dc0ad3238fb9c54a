"""Knows which shifts are alike but for their names, and so may swap their tours."""

from dataclasses import replace

import numpy as np

from routing.master.tables import table
from routing.problem import Problem, Shift
from routing.timing.encoding import Whole


def kinds(problem: Problem) -> Whole:
    """Per shift the number of its kind: whatever one shift of a kind may drive, all may.

    They cost the same too, and lie in the same period.
    """
    may, aside = table(problem, "may"), table(problem, "aside")
    numbers: dict[tuple[object, ...], int] = {}
    found = np.empty(len(problem.shifts), dtype=np.int64)
    for row, shift in enumerate(problem.shifts):
        said = may[:, row].tobytes(), aside[:, 2 * row : 2 * row + 2].tobytes()
        key = (_nameless(shift), _balanced(problem, shift), *said)
        found[row] = numbers.setdefault(key, len(numbers))
    return found


def _nameless(shift: Shift) -> str:
    """Everything a shift says but who it is, which only visits ask for: see `may` and `aside`."""
    return repr(replace(shift, id="", collector=""))


def _balanced(problem: Problem, shift: Shift) -> tuple[bool, ...]:
    return tuple(shift.id in balance.shifts for balance in problem.balances)

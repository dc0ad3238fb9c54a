"""Knows which tours lie next to one another: a large choice is made region by region."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from routing.master.tables import table
from routing.problem import Problem
from routing.timing import encoding as own
from routing.timing.encoding import Whole

Tours = Mapping[int, Sequence[int]]
"""Per shift's row, its visits by their rows, at least one."""


def regions(problem: Problem, tours: Tours, *, most: int, seed: int) -> Iterator[list[int]]:
    """Regions of neighbouring tours, by their shifts.

    Each tour in turn, in random order, is the middle of one.

    Parameters
    ----------
    most : int
        Visits of a region; it has two tours at least.
    """
    rng = np.random.default_rng(seed)
    shifts = np.array(sorted(tours))
    for middle in rng.permutation(shifts).tolist():
        yield _around(problem, tours, middle, most)


def _around(problem: Problem, tours: Tours, middle: int, most: int) -> list[int]:
    """The tours nearest to one, as long as there is room; the middle is the first."""
    seconds, places = _seconds(problem), table(problem, "visits")[:, own.PLACE]
    here = places[list(tours[middle])]
    apart = {
        shift: _apart(seconds, here, places[list(visits)])
        for shift, visits in tours.items()
        if shift != middle
    }
    found, room = [middle], most - len(here)
    for shift in sorted(apart, key=lambda shift: (apart[shift], shift)):
        if len(found) > 1 and len(tours[shift]) > room:
            break
        found.append(shift)
        room -= len(tours[shift])
    return found


def _apart(seconds: Whole, here: Whole, there: Whole) -> float:
    """The way from each stop of one tour to the nearest of the other, on average."""
    return float(seconds[np.ix_(here, there)].min(axis=1).mean())


def _seconds(problem: Problem) -> Whole:
    """The travel of the first profile, on the tape."""
    tape, number = own.flat(problem), own.Tables._fields.index("seconds")
    begin, size = int(tape[2 * number]), len(problem.places)
    return tape[begin : begin + size * size].reshape(size, size)

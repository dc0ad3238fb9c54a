"""Regions of neighbouring tours, for problems too large to recombine at once."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from routing.master.tables import read_table
from routing.problem import Problem
from routing.timing import encoding
from routing.timing.encoding import IntArray

Tours = Mapping[int, Sequence[int]]
"""Per row of a shift the rows of its visits, at least one."""


def regions(problem: Problem, tours: Tours, *, most: int, seed: int) -> Iterator[list[int]]:
    """Yield regions of neighbouring tours, one around each tour, in random order.

    Parameters
    ----------
    most : int
        Visits of a region; it has two tours at least.
    seed : int
        Seed of the random order.

    Yields
    ------
    list of int
        The rows of the shifts of a region, the central one first.
    """
    rng = np.random.default_rng(seed)
    shifts = np.array(sorted(tours))
    for centre in rng.permutation(shifts).tolist():
        yield _region(problem, tours, centre, most)


def _region(problem: Problem, tours: Tours, centre: int, most: int) -> list[int]:
    """Return the tours nearest to a central one while there is room."""
    seconds = encoding.problem_tables(problem).seconds[0]
    places = read_table(problem, "visits")[:, encoding.PLACE]
    here = places[list(tours[centre])]
    distances = {
        shift: _distance(seconds, here, places[list(visits)])
        for shift, visits in tours.items()
        if shift != centre
    }
    region, room = [centre], most - len(here)
    for shift in sorted(distances, key=lambda shift: (distances[shift], shift)):
        if len(region) > 1 and len(tours[shift]) > room:
            break
        region.append(shift)
        room -= len(tours[shift])
    return region


def _distance(seconds: IntArray, here: IntArray, there: IntArray) -> float:
    """Return the mean travel time from each stop of a tour to the nearest stop of another."""
    return float(seconds[np.ix_(here, there)].min(axis=1).mean())

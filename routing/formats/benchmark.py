"""Benchmark instances as problems: one depot, equal vehicles, the shortest distance.

Published results count distances cut to one decimal (the rule of the DIMACS challenge for time
windows), or rounded whole distances (TSPLIB, for capacities alone). Problems hold whole numbers, so
an instance with one decimal is multiplied by ten, times included (`scale`). A unit of distance is a
metre and a second, and costs a cent.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from routing.formats.lines import TextLine
from routing.problem import Place, Problem, Shift, Travel, Visit, Window
from routing.units import LARGEST, Seconds

TENTHS: Final = 10
WHOLES: Final = 1

DEMAND: Final = "demand"
"""The only dimension of such an instance."""

DEPOT: Final = "0"

CENT_PER_METRE: Final = 1_000
"""The price of distance, in cents per kilometre."""

Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The depot or a customer; times are in the instance's own unit, scaled.

    Attributes
    ----------
    window : tuple of int, optional
        None means open all day.
    line : Line
        The line of the file.
    """

    line: TextLine
    demand: int = 0
    window: tuple[int, int] | None = None
    service: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A benchmark instance, and the factor of its numbers."""

    name: str
    problem: Problem
    scale: int


def instance(
    name: str,
    nodes: Sequence[Node],
    distances: Matrix,
    *,
    capacity: int,
    vehicles: int | None,
    scale: int,
) -> Instance:
    """Return the instance as a problem; the first node is the depot, customers count from 1."""
    day = _day(nodes, distances)
    count = _enough(nodes, capacity) if vehicles is None else vehicles
    # More vehicles than customers are never needed.
    count = max(1, min(count, len(nodes) - 1))
    problem = Problem(
        dimensions=(DEMAND,),
        places=tuple(Place(id=str(row)) for row in range(len(nodes))),
        travel={"car": Travel(seconds=distances, metres=distances)},
        shifts=tuple(_shift(number, day, capacity) for number in range(1, count + 1)),
        visits=tuple(
            _visit(str(row), node, day) for row, node in enumerate(nodes) if str(row) != DEPOT
        ),
    )
    return Instance(name=name, problem=problem, scale=scale)


def _day(nodes: Sequence[Node], distances: Matrix) -> tuple[int, int]:
    """Return the depot's hours; without any, long enough for every tour."""
    if nodes[0].window is not None:
        return nodes[0].window
    longest = max(map(max, distances)) * (len(nodes) + 1)
    return 0, min(LARGEST, longest + sum(node.service for node in nodes))


def _enough(nodes: Sequence[Node], capacity: int) -> int:
    """Return the number of vehicles of an instance without one: a third above the load."""
    load = sum(node.demand for node in nodes)
    return math.ceil(1.3 * load / max(1, capacity)) + 3


def _shift(number: int, day: tuple[int, int], capacity: int) -> Shift:
    return Shift(
        id=str(number),
        collector=str(number),
        start=DEPOT,
        ends=(DEPOT,),
        window=_window(day),
        capacity={DEMAND: capacity},
        cents_per_km=CENT_PER_METRE,
    )


def _visit(name: str, node: Node, day: tuple[int, int]) -> Visit:
    return Visit(
        id=name,
        place=name,
        windows=(_window(node.window or day),),
        service=Seconds(node.service),
        load={DEMAND: node.demand},
    )


def _window(ends: tuple[int, int]) -> Window:
    return Window(earliest=Seconds(ends[0]), latest=Seconds(ends[1]))


def scaled(line: TextLine, value: Fraction, name: str, scale: int) -> int:
    """Return a scaled length or time; refuse a fraction."""
    if (value * scale).denominator != 1:
        line.refuse(f"{name} has too many decimals: {float(value):g}")
    return line.whole(value * scale, name)


def straight(positions: Sequence[tuple[Fraction, Fraction]], scale: int) -> Matrix:
    """Return exact Euclidean distances: tenths are cut, wholes are rounded."""
    unit = math.lcm(*(number.denominator for position in positions for number in position))
    grid = [(int(x * unit), int(y * unit)) for x, y in positions]
    length = _cut if scale == TENTHS else _rounded
    lower = [
        [length((x - a) ** 2 + (y - b) ** 2, unit) for a, b in grid[:row]]
        for row, (x, y) in enumerate(grid)
    ]
    size = range(len(grid))
    return tuple(tuple(lower[max(i, j)][min(i, j)] if i != j else 0 for j in size) for i in size)


def _cut(square: int, unit: int) -> int:
    """Return the square root in whole tenths, cut, of a square in parts of a unit."""
    return math.isqrt(TENTHS**2 * square) // unit


def _rounded(square: int, unit: int) -> int:
    """Return the nearest whole square root, halves up: the whole part of (2 root + 1) / 2."""
    return (math.isqrt(4 * square) + unit) // (2 * unit)

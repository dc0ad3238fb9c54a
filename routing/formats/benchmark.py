"""Knows how a benchmark instance becomes a problem: one depot, equal vehicles, the shortest road.

The published results count distances of one decimal, cut off there (the rule of the DIMACS
challenge for time windows), or whole distances, rounded (TSPLIB, for capacities alone). We count in
whole numbers, so an instance of one decimal is ten times as large here, its times included, and
`scale` says so. A unit of distance is a metre and a second, and costs a cent.
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
"""The one dimension such an instance counts."""

DEPOT: Final = "0"

CENT_PER_METRE: Final = 1_000
"""In cents per kilometre."""

Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The depot or a customer; times are in the instance's own unit, scaled.

    Attributes
    ----------
    window : tuple of int, optional
        None is open all day.
    line : Line
        Where it was read.
    """

    line: TextLine
    demand: int = 0
    window: tuple[int, int] | None = None
    service: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A benchmark instance, and by what its numbers were multiplied."""

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
    """Make a problem of it; the first node is the depot, and customers are numbered from 1."""
    day = _day(nodes, distances)
    count = _enough(nodes, capacity) if vehicles is None else vehicles
    # Nobody needs more vehicles than customers.
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
    """The depot's hours; without any, so long that no tour is ever late."""
    if nodes[0].window is not None:
        return nodes[0].window
    longest = max(map(max, distances)) * (len(nodes) + 1)
    return 0, min(LARGEST, longest + sum(node.service for node in nodes))


def _enough(nodes: Sequence[Node], capacity: int) -> int:
    """Vehicles where the instance does not count them: a third more than the load needs."""
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
    """A length or a time, which must be whole once it is scaled."""
    if (value * scale).denominator != 1:
        line.refuse(f"{name} has too many decimals: {float(value):g}")
    return line.whole(value * scale, name)


def straight(positions: Sequence[tuple[Fraction, Fraction]], scale: int) -> Matrix:
    """Distances as the crow flies, exactly: tenths are cut off, wholes are rounded."""
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
    """The whole tenths in the root of a square that was counted in parts of a unit."""
    return math.isqrt(TENTHS**2 * square) // unit


def _rounded(square: int, unit: int) -> int:
    """The nearest whole, halves up: the whole part of (2 root + 1) / 2."""
    return (math.isqrt(4 * square) + unit) // (2 * unit)

"""Pool of tours found by the engines: the cheapest order per set of visits and vehicle type."""

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np

from routing.master.vehicle_types import vehicle_types
from routing.problem import Problem
from routing.timing.encoding import IntArray


class Columns(NamedTuple):
    """Tours as flat arrays.

    Attributes
    ----------
    vehicle_types, costs : arrays of shape (tours,)
        The vehicle type of each tour, and its exact cost in shares.
    begins : array of shape (tours + 1,)
        The index in `visits` of each tour's first visit.
    visits : array of int
        The rows of all visits, in the order of the tours.
    """

    vehicle_types: IntArray
    costs: IntArray
    begins: IntArray
    visits: IntArray

    def order(self, column: int) -> tuple[int, ...]:
        """Return the rows of the visits of a tour, in their order."""
        return tuple(self.visits[self.begins[column] : self.begins[column + 1]].tolist())


class Pool:
    """Pool of tours, safe for several threads.

    The caller of `add` guarantees that the tour is legal on its shift, and its cost.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.vehicle_types = vehicle_types(problem)
        self._types: list[int] = self.vehicle_types.tolist()
        self._numbers: dict[tuple[int, ...], int] = {}
        self._costs: list[int] = []
        self._orders: list[tuple[int, ...]] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._costs)

    def add(self, shift: int, visits: Sequence[int], cost: int) -> int:
        """Add a tour unless one with the same visits and vehicle type is at least as cheap.

        Parameters
        ----------
        shift : int
            The row of the shift.
        visits : sequence of int
            The rows of the visits, at least one, in their order.
        cost : int
            The exact cost in shares.

        Returns
        -------
        int
            The number, among the pool's columns, of the tour that is kept.
        """
        key = (self._types[shift], *sorted(visits))
        with self._lock:
            number = self._numbers.setdefault(key, len(self._costs))
            if number == len(self._costs):
                self._costs.append(cost)
                self._orders.append(tuple(visits))
            elif cost < self._costs[number]:
                self._costs[number], self._orders[number] = cost, tuple(visits)
        return number

    def add_all(self, other: "Pool") -> None:
        """Add the tours of another pool of the same problem."""
        columns = other.columns()
        shifts = {kind: row for row, kind in enumerate(self._types)}
        for number, kind in enumerate(columns.vehicle_types.tolist()):
            self.add(shifts[kind], columns.order(number), int(columns.costs[number]))

    def columns(self) -> Columns:
        """Return all tours, in the order in which their sets of visits were first added."""
        with self._lock:
            keys, costs, orders = list(self._numbers), list(self._costs), list(self._orders)
        lengths = np.array([len(order) for order in orders], dtype=np.int64)
        return Columns(
            vehicle_types=np.array([key[0] for key in keys], dtype=np.int64),
            costs=np.array(costs, dtype=np.int64),
            begins=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]),
            visits=np.array([visit for order in orders for visit in order], dtype=np.int64),
        )

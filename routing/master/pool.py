"""Knows the tours that engines have found: each set of visits once per kind of shift, cheapest."""

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np

from routing.master.vehicle_types import kinds
from routing.problem import Problem
from routing.timing.encoding import Whole


class Columns(NamedTuple):
    """Tours as flat arrays.

    Attributes
    ----------
    kinds, shares : one entry per tour
        The kind of shift it is for, and its exact cost.
    begins : one entry per tour, and one more
        Where its visits begin in `visits`.
    visits : the rows of all visits, in the order of driving
    """

    kinds: Whole
    shares: Whole
    begins: Whole
    visits: Whole

    def order(self, column: int) -> tuple[int, ...]:
        """The visits of one tour, by their rows."""
        return tuple(self.visits[self.begins[column] : self.begins[column + 1]].tolist())


class Pool:
    """Every tour an engine thought worth keeping.

    Whoever adds a tour answers for it: it is legal on that shift, and costs exactly so much.
    Several threads may add at a time.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.kinds = kinds(problem)
        self._kinds: list[int] = self.kinds.tolist()
        self._numbers: dict[tuple[int, ...], int] = {}
        self._shares: list[int] = []
        self._orders: list[tuple[int, ...]] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._shares)

    def add(self, shift: int, visits: Sequence[int], shares: int) -> int:
        """Keep a tour, unless one with the same visits on such a shift is at least as cheap.

        Parameters
        ----------
        shift, visits
            Their rows in the problem; the visits, at least one, in the order of driving.
        shares : int
            What it costs, exactly.

        Returns
        -------
        int
            The number, among the pool's columns, of the one that is kept.
        """
        key = (self._kinds[shift], *sorted(visits))
        with self._lock:
            number = self._numbers.setdefault(key, len(self._shares))
            if number == len(self._shares):
                self._shares.append(shares)
                self._orders.append(tuple(visits))
            elif shares < self._shares[number]:
                self._shares[number], self._orders[number] = shares, tuple(visits)
        return number

    def columns(self) -> Columns:
        """All tours, in the order in which their sets of visits were first found."""
        with self._lock:
            keys, shares, orders = list(self._numbers), list(self._shares), list(self._orders)
        lengths = np.array([len(order) for order in orders], dtype=np.int64)
        return Columns(
            kinds=np.array([key[0] for key in keys], dtype=np.int64),
            shares=np.array(shares, dtype=np.int64),
            begins=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]),
            visits=np.array([visit for order in orders for visit in order], dtype=np.int64),
        )

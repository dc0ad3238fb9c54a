"""Knows when the master takes its turn in a search, and what comes of it."""

import time
from collections.abc import Callable
from typing import Final

from routing.kernel.search import Kernel, Orders
from routing.master.pool import Pool
from routing.master.recombine import WHOLE, recombined
from routing.master.work_limit import Effort
from routing.problem import Problem

TURNS: Final = (0.45, 0.65, 0.8, 0.9, 0.96)
"""At which parts of the budget the master takes a turn."""

SHARE: Final = 0.06
"""The part of the budget that a turn may take; whoever needed more passes his next one."""

SHARE_OF_MANY: Final = 0.02
"""The same where a choice is made region by region, which takes whatever time it is given."""

WORK: Final = 1.0
"""CP-SAT's own measure for one turn, about a second."""

HOT_UNTIL: Final = 0.25
"""Up to this part of the budget no tours are worth keeping: they fill the pool for nothing."""

FEWEST: Final = 3
"""Tours below which there is nothing to choose."""


class Turns:
    """The master's turns in one search."""

    def __init__(
        self,
        problem: Problem,
        better: Callable[[Callable[[], Orders]], None],
        seconds: float | None,
    ) -> None:
        self.pool = Pool(problem)
        self._share = SHARE if len(problem.visits) <= WHOLE else SHARE_OF_MANY
        self._better = better
        self._seconds = seconds
        self._left = list(TURNS)
        self._took = 0.0
        self._hot = True

    def take(self, kernel: Kernel, at: float) -> None:
        """Take a turn if one is due at this part of the budget."""
        if self._hot and at >= HOT_UNTIL:
            self._hot = False
            kernel.forget_tours()
        if not self._left or at < self._left[0]:
            return
        while self._left and at >= self._left[0]:
            self._left.pop(0)
        if self._seconds is not None and self._took > 2 * self._share * self._seconds:
            # The next one is not passed: it may have fewer tours to choose from.
            self._took = 0.0
            return
        began = time.monotonic()
        self._choose(kernel)
        self._took = time.monotonic() - began

    def _choose(self, kernel: Kernel) -> None:
        present = kernel.orders()
        if len(present) < FEWEST:
            return
        for column in kernel.columns():
            self.pool.add(column.shift, column.visits, column.cost)
        seconds = 600.0 if self._seconds is None else self._share * self._seconds
        found = recombined(self.pool, present, Effort(seconds=seconds, work=WORK), seed=kernel.done)
        before = kernel.best
        kernel.forget_tours()
        kernel.begin({shift: list(names) for shift, names in found.items()})
        if kernel.best < before:
            self._better(kernel.orders)

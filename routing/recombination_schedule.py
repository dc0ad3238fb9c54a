"""Recombination schedule: the points of a search at which the master recombines its tours."""

import time
from collections.abc import Callable
from typing import Final

from routing.kernel.search import Kernel, Orders
from routing.master.pool import Pool
from routing.master.recombine import MAX_AT_ONCE, recombine
from routing.master.work_limit import WorkLimit
from routing.problem import Problem

RECOMBINATIONS: Final = (0.45, 0.65, 0.8, 0.9, 0.96)
"""Shares of the budget at which the tours are recombined."""

TIME_SHARE: Final = 0.06
"""Share of the budget for one recombination; after one of twice as much the next is skipped."""

TIME_SHARE_BY_REGIONS: Final = 0.02
"""The same share if recombination is by regions, which takes all the time it is given."""

DETERMINISTIC_TIME: Final = 1.0
"""CP-SAT's deterministic time for one recombination, about a second."""

UNLIMITED_SECONDS: Final = 600.0
"""Seconds for one recombination if the budget has no bound in seconds."""

POOL_FROM: Final = 0.25
"""Share of the budget before which tours are not kept.

At high temperatures they would only fill the pool.
"""

MIN_TOURS: Final = 3
"""Tours of the best solution below which nothing is recombined."""


class RecombinationSchedule:
    """Recombinations of one search.

    Parameters
    ----------
    problem : Problem
    on_best : callable
        Receives each improvement, as `KernelObserver.on_best`.
    seconds : float, optional
        The budget of the search, of wall clock.
    """

    def __init__(
        self,
        problem: Problem,
        on_best: Callable[[Callable[[], Orders]], None],
        seconds: float | None,
    ) -> None:
        self.pool = Pool(problem)
        at_once = len(problem.visits) <= MAX_AT_ONCE
        self._time_share = TIME_SHARE if at_once else TIME_SHARE_BY_REGIONS
        self._on_best = on_best
        self._seconds = seconds
        self._pending = list(RECOMBINATIONS)
        self._last_seconds = 0.0
        self._is_hot = True

    def advance(self, kernel: Kernel, share: float) -> None:
        """Recombine if a recombination is due at this share of the budget."""
        if self._is_hot and share >= POOL_FROM:
            self._is_hot = False
            kernel.clear_pool()
        if not self._pending or share < self._pending[0]:
            return
        while self._pending and share >= self._pending[0]:
            self._pending.pop(0)
        if self._is_over_time():
            # The one after it is not skipped: it may have fewer tours.
            self._last_seconds = 0.0
            return
        began = time.monotonic()
        self._recombine(kernel)
        self._last_seconds = time.monotonic() - began

    def _is_over_time(self) -> bool:
        return (
            self._seconds is not None and self._last_seconds > 2 * self._time_share * self._seconds
        )

    def _recombine(self, kernel: Kernel) -> None:
        present = kernel.orders()
        if len(present) < MIN_TOURS:
            return
        for tour in kernel.pool_tours():
            self.pool.add(tour.shift, tour.visits, tour.cost)
        seconds = UNLIMITED_SECONDS
        if self._seconds is not None:
            seconds = self._time_share * self._seconds
        limit = WorkLimit(seconds=seconds, deterministic=DETERMINISTIC_TIME)
        orders = recombine(self.pool, present, limit, seed=kernel.iterations)
        before = kernel.best_cost
        kernel.clear_pool()
        kernel.initialise({shift: list(names) for shift, names in orders.items()})
        if kernel.best_cost < before:
            self._on_best(kernel.orders)

"""Knows how the kernel is set to work on a problem, watched, and stopped."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from routing.kernel import layout as o
from routing.kernel.anneal import anneal, begin
from routing.kernel.ground import ground, temperature
from routing.kernel.state import Column, best_orders, columns, fresh, laid_out
from routing.problem import Problem
from routing.timing.flat import flat

Orders = dict[str, list[str]]
"""Per shift, the visits it serves, in their order."""

HOT: Final = 4.0
COLD: Final = 0.02
"""The first and the last temperature, in costs of the way to a near neighbour."""

WARM: Final = 0.3
"""The first temperature where the search goes on from a plan."""

CHUNK: Final = 0.02
"""Seconds between two looks at the clock, about."""

FIRST_CHUNK: Final = 50
MOST_CHUNK: Final = 20_000

CYCLE: Final = 50_000
"""Iterations from hot to cold where no bound says when the end is."""


class Watcher(Protocol):
    """Who is told of better solutions, and says when it is enough."""

    def better(self, read: Callable[[], Orders]) -> None:
        """A solution cheaper than all before it has been found."""

    def enough(self, moves: int) -> bool:
        """Whether to stop, after so many iterations."""

    def progress(self, moves: int) -> float | None:
        """Which part of the budget is used, from 0 to 1; None where that cannot be told."""


class Kernel:
    """A solution that gets better, by one seed."""

    def __init__(self, problem: Problem, seed: int = 0) -> None:
        self.problem = problem
        self.f, self.g = flat(problem), ground(problem)
        self.s = fresh(self.f, self.g, seed)
        self.done = 0
        self._unit = temperature(problem)

    def begin(self, orders: Mapping[str, Sequence[str]] | None = None) -> bool:
        """Begin from these tours, and complete them; False if one of them is not legal."""
        rows = {
            self.problem.shift_row(shift): [self.problem.visit_row(name) for name in names]
            for shift, names in (orders or {}).items()
        }
        return bool(begin(self.f, self.g, self.s, laid_out(self.g, rows)))

    def run(self, iterations: int, hot: float, cold: float) -> None:
        """Search on, between two temperatures in costs of the way to a near neighbour."""
        anneal(self.f, self.g, self.s, iterations, hot * self._unit, cold * self._unit)
        self.done += iterations

    @property
    def best(self) -> int:
        """The cost of the best solution in shares; a mandatory visit left out is priced too."""
        return int(self.s[o.BEST])

    def orders(self) -> Orders:
        """The best solution."""
        shifts, visits = self.problem.shifts, self.problem.visits
        return {
            shifts[shift].id: [visits[row].id for row in rows]
            for shift, rows in best_orders(self.g, self.s).items()
        }

    def columns(self) -> list[Column]:
        """The tours of good solutions."""
        return columns(self.s)


def search(
    problem: Problem,
    watcher: Watcher,
    start: Orders | None = None,
    *,
    iterations: int | None = None,
    seed: int = 0,
    aside: Callable[["Kernel", float], None] | None = None,
) -> Kernel:
    """Search until the watcher has enough; the watcher keeps what was found.

    Parameters
    ----------
    start : mapping of str to list of str, optional
        Legal orders to go on from.
    iterations : int, optional
        The most; with this bound alone a search always finds the same.
    aside : callable, optional
        Called now and then with the kernel, which it may begin anew, and the part of the budget that
        is used.
    """
    kernel = Kernel(problem, seed)
    if not kernel.begin(start):
        kernel, start = Kernel(problem, seed), None
        kernel.begin()
    watcher.better(kernel.orders)
    pace, hottest = _Pace(iterations), WARM if start else HOT
    while not watcher.enough(kernel.done):
        best, at = kernel.best, watcher.progress(kernel.done)
        if at is None:
            at = kernel.done % CYCLE / CYCLE
        warmth = hottest * (COLD / hottest) ** min(1.0, at)
        with pace:
            kernel.run(pace.chunk, warmth, warmth)
        if kernel.best < best:
            watcher.better(kernel.orders)
        if aside is not None:
            aside(kernel, at)
    return kernel


class _Pace:
    """How many iterations to search between two looks at the clock."""

    def __init__(self, iterations: int | None) -> None:
        self._fixed = iterations is not None
        self.chunk = FIRST_CHUNK if iterations is None else max(1, min(500, iterations // 50))
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        if not self._fixed:
            elapsed = max(time.perf_counter() - self._began, 1e-9)
            self.chunk = max(1, min(MOST_CHUNK, int(self.chunk * min(2.0, CHUNK / elapsed))))

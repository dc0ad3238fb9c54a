"""Knows how the kernel is set to work on a problem, watched, and stopped."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from routing.kernel import memory_layout as o
from routing.kernel.anneal import anneal, begin
from routing.kernel.problem_data import grounded, temperature
from routing.kernel.state import (
    PoolTour,
    best_orders,
    columns,
    forget_tours,
    fresh,
    laid_out,
    ruin_less,
)
from routing.problem import Problem
from routing.timing.encoding import flat

Orders = dict[str, list[str]]
"""Per shift, the visits it serves, in their order."""

HOT: Final = 16.0
COLD: Final = 0.1
"""The first and the last temperature up to `FEW` visits, in what the way to a near one costs."""

FEW: Final = 300

MANY: Final = (-0.4, -1.3)
"""By which powers of their number both grow with more visits.

Each is moved less often in the same time, and there is less time to waste on being hot.
"""

MANY_SCARCE: Final = (0.6, 0.9)
"""The same where who is served is the question.

Exchanging one visit for another takes detours that a search of short ways never makes.
"""

SCARCE: Final = 0.02
"""It is where the first solution leaves out more than this part of the visits."""

WARM: Final = (0.3, 0.005)
"""Both temperatures where the search goes on from a plan."""

CHUNK: Final = 0.02
"""Seconds between two looks at the clock, about."""

FIRST_CHUNK: Final = 50
MOST_CHUNK: Final = 20_000

MEETINGS: Final = (0.3, 0.5, 0.7, 0.85)
"""At which parts of the budget several searches go on from the best of them."""

CYCLE: Final = 50_000
"""Iterations from hot to cold where no bound says when the end is."""


class KernelWatcher(Protocol):
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
        self.f = flat(problem)
        self.g, self._visits, self._ranks = grounded(problem)
        self.s = fresh(self.f, self.g, seed)
        self.done = 0
        self.peers: tuple[Kernel, ...] = ()
        self._unit = temperature(problem)

    def begin(self, orders: Mapping[str, Sequence[str]] | None = None) -> bool:
        """Begin from these tours, and complete them; False if one of them is not legal."""
        rows = {
            self.problem.shift_row(shift): [
                int(self._ranks[self.problem.visit_row(name)]) for name in names
            ]
            for shift, names in (orders or {}).items()
        }
        if max(map(len, rows.values()), default=0) > self.g[o.CAPACITY_ROWS] - 2:
            return False
        return bool(begin(self.f, self.g, self.s, laid_out(self.g, rows)))

    def run(self, iterations: int, hot: float, cold: float) -> None:
        """Search on, between two temperatures in costs of the way to a near neighbour."""
        anneal(self.f, self.g, self.s, iterations, hot * self._unit, cold * self._unit)
        self.done += iterations

    @property
    def best(self) -> int:
        """The cost of the best solution in shares; a mandatory visit left out is priced too."""
        return int(self.s[o.BEST])

    @property
    def left_out(self) -> int:
        """How many visits the present solution does not serve."""
        return int(self.s[o.OUTSIDE])

    def orders(self) -> Orders:
        """The best solution."""
        shifts, visits = self.problem.shifts, self.problem.visits
        return {
            shifts[shift].id: [visits[row].id for row in self._visits[rows]]
            for shift, rows in best_orders(self.g, self.s).items()
        }

    def forget_tours(self) -> None:
        """Empty the pool, and its peers'."""
        for kernel in (self, *self.peers):
            forget_tours(kernel.s)

    def columns(self) -> list[PoolTour]:
        """The tours of good solutions, its own and its peers', by the problem's rows."""
        everybody = (self, *self.peers)
        return [found for kernel in everybody for found in columns(kernel.s, self._visits)]


def search(
    problem: Problem,
    watcher: KernelWatcher,
    start: Orders | None = None,
    *,
    iterations: int | None = None,
    seed: int = 0,
    threads: int = 1,
    aside: Callable[["Kernel", float], None] | None = None,
) -> Kernel:
    """Search until the watcher has enough; the watcher keeps what was found.

    Parameters
    ----------
    start : mapping of str to list of str, optional
        Legal orders to go on from.
    iterations : int, optional
        The most; with this bound alone a search always finds the same.
    threads : int
        So many searches at once, each with a seed of its own; the last to fall behind go on from
        the best now and then.
    aside : callable, optional
        Called now and then with the kernel, which it may begin anew, and the part of the budget
        that is used.
    """
    team = _Team(problem, start, seed=seed, threads=threads)
    watcher.better(team.best.orders)
    hottest, coldest = _temperatures(team)
    pace = _Pace(iterations)
    with team:
        while not watcher.enough(team.done):
            before, at = team.best.best, watcher.progress(team.done)
            if at is None:
                at = team.done % CYCLE / CYCLE
            with pace:
                team.run(pace.chunk, hottest * (coldest / hottest) ** min(1.0, at), at)
            if aside is not None:
                aside(team.best, at)
            if team.best.best < before:
                watcher.better(team.best.orders)
    return team.best


def _temperatures(team: "_Team") -> tuple[float, float]:
    """The first and the last, in costs of the way to a near neighbour."""
    if team.goes_on:
        return WARM
    hotter, less_cold = MANY_SCARCE if team.scarce else MANY
    many = max(1.0, len(team.best.problem.visits) / FEW)
    return HOT * many**hotter, COLD * many**less_cold


class _Team:
    """Searches that differ by their seeds, each in a thread of its own."""

    def __init__(self, problem: Problem, start: Orders | None, *, seed: int, threads: int) -> None:
        # What is made once for a problem is made before anybody shares it.
        self._all = [Kernel(problem, seed + number) for number in range(max(1, threads))]
        begun = [kernel.begin(start) for kernel in self._all]
        self.goes_on = start is not None and all(begun)
        for kernel, legal in zip(self._all, begun, strict=True):
            kernel.peers = tuple(other for other in self._all if other is not kernel)
            if not legal:
                kernel.begin()
        self.scarce = self.best.left_out > SCARCE * len(problem.visits)
        if self.scarce:
            for kernel in self._all:
                ruin_less(kernel.s)
        self._pool = ThreadPoolExecutor(len(self._all))
        self._meetings = list(MEETINGS)

    @property
    def done(self) -> int:
        """The iterations of each."""
        return self._all[0].done

    @property
    def best(self) -> Kernel:
        """Who has the best solution; of equals the first."""
        return min(self._all, key=lambda kernel: kernel.best)

    def run(self, iterations: int, warmth: float, at: float) -> None:
        """Let everybody search on, and meet when it is time."""
        if len(self._all) == 1:
            self._all[0].run(iterations, warmth, warmth)
            return
        list(self._pool.map(lambda kernel: kernel.run(iterations, warmth, warmth), self._all))
        while self._meetings and at >= self._meetings[0]:
            self._meetings.pop(0)
            best = self.best
            for kernel in self._all:
                if kernel.best > best.best:
                    kernel.begin(best.orders())

    def __enter__(self) -> None:
        """The threads begin with the first work."""

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()


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

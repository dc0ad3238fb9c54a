"""Search of the kernel: its temperatures, its threads, and its observer."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from routing.kernel.anneal import anneal, initialise
from routing.kernel.problem_data import problem_data, temperature_unit
from routing.kernel.state import (
    PoolTour,
    best_orders,
    clear_pool,
    new_state,
    order_table,
    pool_tours,
    use_small_ruins,
)
from routing.problem import Problem
from routing.timing.encoding import encode

Orders = dict[str, list[str]]
"""Per shift, the visits it serves, in their order."""

INITIAL_TEMPERATURE: Final = 16.0
"""First temperature with up to `REFERENCE_SIZE` visits.

The unit of temperatures is the mean cost of the leg to a near neighbour; see
`problem_data.temperature_unit`.
"""

FINAL_TEMPERATURE: Final = 0.1
"""Last temperature with up to `REFERENCE_SIZE` visits, in the same unit."""

REFERENCE_SIZE: Final = 300
"""Visits above which the temperatures depend on the number of visits."""

SIZE_EXPONENTS: Final = (-0.4, -1.3)
"""Powers of the number of visits by which the first and the last temperature change.

With more visits each is moved less often in the same time. Less of that time may be spent at high
temperatures.
"""

SCARCE_SIZE_EXPONENTS: Final = (0.6, 0.9)
"""The same powers if not all visits can be served.

Exchanging one visit for another takes detours that a search at low temperatures never accepts.
"""

SCARCITY: Final = 0.02
"""Share of unassigned visits in the first solution above which `SCARCE_SIZE_EXPONENTS` hold."""

WARM_START_TEMPERATURES: Final = (0.3, 0.005)
"""First and last temperature of a search that begins from a given plan, in the same unit."""

CHUNK_SECONDS: Final = 0.02
"""Approximate seconds between two calls of the observer."""

FIRST_CHUNK: Final = 8
"""Iterations before the first call of the observer; one may take long where breaks are many."""

MAX_CHUNK: Final = 20_000
"""Most iterations between two calls of the observer."""

SYNCHRONISATIONS: Final = (0.3, 0.5, 0.7, 0.85)
"""Shares of the budget at which parallel searches continue from the best of their solutions."""

CYCLE_ITERATIONS: Final = 50_000
"""Iterations from the first to the last temperature if the end of the search is not known."""


class KernelObserver(Protocol):
    """Observer and stopping criterion of a search by the kernel."""

    def on_best(self, read: Callable[[], Orders]) -> None:
        """Receive a solution cheaper than all before it; `read` returns its orders."""

    def should_stop(self, iterations: int) -> bool:
        """Return whether to stop after this many iterations."""

    def progress(self, iterations: int) -> float | None:
        """Return the share of the budget used, from 0 to 1; None if it is not known."""


class Kernel:
    """Ruin and recreate of one problem with one seed.

    Parameters
    ----------
    seed : int, default 0
        Seed of the random numbers.

    Attributes
    ----------
    encoded : array of int
    data : KernelData
    state : SearchState
        See `memory_layout`.
    iterations : int
        Iterations done.
    peers : tuple of Kernel
        The other searches of the same problem; `pool_tours` includes their pools.
    """

    def __init__(self, problem: Problem, seed: int = 0) -> None:
        self.problem = problem
        self.encoded = encode(problem)
        self.data, self._visits, self._ranks = problem_data(problem)
        self.state = new_state(self.encoded, self.data, seed)
        self.iterations = 0
        self.peers: tuple[Kernel, ...] = ()
        self._temperature_unit = temperature_unit(problem)

    def initialise(self, orders: Mapping[str, Sequence[str]] | None = None) -> bool:
        """Load a solution and insert unassigned visits where each costs least.

        Parameters
        ----------
        orders : mapping of str to sequence of str, optional
            Per shift, its visits; empty by default.

        Returns
        -------
        bool
            Whether all of these tours are legal.
        """
        rows = {
            self.problem.shift_row(shift): [
                int(self._ranks[self.problem.visit_row(name)]) for name in names
            ]
            for shift, names in (orders or {}).items()
        }
        if max(map(len, rows.values()), default=0) > self.data.max_points - 2:
            return False
        table = order_table(self.data, rows)
        return bool(initialise(self.encoded, self.data.array, self.state.array, table))

    def run(self, iterations: int, first: float, last: float) -> None:
        """Continue the search while cooling from one temperature to another.

        Parameters
        ----------
        first, last : float
            Temperatures in units of the mean cost of the leg to a near neighbour.
        """
        unit = self._temperature_unit
        arrays = self.encoded, self.data.array, self.state.array
        anneal(*arrays, iterations, first * unit, last * unit)
        self.iterations += iterations

    @property
    def best_cost(self) -> int:
        """Cost of the best solution in shares, unassigned mandatory visits included."""
        return self.state.best_cost

    @property
    def num_unassigned(self) -> int:
        """Number of unassigned visits in the current solution."""
        return self.state.num_unassigned

    def orders(self) -> Orders:
        """Return the best solution."""
        shifts, visits = self.problem.shifts, self.problem.visits
        return {
            shifts[shift].id: [visits[row].id for row in self._visits[rows]]
            for shift, rows in best_orders(self.data, self.state).items()
        }

    def clear_pool(self) -> None:
        """Remove all tours from its pool and from its peers' pools."""
        for kernel in (self, *self.peers):
            clear_pool(kernel.state)

    def pool_tours(self) -> list[PoolTour]:
        """Return the tours of its pool and of its peers' pools, by rows of the problem."""
        kernels = (self, *self.peers)
        return [tour for kernel in kernels for tour in pool_tours(kernel.state, self._visits)]


def search(
    problem: Problem,
    observer: KernelObserver,
    start: Orders | None = None,
    *,
    iterations: int | None = None,
    seed: int = 0,
    threads: int = 1,
    between_chunks: Callable[[Kernel, float], None] | None = None,
) -> Kernel:
    """Search until the observer stops it, and pass each better solution to the observer.

    Parameters
    ----------
    start : mapping of str to list of str, optional
        Legal orders to begin from.
    iterations : int, optional
        The most iterations; with this bound alone a search is reproducible.
    seed : int, default 0
        Seed of the first search; the others use the following numbers.
    threads : int, default 1
        Number of parallel searches. At `SYNCHRONISATIONS` all of them continue from the best.
    between_chunks : callable, optional
        Called with the best kernel, which it may initialise anew, and the share of the budget used.

    Returns
    -------
    Kernel
        The search with the best solution.
    """
    team = _SearchTeam(problem, start, seed=seed, threads=threads)
    observer.on_best(team.best.orders)
    first, last = _temperatures(team)
    chunks = _Chunks(iterations)
    with team:
        while not observer.should_stop(team.iterations):
            before, share = team.best.best_cost, observer.progress(team.iterations)
            if share is None:
                share = team.iterations % CYCLE_ITERATIONS / CYCLE_ITERATIONS
            for chunk in chunks.of_step():
                team.run(chunk, first * (last / first) ** min(1.0, share))
                if observer.should_stop(team.iterations):
                    break
            team.synchronise(share)
            if between_chunks is not None:
                between_chunks(team.best, share)
            if team.best.best_cost < before:
                observer.on_best(team.best.orders)
    return team.best


def _temperatures(team: "_SearchTeam") -> tuple[float, float]:
    """Return the first and the last temperature, in costs of the leg to a near neighbour."""
    if team.is_warm_start:
        return WARM_START_TEMPERATURES
    first, last = SCARCE_SIZE_EXPONENTS if team.is_scarce else SIZE_EXPONENTS
    size = max(1.0, len(team.best.problem.visits) / REFERENCE_SIZE)
    return INITIAL_TEMPERATURE * size**first, FINAL_TEMPERATURE * size**last


class _SearchTeam:
    """Parallel searches that differ by their seeds, one in each thread."""

    def __init__(self, problem: Problem, start: Orders | None, *, seed: int, threads: int) -> None:
        # The constructor fills `Problem.derived` before threads share it.
        self._kernels = [Kernel(problem, seed + number) for number in range(max(1, threads))]
        is_legal = [kernel.initialise(start) for kernel in self._kernels]
        self.is_warm_start = start is not None and all(is_legal)
        for kernel, legal in zip(self._kernels, is_legal, strict=True):
            kernel.peers = tuple(other for other in self._kernels if other is not kernel)
            if not legal:
                kernel.initialise()
        self.is_scarce = self.best.num_unassigned > SCARCITY * len(problem.visits)
        if self.is_scarce:
            for kernel in self._kernels:
                use_small_ruins(kernel.state)
        self._pool = ThreadPoolExecutor(len(self._kernels))
        self._synchronisations = list(SYNCHRONISATIONS)

    @property
    def iterations(self) -> int:
        """Iterations of each search."""
        return self._kernels[0].iterations

    @property
    def best(self) -> Kernel:
        """The search with the cheapest solution; the first of equals."""
        return min(self._kernels, key=lambda kernel: kernel.best_cost)

    def run(self, iterations: int, temperature: float) -> None:
        """Run all searches."""
        if len(self._kernels) == 1:
            self._kernels[0].run(iterations, temperature, temperature)
            return
        list(
            self._pool.map(
                lambda kernel: kernel.run(iterations, temperature, temperature), self._kernels
            )
        )

    def synchronise(self, share: float) -> None:
        """Continue from the best solution if this share of the budget is due for it."""
        while self._synchronisations and share >= self._synchronisations[0]:
            self._synchronisations.pop(0)
            best = self.best
            for kernel in self._kernels:
                if kernel.best_cost > best.best_cost:
                    kernel.initialise(best.orders())

    def __enter__(self) -> None:
        """Return nothing: the threads start with the first work."""

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()


class _Chunks:
    """Numbers of iterations between two calls of the observer, adapted to `CHUNK_SECONDS`.

    With a fixed number of iterations a step at one temperature has a fixed length, so that a search
    is reproducible. Its chunks change no solution.
    """

    def __init__(self, iterations: int | None) -> None:
        self._step = None if iterations is None else max(1, min(500, iterations // 50))
        self._chunk = FIRST_CHUNK

    def of_step(self) -> Iterator[int]:
        """Yield the chunks of the next step; without a fixed step it is one chunk."""
        left = self._step or self._chunk
        while left > 0:
            chunk, began = min(left, self._chunk), time.perf_counter()
            yield chunk
            elapsed = max(time.perf_counter() - began, 1e-9)
            adapted = int(chunk * min(2.0, CHUNK_SECONDS / elapsed))
            self._chunk = max(1, min(MAX_CHUNK, adapted))
            left -= chunk

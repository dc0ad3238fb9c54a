"""Knows how OR-Tools is set to work on a model, and how it is watched and stopped.

The search is parallel cheapest insertion, then guided local search. It keeps the interpreter's
lock to its end and no signal reaches it, so whoever needs to stop it for certain runs it in a
process of its own; the limit below stops it between two candidate moves.
"""

from collections.abc import Callable
from typing import Final, Protocol

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.model.routing_model import Model, Var

Orders = dict[str, list[str]]
"""Per shift, the visits it serves, in their order."""

MOVES_PER_LOOK: Final = 64
"""Candidate moves between two looks at the watch; some 200,000 are examined per second."""

A_DAY: Final = 86_400
"""No search is meant to last so long: OR-Tools warns unless it is given some limit in seconds."""


class ModelWatcher(Protocol):
    """Who is told of better solutions, and says when it is enough."""

    def better(self, read: Callable[[], Orders]) -> None:
        """A solution cheaper than all before it has been found."""

    def enough(self, moves: int) -> bool:
        """Whether to stop, after so many candidate moves."""


def search(
    model: Model,
    watcher: ModelWatcher,
    start: Orders | None = None,
    *,
    seconds: float | None = None,
) -> None:
    """Search until the watcher has enough; the watcher keeps what was found.

    Parameters
    ----------
    start : mapping of str to list of str, optional
        Orders to begin from; the search makes its own if the model refuses them.
    seconds : float, optional
        The most it may take. The watcher is not asked while a first solution is being built,
        which this bound stops too.

    Raises
    ------
    Exception
        Whatever the watcher raised: OR-Tools would swallow it.
    """
    watch = _Watch(model, watcher)
    try:
        _searched(model, watch, start, _parameters(seconds or A_DAY))
    finally:
        failure = watch.failure
        watch.let_go()
    if failure is not None:
        raise failure


def _searched(model: Model, watch: "_Watch", start: Orders | None, parameters: Var) -> None:
    # Closing comes first: an assignment cannot be read into an open model.
    model.routing.CloseModelWithParameters(parameters)
    model.routing.AddAtSolutionCallback(watch.on_solution)
    model.routing.AddSearchMonitor(model.solver().CustomLimit(watch.on_move))
    assignment = model.assignment(start) if start else None
    if assignment is None:
        model.routing.SolveWithParameters(parameters)
    else:
        model.routing.SolveFromAssignmentWithParameters(assignment, parameters)


def _parameters(seconds: float) -> Var:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    parameters.time_limit.FromMilliseconds(max(1, round(1_000 * min(seconds, A_DAY))))
    return parameters


class _Watch:
    """What OR-Tools calls back.

    An exception must not pass through OR-Tools, which may take it for an answer: it is kept
    here, it ends the search, and `search` raises it.
    """

    def __init__(self, model: Model, watcher: ModelWatcher) -> None:
        self.model = model
        self.watcher = watcher
        self.failure: BaseException | None = None
        self._cheapest: int | None = None
        self._moves = 0
        self._done = False

    def on_solution(self) -> None:
        with self:
            cost: int = self.model.routing.CostVar().Value()
            if self._cheapest is None or cost < self._cheapest:
                self._cheapest = cost
                self.watcher.better(self._read)

    def on_move(self) -> bool:
        self._moves += 1
        if self._moves % MOVES_PER_LOOK == 0 and not self._done:
            with self:
                self._done = self.watcher.enough(self._moves)
        return self._done

    def let_go(self) -> None:
        """Forget the model, which holds this watch where no garbage collector looks."""
        del self.model, self.watcher

    def __enter__(self) -> None:
        """Everything inside is kept from OR-Tools."""

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: object
    ) -> bool:
        if failure is not None:
            self.failure = self.failure or failure
            self._done = True
        return True

    def _read(self) -> Orders:
        next_var = self.model.routing.NextVar
        return self.model.orders(lambda index: next_var(index).Value())

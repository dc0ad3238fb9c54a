"""Search of the OR-Tools model, its observer, and its stop.

The search is parallel cheapest insertion, then guided local search. It holds the interpreter's lock
to its end, and no signal reaches it. A caller that must be able to stop it runs it in a process of
its own; the limit below stops it between two candidate moves.
"""

from collections.abc import Callable
from typing import Final, Protocol

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.model.routing_model import Handle, Model

Orders = dict[str, list[str]]
"""Per shift, the visits it serves, in their order."""

MOVES_PER_CHECK: Final = 64
"""Candidate moves between two calls of the observer; some 200,000 are tried per second."""

MAX_SECONDS: Final = 86_400
"""Seconds of the longest search; OR-Tools warns unless it has some limit."""


class ModelObserver(Protocol):
    """Observer and stopping criterion of a search of the OR-Tools model."""

    def on_best(self, read: Callable[[], Orders]) -> None:
        """Receive a solution cheaper than all before it; `read` returns its orders."""

    def should_stop(self, moves: int) -> bool:
        """Return whether to stop after this many candidate moves."""


def search(
    model: Model,
    observer: ModelObserver,
    start: Orders | None = None,
    *,
    seconds: float | None = None,
) -> None:
    """Search until the observer stops it; the observer keeps the solutions.

    Parameters
    ----------
    start : mapping of str to list of str, optional
        Orders to begin from. If the model refuses them, the search builds its own.
    seconds : float, optional
        The most time. It also ends the construction of the first solution, during which the
        observer is not called.

    Raises
    ------
    Exception
        Any exception of the observer, which OR-Tools would swallow.
    """
    callbacks = _Callbacks(model, observer)
    try:
        _run(model, callbacks, start, _parameters(seconds or MAX_SECONDS))
    finally:
        failure = callbacks.failure
        callbacks.release()
    if failure is not None:
        raise failure


def _run(model: Model, callbacks: "_Callbacks", start: Orders | None, parameters: Handle) -> None:
    # Closing comes first: an assignment cannot be read into an open model.
    model.routing.CloseModelWithParameters(parameters)
    model.routing.AddAtSolutionCallback(callbacks.on_solution)
    model.routing.AddSearchMonitor(model.solver().CustomLimit(callbacks.on_move))
    assignment = model.assignment(start) if start else None
    if assignment is None:
        model.routing.SolveWithParameters(parameters)
    else:
        model.routing.SolveFromAssignmentWithParameters(assignment, parameters)


def _parameters(seconds: float) -> Handle:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    parameters.time_limit.FromMilliseconds(max(1, round(1_000 * min(seconds, MAX_SECONDS))))
    return parameters


class _Callbacks:
    """Callbacks of OR-Tools.

    OR-Tools may take an exception of a callback for a result. So it is kept here, the search ends,
    and `search` raises it.
    """

    def __init__(self, model: Model, observer: ModelObserver) -> None:
        self.model = model
        self.observer = observer
        self.failure: BaseException | None = None
        self._least_cost: int | None = None
        self._moves = 0
        self._is_stopped = False

    def on_solution(self) -> None:
        with self:
            cost: int = self.model.routing.CostVar().Value()
            if self._least_cost is None or cost < self._least_cost:
                self._least_cost = cost
                self.observer.on_best(self._read)

    def on_move(self) -> bool:
        self._moves += 1
        if self._moves % MOVES_PER_CHECK == 0 and not self._is_stopped:
            with self:
                self._is_stopped = self.observer.should_stop(self._moves)
        return self._is_stopped

    def release(self) -> None:
        """Release the model, which holds these callbacks out of reach of the garbage collector."""
        del self.model, self.observer

    def __enter__(self) -> None:
        """Keep exceptions from OR-Tools until the end of the block."""

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: object
    ) -> bool:
        if failure is not None:
            self.failure = self.failure or failure
            self._is_stopped = True
        return True

    def _read(self) -> Orders:
        next_var = self.model.routing.NextVar
        return self.model.orders(lambda index: next_var(index).Value())

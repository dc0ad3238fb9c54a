"""Release of a model after its search, and exceptions of its observer."""

import gc
import weakref
from collections.abc import Callable

import pytest

from routing.model.build import build
from routing.model.search import Orders, search
from tests.routing.builders import problem, visit


class Once:
    """Observer that stops after the first solution."""

    def on_best(self, read: Callable[[], Orders]) -> None:
        read()

    def should_stop(self, moves: int) -> bool:
        return moves > 0


class Fails(Once):
    """Observer that raises an exception."""

    def on_best(self, read: Callable[[], Orders]) -> None:
        raise LookupError(read)


def model_after(observer: Once) -> weakref.ref[object]:
    model = build(problem(visit("anna"), visit("cleo")))
    kept: weakref.ref[object] = weakref.ref(model.routing)
    search(model, observer)
    return kept


def test_a_model_is_released_after_its_search() -> None:
    # OR-Tools keeps its callbacks with the model: one that reached the model kept 2 MB a search.
    kept = model_after(Once())
    gc.collect()
    assert kept() is None


def test_an_exception_of_the_observer_is_raised_and_the_model_released() -> None:
    with pytest.raises(LookupError):
        model_after(Fails())

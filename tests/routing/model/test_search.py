"""A search ends without a trace."""

import gc
import weakref
from collections.abc import Callable

import pytest

from routing.model.build import build
from routing.model.search import Orders, search
from tests.routing.builders import problem, visit


class Once:
    """A watcher who is content with the first solution."""

    def better(self, read: Callable[[], Orders]) -> None:
        read()

    def enough(self, moves: int) -> bool:
        return moves > 0


class Fails(Once):
    """A watcher who cannot read."""

    def better(self, read: Callable[[], Orders]) -> None:
        raise LookupError(read)


def model_after(watcher: Once) -> weakref.ref[object]:
    model = build(problem(visit("anna"), visit("cleo")))
    kept: weakref.ref[object] = weakref.ref(model.routing)
    search(model, watcher)
    return kept


def test_a_model_is_forgotten_after_its_search() -> None:
    # OR-Tools keeps its callbacks with the model: one that reached the model kept 2 MB a search.
    kept = model_after(Once())
    gc.collect()
    assert kept() is None


def test_what_the_watcher_raised_is_raised_and_the_model_forgotten() -> None:
    with pytest.raises(LookupError):
        model_after(Fails())

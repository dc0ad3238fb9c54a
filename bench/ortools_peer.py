"""Plain OR-Tools routing: matrices, parallel cheapest insertion, guided local search.

It is told every rule, by our own model (`routing.model`); nothing is done before or after its
search.
"""

import time
from collections.abc import Callable

from bench.ours import Orders
from routing.model.build import build
from routing.model.search import search
from routing.problem import Problem


def run(problem: Problem, seconds: float, _: int) -> tuple[Orders, float | None]:
    """Search for so many CPU seconds, the building of the model included."""
    watch = _Watch(seconds)
    search(build(problem), watch, seconds=20 * seconds)
    return watch.orders, watch.first


class _Watch:
    def __init__(self, seconds: float) -> None:
        self.began = time.process_time()
        self.seconds = seconds
        self.orders: Orders = {}
        self.first: float | None = None

    def on_best(self, read: Callable[[], Orders]) -> None:
        self.orders = read()
        self.first = self.first or time.process_time() - self.began

    def should_stop(self, _: int) -> bool:
        return time.process_time() - self.began >= self.seconds

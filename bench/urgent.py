"""How fast an urgent visit is in the plan of a day that is half driven: ``python -m bench.urgent``.

Of a planned day of 120 visits one that nobody has begun by now is taken out, as if it had never
been asked for, and asked for now. The driven part is history
(`routing.analysis.remaining_day`); the search begins from the present plan. Times are CPU seconds
of this process, on one thread.
"""

import statistics
import time
from dataclasses import replace
from typing import Final, NamedTuple

from bench.days import HOUR
from bench.instances import load
from routing.analysis.insertion import without
from routing.analysis.remaining_day import remaining
from routing.cost import shares
from routing.plan import Plan
from routing.problem import Problem
from routing.solver import Budget, solve
from routing.units import Seconds
from routing.warm import warm

PLANNED: Final = 5.0
"""Seconds of search for the plan of the day."""

SHORT: Final = 0.3
LONG: Final = 3.0
"""Seconds for the urgent visit, and to see what more of them would have found."""

URGENT: Final = 10
"""So many visits are tried, each as the urgent one."""


class Found(NamedTuple):
    """What came of one urgent visit: CPU milliseconds to the first plan that serves it, and costs.

    `short` and `long` are the costs after both budgets, in shares.
    """

    first: float
    is_served: bool
    short: int
    long: int


def measured(problem: Problem, plan: Plan, visit: str, now: Seconds) -> Found:
    """Ask for a visit in the middle of the day."""
    present = without(problem, plan, visit)
    rest = remaining(problem, present, now)
    first: list[float] = []
    began = time.process_time()

    def tell(found: Plan) -> None:
        if any(visit in tour.visits for tour in found.tours):
            first.append(1_000 * (time.process_time() - began))

    short = solve(rest, Budget(seconds=SHORT), present, tell)
    long = solve(rest, Budget(seconds=LONG), present)
    is_served = any(visit in tour.visits for tour in short.tours)
    return Found(
        first=first[0] if first else 1_000 * SHORT,
        is_served=is_served,
        short=shares(rest, short),
        long=shares(rest, long),
    )


def main() -> None:
    """Print what came of all of them."""
    warm()
    time.monotonic = time.process_time  # type: ignore[assignment]
    problem = load("day:120:1").problem
    plan = solve(problem, Budget(seconds=PLANNED))
    stops = sorted((stop.begin, stop.visit) for tour in plan.tours for stop in tour.stops)
    now = Seconds(stops[len(stops) // 2][0])
    left = [visit for begin, visit in stops if begin > now + HOUR // 2]
    mandatory = replace(
        problem, visits=tuple(replace(visit, penalty=None) for visit in problem.visits)
    )
    found = [measured(mandatory, plan, name, now) for name in left[:: max(1, len(left) // URGENT)]]
    dearer = [100 * (one.short / one.long - 1) for one in found]
    print(f"{len(stops) - len(left)} of {len(stops)} begun or next; {len(found)} urgent visits")
    print(f"served: {sum(one.is_served for one in found)}")
    print(f"first plan: {statistics.median(one.first for one in found):.0f} ms", end="")
    print(f" (worst {max(one.first for one in found):.0f})")
    print(f"{SHORT} s dearer than {LONG:g} s by {statistics.mean(dearer):.2f} %", end="")
    print(f" (worst {max(dearer):.2f})")


if __name__ == "__main__":
    main()

"""How fast every legal place of a visit is found and priced: ``python -m bench.insertions``.

The peer, in the same run, is the same question asked of plain Python: each place timed on its own
and judged by the checker.
"""

import statistics
import time
from collections.abc import Callable

from bench.days import day
from routing.analysis.insertion import filled, insertions, known, orders_with, without
from routing.checker.judge import check_tour
from routing.cost import tour_shares
from routing.plan import Plan
from routing.problem import Problem
from routing.schedule import best_effort, retimed

ROUNDS = 5


def one_by_one(problem: Problem, plan: Plan, visit: str) -> list[int]:
    """The prices of all legal places, each tour made and judged by itself."""
    base, wanted, found = without(problem, plan, visit), known(problem, visit), []
    for shift in problem.shifts:
        present = base.tour(shift.id)
        before = tour_shares(problem, present) if present else 0
        for order in orders_with(problem, present, wanted):
            tour = best_effort(problem, shift, order)
            if not check_tour(problem, tour):
                found.append(tour_shares(problem, tour) - before)
    return sorted(found)


def milliseconds(work: Callable[[], object]) -> float:
    """The median of a few runs, in CPU time."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(1_000 * (time.process_time() - began))
    return statistics.median(times)


def measured(*, rich: bool) -> tuple[int, float, float]:
    """Legal places of a visit in the middle of a filled day, and both times in milliseconds."""
    problem = day(120, 8, seed=1, rich=rich)
    visit = problem.visits[60].id
    plan = without(problem, filled(problem, retimed(problem, {})), visit)
    ours = [place.shares for place in insertions(problem, plan, visit)]
    if ours != one_by_one(problem, plan, visit):
        raise SystemExit("the two do not agree")
    fast = milliseconds(lambda: insertions(problem, plan, visit))
    return len(ours), fast, milliseconds(lambda: one_by_one(problem, plan, visit))


def main() -> None:
    """Print a row per kind of day."""
    print(f"{'day':<24}{'places':>8}{'ours, ms':>10}{'one by one, ms':>16}{'ratio':>8}")
    for name, rich in (("120 visits, 8 shifts", False), ("with clocks and skills", True)):
        places, fast, slow = measured(rich=rich)
        print(f"{name:<24}{places:>8}{fast:>10.2f}{slow:>16.1f}{slow / fast:>8.1f}")


if __name__ == "__main__":
    main()

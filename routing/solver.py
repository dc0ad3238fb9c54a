"""The solver: build, search, time, explain and check."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.analysis.explain import explained
from routing.analysis.insertion import filled, insertions, made_room
from routing.checker.judge import check_plan, check_tour
from routing.cost import rank
from routing.errors import NoPlanError, UnlawfulPlanError
from routing.kernel.search import Orders, search
from routing.kernel.unsupported_rules import unsupported_rules
from routing.master.pool import Pool
from routing.model.build import build
from routing.model.search import search as model_search
from routing.plan import Plan
from routing.problem import Problem, Shift, Visit
from routing.recombination_schedule import RecombinationSchedule
from routing.repair import can_be_repaired, repaired
from routing.schedule import assembled, best_effort, retimed

OnImprovement = Callable[[Plan], None]
"""Callback with each better, checked plan."""

BREATH: Final = 0.2
"""Seconds between two reported improvements; five per second suffice for a reader."""

BREATHS: Final = 20
"""Least interval between reports, as a multiple of the time to finish the last plan."""

FINISHING: Final = 0.1
"""The largest part of a budget reserved to finish and explain the last plan."""

EXPLAINED_AT_ONCE: Final = 20
"""The most unassigned visits for which intermediate plans get reasons; hundreds take seconds."""

LOG: Final = logging.getLogger(__name__)

MODELLED: Final = 5.0
"""The most seconds of the OR-Tools model's search before the kernel's."""

SMALL: Final = 30
"""The most visits of a small problem, searched by several short searches."""

SMALL_SEARCHES: Final = 16
"""Searches of a small problem; one in five or more finds the best plan of a day of 20."""

SMALL_ENOUGH: Final = 1_000
"""Iterations of each short search, per visit."""

SMALL_WITH_RISK: Final = 80
"""The most visits of a small problem with a price of risk.

Such a price has more local optima. On the day of the demonstration, with 48 visits, one search in
fifteen finds the best plan; the repair finds it among the tours of ten.
"""

SMALL_ENOUGH_WITH_RISK: Final = 250
"""Iterations of each of its short searches, per visit."""

REPAIRING: Final = 0.2
"""The largest part of a budget for the repair by simulated days."""

SMALL_STALL: Final = 1.0
"""Seconds without an improvement after which a short search ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The bounds of a search; the first one met ends it.

    Attributes
    ----------
    seconds : float, optional
        Wall-clock time.
    stall_seconds : float, optional
        Wall-clock time without any improvement.
    iterations : int, optional
        Iterations of the search; this bound alone makes it reproducible.
    seed : int
        The seed of the search.
    threads : int
        Parallel searches, each on its own core.
    """

    seconds: float | None = None
    stall_seconds: float | None = None
    iterations: int | None = None
    seed: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        if self.seconds is None and self.stall_seconds is None and self.iterations is None:
            raise ValueError("a budget needs a bound")

    def part(self, share: float) -> "Budget":
        """Return a share of the time and of the iterations, with the same seed and threads."""
        seconds = None if self.seconds is None else share * self.seconds
        count = None if self.iterations is None else max(1, int(share * self.iterations))
        return replace(self, seconds=seconds, iterations=count)


def solve(
    problem: Problem,
    budget: Budget,
    start: Plan | None = None,
    on_improvement: OnImprovement | None = None,
    *,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Plan:
    """Return the best plan found within the budget.

    Parameters
    ----------
    start : Plan, optional
        The initial plan; visits no longer legal in it are removed first.
    on_improvement : callable, optional
        Called with each better plan, at most about five times a second. The first plan comes
        without reasons, and once more with them. With more than `EXPLAINED_AT_ONCE` unassigned
        visits all come without.
    is_cancelled : callable, optional
        Whether to end the search early, with its best plan. It is asked every few milliseconds.

    Raises
    ------
    NoPlanError
        No plan was found within the budget.
    UnlawfulPlanError
        The engine's plan breaks a rule: a defect, and no plan is better than that one.
    """
    empty = assembled(problem, ())
    if not any(insertions(problem, empty, visit.id) for visit in problem.visits):
        return _lawful(problem, explained(problem, empty))
    desk = _Desk(problem, budget, on_improvement, is_cancelled)
    seed = _seed(problem, start)
    if seed is not None:
        desk.on_best(lambda: seed)
    if not desk.should_stop(0):
        first = seed if _goes_on(problem, start) else None
        if unsupported_rules(problem):
            first = _modelled(problem, desk, first)
        for number in range(desk.searches):
            if desk.should_stop(0):
                break
            schedule = RecombinationSchedule(problem, desk.on_best, budget.seconds)
            search(
                problem,
                desk,
                first,
                iterations=desk.budget.iterations,
                seed=budget.seed + number * budget.threads,
                threads=budget.threads,
                between_chunks=schedule.advance,
            )
            desk.finish()
            desk.end_search(schedule.pool)
    return desk.best()


def _modelled(problem: Problem, desk: "_Desk", start: Orders | None) -> Orders | None:
    """Return the OR-Tools model's plan after half of the budget, as the kernel's start."""
    names = ", ".join(sorted(unsupported_rules(problem)))
    LOG.info("the model searches first: the kernel does not say all of %s", names)
    budget = desk.budget
    seconds = MODELLED if budget.seconds is None else min(MODELLED, budget.seconds / 2)
    half = _Half(desk, moves=budget.iterations, seconds=seconds, start=start)
    model_search(build(problem), half, start, seconds=seconds)
    return half.orders


class _Half:
    """Watcher of the model's search, which ends it in time."""

    def __init__(
        self, desk: "_Desk", *, moves: int | None, seconds: float, start: Orders | None
    ) -> None:
        self.orders = start
        self._desk, self._moves = desk, moves
        self._until = time.monotonic() + seconds

    def on_best(self, read: Callable[[], Orders]) -> None:
        """Store the orders, and report them."""
        orders = self.orders = read()
        self._desk.on_best(lambda: orders)

    def should_stop(self, moves: int) -> bool:
        """Return whether half of the budget, or the limit of candidate moves, is used."""
        if self._moves is not None and self._desk.budget.seconds is None:
            return moves >= self._moves
        return time.monotonic() >= self._until or self._desk.is_cancelled()


class _Desk:
    """Receiver of the engine's solutions, which turns them into plans and reports them."""

    def __init__(
        self,
        problem: Problem,
        budget: Budget,
        on_improvement: OnImprovement | None,
        is_cancelled: Callable[[], bool],
    ) -> None:
        self.problem = problem
        self.is_cancelled = is_cancelled
        self.is_repaired = can_be_repaired(problem)
        self.small, self.searches, self.budget = _searches(
            problem, budget, has_risk=self.is_repaired
        )
        self.on_improvement = on_improvement
        self._plan: Plan | None = None
        self._of_search: Plan | None = None
        self._others: list[Plan] = []
        self._pool = Pool(problem) if self.is_repaired else None
        self._waiting: Orders | None = None
        self._began = self._improved = time.monotonic()
        self._next_breath = self._began
        self._finishing = 0.0

    def on_best(self, read: Callable[[], Orders]) -> None:
        """Store the orders; finish them now unless a plan was reported just before."""
        self._waiting = read()
        self._improved = time.monotonic()
        self._hand_out()

    def should_stop(self, moves: int) -> bool:
        """Return whether a bound of the budget is met, and report a waiting plan."""
        self._hand_out()
        now, budget = time.monotonic(), self.budget
        return (
            (budget.iterations is not None and moves >= budget.iterations)
            or (budget.seconds is not None and now - self._began >= self._searching(budget.seconds))
            or (budget.stall_seconds is not None and now - self._improved >= budget.stall_seconds)
            or self.is_cancelled()
        )

    def _searching(self, seconds: float) -> float:
        """Return the seconds of the search; the rest finishes the plan, as long as last time."""
        repairing = REPAIRING * seconds if self.is_repaired else 0.0
        return seconds - repairing - min(self._finishing, seconds * FINISHING)

    def progress(self, moves: int) -> float | None:
        """Return the used part of the budget; None if only a stall ends the search.

        On a small problem it is the part of one search among several.
        """
        budget, parts = self.budget, []
        if budget.iterations is not None:
            parts.append(moves / max(1, budget.iterations))
        if budget.seconds is not None and not self.small:
            parts.append((time.monotonic() - self._began) / max(1e-9, budget.seconds))
        return max(parts, default=None)

    def best(self) -> Plan:
        """Return the best plan found, repaired where its tours break too often."""
        self.finish()
        if self._plan is None:
            raise NoPlanError("no plan was found within the budget")
        self._keep(made_room(self.problem, self._plan))
        if self.is_repaired:
            seconds = self.budget.seconds
            if seconds is not None:
                seconds = max(REPAIRING * seconds, self._began + seconds - time.monotonic())
            held = repaired(self.problem, self._plan, self._pool, self._others, seconds=seconds)
            self._plan = _lawful(self.problem, held)
        self._give_reasons()
        return self._plan

    def _hand_out(self) -> None:
        began = time.monotonic()
        if self.on_improvement is None or began < self._next_breath:
            return
        if self._waiting is None and not self._owes_few_reasons():
            return
        before = self._plan
        self.finish()
        if before is not None and self._owes_few_reasons():
            # The first plan is reported at once, its reasons a moment later.
            self._give_reasons()
        if self._plan is not None and self._plan is not before:
            self.on_improvement(self._plan)
        ended = time.monotonic()
        self._finishing = ended - began
        self._next_breath = ended + max(BREATH, BREATHS * self._finishing)

    def finish(self) -> None:
        """Turn the waiting orders into a plan, and keep it if it is better than the last."""
        if self._waiting is None:
            return
        plan = filled(self.problem, retimed(self.problem, self._waiting))
        self._waiting = None
        self._keep(plan)

    def end_search(self, pool: Pool) -> None:
        """Keep the tours of a search and its last plan for the repair."""
        if self._pool is not None and self._of_search is not None:
            self._pool.add_all(pool)
            self._others.append(self._of_search)

    def _keep(self, plan: Plan) -> None:
        self._of_search = plan
        if self._plan is None or rank(self.problem, plan) < rank(self.problem, self._plan):
            self._plan = _lawful(self.problem, plan)

    def _owes_reasons(self) -> bool:
        plan = self._plan
        return plan is not None and any(one.reason is None for one in plan.unassigned)

    def _owes_few_reasons(self) -> bool:
        plan = self._plan
        few = plan is not None and len(plan.unassigned) <= EXPLAINED_AT_ONCE
        return few and self._owes_reasons()

    def _give_reasons(self) -> None:
        if self._plan is not None and self._owes_reasons():
            self._plan = explained(self.problem, self._plan)


def _searches(problem: Problem, budget: Budget, *, has_risk: bool) -> tuple[bool, int, Budget]:
    """Return whether a problem is searched by several short searches, their number and budget.

    With a price of risk, a budget of iterations is shared by them. A short search ends by itself.
    """
    count = len(problem.visits)
    enough = count * (SMALL_ENOUGH_WITH_RISK if has_risk else SMALL_ENOUGH)
    is_small = count <= (SMALL_WITH_RISK if has_risk else SMALL)
    if not is_small or (budget.iterations is not None and not has_risk):
        return False, 1, budget
    if budget.iterations is not None:
        searches = max(1, budget.iterations // enough)
        return True, searches, replace(budget, iterations=budget.iterations // searches)
    stall = min(SMALL_STALL, budget.stall_seconds or SMALL_STALL)
    return True, SMALL_SEARCHES, replace(budget, iterations=enough, stall_seconds=stall)


def _lawful(problem: Problem, plan: Plan) -> Plan:
    broken = check_plan(problem, plan)
    if broken:
        raise UnlawfulPlanError(tuple(violation.sentence for violation in broken))
    return plan


def _seed(problem: Problem, start: Plan | None) -> Orders | None:
    """Return initial orders for the search, or None.

    Cheapest insertion finds no position for a visit pinned behind absent ones, so tours with such
    pins are begun here.
    """
    orders = start.orders if start else {}
    if not any(orders.values()) and not _is_placed(problem):
        return None
    kept = {
        shift.id: _legal_part(problem, shift, orders.get(shift.id, ())) for shift in problem.shifts
    }
    plan = filled(problem, retimed(problem, _each_once(kept)))
    return {shift: list(names) for shift, names in plan.orders.items()}


def _goes_on(problem: Problem, start: Plan | None) -> bool:
    """Return whether the search continues from the initial plan.

    An initial plan with few of the visits is completed one visit at a time, which makes worse tours
    than building all at once. It is then kept as the plan to beat, and the search begins anew.
    """
    held = sum(len(visits) for visits in start.orders.values()) if start else 0
    return _is_placed(problem) or 2 * held >= len(problem.visits)


def _is_placed(problem: Problem) -> bool:
    return any(pin.position is not None for pin in problem.pins)


def _legal_part(problem: Problem, shift: Shift, names: Sequence[str]) -> list[Visit]:
    """Return the visits of a tour that stay legal in their order, added one by one."""
    kept: list[Visit] = []
    for visit in map(problem.visit, names):
        if visit is None:
            continue
        if not check_tour(problem, best_effort(problem, shift, [*kept, visit])):
            kept.append(visit)
    return kept


def _each_once(kept: Mapping[str, Sequence[Visit]]) -> dict[str, list[str]]:
    seen: set[str] = set()
    orders: dict[str, list[str]] = {}
    for shift, visits in kept.items():
        orders[shift] = [visit.id for visit in visits if visit.id not in seen]
        seen.update(orders[shift])
    return orders

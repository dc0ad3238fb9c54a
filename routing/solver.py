"""Knows how a problem becomes a plan: build, search, time, explain, check."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.analysis.explain import explained
from routing.analysis.insertion import filled, insertions, made_room
from routing.check.judge import check, check_tour
from routing.cost import rank
from routing.errors import NoPlanError, UnlawfulPlanError
from routing.kernel.search import Orders, search
from routing.kernel.unsupported_rules import unsaid
from routing.model.build import build
from routing.model.search import search as model_search
from routing.plan import Plan
from routing.problem import Problem, Shift, Visit
from routing.recombination_schedule import Turns
from routing.schedule import assembled, best_effort, retimed

OnImprovement = Callable[[Plan], None]
"""Is handed each better plan, checked, as it is found."""

BREATH: Final = 0.2
"""Seconds between two improvements handed out: five per second are plenty for an eye."""

BREATHS: Final = 20
"""And so many times as long as finishing the last one took: most of the time is the search's."""

FINISHING: Final = 0.1
"""The most of a budget that is kept back for finishing the last plan and giving its reasons."""

EXPLAINED_AT_ONCE: Final = 20
"""Reasons are given on the way where no more visits are left out: hundreds take seconds."""

LOG: Final = logging.getLogger(__name__)

MODELLED: Final = 5.0
"""The most seconds of a model's search ahead of the kernel's."""

SMALL: Final = 30
"""Up to so many visits, several short searches see everything worth seeing."""

SMALL_SEARCHES: Final = 16
"""One search with another seed finds the best of a day of 20 in a fifth of all cases or oftener."""

SMALL_ENOUGH: Final = 1_000
"""The iterations of each, per visit."""

SMALL_STALL: Final = 1.0
"""And after so many seconds without an improvement they end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long to search; the first bound that is met ends it.

    Attributes
    ----------
    seconds : float, optional
        Of wall clock.
    stall_seconds : float, optional
        Of wall clock without any improvement.
    iterations : int, optional
        Of the search; with this bound alone it always gives the same plan.
    seed : int
        Another number, another search.
    threads : int
        How many searches at once, each on a core of its own.
    """

    seconds: float | None = None
    stall_seconds: float | None = None
    iterations: int | None = None
    seed: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        if self.seconds is None and self.stall_seconds is None and self.iterations is None:
            raise ValueError("a budget needs a bound")


def solve(
    problem: Problem,
    budget: Budget,
    start: Plan | None = None,
    on_improvement: OnImprovement | None = None,
) -> Plan:
    """Plan the problem as well as the budget permits.

    Parameters
    ----------
    start : Plan, optional
        A plan to begin from; whatever in it is no longer legal is taken out first.
    on_improvement : callable, optional
        Called with each better plan, at most about five times a second. The first comes without the
        reasons of what is left out, and once more with them; while more than `EXPLAINED_AT_ONCE`
        are left out they all come without.

    Raises
    ------
    NoPlanError
        Nothing was found within the budget.
    UnlawfulPlanError
        The engine's plan breaks a rule: a defect, and no plan is better than that one.
    """
    empty = assembled(problem, ())
    if not any(insertions(problem, empty, visit.id) for visit in problem.visits):
        return _lawful(problem, explained(problem, empty))
    desk = _Desk(problem, budget, on_improvement)
    seed = _seed(problem, start)
    if seed is not None:
        desk.better(lambda: seed)
    if not desk.enough(0):
        first = seed if _goes_on(problem, start) else None
        if unsaid(problem):
            first = _modelled(problem, desk, first)
        for number in range(SMALL_SEARCHES if desk.small else 1):
            if desk.enough(0):
                break
            search(
                problem,
                desk,
                first,
                iterations=desk.budget.iterations,
                seed=budget.seed + number * budget.threads,
                threads=budget.threads,
                aside=Turns(problem, desk.better, budget.seconds).take,
            )
            desk.finish()
    return desk.best()


def _modelled(problem: Problem, desk: "_Desk", start: Orders | None) -> Orders | None:
    """What the OR-Tools model finds, for the kernel to go on from, in half of the budget."""
    names = ", ".join(sorted(unsaid(problem)))
    LOG.info("the model searches first: the kernel does not say all of %s", names)
    budget = desk.budget
    seconds = MODELLED if budget.seconds is None else min(MODELLED, budget.seconds / 2)
    half = _Half(desk, moves=budget.iterations, seconds=seconds, start=start)
    model_search(build(problem), half, start, seconds=seconds)
    return half.orders


class _Half:
    """Watches the model's search for a desk, and ends it in good time."""

    def __init__(
        self, desk: "_Desk", *, moves: int | None, seconds: float, start: Orders | None
    ) -> None:
        self.orders = start
        self._desk, self._moves = desk, moves
        self._until = time.monotonic() + seconds

    def better(self, read: Callable[[], Orders]) -> None:
        """Keep the orders, and hand them on."""
        orders = self.orders = read()
        self._desk.better(lambda: orders)

    def enough(self, moves: int) -> bool:
        """Whether half of the budget, or so many candidate moves, are over."""
        if self._moves is not None and self._desk.budget.seconds is None:
            return moves >= self._moves
        return time.monotonic() >= self._until


class _Desk:
    """Where the engine's solutions arrive, become plans, and are handed out."""

    def __init__(
        self, problem: Problem, budget: Budget, on_improvement: OnImprovement | None
    ) -> None:
        self.problem = problem
        self.small = budget.iterations is None and len(problem.visits) <= SMALL
        self.budget = _patient(problem, budget) if self.small else budget
        self.on_improvement = on_improvement
        self._plan: Plan | None = None
        self._waiting: Orders | None = None
        self._began = self._improved = time.monotonic()
        self._next_breath = self._began
        self._finishing = 0.0

    def better(self, read: Callable[[], Orders]) -> None:
        """Keep the orders; finish them now unless somebody has just been told something."""
        self._waiting = read()
        self._improved = time.monotonic()
        self._hand_out()

    def enough(self, moves: int) -> bool:
        """Whether a bound of the budget is met; on the way, hand out what has been waiting."""
        self._hand_out()
        now, budget = time.monotonic(), self.budget
        return (
            (budget.iterations is not None and moves >= budget.iterations)
            or (budget.seconds is not None and now - self._began >= self._searching(budget.seconds))
            or (budget.stall_seconds is not None and now - self._improved >= budget.stall_seconds)
        )

    def _searching(self, seconds: float) -> float:
        """How many of these seconds are the search's; finishing takes the rest, as it did last."""
        return seconds - min(self._finishing, seconds * FINISHING)

    def progress(self, moves: int) -> float | None:
        """Which part of the budget is used; None where only a stall ends the search.

        On a small problem it is that of one search among several, however the time goes by.
        """
        budget, parts = self.budget, []
        if budget.iterations is not None:
            parts.append(moves / max(1, budget.iterations))
        if budget.seconds is not None and not self.small:
            parts.append((time.monotonic() - self._began) / max(1e-9, budget.seconds))
        return max(parts, default=None)

    def best(self) -> Plan:
        """The best plan found."""
        self.finish()
        if self._plan is None:
            raise NoPlanError("no plan was found within the budget")
        self._keep(made_room(self.problem, self._plan))
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
            # The first plan is shown at once; why visits are left out, a breath later.
            self._give_reasons()
        if self._plan is not None and self._plan is not before:
            self.on_improvement(self._plan)
        ended = time.monotonic()
        self._finishing = ended - began
        self._next_breath = ended + max(BREATH, BREATHS * self._finishing)

    def finish(self) -> None:
        """Make a plan of the waiting orders, and keep it if it is better than the last."""
        if self._waiting is None:
            return
        plan = filled(self.problem, retimed(self.problem, self._waiting))
        self._waiting = None
        self._keep(plan)

    def _keep(self, plan: Plan) -> None:
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


def _patient(problem: Problem, budget: Budget) -> Budget:
    """On a small problem do not sit out the seconds: all there is to find is found early."""
    stall = min(SMALL_STALL, budget.stall_seconds or SMALL_STALL)
    return replace(budget, iterations=SMALL_ENOUGH * len(problem.visits), stall_seconds=stall)


def _lawful(problem: Problem, plan: Plan) -> Plan:
    broken = check(problem, plan)
    if broken:
        raise UnlawfulPlanError(tuple(violation.sentence for violation in broken))
    return plan


def _seed(problem: Problem, start: Plan | None) -> Orders | None:
    """Orders for the search to begin from, where it has a reason not to make its own.

    Cheapest insertion finds no place for a visit pinned at a position whose forerunners are not
    there yet, so with such pins the tours are begun here.
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
    """Whether the search begins where the seed is.

    A start that holds few of the visits is completed one visit at a time, which makes worse tours
    than building them all at once: it is kept as the plan to beat, and the search begins anew.
    """
    held = sum(len(visits) for visits in start.orders.values()) if start else 0
    return _is_placed(problem) or 2 * held >= len(problem.visits)


def _is_placed(problem: Problem) -> bool:
    return any(pin.position is not None for pin in problem.pins)


def _legal_part(problem: Problem, shift: Shift, names: Sequence[str]) -> list[Visit]:
    """The visits of a tour that can be kept in their order, taken one by one."""
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

"""Three plans of one day: the cheapest, the balanced one by the problem's levels, the safest."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from routing.cost import rank
from routing.plan import Plan
from routing.problem import Problem
from routing.repair import can_be_repaired, simulated_rank
from routing.schedule import assembled, retimed
from routing.solver import Budget, solve
from routing.spreads import LARGEST_LEVEL, UNPRICED, Safety
from routing.units import Cents

if TYPE_CHECKING:
    from routing.solver import OnImprovement

SAFER: Final = 4
"""Factor of the prices of risk in the search for the safest plan."""

SHARES: Final = (0.6, 0.2, 0.2)
"""Parts of the budget: the balanced plan is the one that most coordinators apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Three plans of a problem, each timed and priced by the problem as it was given."""

    cheapest: Plan
    balanced: Plan
    safest: Plan


def solve_levels(
    problem: Problem,
    budget: Budget,
    start: Plan | None = None,
    on_improvement: "OnImprovement | None" = None,
) -> Levels:
    """Return three plans found within one budget.

    The cheapest takes no account of risk; the safest pays four times the problem's prices for it,
    at the highest level. Each is the best of the three by its own prices, so that a longer search
    for another one is never lost.

    Parameters
    ----------
    on_improvement : callable, optional
        Called with each better plan of the balanced search.

    Raises
    ------
    NoPlanError, UnlawfulPlanError
        As `solver.solve`.
    """
    cheap = replace(problem, safety=UNPRICED)
    safe = replace(problem, safety=_safer(problem))
    balanced = solve(problem, budget.part(SHARES[0]), start, on_improvement)
    found = [
        balanced,
        solve(cheap, budget.part(SHARES[1]), retimed(cheap, balanced.orders)),
        solve(safe, budget.part(SHARES[2]), retimed(safe, balanced.orders)),
    ]
    return Levels(
        cheapest=_best(problem, cheap, found),
        balanced=balanced,
        safest=_best(problem, safe, found),
    )


def _safer(problem: Problem) -> Safety:
    """Return the highest levels, at higher prices."""
    safety = problem.safety
    return replace(
        safety,
        promise_kept=LARGEST_LEVEL,
        clock_kept=LARGEST_LEVEL,
        promise_price=Cents(SAFER * safety.promise_price),
        end_price=Cents(SAFER * safety.end_price),
        clock_price=Cents(SAFER * safety.clock_price),
    )


def _best(problem: Problem, priced: Problem, found: Iterable[Plan]) -> Plan:
    """Return the best plan by the prices of a problem, timed by them and priced as given.

    Risk is priced by simulated days, as in the repair that ends each search.
    """
    timed = [retimed(priced, plan.orders) for plan in found]
    order = simulated_rank if can_be_repaired(priced) else rank
    best = min(timed, key=partial(order, priced))
    return assembled(problem, best.tours)

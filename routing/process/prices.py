"""Lines of the command `prices`: the plan under all rules, and the price of each rule."""

from collections.abc import Collection, Iterator
from typing import Any

from routing.checker.judge import check_plan
from routing.errors import InvalidProblemError, UnlawfulPlanError
from routing.formats.entry import JsonEntry, parsed
from routing.formats.native import plan_data, problem_of
from routing.plan import Plan
from routing.problem import Problem
from routing.relaxations import relaxed_problems
from routing.rule_relaxation import relaxed_prices
from routing.solver import Budget, solve


def price_lines(
    problem: Problem, plan: Plan, budget: Budget, promises: Collection[str], others: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the kind and the fields of each line.

    The searches share the budget evenly.

    Parameters
    ----------
    others : str
        A JSON object of further problems by name, or nothing.

    Raises
    ------
    InvalidProblemError
        A promise names no visit, or a further problem cannot be read.
    NoPlanError, UnlawfulPlanError
        As `solver.solve`.
    """
    relaxed = _relaxed(problem, promises) | _read_others(others)
    each = budget.part(1 / (len(relaxed) + 1))
    present = solve(problem, each, start=plan)
    yield "present", {"plan": plan_data(present), "prices": list(relaxed)}
    for name, price in relaxed_prices(problem, present, each, relaxed):
        if broken := check_plan(relaxed[name], price.plan):
            raise UnlawfulPlanError(tuple(one.sentence for one in broken))
        fields = {"name": name, "cents": price.cents, "served": list(price.served)}
        yield "price", fields | {"plan": plan_data(price.plan)}
    yield "done", {"plan": plan_data(present)}


def _relaxed(problem: Problem, promises: Collection[str]) -> dict[str, Problem]:
    for visit in promises:
        if problem.visit(visit) is None:
            raise InvalidProblemError("promise", f"names no visit: {visit}")
    return relaxed_problems(problem, promises=promises)


def _read_others(text: str) -> dict[str, Problem]:
    if not text.strip():
        return {}
    value = parsed(text, error=InvalidProblemError)
    entry = JsonEntry(value=value, path="others", error=InvalidProblemError)
    return entry.mapping(lambda one: problem_of(one.value))

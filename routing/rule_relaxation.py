"""Price of each rule: the saving without it, by a search that goes on from the present plan."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from routing.analysis.compare import Comparison, compare
from routing.plan import Plan, Rule
from routing.problem import Problem, Shift, Visit
from routing.solver import Budget, solve
from routing.units import Cents


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePrice:
    """The price of one rule in one problem, as far as the searches found it.

    Attributes
    ----------
    cents : Cents
        The saving in the bill without the rule, unassigned visits at their penalties included.
        Negative only if `served` are served instead.
    served : tuple of str
        Mandatory visits that are served only without the rule.
    plan : Plan
        The plan without the rule.
    comparison : Comparison
        Its differences from the plan with the rule.
    """

    rule: Rule
    cents: Cents
    served: tuple[str, ...]
    plan: Plan
    comparison: Comparison


def rule_prices(
    problem: Problem, plan: Plan, budget: Budget, rules: Collection[Rule] | None = None
) -> tuple[RulePrice, ...]:
    """Return the price of each rule that binds the problem, the dearest first.

    The search goes on from the plan, with the rule and without it, within equal budgets. A price is
    therefore no effect of a longer search.

    Parameters
    ----------
    budget : Budget
        Of each search; there is one for each rule, and one more.
    rules : collection of Rule, optional
        Rules of `RELAXATIONS`; all of them by default. A rule that the problem lacks has no price.
    """
    present = solve(problem, budget, start=plan)
    chosen = RELAXATIONS if rules is None else {rule: RELAXATIONS[rule] for rule in rules}
    relaxed = {rule: relax(problem) for rule, relax in chosen.items()}
    prices = [
        _price(problem, without, present, rule, budget)
        for rule, without in relaxed.items()
        if without != problem
    ]
    return tuple(sorted(prices, key=lambda price: (-len(price.served), -price.cents, price.rule)))


def _price(
    problem: Problem, relaxed: Problem, present: Plan, rule: Rule, budget: Budget
) -> RulePrice:
    found = solve(relaxed, budget, start=present)
    missing = _mandatory_unassigned(problem, present)
    return RulePrice(
        rule=rule,
        cents=Cents(present.cost.total - found.cost.total),
        served=tuple(sorted(missing - _mandatory_unassigned(problem, found))),
        plan=found,
        comparison=compare(present, found),
    )


def _mandatory_unassigned(problem: Problem, plan: Plan) -> set[str]:
    mandatory = {visit.id for visit in problem.visits if problem.mandatory(visit)}
    return mandatory & {entry.visit for entry in plan.unassigned}


def _of_visits(change: Callable[[Visit], Visit]) -> Callable[[Problem], Problem]:
    return lambda problem: replace(problem, visits=tuple(map(change, problem.visits)))


def _of_shifts(change: Callable[[Shift], Shift]) -> Callable[[Problem], Problem]:
    return lambda problem: replace(problem, shifts=tuple(map(change, problem.shifts)))


def _without_ride_limits(problem: Problem) -> Problem:
    visits = tuple(replace(visit, ride_limits={}) for visit in problem.visits)
    shifts = tuple(replace(shift, carried_until=None) for shift in problem.shifts)
    return replace(problem, visits=visits, shifts=shifts)


RELAXATIONS: Final[Mapping[Rule, Callable[[Problem], Problem]]] = {
    Rule.RIDE_TIME: _without_ride_limits,
    Rule.BREAKS: _of_shifts(lambda shift: replace(shift, breaks=())),
    Rule.LOAD: _of_shifts(lambda shift: replace(shift, capacity={})),
    Rule.LIMITS: _of_shifts(
        lambda shift: replace(
            shift, max_driving=None, max_working=None, max_metres=None, max_stops=None
        )
    ),
    Rule.SKILLS: _of_visits(lambda visit: replace(visit, skills=frozenset())),
    Rule.COLLECTORS: _of_visits(
        lambda visit: replace(
            visit,
            shifts=None,
            collectors=None,
            forbidden=frozenset(),
            preferred=frozenset(),
            preference=Cents(0),
        )
    ),
    Rule.ZONES: _of_shifts(lambda shift: replace(shift, zones=None, outside=None)),
    Rule.PINS: lambda problem: replace(problem, pins=()),
    Rule.PERIODS: lambda problem: replace(problem, periods=()),
    Rule.BALANCE: lambda problem: replace(problem, balances=()),
}
"""Per rule, the problem without it. Windows and dates are promises: see `without_promise`."""


def without_promise(problem: Problem, visit: str) -> Problem:
    """Return the problem in which one visit may begin at any time of any shift.

    Raises
    ------
    KeyError
        There is no such visit.
    """
    promised = problem.visits[problem.visit_row(visit)]
    first = min(shift.window.earliest for shift in problem.shifts)
    last = max(shift.window.latest for shift in problem.shifts)
    window = replace(promised.windows[0], earliest=first, latest=last)
    free = replace(promised, windows=(window,), release=None, deadline=None)
    visits = tuple(free if one.id == visit else one for one in problem.visits)
    return replace(problem, visits=visits)


def promise_price(problem: Problem, plan: Plan, visit: str, budget: Budget) -> RulePrice:
    """Return the price of the promised time of one visit."""
    present = solve(problem, budget, start=plan)
    relaxed = without_promise(problem, visit)
    return _price(problem, relaxed, present, Rule.WINDOWS, budget)

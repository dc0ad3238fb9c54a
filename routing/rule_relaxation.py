"""Price of each rule: the saving without it, by a search that goes on from the present plan."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from routing.analysis.compare import Comparison, compare
from routing.plan import Plan, Rule
from routing.problem import Problem
from routing.relaxations import relaxed_problems, without_promise
from routing.solver import Budget, solve
from routing.units import Cents


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaxedPrice:
    """What a problem costs more than another one, as far as the searches found it.

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

    cents: Cents
    served: tuple[str, ...]
    plan: Plan
    comparison: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePrice(RelaxedPrice):
    """The price of one rule in one problem, as far as the searches found it."""

    rule: Rule

    @classmethod
    def of(cls, rule: Rule, price: RelaxedPrice) -> "RulePrice":
        """Return a price with the name of its rule."""
        return cls(
            rule=rule,
            cents=price.cents,
            served=price.served,
            plan=price.plan,
            comparison=price.comparison,
        )


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
    prices = [
        RulePrice.of(Rule(name), price)
        for name, price in relaxed_prices(
            problem, present, budget, relaxed_problems(problem, rules)
        )
    ]
    return tuple(sorted(prices, key=lambda price: (-len(price.served), -price.cents, price.rule)))


def relaxed_prices(
    problem: Problem, present: Plan, budget: Budget, relaxed: Mapping[str, Problem]
) -> Iterator[tuple[str, RelaxedPrice]]:
    """Yield the price of each difference between a problem and another one, as it is found.

    Parameters
    ----------
    present : Plan
        A plan of the problem, found within an equal budget. Every search goes on from it.
    relaxed : mapping of str to Problem
        By name, problems in which the plan may be better. They may have visits of their own, which
        cost more and are served.
    """
    for name, other in relaxed.items():
        yield name, _price(problem, other, present, budget)


def _price(problem: Problem, relaxed: Problem, present: Plan, budget: Budget) -> RelaxedPrice:
    found = solve(relaxed, budget, start=present)
    missing = _mandatory_unassigned(problem, present)
    return RelaxedPrice(
        cents=Cents(present.cost.total - found.cost.total),
        served=tuple(sorted(missing - _mandatory_unassigned(problem, found))),
        plan=found,
        comparison=compare(present, found),
    )


def _mandatory_unassigned(problem: Problem, plan: Plan) -> set[str]:
    mandatory = {visit.id for visit in problem.visits if problem.mandatory(visit)}
    return mandatory & {entry.visit for entry in plan.unassigned}


def promise_price(problem: Problem, plan: Plan, visit: str, budget: Budget) -> RulePrice:
    """Return the price of the promised time of one visit."""
    present = solve(problem, budget, start=plan)
    relaxed = without_promise(problem, visit)
    return RulePrice.of(Rule.WINDOWS, _price(problem, relaxed, present, budget))

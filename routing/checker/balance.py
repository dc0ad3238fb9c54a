"""Rule `balance`: the price of tours above their fair share."""

from collections.abc import Iterator
from fractions import Fraction

from routing.checker.bill import by_km, hourly, unpaid
from routing.checker.violation import Violation
from routing.checker.walk import Walk, walks
from routing.plan import Plan, Rule
from routing.problem import Balance, Measure, Problem


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return a violation if the imbalance of the bill differs from the excess over shares."""
    owed = (
        _excess(balance, walk)
        for walk in walks(problem, plan)
        for balance in problem.balances
        if walk.shift.id in balance.shifts
    )
    subject = "Tours above their fair share"
    yield from unpaid(Rule.BALANCE, "imbalance", sum(owed, Fraction()), plan, subject=subject)


def _excess(balance: Balance, walk: Walk) -> Fraction:
    if balance.measure is Measure.STOPS:
        return Fraction(balance.cents * max(0, len(walk.tour.stops) - balance.share))
    if balance.measure is Measure.SECONDS:
        return hourly(balance.cents, max(0, walk.tour.seconds - balance.share))
    return by_km(balance.cents, max(0, walk.metres - balance.share))

"""Rule `overtime`: the price of arrivals after the regular end."""

from collections.abc import Iterator
from fractions import Fraction

from routing.checker.bill import hourly, unpaid
from routing.checker.violation import Violation
from routing.checker.walk import tours
from routing.plan import Plan, Rule
from routing.problem import Problem


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return a violation if the bill's overtime differs from the late arrivals."""
    late = (
        hourly(shift.overtime_cents_per_hour, max(0, tour.arrival - shift.overtime_from))
        for shift, tour in tours(problem, plan)
        if shift.overtime_from is not None
    )
    subject = "Hours after the regular end of shifts"
    yield from unpaid(Rule.OVERTIME, "overtime", sum(late, Fraction()), plan, subject=subject)

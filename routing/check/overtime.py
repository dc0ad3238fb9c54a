"""Knows that whoever comes home late is paid for it: the bill adds the overtime up."""

from collections.abc import Iterator
from fractions import Fraction

from routing.check.bill import hourly, unpaid
from routing.check.violation import Violation
from routing.check.walk import tours
from routing.plan import Plan, Rule
from routing.problem import Problem


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A bill whose overtime is not that of the tours that arrive after their regular hours."""
    late = (
        hourly(shift.overtime_cents_per_hour, max(0, tour.arrival - shift.overtime_from))
        for shift, tour in tours(problem, plan)
        if shift.overtime_from is not None
    )
    subject = "Hours after the regular end of shifts"
    yield from unpaid(Rule.OVERTIME, "overtime", sum(late, Fraction()), plan, subject=subject)

"""Knows that leaving out a visit with a penalty is paid for: the bill adds the penalties up."""

from collections.abc import Iterator
from fractions import Fraction

from routing.check.bill import unpaid
from routing.check.violation import Violation
from routing.plan import Plan, Rule
from routing.problem import Problem


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A bill whose penalties are not those of the visits left out."""
    found = (problem.visit(entry.visit) for entry in plan.unassigned)
    due = sum(visit.penalty or 0 for visit in found if visit is not None)
    subject = "The visits left out"
    yield from unpaid(Rule.OPTIONAL, "penalties", Fraction(due), plan, subject=subject)

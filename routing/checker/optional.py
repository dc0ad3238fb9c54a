"""Rule `optional`: the penalties of unassigned visits."""

from collections.abc import Iterator
from fractions import Fraction

from routing.checker.bill import unpaid
from routing.checker.violation import Violation
from routing.plan import Plan, Rule
from routing.problem import Problem


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return a violation if the bill's penalties differ from the unassigned visits."""
    found = (problem.visit(entry.visit) for entry in plan.unassigned)
    due = sum(visit.penalty or 0 for visit in found if visit is not None)
    subject = "The visits left out"
    yield from unpaid(Rule.OPTIONAL, "penalties", Fraction(due), plan, subject=subject)

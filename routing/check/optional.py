"""Knows that leaving out a visit with a penalty is paid for: the bill adds the penalties up."""

from collections.abc import Iterator

from routing.check.violation import Violation
from routing.plan import Plan, Rule
from routing.problem import Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A bill whose penalties are not those of the visits left out."""
    found = (problem.visit(entry.visit) for entry in plan.unassigned)
    due = sum(visit.penalty or 0 for visit in found if visit is not None)
    billed = plan.cost.penalties
    if billed != due:
        yield Violation(
            rule=Rule.OPTIONAL,
            what="penalties",
            by=abs(billed - due),
            sentence=f"The visits left out cost {due} cents in penalties;"
            f" the bill says {billed} cents.",
        )

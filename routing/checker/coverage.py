"""Rule `coverage`: every visit once in a tour, or once unassigned."""

from collections import Counter
from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.plan import Plan, Rule
from routing.problem import Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return visits that are missing, doubled, or not in the problem."""
    found = Counter(name for tour in plan.tours for name in tour.visits)
    found.update(entry.visit for entry in plan.unassigned)
    for visit in problem.visits:
        count = found.pop(visit.id, 0)
        if count == 0:
            yield _broken(visit.id, "is neither in a tour nor unassigned", by=1)
        elif count > 1:
            yield _broken(visit.id, f"is in the plan {count} times", by=count - 1)
    for name, count in found.items():
        yield _broken(name, "is not in the problem", by=count)


def _broken(visit: str, complaint: str, *, by: int) -> Violation:
    sentence = f"Visit {visit} {complaint}."
    return Violation(rule=Rule.COVERAGE, visit=visit, by=by, sentence=sentence)

"""Rule `periods`: at most one visit per donor and period."""

from collections import defaultdict
from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import every_stop
from routing.plan import Plan, Rule
from routing.problem import Problem, Shift


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return visits of a donor after her first in a period; a doubled visit is for `coverage`."""
    met: dict[tuple[str, int], list[str]] = defaultdict(list)
    for shift, _, visit, _ in every_stop(problem, plan):
        period = _period(problem, shift)
        if visit.donor is None or period is None:
            continue
        seen = met[visit.donor, period]
        if seen and visit.id not in seen:
            yield Violation(
                rule=Rule.PERIODS,
                shift=shift.id,
                visit=visit.id,
                what=visit.donor,
                by=1,
                sentence=f"Donor {visit.donor} is visited again as visit {visit.id} on shift"
                f" {shift.id}, in the same period as visit {seen[0]}.",
            )
        seen.append(visit.id)


def _period(problem: Problem, shift: Shift) -> int | None:
    """Return the period of a shift, or None."""
    for number, period in enumerate(problem.periods):
        if period.earliest <= shift.window.earliest <= period.latest:
            return number
    return None

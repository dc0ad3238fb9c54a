"""Knows that a donor is visited once at most in each period."""

from collections import defaultdict
from collections.abc import Iterator

from routing.check.violation import Violation
from routing.check.walk import every_stop
from routing.plan import Plan, Rule
from routing.problem import Problem, Shift


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every visit of a donor in a period after the first; one visit twice is for `coverage`."""
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
    """The period a shift lies in, if it lies in one."""
    for number, period in enumerate(problem.periods):
        if period.earliest <= shift.window.earliest <= period.latest:
            return number
    return None

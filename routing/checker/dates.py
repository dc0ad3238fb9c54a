"""Rule `dates`: release, deadline and due instant of a visit, and the price of lateness."""

from collections.abc import Iterator
from fractions import Fraction

from routing.checker.bill import hourly, unpaid
from routing.checker.violation import Violation
from routing.checker.walk import every_stop
from routing.plan import Plan, Rule, Stop
from routing.problem import Problem, Shift, Visit
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return services that begin before the release or after the deadline of their visit."""
    for shift, _, visit, stop in every_stop(problem, plan):
        if visit.release is not None and stop.begin < visit.release:
            yield _broken(shift, visit, visit.release - stop.begin, "before its release")
        if visit.deadline is not None and stop.begin > visit.deadline:
            yield _broken(shift, visit, stop.begin - visit.deadline, "after its deadline")


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return a violation if the bill's lateness differs from the late services."""
    late = (_late(visit, stop) for _, _, visit, stop in every_stop(problem, plan))
    subject = "Services that begin after they are due"
    yield from unpaid(Rule.DATES, "lateness", sum(late, Fraction()), plan, subject=subject)


def _late(visit: Visit, stop: Stop) -> Fraction:
    if visit.due is None or stop.begin <= visit.due:
        return Fraction()
    return hourly(visit.cents_per_hour_late, stop.begin - visit.due)


def _broken(shift: Shift, visit: Visit, by: int, side: str) -> Violation:
    return Violation(
        rule=Rule.DATES,
        shift=shift.id,
        visit=visit.id,
        by=by,
        sentence=f"Service at visit {visit.id} on shift {shift.id} begins {spoken(by)} {side}.",
    )

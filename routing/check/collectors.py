"""Knows which collectors may come to a visit, and what it costs if the preferred do not."""

from collections.abc import Iterator
from fractions import Fraction

from routing.check.bill import unpaid
from routing.check.violation import Violation
from routing.check.walk import every_stop
from routing.plan import Plan, Rule
from routing.problem import Problem, Shift, Visit


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Visits by a collector they do not allow, or whom they forbid."""
    for shift, _, visit, _ in every_stop(problem, plan):
        if visit.collectors is not None and shift.collector not in visit.collectors:
            yield _broken(shift, visit, "allows other collectors only")
        if shift.collector in visit.forbidden:
            yield _broken(shift, visit, "forbids this collector")


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A bill whose preferences are not those of the visits by others than the preferred."""
    missed = sum(
        visit.preference
        for shift, _, visit, _ in every_stop(problem, plan)
        if visit.preferred and shift.collector not in visit.preferred
    )
    subject = "Visits by others than the preferred collectors"
    yield from unpaid(Rule.COLLECTORS, "preferences", Fraction(missed), plan, subject=subject)


def _broken(shift: Shift, visit: Visit, complaint: str) -> Violation:
    return Violation(
        rule=Rule.COLLECTORS,
        shift=shift.id,
        visit=visit.id,
        what=shift.collector,
        sentence=f"Shift {shift.id} is driven by {shift.collector}; visit {visit.id} {complaint}.",
    )

"""Rule `collectors`: allowed, forbidden and preferred collectors of a visit."""

from collections.abc import Iterator
from fractions import Fraction

from routing.checker.bill import unpaid
from routing.checker.violation import Violation
from routing.checker.walk import every_stop
from routing.plan import Plan, Rule
from routing.problem import Problem, Shift, Visit


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return visits by a collector not allowed, or forbidden."""
    for shift, _, visit, _ in every_stop(problem, plan):
        if visit.collectors is not None and shift.collector not in visit.collectors:
            yield _broken(shift, visit, "allows other collectors only")
        if shift.collector in visit.forbidden:
            yield _broken(shift, visit, "forbids this collector")


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return a violation if the bill's preferences differ from the visits by other collectors."""
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

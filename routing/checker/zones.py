"""Rule `zones`: the zones of a shift, and the price of visits outside."""

from collections.abc import Iterator
from fractions import Fraction

from routing.checker.bill import unpaid
from routing.checker.violation import Violation
from routing.checker.walk import every_stop
from routing.plan import Plan, Rule
from routing.problem import Problem, Shift, Visit


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return visits outside the zones of a shift confined to them."""
    for shift, _, visit, _ in every_stop(problem, plan):
        if _is_outside(shift, visit) and shift.outside is None:
            yield Violation(
                rule=Rule.ZONES,
                shift=shift.id,
                visit=visit.id,
                what=visit.zone,
                sentence=f"Visit {visit.id} lies in zone {visit.zone}, where shift {shift.id} may"
                " not go.",
            )


def bill(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return a violation if the bill's zones differ from the visits outside."""
    outside = sum(
        shift.outside or 0
        for shift, _, visit, _ in every_stop(problem, plan)
        if _is_outside(shift, visit)
    )
    subject = "Visits outside the zones of their shifts"
    yield from unpaid(Rule.ZONES, "zones", Fraction(outside), plan, subject=subject)


def _is_outside(shift: Shift, visit: Visit) -> bool:
    return visit.zone is not None and shift.zones is not None and visit.zone not in shift.zones

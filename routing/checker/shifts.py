"""Rule `shifts`: at most one tour per shift, inside its hours."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import tours
from routing.plan import Plan, Rule, Tour
from routing.problem import Problem, Shift
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return tours of unknown shifts, second tours, tours without stops, tours outside hours."""
    seen: set[str] = set()
    for tour in plan.tours:
        if problem.shift(tour.shift) is None:
            yield _broken(tour.shift, f"Shift {tour.shift} is not in the problem.")
        if tour.shift in seen:
            yield _broken(tour.shift, f"Shift {tour.shift} has more than one tour.")
        if not tour.stops:
            yield _broken(tour.shift, f"The tour of shift {tour.shift} serves nobody.")
        seen.add(tour.shift)
    for shift, tour in tours(problem, plan):
        yield from _hours(shift, tour)


def _hours(shift: Shift, tour: Tour) -> Iterator[Violation]:
    early = shift.window.earliest - tour.departure
    late = tour.arrival - shift.window.latest
    if early > 0:
        sentence = f"Shift {shift.id} departs {spoken(early)} before it begins."
        yield _broken(shift.id, sentence, by=early)
    if shift.departed and early < 0:
        sentence = (
            f"Shift {shift.id} is on the road already; its tour departs {spoken(early)} later."
        )
        yield _broken(shift.id, sentence, by=-early)
    if late > 0:
        sentence = f"Shift {shift.id} arrives {spoken(late)} after it ends."
        yield _broken(shift.id, sentence, by=late)


def _broken(shift: str, sentence: str, *, by: int = 0) -> Violation:
    return Violation(rule=Rule.SHIFTS, shift=shift, by=by, sentence=sentence)

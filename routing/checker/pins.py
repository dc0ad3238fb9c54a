"""Rule `pins`: a pinned visit on its shift and, if given, at its position."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import tours
from routing.plan import Plan, Rule
from routing.problem import Pin, Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return pinned visits on another shift or at another position."""
    for shift, tour in tours(problem, plan):
        for position, stop in enumerate(tour.stops):
            pin = problem.pin(stop.visit)
            if pin is None:
                continue
            if pin.shift != shift.id:
                sentence = f"Visit {pin.visit} is pinned on shift {pin.shift}, not on {shift.id}."
                yield _broken(pin, shift.id, sentence)
            elif pin.position is not None and pin.position != position:
                sentence = (
                    f"Visit {pin.visit} is pinned as stop {pin.position + 1} of shift"
                    f" {shift.id}, and is stop {position + 1}."
                )
                yield _broken(pin, shift.id, sentence, by=abs(pin.position - position))


def _broken(pin: Pin, shift: str, sentence: str, *, by: int = 0) -> Violation:
    return Violation(rule=Rule.PINS, shift=shift, visit=pin.visit, by=by, sentence=sentence)

"""Rule `windows`: service begins in one of the visit's windows, both ends included."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import every_stop
from routing.plan import Plan, Rule, Stop
from routing.problem import Problem, Visit
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return services that begin outside every window of their visit."""
    for shift, _, visit, stop in every_stop(problem, plan):
        if not any(window.earliest <= stop.begin <= window.latest for window in visit.windows):
            by, side = _miss(visit, stop)
            yield Violation(
                rule=Rule.WINDOWS,
                shift=shift.id,
                visit=visit.id,
                by=by,
                sentence=f"Service at visit {visit.id} on shift {shift.id} begins"
                f" {spoken(by)} {side}.",
            )


def _miss(visit: Visit, stop: Stop) -> tuple[int, str]:
    """Return the seconds to the nearest window, and the side."""
    after = [stop.begin - window.latest for window in visit.windows if window.latest < stop.begin]
    before = [
        window.earliest - stop.begin for window in visit.windows if window.earliest > stop.begin
    ]
    if after and (not before or min(after) <= min(before)):
        return min(after), "after a window has closed"
    return min(before), "before a window opens"

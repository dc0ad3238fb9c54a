"""Spare time of a shift before its collector's next one."""

from routing.problem import Problem, Shift
from routing.units import LARGEST, Seconds


def spare(problem: Problem, shift: Shift) -> Seconds:
    """Return the seconds until a collector's next shift, or the end of the period."""
    latest = shift.window.latest
    ahead: list[int] = [
        other.window.earliest
        for other in problem.shifts
        if other.collector == shift.collector and other.window.earliest >= latest
        if other.id != shift.id
    ]
    ahead += [period.latest for period in problem.periods if period.latest >= latest]
    # A shift outside all periods must not reach into the next.
    ahead += [period.earliest - 1 for period in problem.periods if period.earliest > latest]
    return Seconds(min(ahead, default=LARGEST) - latest)

"""Rules the kernel cannot search; `solve` runs the OR-Tools model first when there are any."""

from routing.plan import Rule
from routing.problem import Problem


def unsupported_rules(problem: Problem) -> frozenset[Rule]:
    """Return the rules of a problem that the kernel obeys but does not search through.

    A visit pinned at a position stays there, and so do all visits before it. If one of these is not
    pinned, another visit in its place might be better.
    """
    pinned = {(pin.shift, pin.position) for pin in problem.pins if pin.position is not None}
    has_gap = any(
        (shift, earlier) not in pinned for shift, position in pinned for earlier in range(position)
    )
    return frozenset({Rule.PINS}) if has_gap else frozenset()

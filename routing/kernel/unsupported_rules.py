"""Knows what of a problem the kernel does not search through freely."""

from routing.plan import Rule
from routing.problem import Problem


def unsaid(problem: Problem) -> frozenset[Rule]:
    """The rules that it keeps by not touching what they speak of.

    A visit pinned at a position is kept there with all that is ahead of it. Where somebody not
    pinned stands there, another choice of whom might be better.
    """
    seats = {(pin.shift, pin.position) for pin in problem.pins if pin.position is not None}
    filled = all((shift, ahead) in seats for shift, position in seats for ahead in range(position))
    return frozenset() if filled else frozenset({Rule.PINS})

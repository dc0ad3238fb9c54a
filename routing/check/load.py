"""Knows that a tour never carries more than its shift can, in any dimension."""

from collections.abc import Iterator

from routing.check.violation import Violation
from routing.check.walk import stops, tours
from routing.plan import Plan, Rule
from routing.problem import Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Dimensions in which a tour carries too much.

    Everything collected stays on board to the end, so the load at the end is the largest.
    """
    for shift, tour in tours(problem, plan):
        for dimension, capacity in shift.capacity.items():
            load = sum(visit.load.get(dimension, 0) for visit, _ in stops(problem, tour))
            if load > capacity:
                yield Violation(
                    rule=Rule.LOAD,
                    shift=shift.id,
                    what=dimension,
                    by=load - capacity,
                    sentence=f"Shift {shift.id} carries {load} {dimension},"
                    f" {load - capacity} more than the {capacity} it can.",
                )

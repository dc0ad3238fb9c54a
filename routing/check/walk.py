"""Knows how to walk a plan beside its problem, past names the problem does not have.

Unknown and doubled names are for `coverage` and `shifts` to report; every other rule judges what
it can.
"""

from collections.abc import Iterator

from routing.plan import Plan, Stop, Tour
from routing.problem import Problem, Shift, Visit


def tours(problem: Problem, plan: Plan) -> Iterator[tuple[Shift, Tour]]:
    """Each tour with its shift."""
    for tour in plan.tours:
        shift = problem.shift(tour.shift)
        if shift is not None:
            yield shift, tour


def stops(problem: Problem, tour: Tour) -> Iterator[tuple[Visit, Stop]]:
    """Each stop of a tour with its visit."""
    for stop in tour.stops:
        visit = problem.visit(stop.visit)
        if visit is not None:
            yield visit, stop


def every_stop(problem: Problem, plan: Plan) -> Iterator[tuple[Shift, Tour, Visit, Stop]]:
    """Each stop of a plan with its shift, its tour and its visit."""
    for shift, tour in tours(problem, plan):
        for visit, stop in stops(problem, tour):
            yield shift, tour, visit, stop

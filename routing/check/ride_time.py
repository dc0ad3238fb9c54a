"""Knows how long an item may ride: from the end of service to the arrival at the shift's end."""

from collections.abc import Iterator

from routing.check.violation import Violation
from routing.check.walk import every_stop
from routing.plan import Plan, Rule
from routing.problem import Problem
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Items that are on board longer than their limit."""
    for shift, tour, visit, stop in every_stop(problem, plan):
        for item, limit in visit.ride_limits.items():
            over = tour.arrival - stop.end - limit
            if over > 0:
                yield Violation(
                    rule=Rule.RIDE_TIME,
                    shift=shift.id,
                    visit=visit.id,
                    what=item,
                    by=over,
                    sentence=f"On shift {shift.id} the {item} of visit {visit.id} rides"
                    f" {spoken(limit + over)}, {spoken(over)} longer than it may.",
                )

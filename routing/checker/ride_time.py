"""Rule `ride_time`: the time of an item from the end of service to a receiving place."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import Walk, walks
from routing.plan import Plan, Rule
from routing.problem import Problem
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return items on board longer than their limit.

    An item without a receiving place is reported by `ends`.
    """
    for walk in walks(problem, plan):
        yield from _carried(walk)
        for position in range(len(walk.points)):
            yield from _collected(walk, position)


def _carried(walk: Walk) -> Iterator[Violation]:
    """Return violations of items on board at the departure."""
    received = walk.received(-1)
    until = walk.shift.carried_until
    if received is not None and until is not None and received.arrival > until:
        over = received.arrival - until
        yield Violation(
            rule=Rule.RIDE_TIME,
            shift=walk.shift.id,
            by=over,
            sentence=f"What shift {walk.shift.id} carries from the start reaches {received.place}"
            f" {spoken(over)} later than it may.",
        )


def _collected(walk: Walk, position: int) -> Iterator[Violation]:
    point, received = walk.points[position], walk.received(position)
    if point.visit is None or received is None:
        return
    for item, limit in point.visit.ride_limits.items():
        over = received.arrival - point.end - limit
        if over > 0:
            yield Violation(
                rule=Rule.RIDE_TIME,
                shift=walk.shift.id,
                visit=point.visit.id,
                what=item,
                by=over,
                sentence=f"On shift {walk.shift.id} the {item} of visit {point.visit.id} rides"
                f" {spoken(limit + over)}, {spoken(over)} longer than it may.",
            )

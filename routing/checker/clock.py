"""Rule `clock`: times and metres of a tour follow from travel, waits and services."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import Point, Walk, walks
from routing.plan import Plan, Rule
from routing.problem import Problem, Visit
from routing.units import spoken


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return arrivals other than leaving plus travel, early begins, wrong services and metres.

    Breaks on the way delay the arrival. The position of a break is judged by `breaks`, the length
    of an unloading by `reload`.
    """
    for walk in walks(problem, plan):
        for point in walk.points:
            yield from _of_point(walk, point)
        yield from _of_road(walk)


def _of_point(walk: Walk, point: Point) -> Iterator[Violation]:
    due = _arrival(point)
    if point.arrival != due:
        yield _off(walk, point, "The arrival at", point.arrival - due)
    if point.begin < point.arrival:
        yield _off(walk, point, "The begin of service at", point.begin - point.arrival)
    if point.visit is not None:
        end = point.begin + _service(point, point.visit)
        if point.end != end:
            yield _off(walk, point, "The end of service at", point.end - end)


def _arrival(point: Point) -> int:
    """Return leaving plus travel, delayed by each break that begins before the arrival so far."""
    arrival = point.leaving + point.seconds
    for rest in point.rests:
        if rest.begin < arrival:
            arrival += rest.end - rest.begin
    return arrival


def _service(point: Point, visit: Visit) -> int:
    return visit.service + (visit.setup if point.moved else 0)


def _off(walk: Walk, point: Point, what: str, by: int) -> Violation:
    side = "before" if by < 0 else "after"
    return Violation(
        rule=Rule.CLOCK,
        shift=walk.shift.id,
        visit=point.visit.id if point.visit else None,
        by=abs(by),
        sentence=f"{what} {walk.label(point)} on shift {walk.shift.id} is {spoken(by)} {side}"
        f" what follows from the times ahead of it.",
    )


def _of_road(walk: Walk) -> Iterator[Violation]:
    if walk.tour.metres != walk.metres:
        yield Violation(
            rule=Rule.CLOCK,
            shift=walk.shift.id,
            what="metres",
            by=abs(walk.tour.metres - walk.metres),
            sentence=f"The tour of shift {walk.shift.id} says it is {walk.tour.metres} m long;"
            f" its road is {walk.metres} m.",
        )

"""Rule `load`: the capacity of a shift in each dimension."""

from collections.abc import Iterator

from routing.checker.violation import Violation
from routing.checker.walk import Walk, walks
from routing.plan import Plan, Rule
from routing.problem import Problem


def violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Return dimensions above capacity, with the largest load of the tour."""
    for walk in walks(problem, plan):
        for dimension, capacity in walk.shift.capacity.items():
            load, where = _most(problem, walk, dimension)
            if load > capacity:
                yield Violation(
                    rule=Rule.LOAD,
                    shift=walk.shift.id,
                    what=dimension,
                    by=load - capacity,
                    sentence=f"Shift {walk.shift.id} carries {load} {dimension},"
                    f" {load - capacity} more than the {capacity} it can, {where}.",
                )


def _most(problem: Problem, walk: Walk, dimension: str) -> tuple[int, str]:
    """Return the largest load and its first position."""
    loads = list(_on_board(problem, walk, dimension))
    most = max(loads)
    position = loads.index(most)
    if position == 0:
        return most, "when it departs"
    return most, f"after {walk.label(walk.points[position - 1])}"


def _on_board(problem: Problem, walk: Walk, dimension: str) -> Iterator[int]:
    """Yield the load after the departure and after every point.

    Deliveries and shipments stay on board at an unloading.
    """
    visits = [point.visit for point in walk.points if point.visit is not None]
    brought = sum(visit.brought.get(dimension, 0) for visit in visits)
    collected, shipped = walk.shift.carried.get(dimension, 0), 0
    yield brought + collected
    for point in walk.points:
        if point.receives:
            collected = 0
        if point.visit is not None:
            brought -= point.visit.brought.get(dimension, 0)
            load = point.visit.load.get(dimension, 0)
            if problem.shipment(point.visit.id) is None:
                collected += load
            else:
                shipped += load
        yield brought + collected + shipped

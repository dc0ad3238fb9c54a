"""Says that a donor is visited once at most in a period."""

from collections import defaultdict

from routing.model.routing_model import Model
from routing.problem import Window


def say(model: Model) -> None:
    """Let one visit of a donor at most ride on the shifts of a period."""
    visits = defaultdict(list)
    for index, visit in model.visits():
        if visit.donor is not None:
            visits[visit.donor].append(index)
    for period in model.problem.periods:
        vehicles = _inside(model, period)
        for indices in visits.values():
            if vehicles and len(indices) > 1:
                _once(model, indices, vehicles)


def _inside(model: Model, period: Window) -> list[int]:
    """The shifts of a period; a shift is wholly inside it, or wholly outside."""
    return [
        vehicle
        for vehicle, shift in model.shifts()
        if period.earliest <= shift.window.earliest <= period.latest
    ]


def _once(model: Model, indices: list[int], vehicles: list[int]) -> None:
    solver, vehicle_of = model.solver(), model.routing.VehicleVar
    served = [solver.IsMemberVar(vehicle_of(index), vehicles) for index in indices]
    solver.Add(solver.Sum(served) <= 1)

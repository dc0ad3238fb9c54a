"""Periods: a donor is visited at most once in a period."""

from collections import defaultdict

from routing.model.routing_model import Model
from routing.problem import Window


def add_to(model: Model) -> None:
    """Limit the visits of a donor on the shifts of a period to one."""
    visits = defaultdict(list)
    for index, visit in model.visits():
        if visit.donor is not None:
            visits[visit.donor].append(index)
    for period in model.problem.periods:
        vehicles = _vehicles_in(model, period)
        for indices in visits.values():
            if vehicles and len(indices) > 1:
                _allow_one(model, indices, vehicles)


def _vehicles_in(model: Model, period: Window) -> list[int]:
    """Return the vehicles of a period; a shift lies wholly inside it or wholly outside."""
    return [
        vehicle
        for vehicle, shift in model.shifts()
        if period.earliest <= shift.window.earliest <= period.latest
    ]


def _allow_one(model: Model, indices: list[int], vehicles: list[int]) -> None:
    solver, vehicle_of = model.solver(), model.routing.VehicleVar
    served = [solver.IsMemberVar(vehicle_of(index), vehicles) for index in indices]
    solver.Add(solver.Sum(served) <= 1)

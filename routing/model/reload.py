"""Reload: optional nodes at which a shift may unload on the way."""

from routing.model.routing_model import Model


def add_to(model: Model) -> None:
    """Add a disjunction without penalty for each unloading of a shift."""
    for index, unloading in model.unloadings():
        model.allow_vehicles(index, [unloading.vehicle])
        model.routing.AddDisjunction([index], 0)
    for vehicle, shift in model.shifts():
        if shift.reload and len(shift.reload.places) > 1:
            _limit_unloadings(model, vehicle, shift.reload.times)


def _limit_unloadings(model: Model, vehicle: int, times: int) -> None:
    """Limit the unloadings at several freezers together; each of them has as many nodes."""
    active = [
        model.routing.ActiveVar(index)
        for index, unloading in model.unloadings()
        if unloading.vehicle == vehicle
    ]
    model.solver().Add(model.solver().Sum(active) <= times)

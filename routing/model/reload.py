"""Says where a shift may unload on the way: halts that it may make or leave out for nothing."""

from routing.model.routing_model import Model


def say(model: Model) -> None:
    """Give each halt to its shift, or to nobody."""
    for index, halt in model.unloadings():
        model.only(index, [halt.vehicle])
        model.routing.AddDisjunction([index], 0)
    for vehicle, shift in model.shifts():
        if shift.reload and len(shift.reload.places) > 1:
            _at_most(model, vehicle, shift.reload.times)


def _at_most(model: Model, vehicle: int, times: int) -> None:
    """Bound the halts at several freezers together; there are as many nodes for each of them."""
    made = [
        model.routing.ActiveVar(index)
        for index, halt in model.unloadings()
        if halt.vehicle == vehicle
    ]
    model.solver().Add(model.solver().Sum(made) <= times)

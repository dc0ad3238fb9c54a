"""Shifts: the instants between which a tour departs and arrives."""

from routing.model.routing_model import Model


def add_to(model: Model) -> None:
    """Bound the departure and the arrival of every shift."""
    time = model.time()
    for vehicle, shift in model.shifts():
        start = time.CumulVar(model.routing.Start(vehicle))
        start.SetMin(shift.window.earliest)
        if shift.departed:
            start.SetMax(shift.window.earliest)
        time.CumulVar(model.routing.End(vehicle)).SetMax(shift.window.latest)

"""Pins: a coordinator's decision on the shift of a visit, and perhaps on its position."""

from routing.model.measures import count_stops
from routing.model.routing_model import Model

POSITION = "position"
"""Name of the dimension that counts stops."""


def add_to(model: Model) -> None:
    """Bind pinned visits to their shift and, by a dimension that counts stops, their position."""
    pins = [(index, model.problem.pin(visit.id)) for index, visit in model.visits()]
    vehicles = {shift.id: vehicle for vehicle, shift in model.shifts()}
    if any(pin is not None and pin.position is not None for _, pin in pins):
        count_stops(model, POSITION)
    for index, pin in pins:
        if pin is None:
            continue
        model.allow_vehicles(index, [vehicles[pin.shift]])
        if pin.position is not None:
            model.routing.GetDimensionOrDie(POSITION).CumulVar(index).SetValue(pin.position)

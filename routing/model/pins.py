"""Says what a coordinator has decided: this visit on that shift, at that position."""

from routing.model.measures import stops
from routing.model.routing_model import Model

RANK = "rank"


def say(model: Model) -> None:
    """Bind pinned visits to their shift and, through a counting dimension, to their position."""
    pins = [(index, model.problem.pin(visit.id)) for index, visit in model.visits()]
    vehicles = {shift.id: vehicle for vehicle, shift in model.shifts()}
    if any(pin is not None and pin.position is not None for _, pin in pins):
        stops(model, RANK)
    for index, pin in pins:
        if pin is None:
            continue
        model.only(index, [vehicles[pin.shift]])
        if pin.position is not None:
            model.routing.GetDimensionOrDie(RANK).CumulVar(index).SetValue(pin.position)

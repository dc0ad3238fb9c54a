"""Ends: a load with a ride limit must reach a place that receives it.

The nodes and the legs of the model make a tour run from the start of its shift to the nearest of
the shift's ends.
"""

from routing.model.routing_model import Model


def add_to(model: Model) -> None:
    """Forbid visits with a ride limit on shifts that neither end nor unload at a freezer.

    On a shift that may unload, `ride_time` requires it.
    """
    receiving = [
        vehicle
        for vehicle, shift in model.shifts()
        if model.may_unload(vehicle) or model.problem.place(shift.ends[0]).receives
    ]
    for index, visit in model.visits():
        if visit.ride_limits:
            model.allow_vehicles(index, receiving)

"""Says where tours may end: what must be kept cold, only at a place that receives it.

That a tour runs from its shift's start to the nearest of its shift's ends is in the nodes of the
model and in its legs.
"""

from routing.model.routing_model import Model


def say(model: Model) -> None:
    """Keep visits with a ride limit off shifts that neither end nor unload where milk is received.

    Of a shift that may unload, `ride_time` says that it must.
    """
    receiving = [
        vehicle
        for vehicle, shift in model.shifts()
        if model.unloads(vehicle) or model.problem.place(shift.ends[0]).receives
    ]
    for index, visit in model.visits():
        if visit.ride_limits:
            model.only(index, receiving)

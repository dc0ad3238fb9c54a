"""Says where tours may end: what must be kept cold, only at a place that receives it.

That a tour runs from its shift's start to its shift's end is in the nodes of the model.
"""

from routing.model.said import Model


def say(model: Model) -> None:
    """Keep visits with a ride limit off shifts that end where nothing receives."""
    receiving = [
        vehicle for vehicle, shift in model.shifts() if model.problem.place(shift.ends[0]).receives
    ]
    for index, visit in model.visits():
        if visit.ride_limits:
            model.only(index, receiving)

"""Says how long an item may ride: the end of its tour is bound to the end of its service."""

from routing.model.said import Model


def say(model: Model) -> None:
    """Bind the arrival at the end of whichever shift serves a visit to that visit's service.

    The element at 0 is for a visit that nobody serves: its vehicle is -1.
    """
    time, solver = model.time(), model.solver()
    ends = [time.CumulVar(model.routing.End(vehicle)) for vehicle, _ in model.shifts()]
    choices = [solver.IntConst(0), *ends]
    for index, visit in model.visits():
        if visit.ride_limits:
            limit = min(visit.ride_limits.values())
            end = solver.Element(choices, model.routing.VehicleVar(index) + 1)
            solver.Add(end <= time.CumulVar(index) + visit.service + limit)

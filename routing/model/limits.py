"""Says the most a tour may have: hours of driving and of work, metres, stops."""

from routing.model.measures import road, stops
from routing.model.routing_model import Model


def say(model: Model) -> None:
    """Bound every tour whose shift has a limit."""
    shifts = model.problem.shifts
    driving = [shift.max_driving for shift in shifts]
    metres = [shift.max_metres for shift in shifts]
    visits = [shift.max_stops for shift in shifts]
    if any(most is not None for most in driving):
        road(model, "seconds", "driving", driving)
    if any(most is not None for most in metres):
        road(model, "metres", "metres", metres)
    if any(most is not None for most in visits):
        stops(model, "stops", visits)
    for vehicle, shift in model.shifts():
        if shift.max_working is not None:
            model.time().SetSpanUpperBoundForVehicle(shift.max_working, vehicle)

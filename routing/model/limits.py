"""Limits of a tour: driving time, working time, metres and stops."""

from routing.model.measures import count_stops, sum_legs
from routing.model.routing_model import Model


def add_to(model: Model) -> None:
    """Bound every tour of a shift with limits."""
    shifts = model.problem.shifts
    driving = [shift.max_driving for shift in shifts]
    metres = [shift.max_metres for shift in shifts]
    stops = [shift.max_stops for shift in shifts]
    if any(limit is not None for limit in driving):
        sum_legs(model, "seconds", "driving", driving)
    if any(limit is not None for limit in metres):
        sum_legs(model, "metres", "metres", metres)
    if any(limit is not None for limit in stops):
        count_stops(model, "stops", stops)
    for vehicle, shift in model.shifts():
        if shift.max_working is not None:
            model.time().SetSpanUpperBoundForVehicle(shift.max_working, vehicle)

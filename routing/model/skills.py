"""Skills: a visit is served by a shift with all its skills, among the shifts it allows."""

from routing.model.routing_model import Model


def add_to(model: Model) -> None:
    """Restrict each visit to the shifts with its skills that it allows."""
    for index, visit in model.visits():
        able = [
            vehicle
            for vehicle, shift in model.shifts()
            if visit.skills <= shift.skills and (visit.shifts is None or shift.id in visit.shifts)
        ]
        model.allow_vehicles(index, able)

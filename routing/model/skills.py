"""Says who may serve a visit: shifts with every skill, among those it allows."""

from routing.model.routing_model import Model


def say(model: Model) -> None:
    """Leave each visit the shifts that have its skills and that it allows."""
    for index, visit in model.visits():
        able = [
            vehicle
            for vehicle, shift in model.shifts()
            if visit.skills <= shift.skills and (visit.shifts is None or shift.id in visit.shifts)
        ]
        model.only(index, able)

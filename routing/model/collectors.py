"""Says which collectors may serve a visit, and what it costs if it is not a preferred one."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_CENT


def say(model: Model) -> None:
    """Leave each visit the collectors it allows, and charge the others than the preferred."""
    for node, (index, visit) in enumerate(model.visits()):
        allowed = [
            vehicle
            for vehicle, shift in model.shifts()
            if shift.collector not in visit.forbidden
            and (visit.collectors is None or shift.collector in visit.collectors)
        ]
        model.only(index, allowed)
        for vehicle, shift in model.shifts():
            if visit.preferred and shift.collector not in visit.preferred:
                model.charges[vehicle, node] += SHARES_PER_CENT * visit.preference

"""Collectors: permission to serve a visit, and the surcharge unless they are preferred."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_CENT


def add_to(model: Model) -> None:
    """Restrict each visit to its allowed collectors, and add surcharges.

    A surcharge applies on the shift of a collector not preferred.
    """
    for node, (index, visit) in enumerate(model.visits()):
        allowed = [
            vehicle
            for vehicle, shift in model.shifts()
            if shift.collector not in visit.forbidden
            and (visit.collectors is None or shift.collector in visit.collectors)
        ]
        model.allow_vehicles(index, allowed)
        for vehicle, shift in model.shifts():
            if visit.preferred and shift.collector not in visit.preferred:
                model.surcharges[vehicle, node] += SHARES_PER_CENT * visit.preference

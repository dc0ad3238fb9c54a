"""Zones: a visit outside a shift's zones is forbidden, or has a surcharge."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_CENT


def add_to(model: Model) -> None:
    """Forbid visits outside the zones of a shift, or add their surcharge."""
    for node, (index, visit) in enumerate(model.visits()):
        for vehicle, shift in model.shifts():
            if visit.zone is None or shift.zones is None or visit.zone in shift.zones:
                continue
            if shift.outside is None:
                model.routing.VehicleVar(index).RemoveValue(vehicle)
            else:
                model.surcharges[vehicle, node] += SHARES_PER_CENT * shift.outside

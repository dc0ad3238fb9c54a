"""Says who is at home where: a visit outside a shift's zones is forbidden, or costs its price."""

from routing.model.routing_model import Model
from routing.units import SHARES_PER_CENT


def say(model: Model) -> None:
    """Forbid or charge visits outside a shift's zones."""
    for node, (index, visit) in enumerate(model.visits()):
        for vehicle, shift in model.shifts():
            if visit.zone is None or shift.zones is None or visit.zone in shift.zones:
                continue
            if shift.outside is None:
                model.routing.VehicleVar(index).RemoveValue(vehicle)
            else:
                model.charges[vehicle, node] += SHARES_PER_CENT * shift.outside

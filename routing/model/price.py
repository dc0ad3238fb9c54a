"""Price: the cost of a plan in shares, equal to that of `routing.cost`."""

from routing.model.legs import durations, legs
from routing.model.routing_model import Model
from routing.problem import Shift
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND

Tariff = tuple[str, int, int, int, tuple[int, ...]]
"""The terms of a leg's cost; shifts with the same tariff share a matrix.

The profile, the cents per kilometre, per hour and per hour of driving, and the surcharge of each
visit in shares.
"""


def add_to(model: Model) -> None:
    """Add the costs of legs, working time and the use of a shift.

    Travel, service, set-up and surcharges are costs of arcs, which the search uses as guidance.
    Only waiting is a cost of slack in the time dimension.
    """
    arcs: dict[Tariff, int] = {}
    for vehicle, shift in model.shifts():
        tariff = _tariff(model, vehicle, shift)
        if tariff not in arcs:
            arcs[tariff] = _register_arcs(model, tariff)
        model.routing.SetArcCostEvaluatorOfVehicle(arcs[tariff], vehicle)
        fixed = SHARES_PER_CENT * shift.fixed_cost + model.fixed_surcharges[vehicle]
        model.routing.SetFixedCostOfVehicle(fixed, vehicle)
        if shift.cents_per_hour:
            per_second = SHARES_PER_SECOND * shift.cents_per_hour
            model.time().SetSlackCostCoefficientForVehicle(per_second, vehicle)


def _tariff(model: Model, vehicle: int, shift: Shift) -> Tariff:
    surcharges = tuple(model.surcharges[vehicle, node] for node in range(len(model.problem.visits)))
    hourly = shift.cents_per_hour, shift.cents_per_driving_hour
    return (shift.profile, shift.cents_per_km, *hourly, surcharges)


def _register_arcs(model: Model, tariff: Tariff) -> int:
    """Register the matrix of arc costs of a tariff, in shares."""
    profile, per_km, per_hour, per_driving_hour, surcharges = tariff
    parts = [
        (SHARES_PER_METRE * per_km, legs(model, profile, "metres")),
        (SHARES_PER_SECOND * per_hour, durations(model, profile)),
        (SHARES_PER_SECOND * per_driving_hour, legs(model, profile, "seconds")),
    ]
    if model.problem.travel[profile].cents:
        parts.append((SHARES_PER_CENT, legs(model, profile, "cents")))
    parts = [(rate, matrix) for rate, matrix in parts if rate]
    per_node = [*surcharges, *([0] * (len(model.place_rows()) - len(surcharges)))]
    matrix = [
        [
            surcharge + sum(rate * value for (rate, _), value in zip(parts, values, strict=True))
            for surcharge, *values in zip(per_node, *rows, strict=True)
        ]
        for rows in (_rows(parts, here) for here in range(len(per_node)))
    ]
    number: int = model.routing.RegisterTransitMatrix(matrix)
    return number


def _rows(parts: list[tuple[int, list[list[int]]]], here: int) -> list[list[int]]:
    return [matrix[here] for _, matrix in parts]

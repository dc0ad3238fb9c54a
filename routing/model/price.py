"""Says what a plan costs, exactly, in shares of a cent: it agrees with `routing.cost`."""

from routing.model.legs import durations, legs
from routing.model.routing_model import Model
from routing.problem import Shift
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND

Tariff = tuple[str, int, int, int, tuple[int, ...]]
"""What the price of a leg depends on: profile, cents per kilometre, hour and hour of driving, and
what each node costs on top. Shifts that share it share a matrix."""


def say(model: Model) -> None:
    """Price roads, working time and the use of a shift.

    Travel, service and set-up are priced on the arcs, where the search can see them, and so is
    whatever a visit costs on this shift; only waiting is priced as slack of the time dimension.
    """
    arcs: dict[Tariff, int] = {}
    for vehicle, shift in model.shifts():
        tariff = _tariff(model, vehicle, shift)
        if tariff not in arcs:
            arcs[tariff] = _arcs(model, tariff)
        model.routing.SetArcCostEvaluatorOfVehicle(arcs[tariff], vehicle)
        fixed = SHARES_PER_CENT * shift.fixed_cost + model.standing[vehicle]
        model.routing.SetFixedCostOfVehicle(fixed, vehicle)
        if shift.cents_per_hour:
            per_second = SHARES_PER_SECOND * shift.cents_per_hour
            model.time().SetSlackCostCoefficientForVehicle(per_second, vehicle)


def _tariff(model: Model, vehicle: int, shift: Shift) -> Tariff:
    charges = tuple(model.charges[vehicle, node] for node in range(len(model.problem.visits)))
    hourly = shift.cents_per_hour, shift.cents_per_driving_hour
    return (shift.profile, shift.cents_per_km, *hourly, charges)


def _arcs(model: Model, tariff: Tariff) -> int:
    profile, per_km, per_hour, per_driving_hour, charges = tariff
    parts = [
        (SHARES_PER_METRE * per_km, legs(model, profile, "metres")),
        (SHARES_PER_SECOND * per_hour, durations(model, profile)),
        (SHARES_PER_SECOND * per_driving_hour, legs(model, profile, "seconds")),
    ]
    if model.problem.travel[profile].cents:
        parts.append((SHARES_PER_CENT, legs(model, profile, "cents")))
    parts = [(price, matrix) for price, matrix in parts if price]
    on_top = [*charges, *([0] * (len(model.rows()) - len(charges)))]
    matrix = [
        [
            charge + sum(price * value for (price, _), value in zip(parts, values, strict=True))
            for charge, *values in zip(on_top, *rows, strict=True)
        ]
        for rows in (_rows(parts, here) for here in range(len(on_top)))
    ]
    number: int = model.routing.RegisterTransitMatrix(matrix)
    return number


def _rows(parts: list[tuple[int, list[list[int]]]], here: int) -> list[list[int]]:
    return [matrix[here] for _, matrix in parts]

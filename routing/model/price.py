"""Says what a plan costs, exactly, in shares of a cent: it agrees with `routing.cost`."""

from routing.model.said import Model
from routing.problem import Shift
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND

Tariff = tuple[str, int, int]
"""A profile with its cents per kilometre and per hour; shifts that share it share a matrix."""


def say(model: Model) -> None:
    """Price roads, working time and the use of a shift.

    Travel and service are priced on the arcs, where the search can see them; only waiting is
    priced as slack of the time dimension.
    """
    arcs: dict[Tariff, int] = {}
    for vehicle, shift in model.shifts():
        tariff = (shift.profile, shift.cents_per_km, shift.cents_per_hour)
        if tariff not in arcs:
            arcs[tariff] = _arcs(model, shift)
        model.routing.SetArcCostEvaluatorOfVehicle(arcs[tariff], vehicle)
        model.routing.SetFixedCostOfVehicle(SHARES_PER_CENT * shift.fixed_cost, vehicle)
        if shift.cents_per_hour:
            per_second = SHARES_PER_SECOND * shift.cents_per_hour
            model.time().SetSlackCostCoefficientForVehicle(per_second, vehicle)


def _arcs(model: Model, shift: Shift) -> int:
    travel = model.problem.travel[shift.profile]
    per_metre = SHARES_PER_METRE * shift.cents_per_km
    per_second = SHARES_PER_SECOND * shift.cents_per_hour
    places, services = model.places(), model.services()
    matrix = [
        [
            per_metre * travel.metres[here][there]
            + per_second * (service + travel.seconds[here][there])
            for there in places
        ]
        for here, service in zip(places, services, strict=True)
    ]
    number: int = model.routing.RegisterTransitMatrix(matrix)
    return number

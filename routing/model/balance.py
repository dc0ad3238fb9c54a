"""Balance: the cost of a tour above its fair share of stops, metres or seconds."""

from ortools.constraint_solver import pywrapcp

from routing.model.measures import count_stops, sum_legs
from routing.model.routing_model import Model
from routing.problem import Balance, Measure
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND


def add_to(model: Model) -> None:
    """Add the cost of the excess of each tour, balance by balance."""
    for number, balance in enumerate(model.problem.balances):
        if balance.cents:
            _BY_MEASURE[balance.measure](model, balance, f"balance {number}")


def _add_stops(model: Model, balance: Balance, name: str) -> None:
    rate = SHARES_PER_CENT * balance.cents
    dimension = count_stops(model, name)
    for vehicle in _vehicles(model, balance):
        dimension.SetCumulVarSoftUpperBound(model.routing.End(vehicle), balance.share, rate)


def _add_metres(model: Model, balance: Balance, name: str) -> None:
    rate = SHARES_PER_METRE * balance.cents
    dimension = sum_legs(model, "metres", name)
    for vehicle in _vehicles(model, balance):
        dimension.SetCumulVarSoftUpperBound(model.routing.End(vehicle), balance.share, rate)


def _add_seconds(model: Model, balance: Balance, name: str) -> None:
    """Add the cost of working time.

    A dimension has one soft bound on the span of each vehicle. So a second balance of the same
    vehicle gets its own dimension.
    """
    rate = SHARES_PER_SECOND * balance.cents
    time = model.time()
    bounded = [
        vehicle
        for vehicle in _vehicles(model, balance)
        if time.HasSoftSpanUpperBounds() and time.GetSoftSpanUpperBoundForVehicle(vehicle).cost
    ]
    if bounded:
        _add_working_time(model, bounded, balance, name)
    for vehicle in _vehicles(model, balance):
        if vehicle not in bounded:
            bound = pywrapcp.BoundCost(balance.share, rate)
            time.SetSoftSpanUpperBoundForVehicle(bound, vehicle)


def _add_working_time(model: Model, vehicles: list[int], balance: Balance, name: str) -> None:
    """Add a dimension without transits; its cumul variable at an end is the working time."""
    horizon = model.horizon()
    no_transits = model.register_per_visit([0] * len(model.problem.visits))
    from_zero = True
    model.routing.AddDimension(no_transits, horizon, horizon, from_zero, name)
    worked, time = model.routing.GetDimensionOrDie(name), model.time()
    for vehicle in vehicles:
        start, end = model.routing.Start(vehicle), model.routing.End(vehicle)
        duration = time.CumulVar(end) - time.CumulVar(start)
        model.solver().Add(worked.CumulVar(end) == duration)
        rate = SHARES_PER_SECOND * balance.cents
        worked.SetCumulVarSoftUpperBound(end, balance.share, rate)


def _vehicles(model: Model, balance: Balance) -> list[int]:
    return [vehicle for vehicle, shift in model.shifts() if shift.id in balance.shifts]


_BY_MEASURE = {
    Measure.STOPS: _add_stops,
    Measure.METRES: _add_metres,
    Measure.SECONDS: _add_seconds,
}

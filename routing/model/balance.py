"""Says what a tour pays for being longer than its fair share."""

from ortools.constraint_solver import pywrapcp

from routing.model.measures import road, stops
from routing.model.routing_model import Model
from routing.problem import Balance, Measure
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND


def say(model: Model) -> None:
    """Price the excess of each tour, balance by balance."""
    for number, balance in enumerate(model.problem.balances):
        if balance.cents:
            _SAY[balance.measure](model, balance, f"balance {number}")


def _stops(model: Model, balance: Balance, name: str) -> None:
    price = SHARES_PER_CENT * balance.cents
    counted = stops(model, name)
    for vehicle in _vehicles(model, balance):
        counted.SetCumulVarSoftUpperBound(model.routing.End(vehicle), balance.share, price)


def _metres(model: Model, balance: Balance, name: str) -> None:
    price = SHARES_PER_METRE * balance.cents
    added = road(model, "metres", name)
    for vehicle in _vehicles(model, balance):
        added.SetCumulVarSoftUpperBound(model.routing.End(vehicle), balance.share, price)


def _seconds(model: Model, balance: Balance, name: str) -> None:
    """Price working time; a dimension has one such price per vehicle, so a second gets its own."""
    price = SHARES_PER_SECOND * balance.cents
    time = model.time()
    taken = [
        vehicle
        for vehicle in _vehicles(model, balance)
        if time.HasSoftSpanUpperBounds() and time.GetSoftSpanUpperBoundForVehicle(vehicle).cost
    ]
    if taken:
        _worked(model, taken, balance, name)
    for vehicle in _vehicles(model, balance):
        if vehicle not in taken:
            bound = pywrapcp.BoundCost(balance.share, price)
            time.SetSoftSpanUpperBoundForVehicle(bound, vehicle)


def _worked(model: Model, vehicles: list[int], balance: Balance, name: str) -> None:
    """Add a dimension without steps, whose value at an end is the time worked."""
    horizon = model.horizon()
    no_steps = model.per_visit([0] * len(model.problem.visits))
    from_zero = True
    model.routing.AddDimension(no_steps, horizon, horizon, from_zero, name)
    worked, time = model.routing.GetDimensionOrDie(name), model.time()
    for vehicle in vehicles:
        start, end = model.routing.Start(vehicle), model.routing.End(vehicle)
        duration = time.CumulVar(end) - time.CumulVar(start)
        model.solver().Add(worked.CumulVar(end) == duration)
        price = SHARES_PER_SECOND * balance.cents
        worked.SetCumulVarSoftUpperBound(end, balance.share, price)


def _vehicles(model: Model, balance: Balance) -> list[int]:
    return [vehicle for vehicle, shift in model.shifts() if shift.id in balance.shifts]


_SAY = {Measure.STOPS: _stops, Measure.METRES: _metres, Measure.SECONDS: _seconds}

"""Knows the dimensions that add up what a tour has: stops, metres, seconds of driving."""

from collections.abc import Sequence

from routing.model.legs import legs
from routing.model.routing_model import Model, Var
from routing.units import LARGEST


def stops(model: Model, name: str, most: Sequence[int | None] | None = None) -> Var:
    """Count stops; unloadings are none. At a visit it is the number of stops ahead of it."""
    one_each = model.per_visit([1] * len(model.problem.visits))
    per_shift = [one_each] * len(model.problem.shifts)
    return _added(model, name, per_shift, most)


def road(model: Model, what: str, name: str, most: Sequence[int | None] | None = None) -> Var:
    """Add up metres or seconds of the legs."""
    transits = {
        profile: model.routing.RegisterTransitMatrix(legs(model, profile, what))
        for profile in {shift.profile for shift in model.problem.shifts}
    }
    per_shift = [transits[shift.profile] for shift in model.problem.shifts]
    return _added(model, name, per_shift, most)


def _added(model: Model, name: str, transits: list[int], most: Sequence[int | None] | None) -> Var:
    unlimited = LARGEST * (model.routing.Size() + 1)
    limits = most or [None] * len(transits)
    capacities = [unlimited if limit is None else limit for limit in limits]
    no_slack, from_zero = 0, True
    model.routing.AddDimensionWithVehicleTransitAndCapacity(
        transits, no_slack, capacities, from_zero, name
    )
    return model.routing.GetDimensionOrDie(name)

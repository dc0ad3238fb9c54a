"""Dimensions that accumulate stops, metres or driving time along a tour."""

from collections.abc import Sequence

from routing.model.legs import legs
from routing.model.routing_model import Handle, Model
from routing.units import LARGEST

Limits = Sequence[int | None]
"""Per shift its limit, or None."""


def count_stops(model: Model, name: str, limits: Limits | None = None) -> Handle:
    """Add and return a dimension that counts stops, without unloadings.

    Its cumul variable at a visit is the number of stops before it.
    """
    one_each = model.register_per_visit([1] * len(model.problem.visits))
    per_shift = [one_each] * len(model.problem.shifts)
    return _add_dimension(model, name, per_shift, limits)


def sum_legs(model: Model, quantity: str, name: str, limits: Limits | None = None) -> Handle:
    """Add and return a dimension that sums the metres or seconds of the legs."""
    transits = {
        profile: model.routing.RegisterTransitMatrix(legs(model, profile, quantity))
        for profile in {shift.profile for shift in model.problem.shifts}
    }
    per_shift = [transits[shift.profile] for shift in model.problem.shifts]
    return _add_dimension(model, name, per_shift, limits)


def _add_dimension(model: Model, name: str, transits: list[int], limits: Limits | None) -> Handle:
    unlimited = LARGEST * (model.routing.Size() + 1)
    capacities = [
        unlimited if limit is None else limit for limit in limits or [None] * len(transits)
    ]
    no_slack, from_zero = 0, True
    model.routing.AddDimensionWithVehicleTransitAndCapacity(
        transits, no_slack, capacities, from_zero, name
    )
    return model.routing.GetDimensionOrDie(name)

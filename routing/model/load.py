"""Says what a shift can carry: one dimension per kind of load that some shift limits."""

from routing.model.said import Model
from routing.units import LARGEST


def say(model: Model) -> None:
    """Add a dimension with the shifts' capacities for every kind of load that is limited."""
    for name in model.problem.dimensions:
        if any(name in shift.capacity for shift in model.problem.shifts):
            _say(model, name)


def _say(model: Model, name: str) -> None:
    loads = [visit.load.get(name, 0) for visit in model.problem.visits]
    ends = [0] * (2 * len(model.problem.shifts))
    transit = model.routing.RegisterUnaryTransitVector([*loads, *ends])
    # A shift that does not name the dimension is not limited: it could carry everything.
    everything = min(sum(loads), LARGEST * len(loads))
    capacities = [shift.capacity.get(name, everything) for shift in model.problem.shifts]
    no_slack, from_zero = 0, True
    model.routing.AddDimensionWithVehicleCapacity(
        transit, no_slack, capacities, from_zero, f"load {name}"
    )

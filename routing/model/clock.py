"""Clock: the time dimension, with service and travel as transits.

Its cumul variable at a visit is the end of the set-up. The set-up depends on the previous place, so
it belongs to the transit to the visit. The service belongs to the transit from the visit. At a
visit without set-up the cumul variable is the begin of service.
"""

from routing.model.legs import durations
from routing.model.routing_model import TIME, Handle, Model
from routing.problem import Visit


def add_to(model: Model) -> None:
    """Add the time dimension, and the begin of service at visits with a set-up.

    Waiting is slack. A start is not fixed to zero: a tour may leave at any instant of its window.
    """
    # The begin at an unserved visit may be the horizon itself, and its set-up comes after it.
    horizon = model.horizon() + max(model.setup_times(), default=0)
    transits = {
        profile: model.routing.RegisterTransitMatrix(durations(model, profile))
        for profile in {shift.profile for shift in model.problem.shifts}
    }
    per_shift = [transits[shift.profile] for shift in model.problem.shifts]
    fixed_to_zero = False
    model.routing.AddDimensionWithVehicleTransits(per_shift, horizon, horizon, fixed_to_zero, TIME)
    for index, visit in model.visits():
        if visit.setup:
            model.service_begins[index] = _begin(model, index, visit)


def _begin(model: Model, index: int, visit: Visit) -> Handle:
    """Return the begin of service; the set-up is saved directly after the same place."""
    rows, solver = model.place_rows(), model.solver()
    here = model.problem.row(visit.place)
    comes_after = [
        solver.IsEqualCstVar(model.routing.NextVar(other), index)
        for other in range(model.routing.Size())
        if other != index and rows[model.manager.IndexToNode(other)] == here
    ]
    ready = model.time().CumulVar(index)
    if not comes_after:
        return (ready - visit.setup).Var()
    return (ready - visit.setup + visit.setup * solver.Sum(comes_after)).Var()

"""Says that times follow from one another: a dimension whose steps are service and travel.

At a visit its cumulated value is when the set-up is over: what comes before depends on the place
ahead, so it is a part of the way there, and what comes after is the same for everybody. Where no
set-up is asked for, that is the begin of service.
"""

from routing.model.legs import durations
from routing.model.routing_model import TIME, Model, Var
from routing.problem import Visit


def say(model: Model) -> None:
    """Add the time dimension, and the begin of service where there is a set-up.

    Waiting is slack. A start is not fixed to zero: a tour may leave as late as it likes.
    """
    # A begin that nobody keeps may be the horizon itself, and its set-up comes after it.
    horizon = model.horizon() + max(model.setups(), default=0)
    transits = {
        profile: model.routing.RegisterTransitMatrix(durations(model, profile))
        for profile in {shift.profile for shift in model.problem.shifts}
    }
    per_shift = [transits[shift.profile] for shift in model.problem.shifts]
    fixed_to_zero = False
    model.routing.AddDimensionWithVehicleTransits(per_shift, horizon, horizon, fixed_to_zero, TIME)
    for index, visit in model.visits():
        if visit.setup:
            model.begins[index] = _begin(model, index, visit)


def _begin(model: Model, index: int, visit: Visit) -> Var:
    """The begin of service: the set-up is not needed straight after the same place."""
    rows, solver = model.rows(), model.solver()
    here = model.problem.row(visit.place)
    ahead = [
        solver.IsEqualCstVar(model.routing.NextVar(other), index)
        for other in range(model.routing.Size())
        if other != index and rows[model.manager.IndexToNode(other)] == here
    ]
    ready = model.time().CumulVar(index)
    if not ahead:
        return (ready - visit.setup).Var()
    return (ready - visit.setup + visit.setup * solver.Sum(ahead)).Var()

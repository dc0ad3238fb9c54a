"""Arrival at the freezers on the way, where a ride ends before the unloading begins."""

from typing import Final

from routing.model.routing_model import Handle, Model, UnloadingNode

MAX_VISITS: Final = 20
"""Visits up to which an arrival is modelled apart from the unloading.

A break between the two is rare, and modelling it ties every unloading to every point that may come
before it. With 24 visits that was still solved; with 48 no first solution came in 25 seconds.
Without it the model is a little too strict, never too loose: a ride ends when the unloading begins.
"""


def arrivals_at_unloadings(model: Model) -> dict[int, Handle]:
    """Return per index of an unloading the arrival there, in seconds.

    No tour waits to unload without a break: the wait can as well come at the next stop. So the
    begin of the unloading stands for the arrival. On a shift with breaks, one of them may lie
    between the two.
    """
    time = model.time()
    arrivals = {index: time.CumulVar(index) for index, _ in model.unloadings()}
    for vehicle in model.breaks if len(model.problem.visits) <= MAX_VISITS else ():
        own = [(index, node) for index, node in model.unloadings() if node.vehicle == vehicle]
        break_times = _break_times(model, vehicle) if own else {}
        for index, unloading in own:
            arrivals[index] = _arrival(model, index, unloading, break_times)
    return arrivals


def _break_times(model: Model, vehicle: int) -> dict[int, Handle]:
    """Return per point that may precede an unloading the seconds of breaks over by then."""
    return {
        index: _break_time(model, vehicle, model.time().CumulVar(index))
        for index in range(model.routing.Size())
        if model.routing.VehicleVar(index).Contains(vehicle)
    }


def _arrival(
    model: Model, index: int, unloading: UnloadingNode, break_times: dict[int, Handle]
) -> Handle:
    """Return the arrival as a variable; each break ends before it, or begins at it or later."""
    solver = model.solver()
    arrival = solver.IntVar(0, model.horizon(), f"arrival {index}")
    model.routing.AddVariableMinimizedByFinalizer(arrival)
    solver.Add(arrival <= model.time().CumulVar(index))
    for break_ in model.breaks[unloading.vehicle]:
        before = solver.IsLessOrEqualVar(break_.end, arrival)
        after = solver.IsGreaterOrEqualVar(break_.begin, arrival)
        solver.Add(before + after + (1 - break_.taken) >= 1)
    own = _break_time(model, unloading.vehicle, arrival)
    for other, break_time in break_times.items():
        if other != index:
            _bind_to_previous(model, unloading, other, arrival - own + break_time)
    return arrival


def _bind_to_previous(
    model: Model, unloading: UnloadingNode, other: int, driven_until: Handle
) -> None:
    """Bound the arrival by travel if another point comes directly before the unloading.

    Parameters
    ----------
    driven_until : variable
        The arrival without the breaks between the two points.
    """
    solver, shift = model.solver(), model.problem.shifts[unloading.vehicle]
    node = model.manager.IndexToNode(other)
    here = model.problem.places[model.place_rows()[node]].id
    travel = model.problem.seconds(shift.profile, start=here, end=unloading.place)
    least = model.service_times()[node] + travel
    target = model.index(unloading.node)
    if least > model.horizon():
        model.routing.NextVar(other).RemoveValue(target)
        return
    is_apart = solver.IsDifferentCstVar(model.routing.NextVar(other), target)
    durations = sum(break_.duration for break_ in model.breaks[unloading.vehicle])
    far = least + 2 * model.horizon() + 2 * durations
    solver.Add(driven_until + far * is_apart >= model.time().CumulVar(other) + least)


def _break_time(model: Model, vehicle: int, instant: Handle) -> Handle:
    """Return the seconds of the breaks that are over at an instant."""
    solver = model.solver()
    return solver.Sum(
        [
            solver.IsLessOrEqualVar(break_.end, instant) * break_.taken * break_.duration
            for break_ in model.breaks[vehicle]
        ]
    )

"""Ride time: an item reaches a place that receives it within its limit."""

from routing.model.arrivals import arrivals_at_unloadings
from routing.model.routing_model import Handle, Model


def add_to(model: Model) -> None:
    """Bound the arrival at which an item is received by the end of its service and its limit."""
    _bound_carried(model)
    limited = [
        (index, visit.service + min(visit.ride_limits.values()))
        for index, visit in model.visits()
        if visit.ride_limits
    ]
    unloading = _unload_carried(model)
    if limited or unloading:
        received = _received_on_the_way(model) if model.unloading_nodes else _received_at_end(model)
        for index, limit in limited:
            model.solver().Add(received[index] <= model.time().CumulVar(index) + limit)
        for vehicle in unloading:
            start = model.routing.Start(vehicle)
            model.solver().Add(received[start] <= model.problem.shifts[vehicle].carried_until)


def _unload_carried(model: Model) -> list[int]:
    """Return the vehicles that may unload the load carried from the start on the way."""
    return [
        vehicle
        for vehicle, shift in model.shifts()
        if shift.carried_until is not None and model.may_unload(vehicle)
    ]


def _bound_carried(model: Model) -> None:
    """Bound the end of a tour with load from the start that it cannot unload on the way.

    If the end of a shift is too late in any case, it gets no visits: an empty range would abort the
    process.
    """
    for vehicle, shift in model.shifts():
        if shift.carried_until is None or model.may_unload(vehicle):
            continue
        end = model.time().CumulVar(model.routing.End(vehicle))
        receives = model.problem.place(shift.ends[0]).receives
        if receives and shift.carried_until >= max(end.Min(), shift.window.earliest):
            end.SetMax(shift.carried_until)
        else:
            model.forbid_visits(vehicle)


def _received_at_end(model: Model) -> dict[int, Handle]:
    """Return per index of a visit the arrival at the end of its tour.

    The element at 0 is for an unassigned visit: its vehicle is -1.
    """
    time, solver = model.time(), model.solver()
    ends = [time.CumulVar(model.routing.End(vehicle)) for vehicle, _ in model.shifts()]
    choices = [solver.IntConst(0), *ends]
    return {
        index: solver.Element(choices, model.routing.VehicleVar(index) + 1)
        for index, visit in model.visits()
        if visit.ride_limits
    }


def _received_on_the_way(model: Model) -> dict[int, Handle]:
    """Return per index of a visit or start the arrival at the next unloading or end.

    The variables form a chain along the successors. If no place receives an item, the arrival is
    too late for every limit.
    """
    time, solver, routing = model.time(), model.solver(), model.routing
    too_late = _too_late(model)
    indices = [index for index, _ in model.visits()]
    indices += [routing.Start(vehicle) for vehicle in _unload_carried(model)]
    received = {index: solver.IntVar(0, too_late, f"received {index}") for index in indices}
    choices = {index: received.get(index, solver.IntConst(0)) for index in range(routing.Size())}
    choices |= arrivals_at_unloadings(model)
    for vehicle, shift in model.shifts():
        end = routing.End(vehicle)
        receives = model.problem.place(shift.ends[0]).receives
        choices[end] = time.CumulVar(end) if receives else solver.IntConst(too_late)
        if shift.carried_until is not None:
            # The load of an unused shift does not ride.
            unused = solver.IsEqualCstVar(routing.NextVar(routing.Start(vehicle)), end)
            choices[end] = (choices[end] * (1 - unused)).Var()
    ordered = [choices[index] for index in range(len(choices))]
    for index, arrival in received.items():
        solver.Add(arrival == solver.Element(ordered, routing.NextVar(index)))
    return received


def _too_late(model: Model) -> int:
    """Return an instant too late for every limit, in seconds."""
    limits = [
        visit.service + max(visit.ride_limits.values(), default=0) for visit in model.problem.visits
    ]
    instants = [
        instant
        for shift in model.problem.shifts
        for instant in (shift.window.latest, shift.carried_until or 0)
    ]
    return max(instants) + max(limits) + 1

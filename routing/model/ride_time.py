"""Says how long an item may ride: until the tour reaches a place that receives it."""

from routing.model.arrivals import halted
from routing.model.routing_model import Model, Var


def say(model: Model) -> None:
    """Bind the arrival where an item is received to the end of its service."""
    _bound_carried(model)
    limited = [
        (index, visit.service + min(visit.ride_limits.values()))
        for index, visit in model.visits()
        if visit.ride_limits
    ]
    if limited or _carries_on(model):
        received = _after_halts(model) if model.halts else _at_the_end(model)
        for index, limit in limited:
            model.solver().Add(received[index] <= model.time().CumulVar(index) + limit)
        for vehicle in _carries_on(model):
            start = model.routing.Start(vehicle)
            model.solver().Add(received[start] <= model.problem.shifts[vehicle].carried_until)


def _carries_on(model: Model) -> list[int]:
    """Who may unload what it carries from the start before the end of the tour."""
    return [
        vehicle
        for vehicle, shift in model.shifts()
        if shift.carried_until is not None and model.unloads(vehicle)
    ]


def _bound_carried(model: Model) -> None:
    """Bound the end of a tour that carries something from the start and cannot unload on the way.

    Nobody rides with a shift whose end is too late already: an empty range would abort the process.
    """
    for vehicle, shift in model.shifts():
        if shift.carried_until is None or model.unloads(vehicle):
            continue
        end = model.time().CumulVar(model.routing.End(vehicle))
        receives = model.problem.place(shift.ends[0]).receives
        if receives and shift.carried_until >= max(end.Min(), shift.window.earliest):
            end.SetMax(shift.carried_until)
        else:
            model.idle(vehicle)


def _at_the_end(model: Model) -> dict[int, Var]:
    """Per visit, the arrival at the end of whichever shift serves it.

    The element at 0 is for a visit that nobody serves: its vehicle is -1.
    """
    time, solver = model.time(), model.solver()
    ends = [time.CumulVar(model.routing.End(vehicle)) for vehicle, _ in model.shifts()]
    choices = [solver.IntConst(0), *ends]
    return {
        index: solver.Element(choices, model.routing.VehicleVar(index) + 1)
        for index, visit in model.visits()
        if visit.ride_limits
    }


def _after_halts(model: Model) -> dict[int, Var]:
    """Per visit and start, the arrival at the next halt or end: a chain along the successors.

    What no place receives is received too late for every limit.
    """
    time, solver, routing = model.time(), model.solver(), model.routing
    never = _never(model)
    asking = [index for index, _ in model.visits()]
    asking += [routing.Start(vehicle) for vehicle in _carries_on(model)]
    received = {index: solver.IntVar(0, never, f"received {index}") for index in asking}
    choices = {index: received.get(index, solver.IntConst(0)) for index in range(routing.Size())}
    choices |= halted(model)
    for vehicle, shift in model.shifts():
        end = routing.End(vehicle)
        receives = model.problem.place(shift.ends[0]).receives
        choices[end] = time.CumulVar(end) if receives else solver.IntConst(never)
        if shift.carried_until is not None:
            # A shift that stays at home has nothing on board that could get warm.
            home = solver.IsEqualCstVar(routing.NextVar(routing.Start(vehicle)), end)
            choices[end] = (choices[end] * (1 - home)).Var()
    ordered = [choices[index] for index in range(len(choices))]
    for index, when in received.items():
        solver.Add(when == solver.Element(ordered, routing.NextVar(index)))
    return received


def _never(model: Model) -> int:
    """An instant that is too late for every limit."""
    limits = [
        visit.service + max(visit.ride_limits.values(), default=0) for visit in model.problem.visits
    ]
    instants = [
        instant
        for shift in model.problem.shifts
        for instant in (shift.window.latest, shift.carried_until or 0)
    ]
    return max(instants) + max(limits) + 1

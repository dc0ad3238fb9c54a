"""Says which breaks are owed on the road: an interval per break that no service overlaps.

OR-Tools lets a break lie before the departure, after the arrival or on a way, which it makes
longer: that is the rule, but for one thing. Two breaks at home may overlap, and OR-Tools' may not;
so where they could, a break that can be had at home is left out.
"""

from itertools import combinations

from routing.model.routing_model import Model, Rested, Var
from routing.problem import Break, Shift


def say(model: Model) -> None:
    """Give every shift its breaks; a shift that could never have them serves nobody."""
    for vehicle, shift in model.shifts():
        if not shift.breaks:
            continue
        if not _possible(shift):
            model.idle(vehicle)
            continue
        together = any(_may_meet(one, other) for one, other in combinations(shift.breaks, 2))
        intervals = [_interval(model, vehicle, rest, together) for rest in shift.breaks]
        services = [0] * model.routing.Size()
        for index in range(model.routing.Size()):
            services[index] = model.services()[model.manager.IndexToNode(index)]
        model.time().SetBreakIntervalsOfVehicle(intervals, vehicle, services)
        model.rests[vehicle] = [
            Rested(
                begin=interval.SafeStartExpr(0).Var(),
                end=interval.SafeEndExpr(0).Var(),
                duration=rest.duration,
                taken=interval.PerformedExpr().Var(),
            )
            for rest, interval in zip(shift.breaks, intervals, strict=True)
        ]
        _spare_setups(model, vehicle)


def _possible(shift: Shift) -> bool:
    """Whether there is a departure for which every break lies before or may still come."""
    last = shift.window.earliest if shift.departed else shift.window.latest
    before = [rest.windows[0].earliest + rest.duration for rest in shift.breaks]
    departures = [
        instant
        for instant in (shift.window.earliest, *before)
        if shift.window.earliest <= instant <= last
    ]
    return any(
        all(
            had <= departure or rest.windows[-1].latest >= departure
            for rest, had in zip(shift.breaks, before, strict=True)
        )
        for departure in departures
    )


def _may_meet(one: Break, other: Break) -> bool:
    return (
        one.windows[0].earliest < other.windows[-1].latest + other.duration
        and other.windows[0].earliest < one.windows[-1].latest + one.duration
    )


def _interval(model: Model, vehicle: int, rest: Break, together: bool) -> Var:  # noqa: FBT001
    solver, first, last = model.solver(), rest.windows[0].earliest, rest.windows[-1].latest
    interval = solver.FixedDurationIntervalVar(first, last, rest.duration, together, rest.id)
    begin = interval.SafeStartExpr(first).Var()
    for window, following in zip(rest.windows, rest.windows[1:], strict=False):
        begin.RemoveInterval(window.latest + 1, following.earliest - 1)
    model.routing.AddVariableMinimizedByFinalizer(begin)
    if not together:
        return interval
    taken = interval.PerformedExpr().Var()
    time, routing = model.time(), model.routing
    departure = time.CumulVar(routing.Start(vehicle))
    arrival = time.CumulVar(routing.End(vehicle))
    before = solver.IsGreaterOrEqualCstVar(departure, first + rest.duration)
    after = solver.IsLessOrEqualCstVar(arrival, last)
    solver.Add(taken + before + after >= 1)
    routing.AddVariableMinimizedByFinalizer(taken)
    return interval


def _spare_setups(model: Model, vehicle: int) -> None:
    """Let no break interrupt a set-up, which to OR-Tools is a part of the way."""
    solver, time = model.solver(), model.time()
    for index in model.begins:
        elsewhere = solver.IsDifferentCstVar(model.routing.VehicleVar(index), vehicle)
        for rest in model.rests[vehicle]:
            before = solver.IsLessOrEqualVar(rest.end, model.begins[index])
            after = solver.IsGreaterOrEqualVar(rest.begin, time.CumulVar(index))
            solver.Add(before + after + elsewhere + (1 - rest.taken) >= 1)

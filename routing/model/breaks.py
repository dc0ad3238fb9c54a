"""Breaks: one interval per break, during which no service takes place.

OR-Tools lets a break lie before the departure, after the arrival, or on a leg, which it extends.
That is the rule, with one exception. Two breaks outside the tour may overlap, but not two intervals
of OR-Tools. So if breaks could overlap, a break that can be taken outside the tour is optional.
"""

from itertools import combinations

from routing.model.routing_model import BreakVariables, Handle, Model
from routing.problem import Break, Shift


def add_to(model: Model) -> None:
    """Add the breaks of every shift; a shift that can never take them gets no visits."""
    for vehicle, shift in model.shifts():
        if not shift.breaks:
            continue
        if not _is_possible(shift):
            model.forbid_visits(vehicle)
            continue
        optional = any(_may_overlap(one, other) for one, other in combinations(shift.breaks, 2))
        intervals = [_interval(model, vehicle, break_, optional) for break_ in shift.breaks]
        services = [0] * model.routing.Size()
        for index in range(model.routing.Size()):
            services[index] = model.service_times()[model.manager.IndexToNode(index)]
        model.time().SetBreakIntervalsOfVehicle(intervals, vehicle, services)
        model.breaks[vehicle] = [
            BreakVariables(
                begin=interval.SafeStartExpr(0).Var(),
                end=interval.SafeEndExpr(0).Var(),
                duration=break_.duration,
                taken=interval.PerformedExpr().Var(),
            )
            for break_, interval in zip(shift.breaks, intervals, strict=True)
        ]
        _keep_setups_whole(model, vehicle)


def _is_possible(shift: Shift) -> bool:
    """Return whether, for some departure, each break lies before it or may still come."""
    last = shift.window.earliest if shift.departed else shift.window.latest
    ends = [break_.windows[0].earliest + break_.duration for break_ in shift.breaks]
    departures = [
        instant
        for instant in (shift.window.earliest, *ends)
        if shift.window.earliest <= instant <= last
    ]
    return any(
        all(
            end <= departure or break_.windows[-1].latest >= departure
            for break_, end in zip(shift.breaks, ends, strict=True)
        )
        for departure in departures
    )


def _may_overlap(one: Break, other: Break) -> bool:
    return (
        one.windows[0].earliest < other.windows[-1].latest + other.duration
        and other.windows[0].earliest < one.windows[-1].latest + one.duration
    )


def _interval(model: Model, vehicle: int, break_: Break, optional: bool) -> Handle:  # noqa: FBT001
    """Return the interval of a break, optional only if it can be taken outside the tour."""
    solver, first, last = model.solver(), break_.windows[0].earliest, break_.windows[-1].latest
    interval = solver.FixedDurationIntervalVar(first, last, break_.duration, optional, break_.id)
    begin = interval.SafeStartExpr(first).Var()
    for window, following in zip(break_.windows, break_.windows[1:], strict=False):
        begin.RemoveInterval(window.latest + 1, following.earliest - 1)
    model.routing.AddVariableMinimizedByFinalizer(begin)
    if not optional:
        return interval
    taken = interval.PerformedExpr().Var()
    time, routing = model.time(), model.routing
    departure = time.CumulVar(routing.Start(vehicle))
    arrival = time.CumulVar(routing.End(vehicle))
    before = solver.IsGreaterOrEqualCstVar(departure, first + break_.duration)
    after = solver.IsLessOrEqualCstVar(arrival, last)
    solver.Add(taken + before + after >= 1)
    routing.AddVariableMinimizedByFinalizer(taken)
    return interval


def _keep_setups_whole(model: Model, vehicle: int) -> None:
    """Forbid breaks that interrupt a set-up, which is a part of the transit in OR-Tools."""
    solver, time = model.solver(), model.time()
    for index in model.service_begins:
        elsewhere = solver.IsDifferentCstVar(model.routing.VehicleVar(index), vehicle)
        for break_ in model.breaks[vehicle]:
            before = solver.IsLessOrEqualVar(break_.end, model.service_begins[index])
            after = solver.IsGreaterOrEqualVar(break_.begin, time.CumulVar(index))
            solver.Add(before + after + elsewhere + (1 - break_.taken) >= 1)

"""Knows when a tour arrives at the freezers on its way: there a ride ends, before the unloading."""

from routing.model.legs import legs
from routing.model.said import Halt, Model, Var


def halted(model: Model) -> dict[int, Var]:
    """Per halt's index, the arrival there.

    Nobody waits to unload without a break: what is gained by it is gained by waiting at the next
    door. So the begin of the unloading stands for the arrival, but on a shift with breaks, one of
    which may lie between the two.
    """
    time = model.time()
    return {
        index: _arrival(model, index, halt) if halt.vehicle in model.rests else time.CumulVar(index)
        for index, halt in model.unloadings()
    }


def _arrival(model: Model, index: int, halt: Halt) -> Var:
    """The arrival, apart from the begin: every break is over by then or begins then or later."""
    solver = model.solver()
    arrival = solver.IntVar(0, model.horizon(), f"arrival {index}")
    model.routing.AddVariableMinimizedByFinalizer(arrival)
    solver.Add(arrival <= model.time().CumulVar(index))
    for rest in model.rests[halt.vehicle]:
        before = solver.IsLessOrEqualVar(rest.end, arrival)
        after = solver.IsGreaterOrEqualVar(rest.begin, arrival)
        solver.Add(before + after + (1 - rest.taken) >= 1)
    _follow(model, index, halt, arrival)
    return arrival


def _follow(model: Model, index: int, halt: Halt, arrival: Var) -> None:
    """Bind the arrival to whichever point is ahead: the way, and the breaks that interrupt it.

    Those are the breaks that are over at the arrival and were not at the point ahead.
    """
    solver, time, horizon = model.solver(), model.time(), model.horizon()
    seconds = legs(model, model.problem.shifts[halt.vehicle].profile, "seconds")
    rested = _rested(model, halt.vehicle, arrival)
    for ahead in range(model.routing.Size()):
        node = model.manager.IndexToNode(ahead)
        way = model.services()[node] + seconds[node][halt.node]
        if ahead == index or way > horizon:
            continue
        passed = _rested(model, halt.vehicle, time.CumulVar(ahead))
        apart = solver.IsDifferentCstVar(model.routing.NextVar(ahead), index)
        far = way + 2 * horizon + sum(rest.duration for rest in model.rests[halt.vehicle])
        left = time.CumulVar(ahead) + way
        solver.Add(arrival + far * apart >= left + rested - passed)


def _rested(model: Model, vehicle: int, instant: Var) -> Var:
    """The length of the breaks that are over at an instant."""
    solver = model.solver()
    return solver.Sum(
        [
            solver.IsLessOrEqualVar(rest.end, instant) * rest.taken * rest.duration
            for rest in model.rests[vehicle]
        ]
    )

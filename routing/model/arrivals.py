"""Knows when a tour arrives at the freezers on its way: there a ride ends, before the unloading."""

from typing import Final

from routing.model.routing_model import Halt, Model, Var

FEW: Final = 20
"""Visits up to which an arrival is told from the unloading.

A break between the two is rare, and to say it binds every halt to every point that may be ahead:
with 24 visits that was still solved, with 48 no first solution came in 25 seconds. Without it the
model is a little too strict, never too loose: it lets a ride end when the unloading begins.
"""


def halted(model: Model) -> dict[int, Var]:
    """Per halt's index, the arrival there.

    Nobody waits to unload without a break: what is gained by it is gained by waiting at the next
    door. So the begin of the unloading stands for the arrival, but on a shift with breaks, one of
    which may lie between the two.
    """
    time = model.time()
    found = {index: time.CumulVar(index) for index, _ in model.unloadings()}
    for vehicle in model.rests if len(model.problem.visits) <= FEW else ():
        own = [(index, halt) for index, halt in model.unloadings() if halt.vehicle == vehicle]
        passed = _passed(model, vehicle) if own else {}
        for index, halt in own:
            found[index] = _arrival(model, index, halt, passed)
    return found


def _passed(model: Model, vehicle: int) -> dict[int, Var]:
    """Per point that may be ahead of a halt, the length of the breaks that are over by then."""
    return {
        index: _rested(model, vehicle, model.time().CumulVar(index))
        for index in range(model.routing.Size())
        if model.routing.VehicleVar(index).Contains(vehicle)
    }


def _arrival(model: Model, index: int, halt: Halt, passed: dict[int, Var]) -> Var:
    """The arrival, apart from the begin: every break is over by then or begins then or later."""
    solver = model.solver()
    arrival = solver.IntVar(0, model.horizon(), f"arrival {index}")
    model.routing.AddVariableMinimizedByFinalizer(arrival)
    solver.Add(arrival <= model.time().CumulVar(index))
    for rest in model.rests[halt.vehicle]:
        before = solver.IsLessOrEqualVar(rest.end, arrival)
        after = solver.IsGreaterOrEqualVar(rest.begin, arrival)
        solver.Add(before + after + (1 - rest.taken) >= 1)
    rested = _rested(model, halt.vehicle, arrival)
    for ahead, before in passed.items():
        if ahead != index:
            _follow(model, halt, ahead, arrival - rested + before)
    return arrival


def _follow(model: Model, halt: Halt, ahead: int, left: Var) -> None:
    """Bind what is left of an arrival, without the breaks on the way, to the point ahead."""
    solver, shift = model.solver(), model.problem.shifts[halt.vehicle]
    node = model.manager.IndexToNode(ahead)
    here = model.problem.places[model.rows()[node]].id
    way = model.problem.seconds(shift.profile, start=here, end=halt.place)
    least = model.services()[node] + way
    if least > model.horizon():
        model.routing.NextVar(ahead).RemoveValue(model.index(halt.node))
        return
    apart = solver.IsDifferentCstVar(model.routing.NextVar(ahead), model.index(halt.node))
    rests = sum(rest.duration for rest in model.rests[halt.vehicle])
    far = least + 2 * model.horizon() + 2 * rests
    solver.Add(left + far * apart >= model.time().CumulVar(ahead) + least)


def _rested(model: Model, vehicle: int, instant: Var) -> Var:
    """The length of the breaks that are over at an instant."""
    solver = model.solver()
    return solver.Sum(
        [
            solver.IsLessOrEqualVar(rest.end, instant) * rest.taken * rest.duration
            for rest in model.rests[vehicle]
        ]
    )

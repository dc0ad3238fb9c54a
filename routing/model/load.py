"""Says what a shift can carry: one dimension per kind of load that some shift limits.

What is on board is what was collected, which stays at the first freezer on the way, and what is on
its way to a door, which does not: whatever was brought from the start, and shipments. The second
has a dimension of its own where it must be told from the first.
"""

from routing.model.routing_model import Model, Var


def say(model: Model) -> None:
    """Add a dimension with the shifts' capacities for every kind of load that is limited."""
    for name in model.problem.dimensions:
        if any(name in shift.capacity for shift in model.problem.shifts):
            _say(model, name)


def _say(model: Model, name: str) -> None:
    everything = _everything(model, name)
    board = _on_board(model, name, everything)
    brings = any(visit.brought.get(name) for visit in model.problem.visits)
    ships = bool(model.halts) and any(
        visit.load.get(name) and model.problem.shipment(visit.id) for visit in model.problem.visits
    )
    bound = _to_deliver(model, name, everything) if brings or ships else None
    for vehicle, shift in model.shifts():
        start = board.CumulVar(model.routing.Start(vehicle))
        carried = shift.carried.get(name, 0)
        if carried > start.Max():
            model.idle(vehicle)
        elif bound is not None:
            brought = bound.CumulVar(model.routing.Start(vehicle))
            model.solver().Add(start == brought + carried)
        else:
            start.SetValue(carried)
    if bound is not None and model.halts:
        _keep_on_board(model, board, bound)


def _everything(model: Model, name: str) -> int:
    """No tour ever has more on board."""
    visits = sum(
        abs(visit.load.get(name, 0)) + visit.brought.get(name, 0) for visit in model.problem.visits
    )
    return visits + max(shift.carried.get(name, 0) for shift in model.problem.shifts)


def _on_board(model: Model, name: str, everything: int) -> Var:
    """The dimension of all that is on board; at a halt it may drop to anything."""
    gains = [visit.load.get(name, 0) - visit.brought.get(name, 0) for visit in model.problem.visits]
    transit = model.per_visit(gains, halt=-everything)
    # A shift that does not name the dimension is not limited: it could carry everything.
    capacities = [shift.capacity.get(name, everything) for shift in model.problem.shifts]
    slack, from_zero = everything if model.halts else 0, False
    title = f"load {name}"
    model.routing.AddDimensionWithVehicleCapacity(transit, slack, capacities, from_zero, title)
    board = model.routing.GetDimensionOrDie(title)
    if model.halts:
        starts = [model.routing.Start(vehicle) for vehicle, _ in model.shifts()]
        for index in [*(index for index, _ in model.visits()), *starts]:
            board.SlackVar(index).SetValue(0)
    return board


def _to_deliver(model: Model, name: str, everything: int) -> Var:
    """The dimension of what is on its way to a door; nothing of it is left at the end."""
    changes = [
        (visit.load.get(name, 0) if model.problem.shipment(visit.id) else 0)
        - visit.brought.get(name, 0)
        for visit in model.problem.visits
    ]
    transit = model.per_visit(changes)
    no_slack, from_zero, title = 0, False, f"to deliver {name}"
    model.routing.AddDimension(transit, no_slack, everything, from_zero, title)
    bound = model.routing.GetDimensionOrDie(title)
    for vehicle, _ in model.shifts():
        bound.CumulVar(model.routing.End(vehicle)).SetValue(0)
    return bound


def _keep_on_board(model: Model, board: Var, bound: Var) -> None:
    """At a halt the load drops, but not below what is on its way to a door."""
    ends = [model.routing.End(vehicle) for vehicle, _ in model.shifts()]
    for index in [*range(model.routing.Size()), *ends]:
        model.solver().Add(board.CumulVar(index) >= bound.CumulVar(index))

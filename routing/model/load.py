"""Load: one dimension per kind of load that some shift limits.

The load on board has two parts. Collected load stays at the first freezer on the way. Load to
deliver does not: brought load from the start, and shipments. Load to deliver has a dimension of its
own if it must be kept apart from the total.
"""

from routing.model.routing_model import Handle, Model


def add_to(model: Model) -> None:
    """Add a dimension with the capacities of the shifts for every kind of load that is limited."""
    for name in model.problem.dimensions:
        if any(name in shift.capacity for shift in model.problem.shifts):
            _add_load(model, name)


def _add_load(model: Model, name: str) -> None:
    most = _most(model, name)
    board = _add_on_board(model, name, most)
    brings = any(visit.brought.get(name) for visit in model.problem.visits)
    ships = bool(model.unloading_nodes) and any(
        visit.load.get(name) and model.problem.shipment(visit.id) for visit in model.problem.visits
    )
    to_deliver = _add_to_deliver(model, name, most) if brings or ships else None
    for vehicle, shift in model.shifts():
        start = board.CumulVar(model.routing.Start(vehicle))
        carried = shift.carried.get(name, 0)
        if carried > start.Max():
            model.forbid_visits(vehicle)
        elif to_deliver is not None:
            brought = to_deliver.CumulVar(model.routing.Start(vehicle))
            model.solver().Add(start == brought + carried)
        else:
            start.SetValue(carried)
    if to_deliver is not None and model.unloading_nodes:
        _bound_from_below(model, board, to_deliver)


def _most(model: Model, name: str) -> int:
    """Return an upper bound on the load of a tour."""
    visits = sum(
        abs(visit.load.get(name, 0)) + visit.brought.get(name, 0) for visit in model.problem.visits
    )
    return visits + max(shift.carried.get(name, 0) for shift in model.problem.shifts)


def _add_on_board(model: Model, name: str, most: int) -> Handle:
    """Add and return the dimension of the load on board, which may drop freely at an unloading."""
    gains = [visit.load.get(name, 0) - visit.brought.get(name, 0) for visit in model.problem.visits]
    transit = model.register_per_visit(gains, at_unloading=-most)
    # A shift that does not name the kind of load is not limited: it could carry all of it.
    capacities = [shift.capacity.get(name, most) for shift in model.problem.shifts]
    slack, from_zero = most if model.unloading_nodes else 0, False
    title = f"load {name}"
    model.routing.AddDimensionWithVehicleCapacity(transit, slack, capacities, from_zero, title)
    board = model.routing.GetDimensionOrDie(title)
    if model.unloading_nodes:
        starts = [model.routing.Start(vehicle) for vehicle, _ in model.shifts()]
        for index in [*(index for index, _ in model.visits()), *starts]:
            board.SlackVar(index).SetValue(0)
    return board


def _add_to_deliver(model: Model, name: str, most: int) -> Handle:
    """Add and return the dimension of the load to deliver, which is 0 at the end."""
    changes = [
        (visit.load.get(name, 0) if model.problem.shipment(visit.id) else 0)
        - visit.brought.get(name, 0)
        for visit in model.problem.visits
    ]
    transit = model.register_per_visit(changes)
    no_slack, from_zero, title = 0, False, f"to deliver {name}"
    model.routing.AddDimension(transit, no_slack, most, from_zero, title)
    to_deliver = model.routing.GetDimensionOrDie(title)
    for vehicle, _ in model.shifts():
        to_deliver.CumulVar(model.routing.End(vehicle)).SetValue(0)
    return to_deliver


def _bound_from_below(model: Model, board: Handle, to_deliver: Handle) -> None:
    """Bound the load on board from below by the load to deliver, also after an unloading."""
    ends = [model.routing.End(vehicle) for vehicle, _ in model.shifts()]
    for index in [*range(model.routing.Size()), *ends]:
        model.solver().Add(board.CumulVar(index) >= to_deliver.CumulVar(index))

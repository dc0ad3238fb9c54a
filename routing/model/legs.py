"""Legs between the nodes of a model: a tour ends at the nearest of its shift's ends."""

from routing.model.routing_model import Model
from routing.problem import Travel

Matrix = list[list[int]]
"""A square matrix with a row and a column per node."""


def legs(model: Model, profile: str, quantity: str) -> Matrix:
    """Return a quantity of the legs from node to node.

    Only an unused shift goes directly from its start to its end, and it does not travel. If it did,
    a leg longer than its hours would leave the whole model without a solution. So that leg is 0.

    Parameters
    ----------
    quantity : {"seconds", "metres", "cents"}
        A field of `Travel`.
    """
    travel = model.problem.travel[profile]
    table, columns = getattr(travel, quantity), _columns(model, travel)
    matrix = [[table[here][there] for there in columns[here]] for here in model.place_rows()]
    for vehicle, _ in model.shifts():
        start = len(model.problem.visits) + 2 * vehicle
        matrix[start][start + 1] = 0
    return matrix


def durations(model: Model, profile: str) -> Matrix:
    """Return the seconds from node to node: service here, travel, and set-up there."""
    rows, setups = model.place_rows(), model.setup_times()
    matrix = legs(model, profile, "seconds")
    for here, service in enumerate(model.service_times()):
        if service:
            matrix[here] = [service + leg for leg in matrix[here]]
    for there, setup in enumerate(setups):
        for here in range(len(matrix)) if setup else ():
            matrix[here][there] += setup * (rows[here] != rows[there])
    return matrix


def _columns(model: Model, travel: Travel) -> dict[int, list[int]]:
    """Return per row of a place the place of each node; that of an end is the nearest."""
    visits, rows = len(model.problem.visits), model.place_rows()
    choices = {
        visits + 2 * vehicle + 1: [model.problem.row(end) for end in shift.ends]
        for vehicle, shift in model.shifts()
        if len(shift.ends) > 1
    }
    if not choices:
        return dict.fromkeys(rows, rows)
    columns = {here: list(rows) for here in rows}
    for here, row in columns.items():
        seconds, metres = travel.seconds[here], travel.metres[here]
        for node, ends in choices.items():
            row[node] = min(ends, key=lambda end: (seconds[end], metres[end]))
    return columns

"""Knows the legs between the nodes of a model: a tour ends at the nearest of its shift's ends."""

from routing.model.routing_model import Model
from routing.problem import Travel

Matrix = list[list[int]]


def legs(model: Model, profile: str, what: str) -> Matrix:
    """What driving from node to node takes: seconds, metres or cents.

    Only a shift that serves nobody goes straight from start to end. It stays at home; were it to
    travel, a journey longer than its hours would leave the whole model no solution.
    """
    travel = model.problem.travel[profile]
    table, reached = getattr(travel, what), _reached(model, travel)
    matrix = [[table[here][there] for there in reached[here]] for here in model.rows()]
    for vehicle, _ in model.shifts():
        start = len(model.problem.visits) + 2 * vehicle
        matrix[start][start + 1] = 0
    return matrix


def durations(model: Model, profile: str) -> Matrix:
    """From node to node: the service here, the way, and the set-up there."""
    rows, setups = model.rows(), model.setups()
    matrix = legs(model, profile, "seconds")
    for here, service in enumerate(model.services()):
        if service:
            matrix[here] = [service + leg for leg in matrix[here]]
    for there, setup in enumerate(setups):
        for here in range(len(matrix)) if setup else ():
            matrix[here][there] += setup * (rows[here] != rows[there])
    return matrix


def _reached(model: Model, travel: Travel) -> dict[int, list[int]]:
    """Per row of a place, the row that each node means from there."""
    visits, rows = len(model.problem.visits), model.rows()
    choices = {
        visits + 2 * vehicle + 1: [model.problem.row(end) for end in shift.ends]
        for vehicle, shift in model.shifts()
        if len(shift.ends) > 1
    }
    if not choices:
        return dict.fromkeys(rows, rows)
    reached = {here: list(rows) for here in rows}
    for here, row in reached.items():
        seconds, metres = travel.seconds[here], travel.metres[here]
        for node, ends in choices.items():
            row[node] = min(ends, key=lambda end: (seconds[end], metres[end]))
    return reached

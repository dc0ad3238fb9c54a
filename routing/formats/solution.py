"""Knows the `.sol` text in which solutions of benchmark instances are published."""

from routing.errors import NoPlanError
from routing.formats import solomon, vrplib
from routing.formats.benchmark import Instance
from routing.plan import Plan


def read(text: str) -> Instance:
    """Read an instance in whichever of the two texts it is.

    Raises
    ------
    InvalidProblemError
        It is in neither; the line at fault is named.
    """
    return vrplib.read(text) if vrplib.is_one(text) else solomon.read(text)


def write(asked: Instance, plan: Plan) -> str:
    """Write the routes, numbered from 1, and the distance in the instance's own unit.

    Raises
    ------
    NoPlanError
        A customer is left out, which this text cannot say.
    """
    left_out = [entry.visit for entry in plan.unassigned]
    if left_out:
        raise NoPlanError(f"no plan that serves customers {', '.join(left_out)} was found")
    routes = [
        f"Route #{number}: {' '.join(tour.visits)}\n"
        for number, tour in enumerate(plan.tours, start=1)
    ]
    return "".join(routes) + f"Cost {_distance(plan.metres, asked.scale)}\n"


def _distance(metres: int, scale: int) -> str:
    whole, rest = divmod(metres, scale)
    return f"{whole}.{rest}" if scale > 1 else str(whole)

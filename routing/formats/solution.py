"""The `.sol` text format of solutions of benchmark instances."""

import re
from collections.abc import Mapping
from typing import Final

from routing.errors import InvalidPlanError, NoPlanError
from routing.formats import solomon, vrplib
from routing.formats.benchmark import Instance
from routing.formats.format import Format, Orders, ReadProblem
from routing.formats.lines import TextLine, lines
from routing.plan import Plan
from routing.problem import Problem

ROUTE: Final = re.compile(r"Route\s+#\s*\d+\s*:", re.IGNORECASE)
COST: Final = re.compile(r"Cost\b", re.IGNORECASE)


def read(text: str) -> Instance:
    """Read an instance in CVRPLIB's or Solomon's format.

    Raises
    ------
    InvalidProblemError
        The text has neither format; the line at fault is named.
    """
    return vrplib.read(text) if vrplib.is_one(text) else solomon.read(text)


def read_routes(asked: Problem, text: str) -> Orders:
    """Read the routes of a solution, one after the other for each vehicle.

    The cost is not read: sources differ in its decimals.

    Raises
    ------
    InvalidPlanError
        The text is no solution of this instance; the line at fault is named.
    """
    vehicles = [shift.id for shift in asked.shifts]
    orders: dict[str, tuple[str, ...]] = {}
    served: set[str] = set()
    for line in lines(text, error=InvalidPlanError):
        if COST.match(line.text):
            continue
        if len(orders) == len(vehicles):
            line.refuse(f"there is no vehicle for it; there are {len(vehicles)}")
        route = _customers(asked, line, served)
        orders[vehicles[len(orders)]] = route
        served.update(route)
    return orders


def _customers(asked: Problem, line: TextLine, served: set[str]) -> tuple[str, ...]:
    head = ROUTE.match(line.text)
    if head is None:
        line.refuse("is neither a route nor the cost")
    route = tuple(line.text[head.end() :].split())
    for place, name in enumerate(route):
        if asked.visit(name) is None:
            line.refuse(f"there is no customer {name}")
        if name in served or name in route[:place]:
            line.refuse(f"customer {name} is there twice")
    return route


def write(asked: Instance, plan: Plan) -> str:
    """Write the routes, numbered from 1, and the distance in the instance's own unit.

    Raises
    ------
    NoPlanError
        A customer is unassigned, which this format cannot express.
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


def _question(text: str) -> ReadProblem:
    asked = read(text)
    return ReadProblem(problem=asked.problem, source=asked)


def _instance(question: ReadProblem) -> Instance:
    if not isinstance(question.source, Instance):
        raise TypeError(question.source)
    return question.source


def _write(question: ReadProblem, plan: Plan, _: Mapping[str, int]) -> str:
    return write(_instance(question), plan)


SOLOMON: Final = Format(
    read=_question,
    read_plan=lambda question, text: read_routes(question.problem, text),
    write_plan=_write,
    price=lambda question, plan: _distance(plan.metres, _instance(question).scale),
)

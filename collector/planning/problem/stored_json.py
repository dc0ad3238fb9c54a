"""Problems and plans as rows store them: the planner's own JSON."""

import json
from typing import Any

from routing.formats.native import plan_data, problem_data
from routing.plan import Plan
from routing.problem import Problem


def stored_problem(problem: Problem) -> dict[str, Any]:
    """Return a problem as a row stores it."""
    return _as_read_back(problem_data(problem))


def stored_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as a row stores it."""
    return _as_read_back(plan_data(plan))


def _as_read_back(data: object) -> dict[str, Any]:
    """Return data as the database returns it: with lists for tuples."""
    read: dict[str, Any] = json.loads(json.dumps(data))
    return read

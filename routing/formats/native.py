"""Milkround's own JSON of problems and plans: versioned, strict and exact in both directions."""

import json
from typing import Any, Final

from routing.errors import InvalidInputError, InvalidPlanError, InvalidProblemError
from routing.formats import native_plan, native_problem
from routing.formats.entry import JsonEntry, parsed
from routing.formats.record import Data
from routing.plan import Cost, Plan, Reason
from routing.problem import Problem

PROBLEM: Final = "milkround-problem"
PLAN: Final = "milkround-plan"
VERSION: Final = 2
OLDEST: Final = 1
"""Readable versions: stored problems and plans outlive an upgrade of the planner."""


def write_problem(problem: Problem) -> str:
    """Write a problem as JSON text."""
    return json.dumps(problem_data(problem), ensure_ascii=False)


def read_problem(text: str) -> Problem:
    """Read a problem from JSON text.

    Raises
    ------
    InvalidProblemError
        The text is not a valid problem; the entry at fault is named.
    """
    return problem_of(parsed(text, error=InvalidProblemError))


def problem_of(data: object) -> Problem:
    """Read a problem from parsed JSON.

    Raises
    ------
    InvalidProblemError
        It is not a valid problem; the entry at fault is named.
    """
    return native_problem.PROBLEM.read(_opened(data, PROBLEM, InvalidProblemError))


def write_plan(plan: Plan) -> str:
    """Write a plan as JSON text."""
    return json.dumps(plan_data(plan), ensure_ascii=False)


def read_plan(text: str) -> Plan:
    """Read a plan from JSON text, without a check of its rules.

    Raises
    ------
    InvalidPlanError
        The text is not a plan; the entry at fault is named.
    """
    return plan_of(parsed(text, error=InvalidPlanError))


def plan_of(data: object) -> Plan:
    """Read a plan from parsed JSON, as inside a progress line.

    Raises
    ------
    InvalidPlanError
        It is not a plan; the entry at fault is named.
    """
    return native_plan.PLAN.read(_opened(data, PLAN, InvalidPlanError))


def problem_data(problem: Problem) -> Data:
    """Return a problem as plain JSON values; defaults are left out, except of visits."""
    data = native_problem.PROBLEM.write(problem)
    return {"format": PROBLEM, "version": VERSION, "visits": []} | data


def plan_data(plan: Plan) -> Data:
    """Return a plan as plain JSON values."""
    return {"format": PLAN, "version": VERSION} | native_plan.PLAN.write(plan)


def reason_data(reason: Reason) -> Data:
    """Return a reason as plain JSON values."""
    return native_plan.REASON.write(reason)


def cost_data(cost: Cost) -> Data:
    """Return a bill as plain JSON values."""
    return native_plan.COST.write(cost)


def _opened(data: object, name: str, error: type[InvalidInputError]) -> JsonEntry:
    """Check and remove the head of a document, and convert the rest to this version."""
    if not isinstance(data, dict):
        raise error("document", "is not an object")
    if data.get("format") != name:
        raise error("format", f"is not {name!r}")
    version = data.get("version")
    if type(version) is not int or not OLDEST <= version <= VERSION:
        raise error("version", f"is not {VERSION}, nor {OLDEST}, which this planner still reads")
    body = {field: value for field, value in data.items() if field not in {"format", "version"}}
    return JsonEntry(value=_modern(body) if version < VERSION else body, path="", error=error)


def _modern(body: Data) -> Data:
    """Convert version 1: a shift had one `end`, a bill four of today's parts."""
    modern = dict(body)
    if isinstance(body.get("shifts"), list):
        modern["shifts"] = [_with_ends(shift) for shift in body["shifts"]]
    if isinstance(body.get("cost"), dict):
        modern["cost"] = dict.fromkeys(native_plan.PARTS, 0) | body["cost"]
    return modern


def _with_ends(shift: Any) -> Any:  # noqa: ANN401 - any JSON: the reader has not seen it yet
    if not isinstance(shift, dict) or "end" not in shift:
        return shift
    ends = {"ends" if name == "end" else name: value for name, value in shift.items()}
    return ends | {"ends": [shift["end"]]}

"""VROOM's JSON as a format of the command line."""

from typing import Final

from routing.errors import InvalidPlanError
from routing.formats.entry import JsonEntry, parsed
from routing.formats.format import Format, Orders, ReadProblem
from routing.formats.vroom.problem import VroomProblem, posed
from routing.formats.vroom.request import read
from routing.formats.vroom.response import posed_of, price, refusal, written

BESIDE: Final = frozenset({"start", "break", "end"})
"""Types of steps without a task."""


def orders(question: ReadProblem, text: str) -> Orders:
    """Read the order of tasks from a response; its times are computed anew.

    Raises
    ------
    InvalidPlanError
        The text is not a response to this request; the entry at fault is named.
    """
    root = JsonEntry(value=parsed(text, error=InvalidPlanError), path="", error=InvalidPlanError)
    asked = posed_of(question)
    found: dict[str, tuple[str, ...]] = {}
    for route in _named(root, "routes").items():
        vehicle = _named(route, "vehicle")
        if question.problem.shift(str(vehicle.whole())) is None:
            vehicle.refuse(f"there is no vehicle {vehicle.whole()}")
        if str(vehicle.whole()) in found:
            vehicle.refuse(f"vehicle {vehicle.whole()} has a route already")
        steps = _named(route, "steps").items()
        found[str(vehicle.whole())] = tuple(
            _visit(asked, step) for step in steps if _named(step, "type").text() not in BESIDE
        )
    return found


def _named(entry: JsonEntry, name: str) -> JsonEntry:
    """Return one field of an object with further fields."""
    path = f"{entry.path}.{name}".lstrip(".")
    if not isinstance(entry.value, dict) or name not in entry.value:
        raise entry.error(path, "is missing")
    return JsonEntry(value=entry.value[name], path=path, error=entry.error)


def _visit(asked: VroomProblem, step: JsonEntry) -> str:
    name = f"{_named(step, 'type').text()} {_named(step, 'id').whole()}"
    if name not in asked.errands:
        step.refuse(f"there is no {name}")
    return name


VROOM: Final = Format(
    read=lambda text: posed(read(text)),
    read_plan=orders,
    write_plan=written,
    price=price,
    write_error=refusal,
)

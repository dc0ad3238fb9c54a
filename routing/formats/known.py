"""The formats by their name on the command line."""

from collections.abc import Mapping
from typing import Final

from routing.formats import native, solution
from routing.formats.format import Format, ReadProblem
from routing.formats.vroom.format import VROOM

NATIVE: Final = Format(
    read=lambda text: ReadProblem(problem=native.read_problem(text)),
    read_plan=lambda _, text: native.read_plan(text),
    write_plan=lambda _question, plan, _times: native.write_plan(plan) + "\n",
    price=lambda _, plan: str(plan.cost.total),
)

FORMATS: Final[Mapping[str, Format]] = {
    "native": NATIVE,
    "vroom": VROOM,
    "solomon": solution.SOLOMON,
}

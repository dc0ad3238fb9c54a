"""Refusals of a problem in the words of its VROOM request."""

import re
from collections.abc import Sequence
from typing import Final

from routing.errors import InvalidProblemError
from routing.formats.vroom.request import VroomRequest

NUMBERED: Final = re.compile(r"^(visits|shifts)\[(\d+)\](.*)$")
TRAVEL: Final = re.compile(r"^travel\.(.+) at [^.]+(?:\.\d+)?\.(seconds|metres|cents)")
MATRICES: Final = {"seconds": "durations", "metres": "distances", "cents": "costs"}
OF_A_VISIT: Final = (
    (re.compile(r"^\.windows\[(\d+)\]\.earliest"), r".time_windows[\1][0]"),
    (re.compile(r"^\.windows\[(\d+)\]\.latest"), r".time_windows[\1][1]"),
    (re.compile(r"^\.windows"), r".time_windows"),
    (re.compile(r"^\.load\.(\d+)"), r".pickup[\1]"),
    (re.compile(r"^\.brought\.(\d+)"), r".delivery[\1]"),
    (re.compile(r"^\.penalty"), r".priority"),
)
OF_A_SHIFT: Final = (
    (re.compile(r"^\.window\.earliest"), r".time_window[0]"),
    (re.compile(r"^\.window\.latest"), r".time_window[1]"),
    (re.compile(r"^\.window"), r".time_window"),
    (re.compile(r"^\.capacity\.(\d+)"), r".capacity[\1]"),
    (re.compile(r"^\.fixed_cost"), r".costs.fixed"),
    (re.compile(r"^\.cents_per_km"), r".costs.per_km"),
    (re.compile(r"^\.cents_per_driving_hour"), r".costs.per_hour"),
    (re.compile(r"^\.max_driving"), r".max_travel_time"),
    (re.compile(r"^\.max_metres"), r".max_distance"),
    (re.compile(r"^\.max_stops"), r".max_tasks"),
    (re.compile(r"^\.breaks\[\d+\].*"), r".breaks"),
)


def in_words_of(
    request: VroomRequest, entries: Sequence[str], error: InvalidProblemError
) -> InvalidProblemError:
    """Return the error with the caller's own entry.

    Parameters
    ----------
    entries : sequence of str
        The entries of the request by the positions of the problem's visits.
    """
    found = NUMBERED.match(error.entry)
    if found is not None:
        kind, number, rest = found.groups()
        if kind == "visits":
            return InvalidProblemError(_of_visit(entries[int(number)], rest), error.complaint)
        entry = f"vehicles[{number}]{_renamed(rest, OF_A_SHIFT)}"
        return InvalidProblemError(entry, error.complaint)
    if (matrix := TRAVEL.match(error.entry)) is not None and request.matrices:
        entry = f"matrices.{matrix[1]}.{MATRICES[matrix[2]]}"
        return InvalidProblemError(entry, error.complaint)
    if error.entry == "shifts":
        return InvalidProblemError("vehicles", error.complaint)
    return error


def _of_visit(entry: str, rest: str) -> str:
    """Return the entry of a task; the amount of a shipment belongs to both of its ends."""
    named = _renamed(rest, OF_A_VISIT)
    if entry.startswith("shipments"):
        shipment = entry.rpartition(".")[0]
        if named.startswith((".pickup[", ".delivery[")):
            return f"{shipment}.amount[{named.partition('[')[2]}"
        if named.startswith((".priority", ".skills")):
            return f"{shipment}{named}"
    return f"{entry}{named}"


def _renamed(rest: str, names: Sequence[tuple[re.Pattern[str], str]]) -> str:
    for pattern, name in names:
        if pattern.match(rest):
            return pattern.sub(name, rest, count=1)
    return rest

"""Document of what people know of a plan, and of the prices of changing it."""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.errors import InvalidProblemError
from routing.formats.entry import JsonEntry, parsed
from routing.problem import Problem, Window
from routing.replanning import ChangePrices
from routing.units import Cents, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToPeople:
    """What people were told of a plan.

    Attributes
    ----------
    promises : mapping of str to Window
        Per visit the promised interval of the begin of service.
    collectors : mapping of str to str, optional
        Per visit the collector that people know; None for those of the plan.
    """

    prices: ChangePrices
    promises: Mapping[str, Window]
    collectors: Mapping[str, str] | None


def read_changes(text: str, problem: Problem) -> KnownToPeople:
    """Read a document of changes.

    Raises
    ------
    InvalidProblemError
        It cannot be read, or a promise names no visit of the problem; the entry is named.
    """
    value = parsed(text, error=InvalidProblemError)
    entry = JsonEntry(value=value, path="changes", error=InvalidProblemError)
    fields = entry.fields(required="", optional="collector promise promises collectors")

    def price(name: str) -> Cents:
        return Cents(fields[name].count() if name in fields else 0)

    promises = fields["promises"].mapping(_window) if "promises" in fields else {}
    for visit in promises:
        if problem.visit(visit) is None:
            fields["promises"].refuse(f"names no visit: {visit}")
    collectors = fields["collectors"].mapping(JsonEntry.text) if "collectors" in fields else None
    return KnownToPeople(
        prices=ChangePrices(collector=price("collector"), promise=price("promise")),
        promises=promises,
        collectors=collectors,
    )


def _window(entry: JsonEntry) -> Window:
    ends = entry.items()
    if len(ends) != len(("earliest", "latest")):
        entry.refuse("is not a pair of seconds")
    earliest, latest = (Seconds(end.whole()) for end in ends)
    if earliest > latest:
        entry.refuse("ends before it begins")
    return Window(earliest=earliest, latest=latest)

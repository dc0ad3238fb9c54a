"""Refusal of an invalid entry, with its path and a complaint."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from routing.errors import InvalidProblemError
from routing.spreads import LARGEST_SPREAD
from routing.units import LARGEST

# A problem is read here before its class is complete: the values are taken as they come.
Value = Any


def refuse(entry: str, complaint: str) -> NoReturn:
    """Raise the error for an entry."""
    raise InvalidProblemError(entry, complaint)


def each(entry: str, values: Sequence[Value], judge: Callable[[str, Value], None]) -> None:
    """Validate every value under its own path."""
    for position, value in enumerate(values):
        judge(f"{entry}[{position}]", value)


def name(entry: str, value: Value) -> None:
    """Refuse a value other than a non-empty text."""
    if not isinstance(value, str) or not value:
        refuse(entry, "is not a name")


def names(entry: str, values: Iterable[Value]) -> None:
    """Refuse empty or doubled names."""
    seen: set[str] = set()
    for position, value in enumerate(values):
        name(f"{entry}[{position}]", value)
        if value in seen:
            refuse(f"{entry}[{position}]", f"{value!r} is there twice")
        seen.add(value)


def ids(entry: str, values: Sequence[Value]) -> None:
    """Refuse doubled ids."""
    seen: dict[str, int] = {}
    for position, value in enumerate(values):
        here = f"{entry}[{position}].id"
        name(here, value.id)
        if value.id in seen:
            refuse(here, f"{value.id!r} is also the id of {entry}[{seen[value.id]}]")
        seen[value.id] = position


def whole(entry: str, value: Value, *, least: int = 0) -> None:
    """Refuse a value other than a whole number within bounds."""
    if type(value) is not int:
        refuse(entry, "is not a whole number")
    if value < least:
        refuse(entry, "is negative" if least == 0 else f"is below {least}")
    if value > LARGEST:
        refuse(entry, f"is above {LARGEST}")


def percent(entry: str, value: Value, *, least: int = 0, largest: int = LARGEST_SPREAD) -> None:
    """Refuse a value other than a whole number of percent within bounds."""
    if type(value) is not int:
        refuse(entry, "is not a whole number of percent")
    if not least <= value <= largest:
        refuse(entry, f"is {value} %, not between {least} and {largest} %")


def known(entry: str, value: Value, kind: str, there: Iterable[str]) -> None:
    """Refuse a name that does not exist."""
    if value not in there:
        refuse(entry, f"there is no {kind} {value!r}")


def window(entry: str, value: Value) -> None:
    """Refuse a window that ends before it begins."""
    whole(f"{entry}.earliest", value.earliest)
    whole(f"{entry}.latest", value.latest)
    if value.latest < value.earliest:
        refuse(entry, "ends before it begins")


def windows(entry: str, values: Sequence[Value]) -> None:
    """Refuse an empty list of windows, or windows not ascending and apart."""
    if not values:
        refuse(entry, "there is no window")
    each(entry, values, window)
    for position in range(1, len(values)):
        if values[position].earliest <= values[position - 1].latest:
            refuse(f"{entry}[{position}]", "begins before the window ahead of it has ended")


def optional(entry: str, value: Value, fields: str) -> None:
    """Refuse fields other than a number or None."""
    for field in fields.split():
        if getattr(value, field) is not None:
            whole(f"{entry}.{field}", getattr(value, field))


def amounts(
    entry: str, values: Mapping[str, int], dimensions: Sequence[str], *, least: int = 0
) -> None:
    """Refuse amounts of unknown dimensions."""
    for dimension, amount in values.items():
        known(f"{entry}.{dimension}", dimension, "dimension", dimensions)
        whole(f"{entry}.{dimension}", amount, least=least)

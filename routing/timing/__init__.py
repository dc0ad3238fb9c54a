"""Compiled timing of orders: the cheapest legal schedule of a tour, and its cost.

The first parameter `encoded` of most functions is the encoded problem (`encoding`), a flat array
read by `accessors`. Instants and durations are seconds, distances metres, and costs shares
(1/18,000 of a cent).

A module is loaded at its first use as an attribute of this package, because Numba takes half a
second and 60 MB. A program that reads plans and times none goes without.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.timing import (
        accessors,
        earliest_start,
        insertion_positions,
        leg_sequence,
        lenient,
        patches,
        tour_evaluation,
    )

__all__ = [
    "accessors",
    "earliest_start",
    "insertion_positions",
    "leg_sequence",
    "lenient",
    "patches",
    "tour_evaluation",
]


def __getattr__(name: str) -> ModuleType:
    """Load a module of compiled functions."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

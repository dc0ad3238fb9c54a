"""Simulation of the days on which a plan is driven, compiled.

It shares no code with the engines and their timing, so that a mistake in their margins shows. A
module is loaded at its first use, as those of `routing.timing` are.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.simulation import days, encoding

__all__ = ["days", "encoding"]


def __getattr__(name: str) -> ModuleType:
    """Load a module of compiled functions."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""The planner: a `Problem` goes in, a `Plan` comes out.

The names of `__all__` are the public interface. Each is loaded at its first use, so an import of
this package, or of one of its modules, loads neither Numba nor OR-Tools.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from routing.check.judge import check_plan
    from routing.check.violation import Violation
    from routing.errors import (
        InvalidInputError,
        InvalidPlanError,
        InvalidProblemError,
        NoPlanError,
        RoutingError,
        UnlawfulPlanError,
    )
    from routing.formats.native import read_plan, read_problem, write_plan, write_problem
    from routing.plan import (
        Cost,
        Obstacle,
        Plan,
        Reason,
        ReasonCode,
        Relaxation,
        Remedy,
        Rest,
        Rule,
        Stop,
        Tour,
        Unassigned,
        Unloading,
    )
    from routing.problem import (
        Balance,
        Break,
        Measure,
        Pin,
        Place,
        Problem,
        Reload,
        Safety,
        Shift,
        Shipment,
        Spreads,
        Travel,
        Visit,
        Window,
    )
    from routing.solver import Budget, solve
    from routing.units import Cents, Metres, Seconds

__all__ = [
    "Balance",
    "Break",
    "Budget",
    "Cents",
    "Cost",
    "InvalidInputError",
    "InvalidPlanError",
    "InvalidProblemError",
    "Measure",
    "Metres",
    "NoPlanError",
    "Obstacle",
    "Pin",
    "Place",
    "Plan",
    "Problem",
    "Reason",
    "ReasonCode",
    "Relaxation",
    "Reload",
    "Remedy",
    "Rest",
    "RoutingError",
    "Rule",
    "Safety",
    "Seconds",
    "Shift",
    "Shipment",
    "Spreads",
    "Stop",
    "Tour",
    "Travel",
    "Unassigned",
    "UnlawfulPlanError",
    "Unloading",
    "Violation",
    "Visit",
    "Window",
    "check_plan",
    "read_plan",
    "read_problem",
    "solve",
    "write_plan",
    "write_problem",
]

_HOMES: Final = (
    "units",
    "errors",
    "problem",
    "plan",
    "check.violation",
    "check.judge",
    "formats.native",
    "solver",
)
"""The modules of the public names; only the last loads the engines."""


def __getattr__(name: str) -> object:
    """Load a public name."""
    for home in _HOMES if name in __all__ else ():
        module = import_module(f"{__name__}.{home}")
        if hasattr(module, name):
            globals()[name] = getattr(module, name)
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

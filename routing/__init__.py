"""The planner: a `Problem` goes in, a `Plan` comes out.

The names of `__all__` are the public interface. Each is loaded at its first use, so an import of
this package, or of one of its modules, loads neither Numba nor OR-Tools.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from routing.analysis.compare import Comparison, Seat, VisitDifference, compare
    from routing.analysis.explain import explain
    from routing.analysis.insertion import Insertion, insertions
    from routing.checker.judge import check_plan
    from routing.checker.judge import check_plan as check
    from routing.checker.violation import Violation
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
    from routing.replanning import ChangePrices, Replan, Replans, replans
    from routing.rule_relaxation import RulePrice, promise_price, rule_prices
    from routing.solver import Budget, solve
    from routing.units import Cents, Metres, Seconds

__all__ = [
    "Balance",
    "Break",
    "Budget",
    "Cents",
    "ChangePrices",
    "Comparison",
    "Cost",
    "Insertion",
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
    "Replan",
    "Replans",
    "Rest",
    "RoutingError",
    "Rule",
    "RulePrice",
    "Safety",
    "Seat",
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
    "VisitDifference",
    "Window",
    "check",
    "check_plan",
    "compare",
    "explain",
    "insertions",
    "promise_price",
    "read_plan",
    "read_problem",
    "replans",
    "rule_prices",
    "solve",
    "write_plan",
    "write_problem",
]

_HOMES: Final = (
    "units",
    "errors",
    "problem",
    "plan",
    "checker.violation",
    "checker.judge",
    "formats.native",
    "analysis.compare",
    "analysis.insertion",
    "analysis.explain",
    "solver",
    "replanning",
    "rule_relaxation",
)
"""The modules of the public names, the light ones first; the last three load the engines."""

_ALIASES: Final = {"check": "check_plan"}
"""Public names that are short for others."""


def __getattr__(name: str) -> object:
    """Load a public name."""
    for home in _HOMES if name in __all__ else ():
        module, there = import_module(f"{__name__}.{home}"), _ALIASES.get(name, name)
        if hasattr(module, there):
            globals()[name] = getattr(module, there)
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

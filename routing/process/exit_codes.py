"""Exit codes of the command line, and the names of its errors."""

from typing import Final

from routing.errors import (
    InvalidInputError,
    InvalidPlanError,
    NoPlanError,
    UnlawfulPlanError,
)

DONE: Final = 0
BREAKS_RULES: Final = 1
WRONG_INPUT: Final = 2
NO_PLAN: Final = 3

ERRORS: Final = {
    "invalid_problem": WRONG_INPUT,
    "invalid_plan": WRONG_INPUT,
    "unreadable": WRONG_INPUT,
    "no_plan": NO_PLAN,
    "unlawful_plan": BREAKS_RULES,
}
"""Exit codes by name of the error on a progress line."""


def error_name(error: Exception) -> str:
    """Return the name of an error on a progress line."""
    if isinstance(error, InvalidInputError):
        return "invalid_plan" if isinstance(error, InvalidPlanError) else "invalid_problem"
    if isinstance(error, NoPlanError):
        return "no_plan"
    return "unlawful_plan" if isinstance(error, UnlawfulPlanError) else "unreadable"

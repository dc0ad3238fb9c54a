"""Share of the drawn legs that are estimates, for the words beside a map."""

from collections.abc import Sequence


def leg_estimates(legs: Sequence[str | None]) -> str:
    """Return whether `all`, `some` or none (empty) of the legs are estimated."""
    estimated = sum(leg is None for leg in legs)
    if not estimated:
        return ""
    return "all" if estimated == len(legs) else "some"

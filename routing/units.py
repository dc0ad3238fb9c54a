"""Units of the planner: whole seconds, metres and cents, and durations in words."""

from typing import Final, NewType

Seconds = NewType("Seconds", int)
"""Whole seconds: an instant counted from the problem's epoch, or a length of time."""

Metres = NewType("Metres", int)
"""Whole metres by road."""

Cents = NewType("Cents", int)
"""Whole cents of the bank's currency."""

FREE: Final = Cents(0)
"""No cost."""

AT_ONCE: Final = Seconds(0)
"""No time."""

SHARES_PER_CENT: Final = 18_000
"""Shares per cent: costs are added in shares, so that rounding never decides between plans.

One metre at one cent per kilometre is 1/1000 cent, one second at one cent per hour is 1/3600
cent; 18,000 is the least common multiple of 1,000 and 3,600, so both are whole shares.
"""

SHARES_PER_METRE: Final = SHARES_PER_CENT // 1_000
"""Shares per metre at one cent per kilometre."""

SHARES_PER_SECOND: Final = SHARES_PER_CENT // 3_600
"""Shares per second at one cent per hour."""

LARGEST: Final = 2**31 - 1
"""The largest number an entry of a problem may hold; sums of them stay far inside 64 bits."""


def cents(shares: int) -> Cents:
    """Round shares of a cent to whole cents, halves up."""
    return Cents((2 * shares + SHARES_PER_CENT) // (2 * SHARES_PER_CENT))


def spoken(seconds: int) -> str:
    """Return a duration in words: ``1 h 5 min``, ``12 min``, ``45 s``."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"

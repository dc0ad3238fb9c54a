"""Spreads of a day and the levels at which its plan should hold.

A time of the problem is the mean of a distribution. A spread is the standard deviation in percent
of that mean. A spread of 0, the default, makes the time certain.
"""

from dataclasses import dataclass
from typing import Final

from routing.field_types import PlainFields
from routing.units import FREE, Cents

LARGEST_SPREAD: Final = 100
"""Percent. A larger spread says that the time is unknown, which no margin can cover."""

LEAST_LEVEL: Final = 50
LARGEST_LEVEL: Final = 99
"""Percent of days. Below the first a plan would do better to be late; no day is certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads(PlainFields):
    """Spreads of travel and of services, in percent.

    Attributes
    ----------
    leg : int
        Of each leg by itself.
    day : int
        Of the factor that all legs of a day share.
    hour : int
        Of the factor that all legs begun within one hour share.
    service : int
        Of each service, unless the visit has a spread of its own.
    """

    leg: int = 0
    day: int = 0
    hour: int = 0
    service: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety(PlainFields):
    """The levels at which a plan should hold, and the prices of falling short of them.

    Attributes
    ----------
    promise_kept : int
        Percent of days on which a promise is kept, and on which a tour ends in time.
    clock_kept : int
        Percent of days on which no clock of a tour breaks.
    promise_price : Cents
        The price of a promise without any margin; with part of its margin it costs the missing
        part.
    end_price : Cents
        The price of a tour whose end has no margin.
    clock_price : Cents
        The price of a tour whose tightest clock has no margin.
    """

    promise_kept: int = 95
    clock_kept: int = 95
    promise_price: Cents = FREE
    end_price: Cents = FREE
    clock_price: Cents = FREE


CERTAIN: Final = Spreads()
"""No spread at all."""

UNPRICED: Final = Safety()
"""The usual levels, without a price."""

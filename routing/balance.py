"""Balance of the work between shifts."""

from dataclasses import dataclass
from enum import StrEnum

from routing.field_types import PlainFields


class Measure(StrEnum):
    """The balanced measure of a tour, with the unit of its price."""

    STOPS = "stops"
    """Cents per stop."""
    SECONDS = "seconds"
    """Of working time, from departure to arrival; cents per hour."""
    METRES = "metres"
    """Cents per kilometre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance(PlainFields):
    """The price of a tour above its fair share.

    Every tour pays for its own excess over the share, so a tour never gets cheaper by being made
    longer, as it can where the difference between the longest and the shortest is priced (Matl,
    Hartl and Vidal, Workload equity in vehicle routing problems, 2018).

    Attributes
    ----------
    shifts : frozenset of str
        The shifts that share the work.
    share : int
        The share of each without a price, in stops, seconds or metres.
    cents : int
        The price per stop, hour or kilometre above the share.
    """

    measure: Measure
    shifts: frozenset[str]
    share: int
    cents: int

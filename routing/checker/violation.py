"""A violation: one broken rule, its place and its amount."""

from dataclasses import dataclass

from routing.plan import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule broken at one place.

    Attributes
    ----------
    shift, visit : str, optional
        The place; None for a rule without one.
    what : str, optional
        The dimension, the item, the skill, the place, the break, the donor, the limit or the part
        of the bill.
    by : int
        The amount, in the rule's own unit (seconds, metres, load units, stops, positions, cents);
        0 where no amount makes sense.
    """

    rule: Rule
    sentence: str
    shift: str | None = None
    visit: str | None = None
    what: str | None = None
    by: int = 0

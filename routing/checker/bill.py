"""Comparison of one part of the bill with the exact amount."""

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from routing.checker.violation import Violation
from routing.plan import Plan, Rule

SECONDS_PER_HOUR = 3_600
METRES_PER_KM = 1_000


def unpaid(
    rule: Rule, part: str, owed: Fraction, plan: Plan, *, subject: str
) -> Iterator[Violation]:
    """Return a violation if a part of the bill is not the exact sum, rounded once, halves up.

    Parameters
    ----------
    subject : str
        The priced matter, as the beginning of a sentence.
    """
    due = floor(owed + Fraction(1, 2))
    billed = getattr(plan.cost, part)
    if billed != due:
        yield Violation(
            rule=rule,
            what=part,
            by=abs(billed - due),
            sentence=f"{subject} cost {due} cents; the bill says {billed} cents.",
        )


def hourly(cents: int, seconds: int) -> Fraction:
    """Return the exact price of a duration, in cents."""
    return Fraction(cents * seconds, SECONDS_PER_HOUR)


def by_km(cents: int, metres: int) -> Fraction:
    """Return the exact price of a distance, in cents."""
    return Fraction(cents * metres, METRES_PER_KM)

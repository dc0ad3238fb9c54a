"""Knows how one part of the bill is compared with what is owed."""

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from routing.check.violation import Violation
from routing.plan import Plan, Rule

SECONDS_PER_HOUR = 3_600
METRES_PER_KM = 1_000


def unpaid(
    rule: Rule, part: str, owed: Fraction, plan: Plan, *, subject: str
) -> Iterator[Violation]:
    """A part of the bill that is not the exact sum in cents, rounded once, halves up.

    Parameters
    ----------
    subject : str
        What costs this, as the beginning of a sentence.
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
    """What a time costs, in cents, exactly."""
    return Fraction(cents * seconds, SECONDS_PER_HOUR)


def by_km(cents: int, metres: int) -> Fraction:
    """What a road costs, in cents, exactly."""
    return Fraction(cents * metres, METRES_PER_KM)

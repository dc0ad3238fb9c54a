"""Demand of a day: the mean of what was dispensed, or the bank's own figure before that.

The dispensary's history comes in as values, so that the forecast needs none of its rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from statistics import mean

from collector.planning.stock.projection import HORIZON, faded

MEAN_DAYS = 28
"""Days whose mean is the demand, of which a cover is told."""
NEAR_DAYS, FAR_DAYS = 7, 56
"""Days whose means are the demand of tomorrow, and that of four weeks from now on."""
DRAWN_DAYS = 180
"""Days from which the band draws the demand of a day."""


class DemandSource(StrEnum):
    """The origin of the expected demand."""

    DISPENSED = "dispensed"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispensedMilk:
    """Milk of one line that left the bank, in ml.

    Attributes
    ----------
    by_day
        By civil day of the bank; a day without is left out.
    by_expiry
        By the last day of its bottles: it is in stock no more.
    """

    by_day: Mapping[date, int] = field(default_factory=dict)
    by_expiry: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Expected demand, in ml.

    Attributes
    ----------
    ml_per_day
        The mean of a day, of which a cover is told.
    by_day
        By the number of days from today: the last week counts tomorrow and less on every later
        day, the last eight weeks count alone after four.
    past
        The past days from which the band is drawn, the oldest first.
    """

    ml_per_day: float
    by_day: Mapping[int, float]
    source: DemandSource
    past: tuple[float, ...] = ()


def expected_demand(dispensed: DispensedMilk, *, today: date, policy_ml: int) -> Demand:
    """Return the expected demand of a day.

    The history counts once it has begun 28 days ago; days without a dispensing are zeros.

    Parameters
    ----------
    policy_ml
        The bank's own figure, in ml per day.
    """
    begun = min(dispensed.by_day, default=today)
    known = min((today - begun).days, DRAWN_DAYS)
    horizon = range(1, HORIZON + 1)
    if known < MEAN_DAYS:
        figure = float(policy_ml)
        return Demand(
            ml_per_day=figure,
            by_day=dict.fromkeys(horizon, figure),
            source=DemandSource.POLICY,
        )
    days = [today - timedelta(days=before) for before in range(known, 0, -1)]
    past = [float(dispensed.by_day.get(day, 0)) for day in days]
    near, far = (mean(past[-days:]) for days in (NEAR_DAYS, FAR_DAYS))
    weights = {day: faded(day) for day in horizon}
    return Demand(
        ml_per_day=mean(past[-MEAN_DAYS:]),
        by_day={day: weight * near + (1 - weight) * far for day, weight in weights.items()},
        source=DemandSource.DISPENSED,
        past=tuple(past),
    )

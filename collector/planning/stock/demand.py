"""Demand of the coming days: prescriptions, dispensed milk, or the bank's own figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import mean

from collector.planning.stock.projection import HORIZON, faded

MEAN_DAYS = 28
"""Days of dispensing without which the bank's own figure counts, and whose mean is told."""
NEAR_DAYS, FAR_DAYS = 7, 56
"""Days whose means are the demand of tomorrow, and that of four weeks from now on."""
DRAWN_DAYS = 180
"""Days from which the band draws the demand of a day."""


class DemandSource(StrEnum):
    """The origin of the demand of a day."""

    PRESCRIPTIONS = "prescriptions"
    DISPENSED = "dispensed"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Expected demand, in ml.

    Attributes
    ----------
    ml_per_day
        The demand of today, of which a cover is told.
    by_day
        By the number of days from today: today's demand counts tomorrow and less on every later
        day, the last eight weeks count alone after four.
    past
        The past days from which the band is drawn, the oldest first.
    """

    ml_per_day: float
    by_day: Mapping[int, float]
    source: DemandSource
    past: tuple[float, ...] = ()


def expected_demand(
    dispensed: Mapping[date, int], *, today: date, prescribed_ml: int, policy_ml: int
) -> Demand:
    """Return the expected demand.

    The history counts once it has begun 28 days ago; days without a dispensing are zeros.

    Parameters
    ----------
    dispensed
        Ml that left the bank, by its civil day.
    prescribed_ml
        Ml that the prescriptions of today ask for.
    policy_ml
        The bank's own figure, in ml per day.
    """
    past = _past(dispensed, today)
    near, far = (mean(past[-days:]) if past else None for days in (NEAR_DAYS, FAR_DAYS))
    usual = mean(past[-MEAN_DAYS:]) if past else float(policy_ml)
    source = DemandSource.DISPENSED if past else DemandSource.POLICY
    if prescribed_ml:
        usual, near, source = float(prescribed_ml), float(prescribed_ml), DemandSource.PRESCRIPTIONS
    begins = usual if near is None else near
    ends = far if far is not None else float(policy_ml or begins)
    weights = {day: faded(day) for day in range(1, HORIZON + 1)}
    return Demand(
        ml_per_day=usual,
        by_day={day: weight * begins + (1 - weight) * ends for day, weight in weights.items()},
        source=source,
        past=tuple(past),
    )


def _past(dispensed: Mapping[date, int], today: date) -> list[float]:
    """Return the ml of each whole day since the first, the oldest first; none if too few."""
    known = min((today - min(dispensed, default=today)).days, DRAWN_DAYS)
    if known < MEAN_DAYS:
        return []
    days = (today - timedelta(days=before) for before in range(known, 0, -1))
    return [float(dispensed.get(day, 0)) for day in days]

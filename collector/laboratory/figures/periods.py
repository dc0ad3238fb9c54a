"""Periods of civil days, and the spread of a figure within one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median, quantiles

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

HOUR_SECONDS, DAY_SECONDS = 3600, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The median and the 90th percentile of a figure."""

    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Period:
    """A bank's period from an instant to another, the end excluded."""

    bank_id: int
    begin: datetime
    end: datetime

    def holds(
        self,
        bank: InstrumentedAttribute[int],
        at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    ) -> ColumnElement[bool]:
        """Return the condition on rows of the bank with an instant in the period."""
        return and_(bank == self.bank_id, at >= self.begin, at < self.end)


def spread_of(values: Sequence[float]) -> Spread | None:
    """Return the median and the 90th percentile; None without values."""
    if not values:
        return None
    if len(values) == 1:
        return Spread(p50=values[0], p90=values[0])
    return Spread(p50=median(values), p90=quantiles(values, n=10, method="inclusive")[8])


def days_between(begin: datetime, end: datetime) -> float:
    """Return the time between two instants in days."""
    return (end - begin).total_seconds() / DAY_SECONDS

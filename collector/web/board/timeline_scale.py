"""The scale of the board's timelines: instants or days as per cent of the page's width."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

HOUR = timedelta(hours=1)

Moment = TypeVar("Moment", datetime, date)


@dataclass(frozen=True, slots=True)
class TimelineScale(Generic[Moment]):
    """The stretch from `begin` to `end`, drawn from 0 to 100 per cent."""

    begin: Moment
    end: Moment

    def at(self, moment: Moment) -> float:
        """Return the place of a moment; outside the stretch, the nearer end."""
        inside = min(max(moment, self.begin), self.end)
        return round(100 * ((inside - self.begin) / (self.end - self.begin)), 3)

    def at_if_shown(self, moment: Moment) -> float | None:
        """Return the place of a moment; None outside the stretch."""
        return self.at(moment) if self.begin <= moment <= self.end else None

    def bar(self, since: Moment, until: Moment) -> tuple[float, float]:
        """Return the left end and the width of a bar; the width is 0 if `until` is first."""
        left = self.at(since)
        return left, round(max(0.0, self.at(until) - left), 3)


def whole_hours(first: datetime, last: datetime) -> TimelineScale[datetime]:
    """Return the scale of the whole hours that hold both instants."""
    return TimelineScale(_floor(first), _floor(last) + HOUR)


def hour_marks(scale: TimelineScale[datetime]) -> tuple[tuple[float, datetime], ...]:
    """Return each full hour of a scale with its place."""
    count = (scale.end - scale.begin) // HOUR + 1
    hours = [scale.begin + number * HOUR for number in range(count)]
    return tuple((scale.at(hour), hour) for hour in hours)


def _floor(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)

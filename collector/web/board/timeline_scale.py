"""A stretch of whole hours that is as wide as the page: what the board's timelines are drawn on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


def whole_hours(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """Return the whole hours that hold both instants."""
    return _floor(first), _floor(last) + HOUR


@dataclass(frozen=True, slots=True)
class TimelineScale:
    """The stretch from `begin` to `end`, in per cent."""

    begin: datetime
    end: datetime

    def at(self, instant: datetime) -> float:
        """Return where an instant lies."""
        return round(100 * (instant - self.begin) / (self.end - self.begin), 3)

    def at_if_shown(self, instant: datetime) -> float | None:
        """Return where an instant lies, or None where that is outside."""
        return self.at(instant) if self.begin <= instant <= self.end else None

    def marks(self) -> tuple[tuple[float, datetime], ...]:
        """Return every full hour with its place."""
        count = (self.end - self.begin) // HOUR + 1
        hours = [self.begin + number * HOUR for number in range(count)]
        return tuple((self.at(hour), hour) for hour in hours)


def _floor(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)

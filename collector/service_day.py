"""Conversion between civil time, instants and the planner's seconds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """A civil day in a bank's time zone.

    The planner's epoch is the day's first instant, so that its seconds are elapsed seconds:
    a day with a clock change lasts 23 or 25 hours and no hour is counted twice.
    """

    day: date
    zone: ZoneInfo

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> "ServiceDay":
        """Return the civil day of an instant."""
        return cls(instant.astimezone(zone).date(), zone)

    @property
    def epoch(self) -> datetime:
        """The first instant of the day, in UTC."""
        return self.instant(time.min)

    @property
    def end(self) -> datetime:
        """The first instant of the next day, in UTC."""
        return ServiceDay(self.day + timedelta(days=1), self.zone).epoch

    def instant(self, wall: time) -> datetime:
        """Return the instant at which the wall clock shows `wall`.

        A time that the clock change skips is read with the offset of before the change (02:30
        becomes 03:30); a time that occurs twice means its first occurrence (PEP 495, fold 0).
        """
        return datetime.combine(self.day, wall, self.zone).astimezone(UTC)

    def seconds(self, instant: datetime) -> int:
        """Return whole seconds from the epoch to an instant (negative before the day)."""
        return int((instant - self.epoch).total_seconds())

    def at(self, seconds: int) -> datetime:
        """Return the instant `seconds` after the epoch, in UTC."""
        return self.epoch + timedelta(seconds=seconds)

    def wall(self, instant: datetime) -> datetime:
        """Return an instant in the bank's wall-clock time."""
        return instant.astimezone(self.zone)


def wall_instant(wall: datetime, zone: ZoneInfo, *, not_before: datetime | None) -> datetime:
    """Return the instant of a time on the wall clock, in UTC.

    Parameters
    ----------
    wall
        Day and time without a zone.
    not_before
        The instant of the time written before it. A time that occurs twice, in the night of the
        clock change, means its second occurrence if the first is earlier than that.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if not_before is None or first >= not_before:
        return first
    return wall.replace(tzinfo=zone, fold=1).astimezone(UTC)

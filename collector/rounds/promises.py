"""The promise to a donor: two hours around the planned begin, inside one of her windows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.pickups.models import PickupWindow
from collector.service_day import ServiceDay

WIDTH = timedelta(hours=2)
"""Duration of a promise."""
STEP_MINUTES = 15
"""A promise opens at a multiple of these minutes on the bank's wall clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The instants between which the collector arrives, both included."""

    opens: datetime
    closes: datetime

    def holds(self, instant: datetime) -> bool:
        """Return whether an instant lies in the promise."""
        return self.opens <= instant <= self.closes


def promise(
    service_day: ServiceDay,
    begins_at: datetime,
    windows: Iterable[PickupWindow],
    *,
    given: Promise | None = None,
    latest: datetime | None = None,
) -> Promise:
    """Return the promise to a donor about the begin of a visit.

    The promise opens at a quarter of an hour, about one hour before the planned begin, and lasts
    two hours. It is moved into the donor's window that holds the begin, and cut where that window
    is shorter. A begin outside every window was a coordinator's decision: the promise then lies
    around it.

    Parameters
    ----------
    given
        The former promise; it is kept as long as it is still true.
    latest
        The instant by which the visit begins on as many days as the bank wants to keep promises.
        A promise that would end before it opens later, but not after the planned begin.
    """
    window = _window_around(service_day, begins_at, windows)
    if given is not None and given.holds(begins_at) and (window is None or _inside(given, window)):
        return given
    opens = _quarter(service_day, begins_at - WIDTH / 2)
    if latest is not None and latest > opens + WIDTH:
        later = _quarter(service_day, latest - WIDTH + timedelta(minutes=STEP_MINUTES))
        opens = min(later, _quarter(service_day, begins_at))
    closes = opens + WIDTH
    if window is None:
        return Promise(opens=opens, closes=closes)
    opens = max(window.opens, min(opens, window.closes - WIDTH))
    return Promise(opens=opens, closes=min(opens + WIDTH, window.closes))


def _window_around(
    service_day: ServiceDay, instant: datetime, windows: Iterable[PickupWindow]
) -> Promise | None:
    for row in windows:
        if row.day == service_day.day:
            ends = service_day.instant(row.opens), service_day.instant(row.closes)
            window = Promise(opens=min(ends), closes=max(ends))
            if window.holds(instant):
                return window
    return None


def _inside(inner: Promise, outer: Promise) -> bool:
    return outer.opens <= inner.opens and inner.closes <= outer.closes


def _quarter(service_day: ServiceDay, instant: datetime) -> datetime:
    """Return the last quarter of an hour on the bank's wall clock, not after an instant."""
    wall = service_day.wall(instant)
    past = timedelta(
        minutes=wall.minute % STEP_MINUTES, seconds=wall.second, microseconds=wall.microsecond
    )
    return instant - past

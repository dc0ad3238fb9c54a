"""What we promise a donor: two hours around the planned begin, inside a window of hers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.pickups.models import PickupWindow
from collector.service_day import ServiceDay

WIDTH = timedelta(hours=2)
STEP_MINUTES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Between which instants somebody comes, both ends included."""

    opens: datetime
    closes: datetime

    def holds(self, instant: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.opens <= instant <= self.closes


def promise(
    service_day: ServiceDay,
    begins_at: datetime,
    windows: Iterable[PickupWindow],
    *,
    given: Promise | None = None,
) -> Promise:
    """Return what a donor is told about the begin of a visit.

    Two hours that open at a quarter of an hour, about one hour ahead of the planned begin, moved
    into the window of hers that holds it (and cut where that is shorter). A begin outside every
    window of hers was a coordinator's decision: the promise then simply lies around it.

    Parameters
    ----------
    given
        What she was told before: as long as it is still true, she hears nothing new.
    """
    hers = _window_around(service_day, begins_at, windows)
    if given is not None and given.holds(begins_at) and (hers is None or _inside(given, hers)):
        return given
    opens = _quarter(service_day, begins_at - WIDTH / 2)
    closes = opens + WIDTH
    if hers is None:
        return Promise(opens=opens, closes=closes)
    opens = max(hers.opens, min(opens, hers.closes - WIDTH))
    return Promise(opens=opens, closes=min(opens + WIDTH, hers.closes))


def _window_around(
    service_day: ServiceDay, instant: datetime, windows: Iterable[PickupWindow]
) -> Promise | None:
    for window in windows:
        if window.day == service_day.day:
            ends = service_day.instant(window.opens), service_day.instant(window.closes)
            hers = Promise(opens=min(ends), closes=max(ends))
            if hers.holds(instant):
                return hers
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

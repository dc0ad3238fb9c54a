"""The promise to a donor: the hours in which a visit will begin, inside one of her windows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.pickups.models import PickupWindow
from collector.service_day import ServiceDay

WIDTH = timedelta(hours=2)
"""Duration of a slot, and of a promise whose spread is not known."""
LEAST_WIDTH = timedelta(minutes=30)
"""Least duration of a promise: shorter hours would claim more than phones and doors tell."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedBegin:
    """The instants between which a visit begins on as many days as promises are to be kept."""

    earliest: datetime
    latest: datetime


def promise(
    service_day: ServiceDay,
    begins_at: datetime,
    windows: Iterable[PickupWindow],
    *,
    given: Promise | None = None,
    latest: datetime | None = None,
    expected: ExpectedBegin | None = None,
) -> Promise:
    """Return the promise to a donor about the begin of a visit.

    With an expected begin the promise lasts from the quarter of an hour before its earliest to the
    one after its latest instant, and at least half an hour. Without, it opens at a quarter of an
    hour, about one hour before the planned begin, and lasts two hours. It is moved into the donor's
    window that holds the begin, and cut where that window is shorter. A begin outside every window
    was a coordinator's decision: the promise then lies around it.

    Parameters
    ----------
    given
        The former promise; it is kept as long as it is still true.
    latest
        The instant by which the visit begins on as many days as the bank wants to keep promises.
        A promise of two hours that would end before it opens later, but not after the planned
        begin.
    expected
        The span in which the visit begins on as many days.
    """
    window = _window_around(service_day, begins_at, windows)
    if given is not None and given.holds(begins_at) and (window is None or _inside(given, window)):
        return given
    if expected is not None:
        return _expected_promise(service_day, begins_at, window, expected)
    opens = _quarter(service_day, begins_at - WIDTH / 2)
    if latest is not None and latest > opens + WIDTH:
        later = _quarter(service_day, latest - WIDTH + timedelta(minutes=STEP_MINUTES))
        opens = min(later, _quarter(service_day, begins_at))
    closes = opens + WIDTH
    if window is None:
        return Promise(opens=opens, closes=closes)
    opens = max(window.opens, min(opens, window.closes - WIDTH))
    return Promise(opens=opens, closes=min(opens + WIDTH, window.closes))


def _expected_promise(
    service_day: ServiceDay, begins_at: datetime, window: Promise | None, expected: ExpectedBegin
) -> Promise:
    opens = _quarter(service_day, min(expected.earliest, begins_at))
    closes = _next_quarter(service_day, max(expected.latest, begins_at))
    closes = max(closes, opens + LEAST_WIDTH)
    if window is None:
        return Promise(opens=opens, closes=closes)
    closes = min(closes, window.closes)
    return Promise(opens=max(window.opens, min(opens, closes - LEAST_WIDTH)), closes=closes)


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


def _next_quarter(service_day: ServiceDay, instant: datetime) -> datetime:
    """Return the first quarter of an hour on the bank's wall clock, not before an instant."""
    quarter = _quarter(service_day, instant)
    return quarter if quarter == instant else quarter + timedelta(minutes=STEP_MINUTES)

"""Promises: the hours that are kept as often as wanted, or two hours around the begin."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.pickups.models import PickupWindow
from collector.rounds.promises import ExpectedBegin, Promise, promise
from collector.service_day import ServiceDay
from tests.builders import DAY

PARIS = ServiceDay(DAY, ZoneInfo("Europe/Paris"))
ALL_DAY = [PickupWindow(day=DAY, opens=time(8), closes=time(18))]


@pytest.mark.parametrize(
    ("latest", "opens", "closes"),
    [
        (None, time(9), time(11)),
        (time(10, 50), time(9), time(11)),
        (time(11), time(9), time(11)),
        # Kept until 11:20 only: the promise opens at 9:30 and ends at 11:30.
        (time(11, 20), time(9, 30), time(11, 30)),
        # It never opens after the planned begin.
        (time(15), time(10), time(12)),
    ],
)
def test_a_promise_covers_the_instant_by_which_it_is_kept(
    latest: time | None, opens: time, closes: time
) -> None:
    found = promise(
        PARIS,
        PARIS.instant(time(10)),
        ALL_DAY,
        latest=None if latest is None else PARIS.instant(latest),
    )
    assert (found.opens, found.closes) == (PARIS.instant(opens), PARIS.instant(closes))


def test_the_hours_of_the_donor_bound_the_promise() -> None:
    morning = [PickupWindow(day=DAY, opens=time(8), closes=time(11))]
    begin = PARIS.instant(time(10))
    found = promise(PARIS, begin, morning, latest=begin + timedelta(hours=2))
    assert found.closes == PARIS.instant(time(11))
    assert found.holds(begin)


def expected(begin: time, earliest: time, latest: time, **given: Promise) -> Promise:
    return promise(
        PARIS,
        PARIS.instant(begin),
        ALL_DAY,
        expected=ExpectedBegin(earliest=PARIS.instant(earliest), latest=PARIS.instant(latest)),
        **given,
    )


def hours(opens: time, closes: time) -> Promise:
    return Promise(opens=PARIS.instant(opens), closes=PARIS.instant(closes))


@pytest.mark.parametrize(
    ("earliest", "latest", "opens", "closes"),
    [
        # Quarters of an hour around the span, on both sides.
        (time(9, 50), time(10, 40), time(9, 45), time(10, 45)),
        (time(9, 45), time(10, 45), time(9, 45), time(10, 45)),
        # Half an hour at least, and never after eighteen o'clock.
        (time(10), time(10), time(10), time(10, 30)),
        (time(8, 1), time(12, 59), time(8), time(13)),
        (time(7, 30), time(10, 1), time(8), time(10, 15)),
    ],
)
def test_a_promise_lasts_as_long_as_the_begin_varies(
    earliest: time, latest: time, opens: time, closes: time
) -> None:
    assert expected(time(10), earliest, latest) == hours(opens, closes)


def test_a_short_promise_at_the_end_of_her_hours_opens_earlier() -> None:
    found = expected(time(18), time(17, 55), time(18, 20))
    assert found == hours(time(17, 30), time(18))


def test_a_promise_that_was_given_stands_as_long_as_it_holds_the_begin() -> None:
    given = hours(time(9), time(11))
    assert expected(time(10), time(9, 50), time(10, 40), given=given) == given
    moved = expected(time(12), time(11, 50), time(12, 40), given=given)
    assert moved == hours(time(11, 45), time(12, 45))

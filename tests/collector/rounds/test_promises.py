"""Promises: two hours around the begin, moved later for the instant by which it is kept."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.pickups.models import PickupWindow
from collector.rounds.promises import promise
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

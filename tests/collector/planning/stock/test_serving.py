"""The likely day of a waiting order, by the expected path of the stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from collector.dispensary.orders.models import NeedClass, WaitReason
from collector.planning.stock.projection import project
from collector.planning.stock.queries import StockLevels
from collector.planning.stock.serving import LikelyDay, likely_day_of
from tests.collector.planning.stock.test_projection import LITRE, SCENARIO

TODAY = date(2026, 11, 24)
BOUNDS = StockLevels(target=21, tense=14, short=7, critical=3)
RISING = [2.0 * LITRE + day * LITRE for day in range(57)]
"""Two litres today, one more each day; one litre a day is given."""


def likely(
    waits: WaitReason, need: NeedClass, *, missing: int = 500, levels: Sequence[float] = RISING
) -> LikelyDay:
    return likely_day_of(
        levels,
        today=TODAY,
        ml_per_day=1.0 * LITRE,
        bounds=BOUNDS,
        waits=waits,
        need=need,
        missing_ml=missing,
    )


def test_a_class_is_served_from_the_day_on_which_its_level_is_reached() -> None:
    for need, days in ((NeedClass.B, 1), (NeedClass.C, 5), (NeedClass.D, 12)):
        found = likely(WaitReason.SHORTAGE, need)
        assert found.day == TODAY + timedelta(days=days), need
        assert found.cover == 2 + days


def test_missing_milk_comes_on_the_day_on_which_the_stock_holds_it() -> None:
    found = likely(WaitReason.NO_MILK, NeedClass.A, missing=4_500)
    assert (found.day, found.cover, found.stock_ml) == (TODAY + timedelta(days=3), None, 5_000)


def test_a_stock_that_falls_serves_no_further_class_within_its_horizon() -> None:
    levels = [float(level) for level in project(SCENARIO).levels[0]]
    assert likely(WaitReason.SHORTAGE, NeedClass.D, levels=[0.0] * 57) == LikelyDay(day=None)
    falling = likely_day_of(
        levels,
        today=TODAY,
        ml_per_day=5.0 * LITRE,
        bounds=BOUNDS,
        waits=WaitReason.SHORTAGE,
        need=NeedClass.D,
        missing_ml=100,
    )
    assert falling == LikelyDay(day=None)

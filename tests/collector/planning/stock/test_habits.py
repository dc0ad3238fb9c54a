"""Demand and collections of the coming days, from past days and announced requests."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from collector.laboratory.stock.queries import ReceivedVisit
from collector.planning.stock.demand import Demand, DemandSource, expected_demand
from collector.planning.stock.habits import (
    AnnouncedMilk,
    expected_collections,
    mean_per_day,
    past_weeks,
)
from collector.planning.stock.projection import HORIZON, MONTH

TODAY = date(2026, 11, 23)
DORA, ELISE = 1, 2


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


def demand(dispensed: dict[date, int], *, prescribed_ml: int = 0, policy_ml: int = 0) -> Demand:
    return expected_demand(dispensed, today=TODAY, prescribed_ml=prescribed_ml, policy_ml=policy_ml)


def test_the_banks_own_figure_counts_until_28_days_were_dispensed() -> None:
    found = demand({before(27): 2_000}, policy_ml=5_000)
    assert (found.ml_per_day, found.source, found.past) == (5_000, DemandSource.POLICY, ())
    found = demand({before(28): 2_800, before(40): 9_000}, policy_ml=5_000)
    assert found.source is DemandSource.DISPENSED
    assert found.ml_per_day == 100  # 2,800 ml in 28 days
    assert len(found.past) == 40
    assert sum(found.past) == 11_800


def test_prescriptions_are_the_demand_of_today_and_fade_into_the_mean() -> None:
    alone = demand({}, prescribed_ml=3_000)
    assert alone.source is DemandSource.PRESCRIPTIONS
    assert set(alone.by_day.values()) == {3_000}
    beside = demand({}, prescribed_ml=3_000, policy_ml=1_000)
    assert (beside.ml_per_day, beside.by_day[14], beside.by_day[28]) == (3_000, 2_000, 1_000)
    dispensed = {before(days): 500 for days in range(1, 57)}
    found = demand(dispensed, prescribed_ml=3_000)
    assert (found.ml_per_day, found.by_day[14], found.by_day[56]) == (3_000, 1_750, 500)


def test_milk_of_today_is_no_whole_day_yet() -> None:
    assert demand({before(28): 2_800, TODAY: 50_000}).ml_per_day == 100


VISITS = [ReceivedVisit(DORA, before(days), 1_400) for days in (45, 31, 17, 3)]
"""Dora gives 1.4 L every fourteen days."""


def expected(
    visits: list[ReceivedVisit], *announced: AnnouncedMilk, giving: set[int] | None = None
) -> dict[int, float]:
    return expected_collections(
        visits, announced, today=TODAY, known_days=56, giving={DORA} if giving is None else giving
    )


def test_a_habit_comes_again_and_fades_into_the_mean_of_eight_weeks() -> None:
    mean = mean_per_day(VISITS, today=TODAY, known_days=56)
    assert mean == 100
    found = expected(VISITS)
    # Eleven days from now, and fourteen later; the weight is 1 less a 28th a day.
    weight = 1 - 11 / MONTH
    assert round(found[11], 6) == round(weight * 1_400 + (1 - weight) * mean, 6)
    assert round(found[12], 6) == round(12 / MONTH * mean, 6)
    assert all(found[day] == mean for day in range(MONTH, HORIZON + 1))


def test_a_request_comes_on_its_day_and_the_habit_goes_on_after_it() -> None:
    request = AnnouncedMilk(DORA, TODAY + timedelta(days=4), 2_000)
    found = expected(VISITS, request)
    assert found[4] > (1 - 4 / MONTH) * 2_000
    assert found[11] == pytest.approx(11 / MONTH * 100)
    assert found[18] > (1 - 18 / MONTH) * 1_400


def test_a_donor_who_ended_or_stayed_away_has_no_habit() -> None:
    late = [ReceivedVisit(DORA, before(days), 1_400) for days in (56, 49, 42, 35)]
    assert expected(VISITS, giving=set())[11] == pytest.approx(11 / MONTH * 100)
    assert expected(late)[1] == pytest.approx(1 / MONTH * 100)


def test_a_first_request_counts_without_any_visit() -> None:
    found = expected([], AnnouncedMilk(ELISE, TODAY + timedelta(days=2), 1_000), giving=set())
    assert found[2] == pytest.approx((1 - 2 / MONTH) * 1_000)
    assert found[23] == pytest.approx((1 - 23 / MONTH) * 1_000)


def test_weeks_are_whole_and_end_yesterday() -> None:
    visits = [ReceivedVisit(DORA, before(days), 100) for days in (22, 14, 8, 7, 1, 0)]
    assert past_weeks(visits, today=TODAY, known_days=22) == (0, 200, 200)

"""The stock over eight weeks: the brief's scenario, expiry, and properties of every path."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.banks.policies import PolicyKey
from collector.dispensary.orders.cover import StockLevel
from collector.planning.horizon.problem import CENTS_PER_HOUR_LATE, urgent
from collector.planning.stock.levers import StockLever, closing
from collector.planning.stock.projection import (
    HORIZON,
    HouseInflow,
    PastDays,
    StockSituation,
    band,
    cover_days,
    first_day,
    project,
    resample,
    urgency_percent,
    weekly_gap,
)
from collector.planning.stock.queries import StockLevels

LITRE = 1000
FAR = 170


def situation(
    *,
    stock: dict[int, float] | None = None,
    house: tuple[HouseInflow, ...] = (),
    collected: float = 0,
    demand: float = 5 * LITRE,
    shelf_days: int = 180,
) -> StockSituation:
    return StockSituation(
        stock={FAR: 60.0 * LITRE} if stock is None else stock,
        house=house,
        collected=dict.fromkeys(range(1, HORIZON + 1), collected),
        pass_share=0.85,
        lag=12,
        demand=dict.fromkeys(range(1, HORIZON + 1), demand),
        shelf_days=shelf_days,
    )


SCENARIO = situation(
    house=(HouseInflow(ml=0.85 * 20 * LITRE, first=1, last=10),), collected=3 * LITRE
)
"""60 L in stock, 5 L a day given, 20 L raw released on days 1 to 10, 3 L collected a day."""


def test_scenario_12_a_shortage_foretold_and_the_lever_that_ends_it() -> None:
    cover = cover_days(SCENARIO.stock_ml, SCENARIO.demand[1])
    assert cover == 12.0
    assert StockLevels(target=21, tense=14, short=7, critical=3).of(cover) is StockLevel.TENSE
    paths = project(SCENARIO)
    levels = paths.levels[0] / LITRE
    assert round(levels[10], 3) == 27.0
    assert first_day(level < 30 for level in levels) == 10
    assert round(levels[12], 3) == 17.0
    assert first_day(missing > 0 for missing in paths.missing[0]) == 19
    gap = weekly_gap(SCENARIO)
    assert round(gap.released_ml) == 17_150
    assert round(gap.collected_ml / LITRE, 1) == 20.2
    levers = [_lever(14, 420), _lever(9, 610), _lever(22, 900)]
    closers = [each for each in levers if each.weekly_ml >= gap.collected_ml]
    assert closers == [levers[2]]
    assert closing(levers, gap_ml=round(gap.collected_ml)) is levers[2]
    assert urgency_percent(cover, target_days=21) == 175
    assert urgent(CENTS_PER_HOUR_LATE, 175) == 44
    assert CENTS_PER_HOUR_LATE == 25


def _lever(litres: int, km: int) -> StockLever:
    return StockLever(
        key=PolicyKey.RADIUS_KM,
        value=str(km),
        donors=1,
        weekly_ml=litres * LITRE,
        weekly_metres=1000 * km,
    )


@pytest.mark.parametrize(
    ("cover", "percent"), [(None, 100), (0, 300), (7, 300), (21, 100), (42, 50), (400, 50)]
)
def test_urgency_stays_within_its_bounds(cover: float | None, percent: int) -> None:
    assert urgency_percent(cover, target_days=21) == percent


def test_milk_of_a_last_day_is_given_on_it_and_lost_on_the_day_after() -> None:
    # 10 L for today and two more days, 4 L a day: 4 + 4 are given, 2 are lost on day 3.
    paths = project(situation(stock={2: 10.0 * LITRE, FAR: 20.0 * LITRE}, demand=4 * LITRE))
    assert list(paths.levels[0][:4] / LITRE) == [30, 26, 22, 16]
    assert paths.expired[0][3] == 2 * LITRE
    assert paths.expired.sum() == 2 * LITRE


def test_milk_released_on_the_way_expires_after_its_shelf_life() -> None:
    fresh = situation(
        stock={}, house=(HouseInflow(ml=10.0 * LITRE, first=1, last=1),), demand=0, shelf_days=5
    )
    paths = project(fresh)
    assert paths.levels[0][6] == 10 * LITRE
    assert paths.levels[0][7] == 0
    assert paths.expired[0][7] == 10 * LITRE


def test_without_demand_the_stock_only_grows() -> None:
    paths = project(situation(collected=3 * LITRE, demand=0))
    assert cover_days(60, 0) is None
    assert not paths.missing.any()
    assert (np.diff(paths.levels[0]) >= 0).all()
    assert weekly_gap(situation(collected=0, demand=0)).released_ml == 0


volumes = st.floats(min_value=0, max_value=200_000)
stocks = st.dictionaries(st.integers(min_value=0, max_value=200), volumes, max_size=6)


@given(
    stock=stocks,
    day=st.integers(min_value=0, max_value=200),
    more=volumes,
    demand=volumes,
    collected=volumes,
)
def test_more_stock_never_lowers_cover_nor_any_level(
    stock: dict[int, float], day: int, more: float, demand: float, collected: float
) -> None:
    richer = {**stock, day: stock.get(day, 0.0) + more}
    less = situation(stock=stock, demand=demand, collected=collected)
    most = situation(stock=richer, demand=demand, collected=collected)
    few, many = (cover_days(each.stock_ml, demand) for each in (less, most))
    assert few is None or many is None or few <= many
    one, other = project(less), project(most)
    assert (other.levels >= one.levels - 0.1).all()
    assert (other.missing <= one.missing + 0.1).all()


@given(stock=stocks, demand=volumes, collected=volumes)
def test_no_millilitre_comes_from_nowhere(
    stock: dict[int, float], demand: float, collected: float
) -> None:
    each = situation(stock=stock, demand=demand, collected=collected)
    paths = project(each)
    given_ml = HORIZON * demand - paths.missing.sum()
    released = 0.85 * collected * (HORIZON - 12)
    left = each.stock_ml + released - given_ml - paths.expired.sum()
    assert paths.levels[0][-1] == pytest.approx(left, abs=1)
    assert (paths.levels >= 0).all()


def test_the_band_is_the_same_every_time_and_holds_most_paths() -> None:
    past = PastDays(demands=(3.0, 4.0, 5.0, 8.0), weeks=(10.0, 20.0, 30.0), lots=(1.0, 0.9, 0.0))
    drawn = resample(SCENARIO, past)
    low, high = band(drawn)
    assert (low <= high).all()
    again = band(resample(SCENARIO, past))
    assert (low == again[0]).all()
    assert (high == again[1]).all()
    inside = (drawn.levels >= low) & (drawn.levels <= high)
    assert inside.mean() >= 0.8


def test_without_a_past_the_band_is_the_path() -> None:
    low, high = band(resample(SCENARIO, PastDays()))
    assert low == pytest.approx(project(SCENARIO).levels[0])
    assert high == pytest.approx(low)

"""Levers on the stock: the choices, and the one that closes the gap with the fewest kilometres."""

from __future__ import annotations

from collector.banks.policies import PolicyKey
from collector.planning.horizon.due_dates import Levers
from collector.planning.horizon.problem import CENTS_PER_HOUR_LATE, urgent
from collector.planning.stock.levers import StockLever, closing, plenty, shortage

USUAL = Levers(minimum_ml=400, radius_km=100)


def lever(litres: int, km: int) -> StockLever:
    return StockLever(
        key=PolicyKey.RADIUS_KM,
        value=str(km),
        donors=1,
        weekly_ml=1000 * litres,
        weekly_metres=1000 * km,
    )


def test_the_scenario_of_the_brief() -> None:
    levers = [lever(14, 420), lever(9, 610), lever(22, 900)]
    assert closing(levers, gap_ml=20_176) is levers[2]
    assert urgent(CENTS_PER_HOUR_LATE, 175) == 44


def test_of_two_that_close_the_gap_the_shorter_road_is_taken() -> None:
    levers = [lever(30, 950), lever(22, 900)]
    assert closing(levers, gap_ml=20_000) is levers[1]
    assert closing(levers, gap_ml=40_000) is None
    assert closing(levers, gap_ml=0) is None


def test_a_shortage_brings_more_milk_and_plenty_less() -> None:
    more = shortage(USUAL, has_days=True)
    assert [each.minimum_ml for each in more if each.minimum_ml != 400] == [200, 300]
    assert [each.radius_km for each in more if each.radius_km != 100] == [125, 150]
    assert [each.days_early for each in more if each.days_early] == [7, 14]
    assert [each for each in more if each.every_day]
    assert not [each for each in shortage(USUAL, has_days=False) if each.every_day]
    assert all(each.minimum_ml >= 400 and each.radius_km <= 100 for each in plenty(USUAL))
    none = Levers(minimum_ml=0, radius_km=1)
    assert all(each.radius_km > 0 for each in plenty(none))
    assert not [each for each in shortage(none, has_days=False) if each.minimum_ml]

"""Bottles of a pool: filled once, labelled, scanned back, with a shelf life."""

from __future__ import annotations

from datetime import date

import pytest

from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.pooling.filling import print_labels
from collector.laboratory.pooling.models import PoolState
from tests.pool_bench import PoolBench

pytestmark = pytest.mark.twin


def test_scenario_3_the_bottle_that_was_not_scanned_back_is_named(lea: PoolBench) -> None:
    numbers = lea.take_over(dora=25)["dora"]
    lea.thaw(numbers)
    pool = lea.pool()
    for number in numbers:
        lea.add(pool, number)
    *scanned, missing = lea.fill(pool, 40, 124)
    assert [lea.scan(pool, label) for label in scanned] == [True] * 39
    assert lea.scan(pool, scanned[0]) is False
    with pytest.raises(Refused) as refused:
        lea.close(pool, sampled_ml=40)
    assert refused.value.code == "bottles_not_scanned_back"
    assert refused.value.figures == {"numbers": missing}
    lea.scan(pool, missing)
    assert lea.close(pool, sampled_ml=40).state is PoolState.CLOSED


def test_a_fill_that_is_sent_twice_fills_once(lea: PoolBench) -> None:
    (number,) = lea.take_over(dora=1)["dora"]
    lea.thaw([number])
    pool = lea.pool()
    with pytest.raises(Refused, match="pool_empty"):
        lea.fill(pool, 1, 100)
    lea.add(pool, number)
    first = lea.fill(pool, 1, 100)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        lea.fill(pool, 1, 100)
    second = lea.fill(pool, 1, 80, before=1)
    assert lea.contents(pool).balance.filled_ml == 180
    assert sorted(first + second) == [each.number for each in lea.contents(pool).bottles]
    other = lea.pool()
    with pytest.raises(Refused, match="bottle_of_another_pool"):
        lea.scan(other, first[0])
    for code, count, volume in (
        ("bottle_count_out_of_bounds", 201, 100),
        ("bottle_volume_out_of_bounds", 1, 251),
        ("bottle_volume_out_of_bounds", 1, 0),
    ):
        with pytest.raises(Refused, match=code):
            lea.fill(pool, count, volume, before=2)


def test_the_bottles_bear_the_shelf_life_from_the_day_of_filling(lea: PoolBench) -> None:
    (number,) = lea.take_over(dora=1)["dora"]
    lea.thaw([number])
    pool = lea.pool()
    lea.add(pool, number)
    lea.fill(pool, 1, 190)
    lot = lea.contents(pool).lot
    assert lot is not None
    # 24 November and 180 days.
    assert lot.expires_on == date(2027, 5, 23)
    # 10 November, the oldest expression, and 120 days.
    assert lea.contents(pool).heat_until == date(2027, 3, 10)


def test_a_second_print_of_labels_asks_why(lea: PoolBench) -> None:
    (number,) = lea.take_over(dora=1)["dora"]
    lea.thaw([number])
    pool = lea.pool()
    lea.add(pool, number)

    def printed(reason: str = "", first: int = 1, layout: str = "a4_65") -> int:
        told = {"pool_id": pool, "layout": layout, "first_label": first, "reason": reason}
        return print_labels(lea.session, **lea.told, **told).reprint

    with pytest.raises(Refused, match="pool_without_bottles"):
        printed()
    lea.fill(pool, 2, 90)
    with pytest.raises(Refused, match="first_label_out_of_bounds"):
        printed(first=66)
    with pytest.raises(NotFound):
        printed(layout="a4_7")
    assert printed(first=65) == 0
    with pytest.raises(Refused, match="reprint_needs_reason"):
        printed()
    assert printed("The printer jammed") == 1

"""Scenario 2 with a limit of three donors: 25 containers, their balance, and a fourth donor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from collector.db import reading
from collector.errors import Refused
from collector.laboratory.pooling.models import PoolState
from tests.builders import add_donor
from tests.collector.laboratory.pooling.test_pools import NOW, PoolBench
from tests.laboratory_bench import FIRST_EXPRESSED, bottles, open_bench
from tests.town import Town


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[PoolBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield PoolBench(bench, session)


def test_scenario_2_three_donors_fill_a_pool_and_a_fourth_is_refused(lea: PoolBench) -> None:
    numbers = lea.take_over(dora=26)["dora"]
    town = lea.bench.town
    fourth = add_donor(lea.session, town.bank, first_name="Hanna").id
    owners = [*[town.dora] * 9, *[town.elise] * 8, *[town.fanny] * 8, fourth]
    for container, owner in zip(bottles(lea.session), owners, strict=True):
        container.donor_id = owner
    lea.session.flush()
    lea.policy("pool_most_donors", 3)
    lea.thaw(numbers)
    pool = lea.pool()
    for number in numbers[:25]:
        lea.add(pool, number)
    contents = lea.contents(pool)
    assert len(contents.donors) == 3
    assert (len(contents.inputs), contents.balance.inputs_ml) == (25, 5000)
    with pytest.raises(Refused) as refused:
        lea.add(pool, numbers[25])
    assert refused.value.code == "pool_too_many_donors"
    assert refused.value.figures == {"limit": 3, "would_be": 4}

    for label in lea.fill(pool, 40, 120):
        lea.scan(pool, label)
    with pytest.raises(Refused) as refused:
        lea.close(pool, sampled_ml=50)
    # 5,000 ml less 4,800 filled and 50 sampled: 150 ml, 30 permille, and 20 are tolerated.
    assert refused.value.figures == {"lost": 150, "permille": 30}
    assert lea.close(pool, sampled_ml=50, reason="Foam").state is PoolState.CLOSED
    # The oldest expression bounds the heating, and the day of filling bounds the bottles.
    lot = lea.contents(pool).lot
    assert lot is not None
    assert lea.contents(pool).heat_until == FIRST_EXPRESSED + timedelta(days=120)
    assert lot.expires_on == NOW.date() + timedelta(days=180) == date(2027, 5, 23)

"""Pools: the rules of the bench, the balance, and inputs taken out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from collector.banks.models import Known
from collector.custody.models import Container
from collector.errors import NotFound, Refused
from collector.laboratory.pooling.actions import dissolve_pool, take_out_of_pool
from collector.laboratory.pooling.balance import PoolBalance
from collector.laboratory.pooling.models import MilkPool, PoolState
from collector.laboratory.pooling.queries import pool_contents
from collector.laboratory.reception.actions import undo_intake
from collector.laboratory.reception.models import Intake, IntakeState
from collector.pickups.models import MilkLine, Pickup
from tests.laboratory_bench import bottles
from tests.phone_round import FIRST_ARRIVAL, collected
from tests.pool_bench import NOW, PoolBench

pytestmark = pytest.mark.twin


def test_scenario_2_the_limit_of_donors_is_told_with_the_number_that_it_would_be(
    lea: PoolBench,
) -> None:
    numbers = lea.take_over(dora=1, elise=1)
    lea.thaw([*numbers["dora"], *numbers["elise"]])
    pool = lea.pool()
    lea.add(pool, numbers["dora"][0])
    with pytest.raises(Refused) as refused:
        lea.add(pool, numbers["elise"][0])
    assert refused.value.code == "pool_too_many_donors"
    assert refused.value.figures == {"limit": 1, "would_be": 2}
    lea.policy("pool_most_donors", 2)
    lea.add(pool, numbers["elise"][0])
    assert len(lea.contents(pool).donors) == 2


def test_scenario_2_a_loss_above_the_tolerance_asks_for_a_reason(lea: PoolBench) -> None:
    numbers = lea.take_over(dora=25)["dora"]
    lea.thaw(numbers)
    pool = lea.pool()
    for number in numbers:
        lea.add(pool, number)
    with pytest.raises(Refused, match="pool_without_bottles"):
        lea.close(pool, sampled_ml=50)
    labels = lea.fill(pool, 40, 120)
    for label in labels:
        lea.scan(pool, label)
    with pytest.raises(Refused) as refused:
        lea.close(pool, sampled_ml=50)
    assert refused.value.code == "loss_needs_reason"
    # 5,000 ml less 4,800 filled and 50 sampled: 150 ml, 30 permille of the inputs.
    assert refused.value.figures == {"lost": 150, "permille": 30}
    closed = lea.close(pool, sampled_ml=50, reason="Spilled while mixing")
    assert closed.state is PoolState.CLOSED
    balance = lea.contents(pool).balance
    assert (balance.inputs_ml, balance.filled_ml, balance.lost_ml) == (5000, 4800, 150)


def test_scenario_2_one_term_input_makes_the_pool_not_preterm(lea: PoolBench) -> None:
    numbers = lea.take_over(dora=2)["dora"]
    intakes = list(lea.session.scalars(select(Intake).order_by(Intake.id)))
    intakes[0].preterm, intakes[1].preterm = Known.YES, Known.NO
    intakes[0].dairy_free = Known.YES
    lea.thaw(numbers)
    pool = lea.pool()
    lea.add(pool, numbers[0])
    assert (lea.contents(pool).preterm, lea.contents(pool).dairy_free) == (Known.YES, Known.YES)
    lea.add(pool, numbers[1])
    assert (lea.contents(pool).preterm, lea.contents(pool).dairy_free) == (
        Known.NO,
        Known.UNKNOWN,
    )


def test_scenario_2_a_container_is_emptied_once(lea: PoolBench) -> None:
    (number,) = lea.take_over(dora=1)["dora"]
    pool = lea.pool()
    with pytest.raises(Refused, match="intake_not_thawing"):
        lea.add(pool, number)
    lea.thaw([number])
    with pytest.raises(Refused, match="intake_thawing"):
        lea.thaw([number])
    lea.add(pool, number)
    for again in (pool, lea.pool()):
        with pytest.raises(Refused, match="intake_pooled"):
            lea.add(again, number)
    with pytest.raises(NotFound, match="intake_unknown"):
        lea.add(pool, "MR-404")


def test_scenario_2_milk_for_an_own_child_takes_one_mother(lea: PoolBench) -> None:
    for pickup in (lea.bench.dora, lea.bench.elise):
        lea.session.get_one(Pickup, pickup).line = MilkLine.OWN_CHILD
    numbers = lea.take_over(dora=1, elise=1)
    lea.thaw([*numbers["dora"], *numbers["elise"]])
    lea.policy("pool_most_donors", 5)
    with pytest.raises(Refused, match="pool_other_line"):
        lea.add(lea.pool(), numbers["dora"][0])
    pool = lea.pool(MilkLine.OWN_CHILD)
    lea.add(pool, numbers["dora"][0])
    with pytest.raises(Refused, match="pool_other_mother"):
        lea.add(pool, numbers["elise"][0])


def test_a_pool_holds_its_largest_volume_and_no_more(lea: PoolBench) -> None:
    numbers = lea.take_over(dora=3)["dora"]
    lea.thaw(numbers)
    lea.policy("pool_most_ml", 400)
    pool = lea.pool()
    lea.add(pool, numbers[0])
    lea.add(pool, numbers[1])
    with pytest.raises(Refused) as refused:
        lea.add(pool, numbers[2])
    assert refused.value.figures == {"limit": 400, "would_be": 600}


def test_thawed_milk_is_pooled_within_its_hours(lea: PoolBench) -> None:
    first, second = lea.take_over(dora=2)["dora"]
    lea.thaw([first, second])
    pool, last = lea.pool(), NOW + timedelta(hours=24)
    lea.add(pool, first, at=last)
    with pytest.raises(Refused, match="thaw_over"):
        lea.add(pool, second, at=last + timedelta(seconds=1))
    assert lea.contents(pool).thaw_until == last


def test_blocked_milk_stays_in_the_freezer(lea: PoolBench) -> None:
    first = collected(lea.bench.dora, bottles=2, volume_ml=400)
    lea.bench.send(lea.session, first, lea.bench.hand_over(2))
    for container in bottles(lea.session):
        lea.bench.accept(lea.session, container)
    frozen, thawing = (each.number for each in bottles(lea.session))
    lea.thaw([thawing])
    lea.bench.send(lea.session, lea.bench.undo(first, sequence=3))
    with pytest.raises(Refused, match="intake_blocked"):
        lea.thaw([frozen])
    with pytest.raises(Refused, match="intake_blocked"):
        lea.add(lea.pool(), thawing)


def test_an_input_scanned_by_mistake_is_taken_out_and_may_be_added_again(lea: PoolBench) -> None:
    (number,) = lea.take_over(dora=1)["dora"]
    lea.thaw([number])
    pool = lea.pool()
    added = lea.add(pool, number)
    told = lea.told | {"input_id": added.id}
    with pytest.raises(Refused, match="input_stands"):
        take_out_of_pool(lea.session, **told | {"person_id": lea.bench.nora})
    take_out_of_pool(lea.session, **told)
    assert lea.contents(pool).balance.inputs_ml == 0
    lea.add(pool, number)
    lea.fill(pool, 1, 190)
    (again,) = lea.contents(pool).inputs
    with pytest.raises(Refused, match="input_stands"):
        take_out_of_pool(lea.session, **lea.told, input_id=again.id)
    intake = lea.session.scalars(select(Intake)).one()
    assert intake.state is IntakeState.POOLED
    with pytest.raises(Refused, match="intake_moved_on"):
        undo_intake(
            lea.session,
            now=FIRST_ARRIVAL,
            bank_id=lea.bench.town.bank,
            person_id=lea.bench.lea,
            intake_id=intake.id,
        )


def test_only_an_empty_pool_is_dissolved(lea: PoolBench) -> None:
    (number,) = lea.take_over(dora=1)["dora"]
    lea.thaw([number])
    pool, empty = lea.pool(), lea.pool()
    lea.add(pool, number)
    with pytest.raises(Refused, match="pool_not_empty"):
        dissolve_pool(lea.session, **lea.told, pool_id=pool, reason="Wrong line")
    with pytest.raises(Refused, match="reason_missing"):
        dissolve_pool(lea.session, **lea.told, pool_id=empty, reason=" ")
    gone = dissolve_pool(lea.session, **lea.told, pool_id=empty, reason="Opened twice")
    assert gone.state is PoolState.DISSOLVED
    with pytest.raises(Refused, match="pool_not_open"):
        lea.fill(empty, 1, 100)


def test_the_reach_of_a_recall_counts_the_bottles_of_every_pool_of_a_donor(lea: PoolBench) -> None:
    numbers = lea.take_over(dora=2, elise=1)
    lea.policy("pool_most_donors", 2)
    lea.thaw([*numbers["dora"], *numbers["elise"]])
    first, second = lea.pool(), lea.pool()
    lea.add(first, numbers["dora"][0])
    lea.add(first, numbers["elise"][0])
    lea.fill(first, 4, 95)
    lea.add(second, numbers["dora"][1])
    lea.fill(second, 2, 95)
    reach = sorted(donor.bottles for donor in lea.contents(first).donors)
    # Elise is in the first pool alone, Dora in both.
    assert reach == [4, 6]


def test_another_banks_pool_does_not_exist(lea: PoolBench) -> None:
    pool = lea.pool()
    with pytest.raises(NotFound):
        pool_contents(lea.session, bank_id=lea.bench.town.other_bank, pool_id=pool)
    lea.told["bank_id"] = lea.bench.town.other_bank
    with pytest.raises(NotFound):
        lea.fill(pool, 1, 100)


def test_pools_are_numbered_in_a_row_and_no_container_is_lost(lea: PoolBench) -> None:
    numbers = [lea.session.get_one(MilkPool, lea.pool()).number for _ in range(40)]
    assert len(set(numbers)) == 40
    assert numbers == sorted(numbers)
    assert lea.session.scalars(select(Container)).all() == []


@given(*[st.integers(0, 10_000)] * 4, st.integers(0, 1000))
def test_a_balance_always_adds_up(
    inputs: int, filled: int, sampled: int, discarded: int, permille: int
) -> None:
    balance = PoolBalance(
        inputs_ml=inputs, filled_ml=filled, sampled_ml=sampled, discarded_ml=discarded
    )
    assert filled + sampled + discarded + balance.lost_ml == inputs
    assert balance.is_tolerated(permille) == (abs(balance.lost_ml) * 1000 <= permille * inputs)

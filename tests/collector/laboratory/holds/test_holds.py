"""Holds: scenario 7 of the design, the reach of each subject, and the two who lift."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import IntegrityError

from collector.audit.models import AuditEntry
from collector.custody.models import Container
from collector.db import db, reading
from collector.donors.models import Serology, SerologyOutcome
from collector.errors import NotFound, Refused
from collector.laboratory.holding.actions import ask_to_lift, lift_hold
from collector.laboratory.holding.reach import held_lots, lots_reached
from collector.laboratory.holds.models import HoldSubject, LaboratoryHold
from collector.laboratory.pooling.models import Bottle, Lot, LotState, MilkPool, PoolInput
from collector.laboratory.release.leaving import (
    FreeStock,
    blocked_lots,
    bottle_to_leave,
    lots_free_to_leave,
    released_stock,
)
from tests.laboratory_bench import FIRST_EXPRESSED, LAST_EXPRESSED, open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.release_stock import StockOf2000
from tests.town import Town

pytestmark = pytest.mark.twin

OF_ONE_LOT = (
    HoldSubject.CONTAINER,
    HoldSubject.POOL,
    HoldSubject.CYCLE,
    HoldSubject.DEVICE,
    HoldSubject.LOT,
    HoldSubject.BOTTLE,
)
"""Subjects of a lot's own; `test_equipment_holds.py` has the others but for the donor."""


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[ReleaseBench]:
    with open_bench(app, town) as bench, reading() as session:
        yield ReleaseBench(bench, session)


def leave(lea: ReleaseBench, label: str) -> Bottle:
    lea.session.flush()
    return bottle_to_leave(lea.session, bank_id=lea.bench.town.bank, text=label, today=LATER.date())


def stock(lea: ReleaseBench) -> FreeStock:
    lea.session.flush()
    return released_stock(lea.session, bank_id=lea.bench.town.bank, today=LATER.date())


def test_scenario_7_one_hold_on_a_donor_with_2000_bottles_in_51_pools(lea: ReleaseBench) -> None:
    made = StockOf2000(lea)
    bank = lea.bench.town.bank
    before = stock(lea)
    assert (before.bottles, before.stopped_bottles) == (2000 + made.others, 0)
    written: list[str] = []
    event.listen(
        db.engine, "before_cursor_execute", lambda *given: written.append(given[2].lower())
    )
    entries = lea.session.scalar(select(func.count(AuditEntry.id))) or 0
    hold = lea.hold(HoldSubject.DONOR, lea.bench.town.dora)
    assert [text for text in written if text.startswith("update") and "bottles" in text] == []
    assert [text for text in written if "insert into laboratory_holds" in text] != []
    assert lea.session.scalar(select(func.count(LaboratoryHold.id))) == 1
    assert lea.session.scalar(select(func.count(AuditEntry.id))) == entries + 1
    assert len(lots_reached(lea.session, hold)) == 51
    after = stock(lea)
    assert (after.bottles, after.stopped_bottles) == (made.others, 2000)
    assert before.volume_ml - after.volume_ml == after.stopped_ml == 2000 * made.bottle_ml
    began = time.process_time()
    with pytest.raises(Refused, match="bottle_held"):
        leave(lea, made.label)
    assert time.process_time() - began < 0.15
    assert leave(lea, made.other_label)

    with pytest.raises(Refused, match="hold_end_not_asked"):
        lift_hold(lea.session, **lea.by(lea.rose), hold_id=hold.id)
    told = lea.by(lea.quentin) | {"hold_id": hold.id}
    ask_to_lift(lea.session, **told, reason="Sample is clear")
    with pytest.raises(Refused, match="two_people_needed"):
        lift_hold(lea.session, **told)
    assert stock(lea) == after
    lift_hold(lea.session, **lea.by(lea.rose), hold_id=hold.id)
    assert stock(lea) == before
    assert leave(lea, made.label)
    assert bank == hold.bank_id


@pytest.fixture
def released(lea: ReleaseBench) -> list[int]:
    lots = lea.lots(2)
    lea.heat(lots[0])
    lea.heat(lots[1], serial="S-2")
    lea.label(*lots)
    lea.read(*lots)
    lea.release(*lots)
    return lots


@pytest.mark.parametrize("subject", OF_ONE_LOT)
def test_a_hold_reaches_the_lot_of_its_subject_alone(
    lea: ReleaseBench, released: list[int], subject: HoldSubject
) -> None:
    first, second = released
    lot = lea.session.get_one(Lot, first)
    (label,), (other,) = lea.labels_of(first), lea.labels_of(second)
    keys = {
        HoldSubject.CONTAINER: lea.session.scalars(
            select(Container.id)
            .join_from(PoolInput, Container, PoolInput.pool_id == lot.pool_id)
            .where(Container.number == lea.contents(lot.pool_id).inputs[0].intake.container.number)
        ).one(),
        HoldSubject.POOL: lot.pool_id,
        HoldSubject.CYCLE: lot.cycle_id or 0,
        HoldSubject.DEVICE: lea.device(serial="S-1"),
        HoldSubject.LOT: first,
        HoldSubject.BOTTLE: lea.session.scalars(
            select(Bottle.id).where(Bottle.number == label)
        ).one(),
    }
    hold = lea.hold(subject, keys[subject])
    assert lots_reached(lea.session, hold) == [first]
    with pytest.raises(Refused, match="bottle_held"):
        leave(lea, label)
    assert leave(lea, other).number == other
    assert (stock(lea).bottles, stock(lea).stopped_bottles) == (1, 1)
    expected = {} if subject is HoldSubject.BOTTLE else {first: [hold]}
    assert held_lots(lea.session, bank_id=lea.bench.town.bank) == expected


def test_a_hold_since_a_day_leaves_earlier_milk_free(
    lea: ReleaseBench, released: list[int]
) -> None:
    dora = lea.bench.town.dora
    lea.hold(HoldSubject.DONOR, dora, since=LAST_EXPRESSED + timedelta(days=1))
    lea.hold(HoldSubject.DEVICE, lea.device(serial="S-1"), since=LATER.date() + timedelta(days=1))
    assert stock(lea).stopped_bottles == 0
    lea.hold(HoldSubject.DEVICE, lea.device(serial="S-1"), since=LATER.date())
    assert stock(lea).stopped_bottles == 1
    lea.hold(HoldSubject.DONOR, dora, since=FIRST_EXPRESSED)
    assert stock(lea).stopped_bottles == len(released)


def test_a_hold_on_a_donor_stops_milk_in_quarantine_too(lea: ReleaseBench) -> None:
    number = lea.take_over(dora=1)["dora"][0]
    lea.hold(HoldSubject.DONOR, lea.bench.town.dora)
    with pytest.raises(Refused, match="intake_blocked"):
        lea.thaw([number])


def test_a_hold_on_a_container_stops_it_beside_the_pool(lea: ReleaseBench) -> None:
    held, free = lea.take_over(dora=2)["dora"]
    key = lea.session.scalars(select(Container.id).where(Container.number == held)).one()
    lea.hold(HoldSubject.CONTAINER, key)
    lea.thaw([free])
    with pytest.raises(Refused, match="intake_blocked"):
        lea.thaw([held])


def test_a_held_pasteuriser_is_not_started(lea: ReleaseBench) -> None:
    (lot,) = lea.lots(1)
    cycle = lea.load(lea.device(), lot)
    lea.hold(HoldSubject.DEVICE, cycle.device_id)
    with pytest.raises(Refused, match="device_held"):
        lea.begin(cycle)


def test_the_two_who_lift_hold_both_roles(lea: ReleaseBench) -> None:
    hold = lea.hold(HoldSubject.DONOR, lea.bench.town.dora)
    told = {"hold_id": hold.id}
    with pytest.raises(Refused, match="not_quality_or_releaser"):
        ask_to_lift(lea.session, **lea.by(lea.leo), **told, reason="A reason")
    with pytest.raises(Refused, match="reason_missing"):
        ask_to_lift(lea.session, **lea.by(lea.rose), **told, reason=" ")
    ask_to_lift(lea.session, **lea.by(lea.rose), **told, reason="A reason")
    with pytest.raises(Refused, match="quality_and_releaser_needed"):
        lift_hold(lea.session, **lea.by(lea.rita), **told)
    lift_hold(lea.session, **lea.by(lea.quentin), **told)
    with pytest.raises(Refused, match="hold_lifted"):
        lift_hold(lea.session, **lea.by(lea.quentin), **told)
    hold.lifted_by_id = hold.lift_asked_by_id
    with pytest.raises(IntegrityError, match="lifted_by_two"):
        lea.session.flush()


def test_a_subject_of_another_bank_is_not_found(lea: ReleaseBench) -> None:
    with pytest.raises(NotFound):
        lea.hold(HoldSubject.DONOR, lea.bench.town.stranger_donor)
    with pytest.raises(Refused, match="reason_missing"):
        lea.hold(HoldSubject.DONOR, lea.bench.town.dora, reason="")


def test_what_else_stops_a_bottle(lea: ReleaseBench, released: list[int]) -> None:
    first, second = released
    label = lea.labels_of(first)[0]
    lea.session.execute(update(Bottle).values(bank_id=lea.bench.town.other_bank))
    with pytest.raises(NotFound, match="bottle_unknown"):
        leave(lea, label)
    lea.session.execute(update(Bottle).values(bank_id=lea.bench.town.bank))
    row = lea.session.get_one(Lot, first)
    row.expires_on = LATER.date() - timedelta(days=1)
    with pytest.raises(Refused, match="bottle_expired"):
        leave(lea, label)
    row.state = LotState.WAITING
    with pytest.raises(Refused, match="bottle_not_released"):
        leave(lea, label)
    row.state, row.expires_on = LotState.RELEASED, LATER.date()
    assert leave(lea, label)
    bank = lea.bench.town.bank
    assert lots_free_to_leave(lea.session, bank_id=bank, today=LATER.date()) == set(released)
    lea.session.add(
        Serology(
            bank_id=bank,
            donor_id=lea.bench.town.dora,
            drawn_on=LAST_EXPRESSED,
            outcome=SerologyOutcome.NOT_CLEAR,
            valid_until=None,
        )
    )
    with pytest.raises(Refused, match="bottle_uncovered"):
        leave(lea, label)
    assert set(blocked_lots(lea.session, bank_id=bank)) == set(released)
    assert set(blocked_lots(lea.session, bank_id=bank, lots=[second])) == {second}
    assert lea.session.scalar(select(func.count(MilkPool.id))) == 2

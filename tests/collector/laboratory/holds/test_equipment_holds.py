"""Holds on storage units and on materials: milk that stood there, pools that used them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from collector.db import reading
from collector.errors import NotFound, Refused
from collector.laboratory.holding.queries import Stoppable, stoppable_by
from collector.laboratory.holding.reach import held_bottles, held_lots, lots_reached
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.materials import (
    close_material,
    materials_of,
    materials_used,
    open_material,
)
from collector.laboratory.pooling.models import LabMaterial, Lot, MaterialKind
from collector.laboratory.reception.quarantine import IntakeBlock, quarantine_of
from collector.laboratory.release.leaving import bottle_to_leave, released_stock
from collector.laboratory.units.models import StorageZone
from tests.collector.laboratory.pooling.test_pools import NOW
from tests.collector.laboratory.storage.storage_bench import TEN, StorageBench
from tests.laboratory_bench import FIRST_EXPRESSED, open_bench
from tests.release_bench import LATER, ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin


class Bench(StorageBench, ReleaseBench):
    """Lea at the freezers and with her materials."""

    def stopped(self) -> tuple[int, int]:
        self.session.flush()
        found = released_stock(self.session, bank_id=self.bench.town.bank, today=LATER.date())
        return found.bottles, found.stopped_bottles

    def leave(self, label: str) -> str:
        self.session.flush()
        told = {"bank_id": self.bench.town.bank, "today": LATER.date()}
        return bottle_to_leave(self.session, **told, text=label).number

    def material(self, number: str, **changes: Any) -> LabMaterial:  # noqa: ANN401
        given = {"kind": MaterialKind.CAP, "expires_on": None, "makers_lot": number}
        return open_material(self.session, **(self.told | given | changes))

    def found(self, text: str) -> list[Stoppable]:
        return stoppable_by(self.session, bank_id=self.bench.town.bank, text=text)


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[Bench]:
    with open_bench(app, town) as bench, reading() as session:
        yield Bench(bench, session)


def test_a_hold_on_a_unit_stops_the_bottles_that_stand_there_and_no_others(lea: Bench) -> None:
    place = lea.at(StorageZone.RELEASED)
    first, second = lea.lots(2)
    lea.ready(first, second)
    lea.release(first, second)
    (inside,), (outside,) = lea.numbers(first), lea.numbers(second)
    lea.put(place, inside)
    hold = lea.hold(HoldSubject.UNIT, place.unit_id, now=TEN)
    assert lots_reached(lea.session, hold) == [first]
    with pytest.raises(Refused, match="bottle_held"):
        lea.leave(inside)
    assert lea.leave(outside) == outside
    assert lea.stopped() == (1, 1)
    # It stays stopped after it has left, and later arrivals are stopped too.
    lea.put(lea.at(StorageZone.BACK), inside, at=TEN + timedelta(hours=1))
    lea.put(place, outside, at=TEN + timedelta(hours=2))
    assert lea.stopped() == (0, 2)
    assert held_lots(lea.session, bank_id=lea.bench.town.bank) == {}
    assert len(held_bottles(lea.session, bank_id=lea.bench.town.bank)) == 2


def test_a_hold_on_a_unit_leaves_what_left_before_it_or_came_after_its_last_day(
    lea: Bench,
) -> None:
    place, back = lea.at(StorageZone.RELEASED), lea.at(StorageZone.BACK)
    first, second = lea.lots(2)
    lea.ready(first, second)
    lea.release(first, second)
    (early,), (late,) = lea.numbers(first), lea.numbers(second)
    lea.put(place, early)
    lea.put(back, early, at=NOW + timedelta(hours=1))
    hold = lea.hold(HoldSubject.UNIT, place.unit_id, now=TEN, until=TEN.date())
    lea.put(place, late, at=TEN + timedelta(days=1))
    assert lots_reached(lea.session, hold) == []
    assert lea.stopped() == (2, 0)
    # With a first day, what stood there on that day is stopped as well.
    lea.hold(HoldSubject.UNIT, place.unit_id, now=TEN, since=NOW.date(), until=NOW.date())
    assert lea.stopped() == (1, 1)
    with pytest.raises(Refused, match="days_backwards"):
        lea.hold(
            HoldSubject.UNIT, place.unit_id, since=NOW.date(), until=NOW.date() - timedelta(days=1)
        )


def test_milk_of_a_held_unit_may_neither_be_thawed_nor_leave_in_a_pool(lea: Bench) -> None:
    place = lea.at(StorageZone.RAW)
    inside, outside, pooled = lea.take_over(dora=3)["dora"]
    lea.put(place, inside, pooled)
    lea.thaw([pooled])
    pool = lea.pool()
    lea.add(pool, pooled)
    lea.fill(pool, 1, 100)
    lot = lea.contents(pool).lot
    assert lot is not None
    hold = lea.hold(HoldSubject.UNIT, place.unit_id, now=TEN, since=NOW.date())
    (donor,) = quarantine_of(lea.session, bank_id=lea.bench.town.bank, today=NOW.date())
    blocks = {line.intake.container.number: line.blocks for line in donor.lines}
    assert blocks == {inside: (IntakeBlock.HELD,), outside: ()}
    with pytest.raises(Refused, match="intake_blocked"):
        lea.thaw([inside])
    assert held_lots(lea.session, bank_id=lea.bench.town.bank) == {lot.id: [hold]}


def test_a_hold_on_a_makers_lot_stops_the_pools_that_were_open_meanwhile(lea: Bench) -> None:
    inputs = lea.take_over(dora=3)["dora"]
    lea.thaw(inputs)
    first = lea.material("C-1", now=NOW - timedelta(days=2))
    close_material(lea.session, **lea.told | {"now": NOW - timedelta(days=1)}, material_id=first.id)
    used = lea.material("C-2", now=NOW - timedelta(hours=1))
    later = lea.material("C-3", now=NOW + timedelta(hours=1))
    pool = lea.pool()
    for number in inputs:
        lea.add(pool, number)
    for label in lea.fill(pool, 3, 200):
        lea.scan(pool, label)
    lea.close(pool, sampled_ml=0)
    lot = lea.contents(pool).lot
    assert lot is not None
    assert materials_used(lea.session, [pool]) == {pool: [used]}
    bank = lea.bench.town.bank
    for free in (first, later):
        lea.hold(HoldSubject.MATERIAL, free.id)
    assert held_lots(lea.session, bank_id=bank) == {}
    hold = lea.hold(HoldSubject.MATERIAL, used.id)
    assert held_lots(lea.session, bank_id=bank) == {lot.id: [hold]}
    beside = {"since": NOW.date() + timedelta(days=1)}, {"until": NOW.date() - timedelta(days=1)}
    for days in beside:
        hold = lea.hold(HoldSubject.MATERIAL, used.id, **days)
        assert lots_reached(lea.session, hold) == []


def test_units_places_and_makers_lots_are_found_by_their_names_and_codes(lea: Bench) -> None:
    place = lea.at(StorageZone.RAW)
    material = lea.material("C-1")
    unit = Stoppable(subject=HoldSubject.UNIT, key=place.unit_id, label="Freezer raw")
    assert lea.found("Freezer raw") == lea.found(place.code.lower()) == [unit]
    assert lea.found("C-1") == [
        Stoppable(subject=HoldSubject.MATERIAL, key=material.id, label="C-1")
    ]
    with pytest.raises(NotFound, match="nothing_to_hold"):
        lea.found("C-9")
    with pytest.raises(NotFound):
        lea.hold(HoldSubject.MATERIAL, 999)
    # A bottle names the materials of its pool.
    (lot,) = lea.lots(1)
    named = {each.subject for each in lea.found(lea.numbers(lot)[0])}
    assert {HoldSubject.BOTTLE, HoldSubject.LOT, HoldSubject.DONOR, HoldSubject.MATERIAL} == named


def test_a_material_past_its_last_day_is_neither_opened_nor_filled_with(lea: Bench) -> None:
    today = NOW.date()
    for code, changes in (
        ("makers_lot_missing", {"makers_lot": "  "}),
        ("text_too_long", {"makers_lot": "C" * 61}),
        ("material_expired", {"expires_on": today - timedelta(days=1)}),
    ):
        with pytest.raises(Refused, match=code):
            lea.material("C-1", **changes)
    found = lea.material("C-1", expires_on=today)
    with pytest.raises(Refused, match="makers_lot_known"):
        lea.material(" C-1 ")
    lea.material("C-1", kind=MaterialKind.BOTTLE)
    (number,) = lea.take_over(dora=1)["dora"]
    lea.thaw([number])
    pool = lea.pool()
    lea.add(pool, number)
    lea.fill(pool, 1, 50)
    found.expires_on = date(2026, 11, 1)
    with pytest.raises(Refused, match="material_expired"):
        lea.fill(pool, 1, 50, before=1)
    close_material(lea.session, **lea.told, material_id=found.id)
    with pytest.raises(Refused, match="material_closed"):
        close_material(lea.session, **lea.told, material_id=found.id)
    lea.fill(pool, 1, 50, before=1)
    assert [each.makers_lot for each in materials_of(lea.session, lea.bench.town.bank)] == [
        "C-1",
        "C-1",
    ]


def test_a_hold_until_a_day_leaves_later_milk_free(lea: Bench) -> None:
    (lot,) = lea.lots(1)
    lea.ready(lot)
    lea.release(lot)
    dora = lea.bench.town.dora
    lea.hold(HoldSubject.DONOR, dora, until=FIRST_EXPRESSED - timedelta(days=1))
    cycle = lea.session.get_one(Lot, lot).cycle_id
    assert cycle is not None
    device = lea.device(serial="S-1")
    lea.hold(HoldSubject.DEVICE, device, until=LATER.date() - timedelta(days=1))
    assert lea.stopped() == (1, 0)
    lea.hold(HoldSubject.DEVICE, device, until=LATER.date())
    lea.hold(HoldSubject.DONOR, dora, until=FIRST_EXPRESSED)
    assert len(held_lots(lea.session, bank_id=lea.bench.town.bank)[lot]) == 2

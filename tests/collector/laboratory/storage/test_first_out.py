"""First to expire, first out: released bottles alone, and never one that is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import reading
from collector.errors import Refused
from collector.laboratory.holds.models import HoldSubject
from collector.laboratory.pooling.models import Bottle, Lot, LotState
from collector.laboratory.release.actions import withdraw_lot
from collector.laboratory.release.leaving import bottle_to_leave, released_stock
from collector.laboratory.storage.first_out import misplaced_lots, next_bottles
from collector.laboratory.units.models import StorageZone
from tests.collector.laboratory.heating.test_curves import COLD, HOT, written
from tests.collector.laboratory.storage.storage_bench import TEN, StorageBench
from tests.laboratory_bench import open_bench
from tests.pool_bench import NOW
from tests.release_bench import ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin


class Bench(StorageBench, ReleaseBench):
    """Lea at the freezers, with lots that Rita releases."""

    def next(self, most: int = 20) -> list[str]:
        found = next_bottles(
            self.session, bank_id=self.bench.town.bank, today=NOW.date(), most=most
        )
        return [each.number for each in found]


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[Bench]:
    with open_bench(app, town) as bench, reading() as session:
        yield Bench(bench, session)


def expiring(session: Session, lot: int, *, days: int) -> None:
    session.get_one(Lot, lot).expires_on = NOW.date() + timedelta(days=days)
    session.flush()


def test_the_first_to_expire_goes_first_and_only_from_the_released_unit(lea: Bench) -> None:
    heated, released = lea.at(StorageZone.HEATED), lea.at(StorageZone.RELEASED)
    late, soon, waiting = lea.lots(3)
    lea.ready(late, soon, waiting)
    for lot in (late, soon, waiting):
        lea.put(heated, *lea.numbers(lot))
    assert lea.next() == []
    lea.release(late, soon)
    expiring(lea.session, late, days=90)
    expiring(lea.session, soon, days=20)
    bank = lea.bench.town.bank
    assert {(each.state, each.bottles) for each in misplaced_lots(lea.session, bank_id=bank)} == {
        (LotState.RELEASED, 1)
    }
    assert lea.next() == []
    with pytest.raises(Refused, match="belongs_to_heated"):
        lea.put(released, *lea.numbers(waiting))
    for lot in (late, soon):
        lea.put(released, *lea.numbers(lot))
    assert lea.next() == lea.numbers(soon) + lea.numbers(late)
    assert misplaced_lots(lea.session, bank_id=bank) == []
    expiring(lea.session, soon, days=-1)
    assert lea.next() == lea.numbers(late)


def test_a_held_bottle_and_a_held_lot_are_skipped(lea: Bench) -> None:
    released = lea.at(StorageZone.RELEASED)
    first, second = lea.lots(2)
    lea.ready(first, second)
    lea.release(first, second)
    for lot in (first, second):
        lea.put(released, *lea.numbers(lot))
    (number,) = lea.numbers(first)
    key = lea.session.scalars(select(Bottle.id).where(Bottle.number == number)).one()
    lea.hold(HoldSubject.BOTTLE, key)
    assert lea.next() == lea.numbers(second)
    lea.hold(HoldSubject.LOT, second)
    assert lea.next() == []


def test_a_warm_freezer_stops_released_bottles_until_two_people_keep_them(lea: Bench) -> None:
    released = lea.at(StorageZone.RELEASED)
    (lot,) = lea.lots(1)
    lea.ready(lot)
    lea.release(lot)
    (number,) = lea.numbers(lot)
    lea.put(released, number)
    bank, today = lea.bench.town.bank, NOW.date()
    assert bottle_to_leave(lea.session, bank_id=bank, text=number, today=today).number == number
    assert released_stock(lea.session, bank_id=bank, today=today).bottles == 1
    lea.post(lea.probe(released.unit), -5.0, -20.0, start=TEN)
    assert lea.next() == []
    with pytest.raises(Refused, match="bottle_warm"):
        bottle_to_leave(lea.session, bank_id=bank, text=number, today=today)
    stock = released_stock(lea.session, bank_id=bank, today=today)
    assert (stock.bottles, stock.stopped_bottles) == (0, 1)


def test_warm_milk_is_not_released(lea: Bench) -> None:
    raw = lea.at(StorageZone.RAW)
    heated = lea.place(lea.unit(StorageZone.HEATED, name="Heated 2"))
    (lot,) = lea.lots(1)
    lea.ready(lot)
    assert lea.colours(lot)["holds"] == "green"
    lea.put(heated, *lea.numbers(lot))
    lea.post(lea.probe(heated.unit), -5.0, -20.0)
    assert lea.colours(lot)["holds"] == "red"
    assert raw.id != heated.id


def test_bottles_of_a_failed_curve_are_set_aside_only(lea: Bench) -> None:
    raw, heated = lea.at(StorageZone.RAW), lea.at(StorageZone.HEATED)
    (lot,) = lea.lots(1)
    cycle = lea.load(lea.device(), lot)
    lea.begin(cycle)
    lea.end(cycle)
    lea.keep(cycle, written([*HOT[:20], *COLD], start=NOW))
    for place in (raw, heated):
        with pytest.raises(Refused, match="belongs_to_back"):
            lea.put(place, *lea.numbers(lot))
    assert lea.put(lea.at(StorageZone.BACK), *lea.numbers(lot)) == 1


def test_a_withdrawn_lot_belongs_to_the_milk_set_aside(lea: Bench) -> None:
    released, back = lea.at(StorageZone.RELEASED), lea.at(StorageZone.BACK)
    (lot,) = lea.lots(1)
    lea.ready(lot)
    lea.release(lot)
    (number,) = lea.numbers(lot)
    lea.put(released, number)
    told = {"now": NOW, "bank_id": lea.bench.town.bank, "person_id": lea.bench.nora}
    withdraw_lot(lea.session, **told, lot_id=lot, reason="A ward reported it")
    (misplaced,) = misplaced_lots(lea.session, bank_id=lea.bench.town.bank)
    assert (misplaced.state, misplaced.bottles) == (LotState.WITHDRAWN, 1)
    with pytest.raises(Refused, match="belongs_to_back"):
        lea.put(lea.place(released.unit, name="2"), number)
    lea.put(back, number)
    assert misplaced_lots(lea.session, bank_id=lea.bench.town.bank) == []

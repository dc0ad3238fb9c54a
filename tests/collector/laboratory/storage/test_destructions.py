"""Destructions: one person scans, another one witnesses; a destroyed thing comes back nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from collector.audit.models import AuditEntry
from collector.db import reading
from collector.errors import Conflict, NotFound, Refused
from collector.laboratory.destroying.actions import (
    abandon_destruction,
    add_to_destruction,
    begin_destruction,
    take_off_destruction,
    witness_destruction,
)
from collector.laboratory.destroying.queries import contents_of, destructions_of
from collector.laboratory.destructions.models import (
    Destruction,
    DestructionMethod,
    DestructionReason,
)
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.reception.actions import undo_intake
from collector.laboratory.reception.models import Intake, IntakeRefusal, IntakeState
from collector.laboratory.reception.quarantine import IntakeBlock, quarantine_of
from collector.laboratory.release.leaving import FreeStock, bottle_to_leave, released_stock
from collector.laboratory.storage.counts import begin_count, count_thing, counted
from collector.laboratory.storage.first_out import next_bottles
from collector.laboratory.units.models import MoveReason, StorageMove, StorageStay, StorageZone
from tests.collector.laboratory.pooling.test_pools import NOW
from tests.collector.laboratory.storage.storage_bench import StorageBench
from tests.laboratory_bench import bottles, open_bench
from tests.phone_round import FIRST_ARRIVAL, collected
from tests.release_bench import ReleaseBench
from tests.town import Town

pytestmark = pytest.mark.twin


class Bench(StorageBench, ReleaseBench):
    """Lea with her list, and Leo who watches."""

    def list(self, **changes: Any) -> Destruction:  # noqa: ANN401
        usual = {
            "reason": DestructionReason.DAMAGED,
            "method": DestructionMethod.CARE_WASTE,
            "note": "",
        }
        return begin_destruction(self.session, **self.told, **(usual | changes))

    def scan_off(self, found: Destruction, label: str) -> bool:
        told = {"now": NOW, "bank_id": self.bench.town.bank, "destruction_id": found.id}
        return add_to_destruction(self.session, **told, label=label)[1]

    def witness(self, found: Destruction, *, by: int | None = None, seen: int = 1) -> Destruction:
        told = self.told | {"person_id": by or self.leo}
        return witness_destruction(self.session, **told, destruction_id=found.id, seen=seen)

    def stock(self) -> FreeStock:
        self.session.flush()
        return released_stock(self.session, bank_id=self.bench.town.bank, today=NOW.date())

    def state(self, number: str) -> IntakeState:
        intakes = self.session.scalars(select(Intake)).all()
        found = {each.number: each.id for each in bottles(self.session)}
        return next(each.state for each in intakes if each.container_id == found[number])


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[Bench]:
    with open_bench(app, town) as bench, reading() as session:
        yield Bench(bench, session)


def test_a_second_person_witnesses_and_the_milk_leaves_its_place(lea: Bench) -> None:
    place = lea.at(StorageZone.RAW)
    gone, kept = lea.take_over(dora=2)["dora"]
    lea.put(place, gone, kept)
    found = lea.list()
    assert lea.scan_off(found, gone)
    assert not lea.scan_off(found, gone)
    with pytest.raises(Refused, match="two_people_needed"):
        lea.witness(found, by=lea.bench.lea)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        lea.witness(found, seen=2)
    # Until then the list stops it, and nothing else has changed.
    with pytest.raises(Refused, match="intake_blocked"):
        lea.thaw([gone])
    (donor,) = quarantine_of(lea.session, bank_id=lea.bench.town.bank, today=NOW.date())
    blocks = {line.intake.container.number: line.blocks for line in donor.lines}
    assert blocks == {gone: (IntakeBlock.DESTRUCTION,), kept: ()}
    entries = select(func.count(AuditEntry.id)).where(AuditEntry.action == "milk destroyed")
    assert lea.session.scalar(entries) == 0
    lea.witness(found)
    assert lea.session.scalar(entries) == 1
    assert (lea.state(gone), lea.state(kept)) == (IntakeState.DESTROYED, IntakeState.QUARANTINE)
    standing = lea.session.scalars(select(StorageStay).where(StorageStay.ended_at.is_(None)))
    assert len(standing.all()) == 1
    reasons = lea.session.scalars(select(StorageMove.reason)).all()
    assert reasons.count(MoveReason.DESTROYED) == 1
    with pytest.raises(Refused, match="thing_destroyed"):
        lea.put(place, gone)
    with pytest.raises(Refused, match="thing_destroyed"):
        lea.thaw([gone])
    with pytest.raises(Refused, match="destruction_ended"):
        lea.witness(found)
    (line,) = destructions_of(lea.session, bank_id=lea.bench.town.bank)
    assert (line.things, line.volume_ml) == (1, 200)


def test_a_released_bottle_on_a_list_may_not_leave_and_is_no_stock_once_destroyed(
    lea: Bench,
) -> None:
    place = lea.at(StorageZone.RELEASED)
    first, second = lea.lots(2)
    lea.ready(first, second)
    lea.release(first, second)
    (gone,), (kept,) = lea.numbers(first), lea.numbers(second)
    lea.put(place, gone, kept)
    found = lea.list()
    lea.scan_off(found, gone)
    bank, today = lea.bench.town.bank, NOW.date()
    with pytest.raises(Refused, match="bottle_destroyed"):
        bottle_to_leave(lea.session, bank_id=bank, text=gone, today=today)
    assert lea.stock() == FreeStock(bottles=1, volume_ml=200, stopped_bottles=1, stopped_ml=200)
    assert [each.number for each in next_bottles(lea.session, bank_id=bank, today=today)] == [kept]
    lea.witness(found)
    assert lea.stock() == FreeStock(bottles=1, volume_ml=200, stopped_bottles=0, stopped_ml=0)
    with pytest.raises(Refused, match="bottle_destroyed"):
        bottle_to_leave(lea.session, bank_id=bank, text=gone, today=today)
    assert bottle_to_leave(lea.session, bank_id=bank, text=kept, today=today).number == kept


def test_a_bottle_that_left_the_bank_is_stored_counted_and_destroyed_nowhere(lea: Bench) -> None:
    """It was scanned in a count, and then handed over to a ward before the count was closed."""
    place = lea.at(StorageZone.RELEASED)
    (lot,) = lea.lots(1)
    lea.ready(lot)
    lea.release(lot)
    (gone,) = lea.numbers(lot)
    lea.put(place, gone)
    count = begin_count(lea.session, **lea.told, place_id=place.id)
    of = {"now": NOW, "bank_id": lea.bench.town.bank, "count_id": count.id}
    count_thing(lea.session, **of, label=gone)
    assert len(counted(lea.session, count)) == 1
    bottle = lea.session.scalars(select(Bottle).where(Bottle.number == gone)).one()
    bottle.left_at = NOW
    lea.session.flush()
    assert counted(lea.session, count) == set()
    with pytest.raises(Refused, match="bottle_gone"):
        lea.put(place, gone)
    with pytest.raises(Refused, match="bottle_gone"):
        lea.scan_off(lea.list(), gone)


def test_a_list_that_is_given_up_leaves_its_things_as_they_were(lea: Bench) -> None:
    first, second = lea.take_over(dora=2)["dora"]
    found, other = lea.list(), lea.list()
    lea.scan_off(found, first)
    lea.scan_off(found, second)
    with pytest.raises(Refused, match="thing_on_list"):
        lea.scan_off(other, first)
    item = contents_of(lea.session, found)[0]
    told = {"now": NOW, "bank_id": lea.bench.town.bank}
    take_off_destruction(lea.session, **told, destruction_id=found.id, item_id=item.item_id)
    assert lea.scan_off(other, first)
    abandon_destruction(lea.session, **lea.told, destruction_id=found.id)
    with pytest.raises(Refused, match="destruction_ended"):
        lea.scan_off(found, second)
    with pytest.raises(Refused, match="destruction_ended"):
        take_off_destruction(lea.session, **told, destruction_id=other.id, item_id=item.item_id)
    lea.thaw([second])
    assert lea.state(second) is IntakeState.THAWING


def test_a_refused_container_stays_refused_and_an_emptied_one_is_not_destroyed(
    lea: Bench,
) -> None:
    lea.bench.send(
        lea.session, collected(lea.bench.dora, bottles=2, volume_ml=400), lea.bench.hand_over(2)
    )
    refused, accepted = bottles(lea.session)
    lea.bench.refuse(lea.session, refused, IntakeRefusal.THAWED)
    lea.bench.accept(lea.session, accepted)
    lea.thaw([accepted.number])
    lea.add(lea.pool(), accepted.number)
    found = lea.list(reason=DestructionReason.REFUSED)
    with pytest.raises(Refused, match="thing_emptied"):
        lea.scan_off(found, accepted.number)
    with pytest.raises(Refused, match="destruction_empty"):
        lea.witness(found, seen=0)
    lea.scan_off(found, refused.number)
    intake = lea.session.scalars(select(Intake).where(Intake.refused_because.is_not(None))).one()
    told = lea.told | {"now": FIRST_ARRIVAL, "intake_id": intake.id}
    with pytest.raises(Refused, match="intake_moved_on"):
        undo_intake(lea.session, **told)
    lea.witness(found)
    assert lea.state(refused.number) is IntakeState.REFUSED


def test_another_reason_needs_a_note_and_another_bank_has_no_such_list(lea: Bench) -> None:
    with pytest.raises(Refused, match="destruction_needs_note"):
        lea.list(reason=DestructionReason.OTHER, note=" ")
    with pytest.raises(Refused, match="text_too_long"):
        lea.list(note="x" * 201)
    found = lea.list(reason=DestructionReason.OTHER, note="Fell to the floor")
    told = lea.told | {"bank_id": lea.bench.town.other_bank, "destruction_id": found.id}
    with pytest.raises(NotFound):
        abandon_destruction(lea.session, **told)
    with pytest.raises(NotFound, match="intake_unknown"):
        lea.scan_off(found, "MR-404")


def test_the_database_takes_no_person_for_her_own_witness(lea: Bench) -> None:
    found = lea.list()
    found.witness_id, found.witnessed_at = found.begun_by_id, NOW
    with pytest.raises(IntegrityError):
        lea.session.flush()

"""The ledger over storage: every millilitre stands in one place, is in a pool, or is destroyed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import func, select

from collector.laboratory.destroying.actions import (
    abandon_destruction,
    add_to_destruction,
    begin_destruction,
    witness_destruction,
)
from collector.laboratory.destroying.queries import contents_of
from collector.laboratory.destructions.models import (
    DestroyedItem,
    Destruction,
    DestructionMethod,
    DestructionReason,
)
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.reception.models import Intake, IntakeState
from collector.laboratory.storage.actions import put_away, take_out
from collector.laboratory.storage.counts import begin_count, close_count, count_thing
from collector.laboratory.storage.equipment import write_place, write_unit
from collector.laboratory.storage.queries import storage_map
from collector.laboratory.units.models import StorageCount, StorageStay, StorageZone, UnitKind
from tests.collector.laboratory.test_ledger import Ledger
from tests.laboratory_bench import bottles
from tests.town import Town

numbers = st.integers(0, 50)


@pytest.fixture(scope="module")
def town_copy(built_town: tuple[Path, Town]) -> Callable[[], tuple[Path, Town]]:
    """Return a function that copies the town's database into a folder of its own."""

    def copy() -> tuple[Path, Town]:
        home = Path(tempfile.mkdtemp())
        shutil.copy(built_town[0], home / "town.sqlite3")
        return home, built_town[1]

    return copy


class StorageLedger(Ledger):
    """The technician at her freezers too, with Nora who witnesses."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        self.furnish()

    def furnish(self) -> None:
        self.places: list[int] = []
        self.lists: list[int] = []
        for zone in (StorageZone.RAW, StorageZone.BACK):
            unit = write_unit(
                self.session,
                **self.lea.told,
                name=zone.value,
                kind=UnitKind.FREEZER,
                zone=zone,
                site_id=self.lea.bench.town.site,
                warmest_celsius=None,
            )
            place = {"unit_id": unit.id, "shelf": "A", "name": "1", "capacity_bottles": 8}
            self.places.append(write_place(self.session, **self.lea.told, **place).id)

    def labels(self) -> list[str]:
        filled = self.session.scalars(select(Bottle.number).order_by(Bottle.id))
        return [each.number for each in bottles(self.session)] + list(filled)

    def label(self, which: int) -> str:
        found = self.labels()
        return found[which % len(found)] if found else "MR-404"

    @rule(which=numbers, place=numbers)
    def put(self, which: int, place: int) -> None:
        key, label = self.places[place % 2], self.label(which)
        self.attempt(lambda: put_away(self.session, **self.lea.told, place_id=key, labels=[label]))

    @rule(which=numbers)
    def take(self, which: int) -> None:
        label = self.label(which)
        self.attempt(
            lambda: take_out(self.session, **self.lea.told, label=label, note="For a look")
        )

    @rule(place=numbers)
    def begin_counting(self, place: int) -> None:
        key = self.places[place % 2]
        self.attempt(lambda: begin_count(self.session, **self.lea.told, place_id=key))

    @rule(which=numbers, count=numbers)
    def count(self, which: int, count: int) -> None:
        counts = self.session.scalars(select(StorageCount.id).order_by(StorageCount.id)).all()
        if counts:
            told = {"now": self.lea.told["now"], "bank_id": self.lea.told["bank_id"]}
            given = {"count_id": counts[count % len(counts)], "label": self.label(which)}
            self.attempt(lambda: count_thing(self.session, **told, **given))

    @rule(count=numbers, missing=st.integers(0, 2))
    def end_counting(self, count: int, missing: int) -> None:
        counts = self.session.scalars(select(StorageCount.id).order_by(StorageCount.id)).all()
        if counts:
            given = {"count_id": counts[count % len(counts)], "missing_seen": missing}
            self.attempt(lambda: close_count(self.session, **self.lea.told, **given))

    @rule()
    def begin_list(self) -> None:
        given: dict[str, Any] = {
            "reason": DestructionReason.DAMAGED,
            "method": DestructionMethod.POURED,
            "note": "",
        }
        self.lists.append(begin_destruction(self.session, **self.lea.told, **given).id)

    @precondition(lambda self: self.lists)
    @rule(which=numbers, place=numbers)
    def scan_off(self, which: int, place: int) -> None:
        told = {"now": self.lea.told["now"], "bank_id": self.lea.told["bank_id"]}
        given = {"destruction_id": self.listed(place), "label": self.label(which)}
        self.attempt(lambda: add_to_destruction(self.session, **told, **given))

    @precondition(lambda self: self.lists)
    @rule(place=numbers, by_nora=st.booleans())
    def witness(self, place: int, *, by_nora: bool) -> None:
        key = self.listed(place)
        seen = len(contents_of(self.session, self.session.get_one(Destruction, key)))
        told = self.lea.told | ({"person_id": self.lea.bench.nora} if by_nora else {})
        self.attempt(
            lambda: witness_destruction(self.session, **told, destruction_id=key, seen=seen)
        )

    @precondition(lambda self: self.lists)
    @rule(place=numbers)
    def give_up(self, place: int) -> None:
        key = self.listed(place)
        self.attempt(lambda: abandon_destruction(self.session, **self.lea.told, destruction_id=key))

    def listed(self, place: int) -> int:
        return self.lists[place % len(self.lists)]

    @invariant()
    def the_map_holds_what_stands_and_nothing_twice(self) -> None:
        if not getattr(self, "places", None):
            return
        self.session.flush()
        stays = self.session.scalars(
            select(StorageStay).where(StorageStay.ended_at.is_(None))
        ).all()
        things = [(each.intake_id, each.bottle_id) for each in stays]
        assert len(things) == len(set(things))
        intakes = self.by_key(Intake, [each.intake_id for each in stays])
        filled = self.by_key(Bottle, [each.bottle_id for each in stays])
        stored = sum(each.volume_ml for each in (*intakes, *filled))
        bank = self.lea.bench.town.bank
        assert sum(each.volume_ml for each in storage_map(self.session, bank_id=bank)) == stored
        # What was emptied, undone or destroyed stands nowhere.
        assert {each.state for each in intakes} <= {
            IntakeState.QUARANTINE,
            IntakeState.THAWING,
            IntakeState.REFUSED,
        }
        assert [each for each in intakes if each.withdrawn_at is not None] == []
        destroyed = self.destroyed()
        assert not {(each.intake_id, each.bottle_id) for each in destroyed} & set(things)

    @invariant()
    def what_was_scanned_in_stands_is_used_or_is_destroyed(self) -> None:
        if not getattr(self, "places", None):
            return
        destroyed = self.destroyed()
        keys = {each.intake_id for each in destroyed if each.intake_id is not None}
        gone = self.total(Intake.id.in_(keys), Intake.refused_because.is_(None))
        assert gone == self.total(Intake.state == IntakeState.DESTROYED)
        at_hand = self.total(Intake.state.in_((IntakeState.QUARANTINE, IntakeState.THAWING)))
        pooled = self.total(Intake.state == IntakeState.POOLED)
        assert at_hand + pooled + gone == self.scanned_in
        filled = self.session.scalar(select(func.sum(Bottle.volume_ml))) or 0
        shown = sum(self.lea.contents(key).balance.filled_ml for key in self.pools)
        assert shown == filled

    @invariant()
    def nothing_is_destroyed_without_a_second_person(self) -> None:
        if not getattr(self, "places", None):
            return
        for found in self.session.scalars(select(Destruction)):
            assert found.witnessed_at is None or found.witness_id == self.lea.bench.nora

    def destroyed(self) -> list[DestroyedItem]:
        self.session.flush()
        return list(
            self.session.scalars(
                select(DestroyedItem)
                .join(Destruction, Destruction.id == DestroyedItem.destruction_id)
                .where(DestroyedItem.withdrawn_at.is_(None), Destruction.witnessed_at.is_not(None))
            )
        )

    def by_key(self, row: Any, keys: list[int | None]) -> list[Any]:  # noqa: ANN401
        return list(self.session.scalars(select(row).where(row.id.in_(keys))))


def test_every_millilitre_has_one_place_in_any_order_of_acts(
    town_copy: Callable[[], tuple[Path, Town]],
) -> None:
    StorageLedger.copy = staticmethod(town_copy)
    case = StorageLedger.TestCase
    case.settings = settings(
        max_examples=15,
        stateful_step_count=30,
        deadline=timedelta(minutes=5),
        suppress_health_check=list(HealthCheck),
    )
    case().runTest()

"""Lea at the freezers: units with places, bottles of heated pools, probes with readings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from collector.banks.models import Policy
from collector.laboratory.heating.profiles import ProbeReading
from collector.laboratory.pooling.models import Bottle
from collector.laboratory.probes.readings import post_readings
from collector.laboratory.storage.actions import put_away
from collector.laboratory.storage.equipment import write_place, write_probe, write_unit
from collector.laboratory.units.models import (
    StoragePlace,
    StorageUnit,
    StorageZone,
    UnitExcursion,
    UnitKind,
)
from tests.collector.laboratory.heating.test_curves import COLD, HOT, written
from tests.collector.laboratory.heating.test_cycles import CycleBench
from tests.pool_bench import NOW

MINUTE = timedelta(minutes=1)
TEN = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
"""Ten o'clock in the morning after the bench's day."""


class StorageBench(CycleBench):
    """Lea at the freezers."""

    def unit(self, zone: StorageZone, *, name: str = "", **changes: Any) -> StorageUnit:  # noqa: ANN401
        usual: dict[str, Any] = {
            "name": name or f"Freezer {zone}",
            "kind": UnitKind.FREEZER,
            "zone": zone,
            "site_id": self.bench.town.site,
            "warmest_celsius": None,
        }
        return write_unit(self.session, **self.told, **(usual | changes))

    def place(self, unit: StorageUnit, *, name: str = "1", capacity: int = 200) -> StoragePlace:
        return write_place(
            self.session,
            **self.told,
            unit_id=unit.id,
            shelf="A",
            name=name,
            capacity_bottles=capacity,
        )

    def at(self, zone: StorageZone, *, capacity: int = 200) -> StoragePlace:
        """Return a place in a new unit of a zone."""
        return self.place(self.unit(zone), capacity=capacity)

    def put(self, place: StoragePlace, *labels: str, at: datetime = NOW) -> int:
        told = self.told | {"now": at}
        return len(put_away(self.session, **told, place_id=place.id, labels=labels))

    def heated(self, count: int, *, volume_ml: int = 10) -> list[str]:
        """Return the numbers of the bottles of one heated lot."""
        (lot,) = self.pooled(count, volume_ml=volume_ml)
        cycle = self.load(self.device(), lot)
        self.begin(cycle)
        self.end(cycle)
        self.keep(cycle, written([*HOT, *COLD], start=NOW))
        return self.numbers(lot)

    def pooled(self, count: int, *, volume_ml: int = 10) -> list[int]:
        """Return the key of the lot of a closed pool with so many bottles."""
        inputs = self.take_over(dora=max(1, -(-count * volume_ml // 200)))["dora"]
        self.thaw(inputs)
        pool = self.pool()
        for number in inputs:
            self.add(pool, number)
        for label in self.fill(pool, count, volume_ml):
            self.scan(pool, label)
        self.close(pool, sampled_ml=0, reason="The rest of a test")
        lot = self.contents(pool).lot
        assert lot is not None
        return [lot.id]

    def numbers(self, lot: int) -> list[str]:
        found = select(Bottle.number).where(Bottle.lot_id == lot).order_by(Bottle.number)
        return list(self.session.scalars(found))

    def probe(self, unit: StorageUnit, name: str = "top") -> str:
        """Add a probe whose logger posts; return its key."""
        told = self.told | {"now": TEN - timedelta(hours=2)}
        return write_probe(self.session, **told, unit_id=unit.id, name=name, posts=True)[1]

    def post(self, key: str, *celsius: float, start: datetime = TEN) -> int:
        """Post one reading a minute from an instant on, at the minute of the last one."""
        readings = [
            ProbeReading(start + number * MINUTE, each) for number, each in enumerate(celsius)
        ]
        now = readings[-1].at
        return post_readings(self.session, now=now, key=key, readings=readings)

    def excursions(self) -> list[UnitExcursion]:
        self.session.flush()
        return list(
            self.session.scalars(
                select(UnitExcursion)
                .options(joinedload(UnitExcursion.excursion))
                .order_by(UnitExcursion.began_at)
                .execution_options(populate_existing=True)
            )
        )

    def limit(self, key: str, value: int) -> None:
        row = self.session.scalars(
            select(Policy).where(Policy.bank_id == self.bench.town.bank, Policy.key == key)
        ).one()
        row.value = str(value)

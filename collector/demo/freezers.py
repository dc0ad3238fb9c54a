"""Freezers of the demonstration: places, probes, and a week of temperatures with one excursion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from collector.custody.excursions import assess, decide
from collector.custody.models import Excursion, ExcursionDecision
from collector.demo.bench import DemoBench, dice_of
from collector.laboratory.heating.models import CurveProfileName
from collector.laboratory.probes.alarms import acknowledge
from collector.laboratory.probes.readings import import_readings
from collector.laboratory.reception.queries import bank_sites
from collector.laboratory.storage.actions import put_away, standing_in
from collector.laboratory.storage.equipment import write_place, write_probe, write_unit
from collector.laboratory.units.models import (
    StorageAlarm,
    StoragePlace,
    StorageUnit,
    StorageZone,
    UnitExcursion,
    UnitKind,
)

SHELVES: Mapping[StorageZone, tuple[str, int, int]] = {
    StorageZone.RAW: ("Congélateur 1", 4, 60),
    StorageZone.HEATED: ("Congélateur 2", 2, 60),
    StorageZone.RELEASED: ("Congélateur 3", 4, 60),
    StorageZone.BACK: ("Congélateur 4", 1, 60),
}
"""Name of the unit of each zone, its shelves, and the bottles of each of their two places."""
PROBES = ("haut", "bas")
DAYS_READ = 7
"""Days before the demonstration's day from which the temperatures begin."""
READ_EVERY = timedelta(minutes=15)
USUAL_CELSIUS = -21.0
EXCURSION_BEFORE, EXCURSION_AT = 5, time(2)
"""Days before the demonstration's day, and civil time, at which the excursion begins."""
WARM_CELSIUS = (-16.5, -14.8, -13.6, -15.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezers:
    """The units and places of each zone."""

    bench: DemoBench
    units: Mapping[StorageZone, StorageUnit]
    places: Mapping[StorageZone, Sequence[StoragePlace]]

    def put(self, zone: StorageZone, labels: Sequence[str], at: datetime) -> None:
        """Put things into the first places of a zone that have room."""
        waiting, bench = list(labels), self.bench
        for place in self.places[zone]:
            room = place.capacity_bottles - standing_in(bench.session, place)
            coming, waiting = waiting[:room], waiting[room:]
            if coming:
                told = bench.by(bench.technician, at)
                put_away(bench.session, **told, place_id=place.id, labels=coming)
        if waiting:
            raise AssertionError(f"{zone} is full: {len(waiting)}")

    def read_probes(self, since: datetime, until: datetime) -> None:
        """Import the files of the loggers from an instant until another, the end excluded."""
        bench = self.bench
        for zone, unit in self.units.items():
            import_readings(
                bench.session,
                **bench.by(bench.technician, until),
                unit_id=unit.id,
                profile=CurveProfileName.LONG_UTC,
                content=self._file(zone, since, until),
            )

    def settle_excursion(self, at: datetime) -> None:
        """Acknowledge the alarm of the excursion; the technician assesses, quality decides."""
        bench = self.bench
        found = bench.session.scalars(
            select(Excursion)
            .join(UnitExcursion, UnitExcursion.excursion_id == Excursion.id)
            .where(Excursion.bank_id == bench.bank_id)
        ).one()
        for alarm in bench.session.scalars(select(StorageAlarm.id)).all():
            acknowledge(
                bench.session,
                **bench.by(bench.technician, at),
                alarm_id=alarm,
                comment="Porte mal fermée ; refermée à 2 h 50.",
            )
        assess(
            bench.session,
            **bench.by(bench.technician, at),
            excursion_id=found.id,
            assessment="Moins d'une heure, jamais au-dessus de -12 °C ; flacons durs au toucher.",
        )
        decide(
            bench.session,
            **bench.by(bench.quality, at + timedelta(hours=2)),
            excursion_id=found.id,
            decision=ExcursionDecision.KEEP,
        )

    def _file(self, zone: StorageZone, since: datetime, until: datetime) -> bytes:
        began = self.bench.instant(self.bench.day - timedelta(days=EXCURSION_BEFORE), EXCURSION_AT)
        dice, lines, at = dice_of(f"{zone} {since}"), ["time,probe,celsius"], since
        while at < until:
            place = (at - began) // READ_EVERY
            warm = zone is StorageZone.RELEASED and 0 <= place < len(WARM_CELSIUS)
            for probe in PROBES:
                celsius = WARM_CELSIUS[place] if warm else USUAL_CELSIUS
                shown = celsius + dice.uniform(-0.6, 0.6)
                lines.append(f"{at:%Y-%m-%dT%H:%M:%S},{probe},{shown:.1f}")
            at += READ_EVERY
        return "\n".join(lines).encode()


def equip(bench: DemoBench, *, since: date) -> Freezers:
    """Write the units with places and probes, in service from a day on."""
    session, told = bench.session, bench.by(bench.quality, bench.instant(since, time(8)))
    (site, *_) = bank_sites(session, bench.bank_id)
    units, places = {}, {}
    for zone, (name, shelves, capacity) in SHELVES.items():
        unit = units[zone] = write_unit(
            session,
            **told,
            name=name,
            kind=UnitKind.FREEZER,
            zone=zone,
            site_id=site.id,
            warmest_celsius=None,
        )
        places[zone] = [
            write_place(
                session,
                **told,
                unit_id=unit.id,
                shelf=shelf,
                name=place,
                capacity_bottles=capacity,
            )
            for shelf in "ABCDEF"[:shelves]
            for place in ("1", "2")
        ]
        for probe in PROBES:
            write_probe(session, **told, unit_id=unit.id, name=probe, posts=False)
    return Freezers(bench=bench, units=units, places=places)

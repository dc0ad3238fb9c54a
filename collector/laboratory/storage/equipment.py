"""Equipment of storage: units, their places, their probes."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.models import Site
from collector.csv_rows import CsvColumns, read_rows
from collector.db import owned
from collector.errors import Refused
from collector.field_parsers import parse_whole_number
from collector.laboratory.probes.alarms import end_alarms
from collector.laboratory.probes.excursions import follow_spells
from collector.laboratory.probes.readings import digest_of_key, lock_unit, probes_of_unit
from collector.laboratory.storage.codes import place_code
from collector.laboratory.units.models import (
    StoragePlace,
    StorageStay,
    StorageUnit,
    StorageZone,
    UnitKind,
    UnitProbe,
)

LONGEST_NAME = 40
MOST_CAPACITY = 5_000
"""Most bottles in one place."""
MOST_PROBES = 2
"""Probes in service in one unit."""
WARMEST_ROOM, COLDEST_UNIT = 40, -90
"""Bounds of a unit's own limit, in degrees Celsius."""
PLACE_COLUMNS = CsvColumns(
    required=("shelf", "place", "bottles"),
    optional=(),
    headings={
        "shelf": ("etagere", "clayette", "tiroir"),
        "place": ("emplacement", "boite", "box"),
        "bottles": ("biberons", "flacons", "bouteilles", "capacite", "capacity"),
    },
)


def write_unit(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    name: str,
    kind: UnitKind,
    zone: StorageZone,
    site_id: int,
    warmest_celsius: int | None,
) -> StorageUnit:
    """Add a unit, or change the one of this name.

    Raises
    ------
    NotFound
        The bank has no such site.
    Refused
        `name_missing`; `unit_limit_missing`: a refrigerator or a room has a limit of its own;
        `celsius_out_of_bounds` (`least`, `most`); `unit_zone_taken`: milk stands in a unit whose
        zone would change.
    """
    if not name.strip():
        raise Refused("name_missing")
    if warmest_celsius is None and kind is not UnitKind.FREEZER:
        raise Refused("unit_limit_missing")
    if warmest_celsius is not None and not COLDEST_UNIT <= warmest_celsius <= WARMEST_ROOM:
        raise Refused("celsius_out_of_bounds", least=COLDEST_UNIT, most=WARMEST_ROOM)
    owned(session, Site, bank_id, site_id)
    unit = session.scalar(
        select(StorageUnit)
        .where(StorageUnit.bank_id == bank_id, StorageUnit.name == name.strip())
        .with_for_update()
    )
    if unit is None:
        unit = StorageUnit(bank_id=bank_id, name=name.strip())
        session.add(unit)
    elif unit.zone is not zone and _is_in_use(session, unit):
        raise Refused("unit_zone_taken")
    unit.kind, unit.zone, unit.site_id = kind, zone, site_id
    unit.warmest_celsius = warmest_celsius
    _record(session, now, unit, person_id, "storage unit written", zone=zone.value)
    return unit


def write_place(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    unit_id: int,
    shelf: str,
    name: str,
    capacity_bottles: int,
) -> StoragePlace:
    """Add a place to a unit, or change the capacity of the one of this name.

    Raises
    ------
    NotFound
        The bank has no such unit.
    Refused
        `name_missing`; `capacity_out_of_bounds` (`most`).
    """
    unit = lock_unit(session, bank_id=bank_id, unit_id=unit_id)
    place = _write_place(session, unit, shelf, name, capacity_bottles)
    _record(session, now, unit, person_id, "storage places written", count=1)
    return place


def import_places(
    session: Session, *, now: datetime, bank_id: int, person_id: int, unit_id: int, content: bytes
) -> list[StoragePlace]:
    """Write the places of a file, all of them or none.

    Raises
    ------
    NotFound
        The bank has no such unit.
    Refused
        `place_line_wrong` (`line`), or the first mistake of the file (`read_rows`).
    """
    unit = lock_unit(session, bank_id=bank_id, unit_id=unit_id)
    file = read_rows(content, PLACE_COLUMNS)
    for mistake in file.mistakes:
        raise Refused(mistake.code, **mistake.figures)
    places = []
    for row in file.rows:
        cells = row.cells
        try:
            capacity = parse_whole_number(cells["bottles"])
            places.append(_write_place(session, unit, cells["shelf"], cells["place"], capacity))
        except Refused:
            raise Refused("place_line_wrong", line=row.line) from None
    _record(session, now, unit, person_id, "storage places written", count=len(places))
    return places


def write_probe(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    unit_id: int,
    name: str,
    posts: bool,
) -> tuple[UnitProbe, str]:
    """Add a probe to a unit; return it with the key of its logger, which is stored nowhere.

    Parameters
    ----------
    posts
        Whether its logger posts readings; otherwise the key is empty and files are imported.

    Raises
    ------
    NotFound
        The bank has no such unit.
    Refused
        `name_missing`; `probe_name_taken` (`name`); `too_many_probes` (`most`).
    """
    unit = lock_unit(session, bank_id=bank_id, unit_id=unit_id)
    if not name.strip():
        raise Refused("name_missing")
    taken = select(UnitProbe.id).where(UnitProbe.unit_id == unit.id, UnitProbe.name == name.strip())
    if session.scalar(taken) is not None:
        raise Refused("probe_name_taken", name=name.strip())
    if len(probes_of_unit(session, unit)) >= MOST_PROBES:
        raise Refused("too_many_probes", most=MOST_PROBES)
    key = secrets.token_urlsafe(32) if posts else ""
    probe = UnitProbe(
        bank_id=bank_id,
        unit_id=unit.id,
        name=name.strip(),
        key_digest=digest_of_key(key) if posts else None,
        watched_since=now,
        last_read_at=None,
        retired_at=None,
    )
    session.add(probe)
    session.flush()
    _record(session, now, unit, person_id, "probe added", probe=probe.id, posts=posts)
    return probe, key


def retire_probe(
    session: Session, *, now: datetime, bank_id: int, person_id: int, probe_id: int
) -> UnitProbe:
    """Take a probe out of service; its readings stay, and its key opens nothing any more.

    Raises
    ------
    NotFound
        The bank has no such probe.
    Refused
        `probe_retired`.
    """
    probe = owned(session, UnitProbe, bank_id, probe_id)
    unit = lock_unit(session, bank_id=bank_id, unit_id=probe.unit_id)
    session.refresh(probe)
    if probe.retired_at is not None:
        raise Refused("probe_retired")
    probe.retired_at = now
    session.flush()
    follow_spells(session, now=now, unit=unit, since=probe.last_read_at or now)
    end_alarms(session, unit=unit)
    _record(session, now, unit, person_id, "probe retired", probe=probe.id)
    return probe


def _write_place(
    session: Session, unit: StorageUnit, shelf: str, name: str, capacity: int
) -> StoragePlace:
    shelf, name = shelf.strip()[:LONGEST_NAME], name.strip()[:LONGEST_NAME]
    if not shelf or not name:
        raise Refused("name_missing")
    if not 1 <= capacity <= MOST_CAPACITY:
        raise Refused("capacity_out_of_bounds", most=MOST_CAPACITY)
    place = session.scalar(
        select(StoragePlace).where(
            StoragePlace.unit_id == unit.id, StoragePlace.shelf == shelf, StoragePlace.name == name
        )
    )
    if place is None:
        place = StoragePlace(
            bank_id=unit.bank_id,
            unit_id=unit.id,
            unit=unit,
            shelf=shelf,
            name=name,
            code=secrets.token_hex(8),
            capacity_bottles=capacity,
        )
        session.add(place)
        session.flush()
        place.code = place_code(place.id)
    place.capacity_bottles = capacity
    session.flush()
    return place


def _is_in_use(session: Session, unit: StorageUnit) -> bool:
    standing = (
        select(StorageStay.id)
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .where(StoragePlace.unit_id == unit.id, StorageStay.ended_at.is_(None))
    )
    return session.scalar(standing.limit(1)) is not None


def _record(
    session: Session,
    now: datetime,
    unit: StorageUnit,
    person_id: int,
    action: str,
    **details: object,
) -> None:
    session.flush()
    record(
        session,
        now=now,
        bank_id=unit.bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=f"storage_unit:{unit.id}",
        **details,
    )

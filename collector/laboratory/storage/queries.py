"""Queries of storage: the map of units, a place with its contents, a thing's whereabouts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from collector.custody.models import Container
from collector.db import owned
from collector.errors import NotFound
from collector.laboratory.pooling.models import Bottle, Lot
from collector.laboratory.probes.excursions import limit_of
from collector.laboratory.probes.series import readings_of
from collector.laboratory.reception.models import Intake
from collector.laboratory.storage.things import ScannedThing
from collector.laboratory.units.models import (
    MoveReason,
    ProbeDay,
    StorageMove,
    StoragePlace,
    StorageStay,
    StorageUnit,
    StorageZone,
    UnitExcursion,
    UnitProbe,
)
from collector.laboratory.units.stays import StoredThing

NEARLY_FULL = 0.9
"""Share of a place's capacity from which it is shown as nearly full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFill:
    """A place with the things that stand in it."""

    place: StoragePlace
    things: int
    volume_ml: int

    @property
    def share(self) -> float:
        """The share of the capacity that is taken."""
        return self.things / self.place.capacity_bottles

    @property
    def is_nearly_full(self) -> bool:
        """Whether little room is left."""
        return self.share >= NEARLY_FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFill:
    """A unit with its places by shelf, its probes and its temperature."""

    unit: StorageUnit
    limit_celsius: int
    probes: Sequence[tuple[UnitProbe, float | None]]
    """Its probes in service, each with its latest temperature."""
    is_warm: bool
    """Whether it is too warm by its latest readings."""
    places: list[PlaceFill] = field(default_factory=list)

    @property
    def shelves(self) -> dict[str, list[PlaceFill]]:
        """The places by shelf, in their order."""
        found: dict[str, list[PlaceFill]] = defaultdict(list)
        for each in self.places:
            found[each.place.shelf].append(each)
        return found

    @property
    def things(self) -> int:
        """The number of things in the unit."""
        return sum(each.things for each in self.places)

    @property
    def capacity(self) -> int:
        """The number of bottles for which the unit has room."""
        return sum(each.place.capacity_bottles for each in self.places)

    @property
    def volume_ml(self) -> int:
        """The volume in the unit, in millilitres."""
        return sum(each.volume_ml for each in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingThing:
    """A thing in a place, or one that a count missed."""

    thing: StoredThing
    number: str
    volume_ml: int
    expires_on: date | None
    since: datetime


def storage_map(session: Session, *, bank_id: int) -> list[UnitFill]:
    """Return the units of a bank with the fill of each place, in the order of the milk's way."""
    zones = list(StorageZone)
    units = sorted(
        session.scalars(select(StorageUnit).where(StorageUnit.bank_id == bank_id)),
        key=lambda unit: (zones.index(unit.zone), unit.name),
    )
    probes = _probes(session, bank_id)
    warm = set(
        session.scalars(
            select(UnitExcursion.unit_id).where(
                UnitExcursion.bank_id == bank_id, UnitExcursion.ended_at.is_(None)
            )
        )
    )
    found = {
        unit.id: UnitFill(
            unit=unit,
            limit_celsius=limit_of(session, unit),
            probes=probes[unit.id],
            is_warm=unit.id in warm,
        )
        for unit in units
    }
    for fill in _fills(session, StoragePlace.bank_id == bank_id):
        found[fill.place.unit_id].places.append(fill)
    return list(found.values())


def unit_fill(session: Session, unit: StorageUnit) -> UnitFill:
    """Return a unit with the fill of each of its places."""
    return UnitFill(
        unit=unit,
        limit_celsius=limit_of(session, unit),
        probes=_probes(session, unit.bank_id)[unit.id],
        is_warm=session.scalar(
            select(UnitExcursion.id).where(
                UnitExcursion.unit_id == unit.id, UnitExcursion.ended_at.is_(None)
            )
        )
        is not None,
        places=_fills(session, StoragePlace.unit_id == unit.id),
    )


def place_fill(session: Session, *, bank_id: int, place_id: int) -> PlaceFill:
    """Return a place of a bank with its unit and its fill.

    Raises
    ------
    NotFound
        The bank has no such place.
    """
    owned(session, StoragePlace, bank_id, place_id)
    (fill,) = _fills(session, StoragePlace.id == place_id)
    return fill


def place_labelled(session: Session, *, bank_id: int, code: str) -> StoragePlace:
    """Return the place of a code.

    Raises
    ------
    NotFound
        `place_unknown` (`code`).
    """
    found = session.scalar(
        select(StoragePlace).where(StoragePlace.bank_id == bank_id, StoragePlace.code == code)
    )
    if found is None:
        raise NotFound("place_unknown", code=code)
    return found


def contents_of(session: Session, *, place_id: int) -> list[StandingThing]:
    """Return the things in a place, the first to expire first, then containers by age."""
    stays = session.scalars(
        select(StorageStay).where(StorageStay.place_id == place_id, StorageStay.ended_at.is_(None))
    )
    since = {_thing(stay): stay.began_at for stay in stays}
    return _named(session, since)


def missing_things(session: Session, *, bank_id: int, most: int = 100) -> list[StandingThing]:
    """Return the things that a count missed and that stand nowhere since."""
    later = aliased(StorageStay)
    same = or_(later.bottle_id == StorageStay.bottle_id, later.intake_id == StorageStay.intake_id)
    stays = session.scalars(
        select(StorageStay)
        .join(StorageMove, StorageMove.id == StorageStay.ended_move_id)
        .where(
            StorageMove.bank_id == bank_id,
            StorageMove.reason == MoveReason.MISSING,
            ~exists().where(same, later.id > StorageStay.id),
        )
        .order_by(StorageStay.ended_at.desc(), StorageStay.id)
        .limit(most)
    )
    return _named(session, {_thing(stay): stay.ended_at for stay in stays if stay.ended_at})


def whereabouts(session: Session, found: ScannedThing) -> StorageStay | None:
    """Return the latest stay of a thing with place and unit, or None if it never had one."""
    thing = found.thing
    own = (
        StorageStay.bottle_id == thing.bottle_id
        if thing.bottle_id is not None
        else StorageStay.intake_id == thing.intake_id
    )
    return session.scalar(
        select(StorageStay)
        .options(joinedload(StorageStay.place).joinedload(StoragePlace.unit))
        .where(own)
        .order_by(StorageStay.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def things_named(session: Session, things: Collection[StoredThing]) -> list[tuple[str, int]]:
    """Return the numbers and the volumes of things, by expiry and number."""
    since = dict.fromkeys(things, datetime.min.replace(tzinfo=UTC))
    return [(each.number, each.volume_ml) for each in _named(session, since)]


def units_of(session: Session, *, bank_id: int) -> Sequence[StorageUnit]:
    """Return the units of a bank by name."""
    return session.scalars(
        select(StorageUnit).where(StorageUnit.bank_id == bank_id).order_by(StorageUnit.name)
    ).all()


def unit_of(session: Session, *, bank_id: int, unit_id: int) -> StorageUnit:
    """Return a unit of a bank.

    Raises
    ------
    NotFound
        The bank has no such unit.
    """
    return owned(session, StorageUnit, bank_id, unit_id)


def places_of(session: Session, unit: StorageUnit) -> Sequence[StoragePlace]:
    """Return the places of a unit, by shelf and name."""
    return session.scalars(
        select(StoragePlace)
        .where(StoragePlace.unit_id == unit.id)
        .order_by(StoragePlace.shelf, StoragePlace.name, StoragePlace.id)
    ).all()


def days_of(
    session: Session, unit: StorageUnit, *, first: date
) -> list[tuple[UnitProbe, ProbeDay]]:
    """Return the days of readings of a unit's probes from a day of UTC on, the newest first."""
    rows = session.execute(
        select(UnitProbe, ProbeDay)
        .join(ProbeDay, ProbeDay.probe_id == UnitProbe.id)
        .where(UnitProbe.unit_id == unit.id, ProbeDay.day >= first)
        .order_by(ProbeDay.day.desc(), UnitProbe.name)
    )
    return [(probe, day) for probe, day in rows]


def unit_excursions_of(
    session: Session, *, bank_id: int, excursions: Iterable[int]
) -> dict[int, UnitExcursion]:
    """Return the excursions of units by the keys of their judgements."""
    rows = session.scalars(
        select(UnitExcursion)
        .options(joinedload(UnitExcursion.unit))
        .where(UnitExcursion.bank_id == bank_id, UnitExcursion.excursion_id.in_(list(excursions)))
    )
    return {row.excursion_id: row for row in rows if row.excursion_id is not None}


def latest_excursions(
    session: Session, *, bank_id: int, since: datetime, most: int = 50
) -> list[UnitExcursion]:
    """Return the excursions of units, the newest first, with units and judgements."""
    return list(
        session.scalars(
            select(UnitExcursion)
            .options(joinedload(UnitExcursion.unit), joinedload(UnitExcursion.excursion))
            .where(UnitExcursion.bank_id == bank_id, UnitExcursion.began_at >= since)
            .order_by(UnitExcursion.began_at.desc())
            .limit(most)
            .execution_options(populate_existing=True)
        )
    )


def _fills(session: Session, *conditions: ColumnElement[bool]) -> list[PlaceFill]:
    # A subquery for each thing that stands, since PostgreSQL reads every bottle of ten years for a
    # join: 2 s instead of 0.1 s.
    volume = func.coalesce(
        select(Bottle.volume_ml).where(Bottle.id == StorageStay.bottle_id).scalar_subquery(),
        select(Intake.volume_ml).where(Intake.id == StorageStay.intake_id).scalar_subquery(),
    )
    taken = (
        select(
            StorageStay.place_id, func.count().label("things"), func.sum(volume).label("volume_ml")
        )
        .join(StoragePlace, StoragePlace.id == StorageStay.place_id)
        .where(StorageStay.ended_at.is_(None), *conditions)
        .group_by(StorageStay.place_id)
        .subquery()
    )
    rows = session.execute(
        select(StoragePlace, taken.c.things, taken.c.volume_ml)
        .options(joinedload(StoragePlace.unit, innerjoin=True))
        .outerjoin(taken, taken.c.place_id == StoragePlace.id)
        .where(*conditions)
        .order_by(StoragePlace.shelf, StoragePlace.name, StoragePlace.id)
    )
    return [
        PlaceFill(place=place, things=things or 0, volume_ml=volume_ml or 0)
        for place, things, volume_ml in rows
    ]


def _probes(session: Session, bank_id: int) -> dict[int, list[tuple[UnitProbe, float | None]]]:
    """Return the probes in service of each unit with their latest temperatures."""
    found: dict[int, list[tuple[UnitProbe, float | None]]] = defaultdict(list)
    probes = session.scalars(
        select(UnitProbe)
        .where(UnitProbe.bank_id == bank_id, UnitProbe.retired_at.is_(None))
        .order_by(UnitProbe.name)
    )
    for probe in probes:
        found[probe.unit_id].append((probe, _latest(session, probe)))
    return found


def _latest(session: Session, probe: UnitProbe) -> float | None:
    if probe.last_read_at is None:
        return None
    day = probe.last_read_at.astimezone(UTC).date()
    series = session.scalar(
        select(ProbeDay.series).where(ProbeDay.probe_id == probe.id, ProbeDay.day == day)
    )
    return readings_of(day, series)[-1].celsius if series else None


def _named(session: Session, since: Mapping[StoredThing, datetime]) -> list[StandingThing]:
    bottles = session.execute(
        select(Bottle.id, Bottle.number, Bottle.volume_ml, Lot.expires_on)
        .join(Lot, Lot.id == Bottle.lot_id)
        .where(Bottle.id.in_([each.bottle_id for each in since if each.bottle_id is not None]))
        .order_by(Lot.expires_on, Bottle.number)
    )
    intakes = session.execute(
        select(Intake.id, Container.number, Intake.volume_ml)
        .join(Container, Container.id == Intake.container_id)
        .where(Intake.id.in_([each.intake_id for each in since if each.intake_id is not None]))
        .order_by(Intake.expressed_first, Container.number)
    )
    named = [
        (StoredThing(bottle_id=key), number, volume_ml, expires_on)
        for key, number, volume_ml, expires_on in bottles
    ] + [
        (StoredThing(intake_id=key), number, volume_ml, None) for key, number, volume_ml in intakes
    ]
    return [
        StandingThing(
            thing=thing,
            number=number,
            volume_ml=volume_ml,
            expires_on=expires_on,
            since=since[thing],
        )
        for thing, number, volume_ml, expires_on in named
    ]


def _thing(stay: StorageStay) -> StoredThing:
    return StoredThing(intake_id=stay.intake_id, bottle_id=stay.bottle_id)

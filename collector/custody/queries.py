"""Queries of custody: a container's chain, door records, excursions and their causes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, column, func, or_, select, table
from sqlalchemy.orm import Session, selectinload

from collector.custody.models import (
    BoxReading,
    Container,
    ContainerState,
    CustodyEntry,
    Discrepancy,
    DoorRecord,
    Excursion,
    ExcursionDecision,
)
from collector.donors.models import Donor
from collector.errors import NotFound
from collector.people.models import Person
from collector.pickups.models import Pickup
from collector.service_day import ServiceDay

MOST_DISCREPANCIES = 200
"""Most discrepancies on the page of discrepancies."""

MOST_EXCURSIONS = 200
"""Most excursions on the page of excursions."""

RoundVisit = table("round_events", column("id"), column("round_id"), column("pickup_id"))
"""Columns of the events that tie a visit to its round; `collector.rounds` owns the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The donor, the visit, the door record and every later holder of one container."""

    container: Container
    donor_number: str
    pickup_id: int
    record: DoorRecord | None
    """The door record that stands, with the freezer's temperature; None if it was undone."""
    entries: tuple[CustodyEntry, ...]
    readings: tuple[BoxReading, ...]
    """The readings of the container's box in its round."""
    excursions: tuple[Excursion, ...]
    """Temperatures above the limit at the door or in the box."""
    donor_erased: bool
    """Whether the donor's file was erased; her number alone remains."""


def chain_of(session: Session, *, bank_id: int, number: str) -> Chain:
    """Return the unbroken chain of one container.

    Raises
    ------
    NotFound
        The bank has no container of this number.
    """
    own = select(Container.id).where(Container.bank_id == bank_id, Container.number == number)
    found = chains_of(session, bank_id=bank_id, containers=own)
    if not found:
        raise NotFound("not_found", kind="containers")
    return found[0]


def chains_of(session: Session, *, bank_id: int, containers: Select[int]) -> list[Chain]:
    """Return the chains of containers, by number; the count of statements is always the same.

    Parameters
    ----------
    containers
        The statement of their keys.
    """
    rows = session.execute(
        select(Container, Donor.number, Donor.erased_at)
        .join(Donor, Donor.id == Container.donor_id)
        .where(Container.bank_id == bank_id, Container.id.in_(containers))
        .options(selectinload(Container.history))
        .order_by(Container.number)
    ).all()
    visits = {container.pickup_id for container, _, _ in rows}
    records = records_at(session, bank_id=bank_id, pickups=visits)
    readings = _readings(session, records.values())
    excursions = _excursions(session, records.values(), readings)
    found = []
    for container, number, erased_at in rows:
        record = records.get(container.pickup_id)
        own = tuple(readings[container.pickup_id, container.box])
        causes = {("record", record and record.id), *(("reading", each.id) for each in own)}
        found.append(
            Chain(
                container=container,
                donor_number=number,
                donor_erased=erased_at is not None,
                pickup_id=container.pickup_id,
                record=record,
                entries=tuple(container.history),
                readings=own,
                excursions=tuple(
                    each
                    for each in excursions
                    if ("record", each.record_id or 0) in causes
                    or ("reading", each.reading_id) in causes
                ),
            )
        )
    return found


def containers_after(
    session: Session, *, bank_id: int, key: int, most: int, pickup_id: int | None = None
) -> list[tuple[Container, str]]:
    """Return at most so many containers after a key, with their donors' numbers, by key.

    Parameters
    ----------
    pickup_id
        Only containers of this visit.
    """
    rows = (
        select(Container, Donor.number)
        .join(Donor, Donor.id == Container.donor_id)
        .where(Container.bank_id == bank_id, Container.id > key)
    )
    if pickup_id is not None:
        rows = rows.where(Container.pickup_id == pickup_id)
    found = session.execute(rows.order_by(Container.id).limit(most))
    return [(container, number) for container, number in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The cause of an excursion: a donor's freezer, or a box on the road.

    Both are None for a unit of the laboratory, which knows what stood there.
    """

    record: DoorRecord | None
    reading: BoxReading | None
    containers: tuple[str, ...]
    """Numbers of the containers concerned."""


def excursions_of(session: Session, *, bank_id: int) -> list[Excursion]:
    """Return the excursions that stand, open ones first, then the newest."""
    return list(
        session.scalars(
            select(Excursion)
            .where(Excursion.bank_id == bank_id, Excursion.withdrawn_at.is_(None))
            .order_by(Excursion.decided_at.is_not(None), Excursion.id.desc())
            .limit(MOST_EXCURSIONS)
        )
    )


def causes_of(session: Session, excursions: Iterable[Excursion]) -> dict[int, Cause]:
    """Return the cause of each excursion, by the excursion's key."""
    return {each.id: _cause(session, each) for each in excursions}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyView:
    """A discrepancy with its container, the donor's number, and the person that closed it."""

    discrepancy: Discrepancy
    container: Container
    donor_number: str
    closed_by: str


def discrepancies_of(session: Session, *, bank_id: int) -> list[DiscrepancyView]:
    """Return the discrepancies that were not withdrawn, open ones first, then the newest."""
    rows = session.execute(
        select(Discrepancy, Container, Donor.number, Person.name)
        .join(Container, Container.id == Discrepancy.container_id)
        .join(Donor, Donor.id == Container.donor_id)
        .outerjoin(Person, Person.id == Discrepancy.closed_by_id)
        .where(Discrepancy.bank_id == bank_id, Discrepancy.withdrawn_at.is_(None))
        .order_by(Discrepancy.closed_at.is_not(None), Discrepancy.id.desc())
        .limit(MOST_DISCREPANCIES)
    )
    return [
        DiscrepancyView(
            discrepancy=found, container=container, donor_number=number, closed_by=name or ""
        )
        for found, container, number, name in rows
    ]


def containers_in_excursions(session: Session, *, bank_id: int) -> set[str]:
    """Return the numbers of the containers of excursions without the decision to keep the milk."""
    standing = session.scalars(
        select(Excursion).where(
            Excursion.bank_id == bank_id,
            Excursion.withdrawn_at.is_(None),
            or_(Excursion.decision.is_(None), Excursion.decision == ExcursionDecision.DISCARD),
        )
    )
    return {number for each in standing for number in _cause(session, each).containers}


def _cause(session: Session, excursion: Excursion) -> Cause:
    record = session.get(DoorRecord, excursion.record_id) if excursion.record_id else None
    reading = session.get(BoxReading, excursion.reading_id) if excursion.reading_id else None
    concerned = select(Container.number).where(Container.bank_id == excursion.bank_id)
    if record is not None:
        concerned = concerned.where(Container.pickup_id == record.pickup_id)
    elif reading is not None:
        visits = select(RoundVisit.c.pickup_id).where(RoundVisit.c.round_id == reading.round_id)
        concerned = concerned.where(Container.pickup_id.in_(visits), Container.box == reading.box)
    else:
        return Cause(record=None, reading=None, containers=())
    numbers = session.scalars(concerned.order_by(Container.number))
    return Cause(record=record, reading=reading, containers=tuple(numbers))


def _readings(
    session: Session, records: Iterable[DoorRecord]
) -> dict[tuple[int, str], list[BoxReading]]:
    """Return the readings that stand, by visit and box, of the rounds of these visits."""
    found: dict[tuple[int, str], list[BoxReading]] = defaultdict(list)
    rows = session.execute(
        select(DoorRecord.pickup_id, BoxReading)
        .join(RoundVisit, RoundVisit.c.id == DoorRecord.event_id)
        .join(BoxReading, BoxReading.round_id == RoundVisit.c.round_id)
        .where(
            DoorRecord.id.in_([record.id for record in records]),
            BoxReading.box != "",
            BoxReading.withdrawn_at.is_(None),
        )
        .order_by(BoxReading.device_at, BoxReading.id)
    )
    for visit, reading in rows:
        found[visit, reading.box].append(reading)
    return found


def _excursions(
    session: Session,
    records: Iterable[DoorRecord],
    readings: Mapping[tuple[int, str], Sequence[BoxReading]],
) -> Sequence[Excursion]:
    """Return the excursions of door records and of box readings, oldest first."""
    of_boxes = {reading.id for each in readings.values() for reading in each}
    return session.scalars(
        select(Excursion)
        .where(
            Excursion.withdrawn_at.is_(None),
            or_(
                Excursion.record_id.in_([record.id for record in records]),
                Excursion.reading_id.in_(of_boxes),
            ),
        )
        .order_by(Excursion.id)
    ).all()


def record_of(session: Session, *, bank_id: int, pickup_id: int) -> DoorRecord | None:
    """Return the door record of a visit that stands, or None."""
    return session.scalar(
        select(DoorRecord)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.pickup_id == pickup_id,
            DoorRecord.withdrawn_at.is_(None),
        )
        .order_by(DoorRecord.id.desc())
        .limit(1)
    )


def records_at(session: Session, *, bank_id: int, pickups: Iterable[int]) -> dict[int, DoorRecord]:
    """Return the door records of these visits that stand, by the visit's key."""
    records = session.scalars(
        select(DoorRecord)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.pickup_id.in_(list(pickups)),
            DoorRecord.withdrawn_at.is_(None),
        )
        .order_by(DoorRecord.id)
    )
    return {record.pickup_id: record for record in records}


def containers_of(session: Session, *, bank_id: int, pickup_id: int) -> list[Container]:
    """Return the containers of a visit, by number."""
    return list(
        session.scalars(
            select(Container)
            .where(Container.bank_id == bank_id, Container.pickup_id == pickup_id)
            .order_by(Container.number)
        )
    )


def count_received(session: Session, *, bank_id: int, day: ServiceDay) -> int:
    """Return the number of containers received on a day, by the server's clock."""
    return (
        session.scalar(
            select(func.count(func.distinct(Container.id)))
            .join(CustodyEntry, CustodyEntry.container_id == Container.id)
            .where(
                Container.bank_id == bank_id,
                Container.state == ContainerState.RECEIVED,
                CustodyEntry.state == ContainerState.RECEIVED,
                CustodyEntry.recorded_at >= day.epoch,
                CustodyEntry.recorded_at < day.end,
            )
        )
        or 0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kits:
    """Bottles left with a donor and collected, by the door records that stand."""

    left: int
    fetched: int


def kits_of(session: Session, *, bank_id: int, donor_id: int) -> Kits:
    """Return the empty bottles left with a donor and the full ones collected."""
    left, fetched = session.execute(
        select(func.sum(DoorRecord.empties_left), func.sum(DoorRecord.bottles))
        .join(Pickup, Pickup.id == DoorRecord.pickup_id)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.withdrawn_at.is_(None),
            Pickup.donor_id == donor_id,
        )
    ).one()
    return Kits(left=left or 0, fetched=fetched or 0)

"""Questions about containers: where one came from, what a day brought in, what to look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from collector.custody.models import Container, ContainerState, CustodyEntry, DoorRecord
from collector.donors.models import Donor
from collector.errors import NotFound
from collector.service_day import ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Donor, visit, door, and every holder since, of one container."""

    container: Container
    donor_number: str
    pickup_id: int
    record: DoorRecord | None
    """The door record that stands, with the freezer's temperature."""
    entries: tuple[CustodyEntry, ...]

    @property
    def temperatures(self) -> list[tuple[CustodyEntry, float]]:
        """Every temperature on its way, with the entry that recorded it."""
        found = (
            (entry, entry.details.get("freezer_celsius", entry.details.get("box_celsius")))
            for entry in self.entries
        )
        return [(entry, celsius) for entry, celsius in found if celsius is not None]


def chain_of(session: Session, *, bank_id: int, number: str) -> Chain:
    """Return the unbroken chain of one container.

    Raises
    ------
    NotFound
        The bank has no container of this number.
    """
    found = session.execute(
        select(Container, Donor.number)
        .join(Donor, Donor.id == Container.donor_id)
        .where(Container.bank_id == bank_id, Container.number == number)
        .options(selectinload(Container.history))
    ).one_or_none()
    if found is None:
        raise NotFound("not_found", kind="containers")
    container, donor_number = found
    return Chain(
        container=container,
        donor_number=donor_number,
        pickup_id=container.pickup_id,
        record=record_of(session, bank_id=bank_id, pickup_id=container.pickup_id),
        entries=tuple(container.history),
    )


def record_of(session: Session, *, bank_id: int, pickup_id: int) -> DoorRecord | None:
    """Return the door record of a visit that stands."""
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
    """Return the door records of these visits that stand, by the pick-up's key."""
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


def received(session: Session, *, bank_id: int, day: ServiceDay) -> int:
    """Return how many containers were received on a day, by the server's clock."""
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


def flagged(session: Session, *, bank_id: int, day: ServiceDay) -> list[DoorRecord]:
    """Return the day's standing records that the quality manager must look at."""
    records = session.scalars(
        select(DoorRecord)
        .where(
            DoorRecord.bank_id == bank_id,
            DoorRecord.withdrawn_at.is_(None),
            DoorRecord.recorded_at >= day.epoch,
            DoorRecord.recorded_at < day.end,
        )
        .order_by(DoorRecord.id)
    )
    return [record for record in records if record.flags]

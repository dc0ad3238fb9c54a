"""The rows of custody: containers, what was recorded at the door, hand-overs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base


class ContainerState(StrEnum):
    """Where a container is in its life (docs/states.md)."""

    DECLARED = "declared"
    COLLECTED = "collected"
    REFUSED_AT_DOOR = "refused_at_door"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    REFUSED_AT_RECEPTION = "refused_at_reception"


class RefusalReason(StrEnum):
    """Why a container stays with the donor."""

    THAWED = "thawed"
    NO_LABEL = "no_label"
    TOO_OLD = "too_old"
    WRONG_CONTAINER = "wrong_container"
    DAMAGED = "damaged"
    OTHER = "other"


class Container(BankOwned, Base):
    """A bottle with its number, tied for ever to its donor and its visit."""

    __tablename__ = "containers"
    __table_args__ = (UniqueConstraint("bank_id", "number"),)

    number: Mapped[str]
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    state: Mapped[ContainerState]
    refused_because: Mapped[RefusalReason | None]
    history: Mapped[list["CustodyEntry"]] = relationship(
        lazy="raise", order_by="CustodyEntry.id", back_populates="container"
    )


class CustodyEntry(BankOwned, Base):
    """A container changed its state or its holder: when, where, by whom."""

    __tablename__ = "custody_entries"

    container_id: Mapped[int] = mapped_column(ForeignKey("containers.id"), index=True)
    state: Mapped[ContainerState]
    holder: Mapped[str]
    """Who holds it from now on: `donor:7`, `person:12`, `site:2`."""
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    details: Mapped[dict[str, Any]]
    container: Mapped[Container] = relationship(lazy="raise", back_populates="history")


class DoorRecord(BankOwned, Base):
    """What a collector recorded at one door: the storage check is an act required by law."""

    __tablename__ = "door_records"

    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    collector_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("round_events.id"), unique=True)
    bottles: Mapped[int]
    volume_ml: Mapped[int]
    freezer_celsius: Mapped[float | None]
    storage_ok: Mapped[bool | None]
    """The check and the temperature are absent only where no milk was to be fetched."""
    empties_left: Mapped[int]
    note: Mapped[str]
    flags: Mapped[list[str]]
    """What the quality manager must look at, judged by the rules of that day."""
    device_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """Set when the collector undid it; the record itself is never removed."""

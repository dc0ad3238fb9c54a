"""The rows of custody: containers, what was recorded at the door, hand-overs."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
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


class ContainerKind(StrEnum):
    """What a container is; each has a clock of its own."""

    BOTTLE = "bottle"
    TUBE = "tube"


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
    kind: Mapped[ContainerKind] = mapped_column(default=ContainerKind.BOTTLE)
    box: Mapped[str] = mapped_column(default="")
    """The code of the box it was put into at the door; empty where none was said."""
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
    details: Mapped[dict[str, Any]]
    """What else was said: box, seal, tubes with the time drawn, purposes done, pump, photo."""


class BoxReadingKind(StrEnum):
    """On which occasion somebody read a box's thermometer."""

    CONDITIONED = "conditioned"
    ON_THE_ROAD = "on_the_road"
    HANDED_OVER = "handed_over"


class BoxReading(BankOwned, Base):
    """The temperature of a box, as somebody read it."""

    __tablename__ = "box_readings"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("round_events.id"), index=True)
    box: Mapped[str]
    kind: Mapped[BoxReadingKind]
    celsius: Mapped[float]
    device_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ExcursionDecision(StrEnum):
    """What becomes of the milk after an excursion."""

    KEEP = "keep"
    DISCARD = "discard"


class Excursion(BankOwned, Base):
    """A temperature above its limit: assessed by one person, decided by another."""

    __tablename__ = "excursions"

    record_id: Mapped[int | None] = mapped_column(ForeignKey("door_records.id"), unique=True)
    reading_id: Mapped[int | None] = mapped_column(ForeignKey("box_readings.id"), unique=True)
    celsius: Mapped[float]
    limit_celsius: Mapped[int]
    """The bank's rule on the day it happened."""
    detected_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """Set when the collector took the reading back."""
    assessment: Mapped[str]
    assessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    assessed_at: Mapped[datetime | None]
    decision: Mapped[ExcursionDecision | None]
    decision_note: Mapped[str]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]


class DoorPhoto(BankOwned, Base):
    """A picture taken at a door, named by the phone before it was sent."""

    __tablename__ = "door_photos"
    __table_args__ = (UniqueConstraint("bank_id", "client_id"),)

    client_id: Mapped[str]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]

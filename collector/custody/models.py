"""Rows of custody: containers, door records, box readings, excursions, photos."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base
from collector.pickups.models import MilkLine


class ContainerState(StrEnum):
    """States of a container (docs/states.md)."""

    DECLARED = "declared"
    COLLECTED = "collected"
    REFUSED_AT_DOOR = "refused_at_door"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    REFUSED_AT_RECEPTION = "refused_at_reception"


class ContainerKind(StrEnum):
    """Kinds of container; each has a clock of its own."""

    BOTTLE = "bottle"
    TUBE = "tube"


class RefusalReason(StrEnum):
    """Reasons for which a container stays with the donor."""

    THAWED = "thawed"
    NO_LABEL = "no_label"
    TOO_OLD = "too_old"
    WRONG_CONTAINER = "wrong_container"
    DAMAGED = "damaged"
    OTHER = "other"


AWAITING = text("state = 'received' AND taken_over_at IS NULL")
"""Condition on a container that was handed over and that no laboratory has taken over."""


class Container(BankOwned, Base):
    """A bottle or tube with its number, tied to its donor and its visit."""

    __tablename__ = "containers"
    __table_args__ = (
        UniqueConstraint("bank_id", "number"),
        Index(
            "ix_containers_awaiting_laboratory",
            "bank_id",
            sqlite_where=AWAITING,
            postgresql_where=AWAITING,
        ),
    )

    number: Mapped[str]
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    state: Mapped[ContainerState]
    refused_because: Mapped[RefusalReason | None]
    kind: Mapped[ContainerKind] = mapped_column(default=ContainerKind.BOTTLE)
    line: Mapped[MilkLine] = mapped_column(default=MilkLine.DONATED)
    box: Mapped[str] = mapped_column(default="")
    """The code of the box into which the container was put; empty if not recorded."""
    taken_over_at: Mapped[datetime | None] = mapped_column(default=None)
    """The instant from which the laboratory owns the container; no phone moves it afterwards."""
    history: Mapped[list["CustodyEntry"]] = relationship(
        lazy="raise", order_by="CustodyEntry.id", back_populates="container"
    )


class CustodyEntry(BankOwned, Base):
    """A change of a container's state or holder, with its instant."""

    __tablename__ = "custody_entries"

    container_id: Mapped[int] = mapped_column(ForeignKey("containers.id"), index=True)
    state: Mapped[ContainerState]
    holder: Mapped[str]
    """The holder from then on: `donor:7`, `person:12`, `site:2`."""
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    details: Mapped[dict[str, Any]]
    container: Mapped[Container] = relationship(lazy="raise", back_populates="history")


class Discrepancy(BankOwned, Base):
    """A difference between the events of phones and the bench of the laboratory.

    It is withdrawn when the two agree again, or closed by quality; the row remains.
    """

    __tablename__ = "discrepancies"

    container_id: Mapped[int] = mapped_column(ForeignKey("containers.id"), index=True)
    says: Mapped[ContainerState]
    """The container's state by the events of the phones."""
    says_pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"))
    """The container's visit by the events of the phones."""
    held: Mapped[ContainerState | None]
    """The container's state by the laboratory; None if it was not found there."""
    opened_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str]


class DoorRecord(BankOwned, Base):
    """The record of one visit; the storage check is an act that French law requires."""

    __tablename__ = "door_records"

    pickup_id: Mapped[int] = mapped_column(ForeignKey("pickups.id"), index=True)
    collector_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("round_events.id"), unique=True)
    bottles: Mapped[int]
    volume_ml: Mapped[int]
    freezer_celsius: Mapped[float | None]
    storage_ok: Mapped[bool | None]
    """Result of the storage check; None, like the temperature, only for a visit without milk."""
    empties_left: Mapped[int]
    note: Mapped[str]
    flags: Mapped[list[str]]
    """Flags for the quality manager (`PickupRecordFlag`), by the bank's rules of that day."""
    device_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """The instant of the undo, or None; the record itself is never removed."""
    details: Mapped[dict[str, Any]]
    """Box, seal, tubes with the time drawn, purposes fulfilled, pump, photo, missing proofs.

    `volume_declared` tells whether the volume is the donor's own figure.
    """


class BoxReadingKind(StrEnum):
    """Occasions of a box reading."""

    CONDITIONED = "conditioned"
    ON_THE_ROAD = "on_the_road"
    HANDED_OVER = "handed_over"


class BoxReading(BankOwned, Base):
    """The temperature of a box, as its thermometer showed it."""

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
    """Decisions on the milk after an excursion."""

    KEEP = "keep"
    DISCARD = "discard"


class Excursion(BankOwned, Base):
    """A temperature above its limit: assessed by one person, decided by another."""

    __tablename__ = "excursions"

    record_id: Mapped[int | None] = mapped_column(ForeignKey("door_records.id"), unique=True)
    reading_id: Mapped[int | None] = mapped_column(ForeignKey("box_readings.id"), unique=True)
    celsius: Mapped[float]
    limit_celsius: Mapped[int]
    """The bank's limit on that day, in degrees Celsius."""
    detected_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """The instant at which the reading was undone, or None."""
    assessment: Mapped[str]
    assessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    assessed_at: Mapped[datetime | None]
    decision: Mapped[ExcursionDecision | None]
    decision_note: Mapped[str]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]


class DoorPhoto(BankOwned, Base):
    """A picture taken at a door; the phone names it before it sends it."""

    __tablename__ = "door_photos"
    __table_args__ = (UniqueConstraint("bank_id", "client_id"),)

    client_id: Mapped[str]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]

"""Rows of prescriptions and orders."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from collector.db import BankOwned, Base
from collector.recipients.models import Recipient, Ward


class NeedClass(StrEnum):
    """Classes of need, the most urgent first; the bank's rules give the limits."""

    A = "a"
    B = "b"
    C = "c"
    D = "d"
    """Another indication, written by a physician."""


class WaitReason(StrEnum):
    """Reasons for which an order waits after the latest allocation."""

    SHORTAGE = "shortage"
    """At the level of the stock, its class is not served."""
    NO_MILK = "no_milk"
    """No bottle fits: its line, its needs, or the last day of the milk."""
    PRESCRIPTION = "prescription"
    """No prescription is valid on the day."""


class Prescription(BankOwned, Base):
    """A physician's prescription of milk for a recipient, from one day to another."""

    __tablename__ = "prescriptions"
    __table_args__ = (
        CheckConstraint("valid_until >= valid_from", name="in_order"),
        CheckConstraint("(ml_per_day IS NULL) <> (ml_per_kg_day IS NULL)", name="one_volume"),
    )

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), index=True)
    prescriber: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    """The last day on which the milk may be used."""
    ml_per_day: Mapped[int | None]
    ml_per_kg_day: Mapped[int | None]
    document: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The signed sheet; None if the paper stays on the ward."""
    document_type: Mapped[str]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """The instant from which it is no longer valid; the row itself is never removed."""
    recipient: Mapped[Recipient] = relationship(lazy="raise")


STANDS = text("cancelled_at IS NULL AND recipient_id IS NOT NULL")
"""Condition on the order of a recipient that was not cancelled."""
OF_DEPOT = text("cancelled_at IS NULL AND recipient_id IS NULL")
"""Condition on the order of a depot that was not cancelled."""


class MilkOrder(BankOwned, Base):
    """Milk that a ward wants by a day: for one recipient, or for a depot's stock."""

    __tablename__ = "milk_orders"
    __table_args__ = (
        Index(
            "ix_milk_orders_recipient_id_needed_on_standing",
            "recipient_id",
            "needed_on",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index(
            "ix_milk_orders_ward_id_needed_on_of_depot",
            "ward_id",
            "needed_on",
            unique=True,
            sqlite_where=OF_DEPOT,
            postgresql_where=OF_DEPOT,
        ),
        Index("ix_milk_orders_bank_id_needed_on", "bank_id", "needed_on"),
        Index("ix_milk_orders_ward_id_needed_on", "ward_id", "needed_on"),
        CheckConstraint("volume_ml > 0", name="has_volume"),
    )

    ward_id: Mapped[int] = mapped_column(ForeignKey("wards.id"))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipients.id"))
    """The child; None for a depot, which tells the recipients afterwards."""
    needed_on: Mapped[date]
    volume_ml: Mapped[int]
    need_class: Mapped[NeedClass]
    class_note: Mapped[str]
    """The reason of a dispenser who changed the class; empty if it is the computed one."""
    waits_because: Mapped[WaitReason | None]
    """The outcome of the latest allocation; None before one, and for an order that is served."""
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The asking person; None for an order of another system."""
    asked_at: Mapped[datetime]
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("milk_orders.id"))
    """The order of another day that it repeats."""
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_because: Mapped[str]
    ward: Mapped[Ward] = relationship(lazy="raise")
    recipient: Mapped[Recipient | None] = relationship(lazy="raise")


class ReceivedOrder(BankOwned, Base):
    """The number under which another system sent an order."""

    __tablename__ = "received_orders"
    __table_args__ = (UniqueConstraint("application_id", "system", "value"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("milk_orders.id"), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    system: Mapped[str]
    """The name space of the number; empty without one."""
    value: Mapped[str]
    fingerprint: Mapped[str]
    """The SHA-256 of child, day and volume."""
    received_at: Mapped[datetime]

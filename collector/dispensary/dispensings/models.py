"""Rows of dispensings and dispensed bottles."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class DispensingKind(StrEnum):
    """Kinds of dispensing; both words are in the French code (CSP, L. 2323-1)."""

    DELIVERED = "delivered"
    """To a named recipient, on a prescription."""
    DISTRIBUTED = "distributed"
    """To an establishment, which tells the recipients afterwards."""


UNDER_WAY = text("handed_over_at IS NULL AND cancelled_at IS NULL")
"""Condition on a dispensing that was not handed over."""


class Dispensing(BankOwned, Base):
    """Bottles for one order: picked by one person, checked by another, handed over together."""

    __tablename__ = "dispensings"
    __table_args__ = (
        Index(
            "ix_dispensings_order_id_under_way",
            "order_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        Index("ix_dispensings_bank_id_handed_over_at", "bank_id", "handed_over_at"),
        CheckConstraint("checked_by_id <> picked_by_id", name="two_people"),
        CheckConstraint(
            "handed_over_at IS NULL OR checked_by_id IS NOT NULL", name="checked_before"
        ),
    )

    kind: Mapped[DispensingKind]
    order_id: Mapped[int] = mapped_column(ForeignKey("milk_orders.id"), index=True)
    ward_id: Mapped[int] = mapped_column(ForeignKey("wards.id"), index=True)
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipients.id"), index=True)
    """The child; None if the ward tells the recipients afterwards."""
    picked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    began_at: Mapped[datetime]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The person whose session checked it; None until the check begins."""
    label_checked_at: Mapped[datetime | None]
    """The instant at which the checker scanned the label of the recipient or of the order."""
    box: Mapped[str]
    celsius: Mapped[float | None]
    """Temperature in the box at the hand-over, in degrees Celsius."""
    carrier: Mapped[str]
    handed_over_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


GONE = text("withdrawn_at IS NULL AND returned_at IS NULL")
"""Condition on a bottle that is picked or gone, and did not come back."""


class DispensedBottle(BankOwned, Base):
    """A bottle of a dispensing; it is gone once the dispensing was handed over."""

    __tablename__ = "dispensed_bottles"
    __table_args__ = (
        Index(
            "ix_dispensed_bottles_bottle_id_gone",
            "bottle_id",
            unique=True,
            sqlite_where=GONE,
            postgresql_where=GONE,
        ),
        Index("ix_dispensed_bottles_bottle_id", "bottle_id"),
    )

    dispensing_id: Mapped[int] = mapped_column(ForeignKey("dispensings.id"), index=True)
    bottle_id: Mapped[int] = mapped_column(ForeignKey("bottles.id"))
    picked_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    """The instant at which it was laid back before the hand-over."""
    arrived_at: Mapped[datetime | None]
    arrived_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The person of the ward who scanned it in."""
    returned_at: Mapped[datetime | None]
    """The instant at which it stood in the dispensary's stock again."""

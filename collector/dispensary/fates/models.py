"""Rows of fates of dispensed milk, and of suspected reactions."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class MilkFate(StrEnum):
    """Ends of dispensed milk."""

    GIVEN = "given"
    WASTED = "wasted"
    """Thrown away on the ward: left over, spilt or too long thawed."""
    NOT_FOUND = "not_found"
    RETURNED = "returned"
    """Sent back to the dispensary, which destroys it or puts it into stock."""


class BottleFate(BankOwned, Base):
    """A volume of a dispensed bottle with its end; the volumes of a bottle add up to its own."""

    __tablename__ = "bottle_fates"
    __table_args__ = (
        UniqueConstraint("bank_id", "client_id"),
        CheckConstraint("volume_ml > 0", name="has_volume"),
        CheckConstraint("fate <> 'given' OR recipient_id IS NOT NULL", name="given_to"),
        Index("ix_bottle_fates_bank_id_at", "bank_id", "at"),
    )

    dispensed_bottle_id: Mapped[int] = mapped_column(ForeignKey("dispensed_bottles.id"), index=True)
    fate: Mapped[MilkFate]
    volume_ml: Mapped[int]
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("recipients.id"), index=True)
    """The child to whom it was given; of a distributed bottle it is told here."""
    thawed_at: Mapped[datetime | None]
    """The instant at which the bottle left the ward's freezer; None if not recorded."""
    note: Mapped[str]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    client_id: Mapped[str | None]
    """The key of the form that was sent; a form that was sent twice counts once."""
    withdrawn_at: Mapped[datetime | None]
    """The instant of the undo; the row itself is never removed."""


class ReactionReport(BankOwned, Base):
    """A ward's report that a child fell ill: the milk it received is held at once."""

    __tablename__ = "reaction_reports"
    __table_args__ = (Index("ix_reaction_reports_bank_id_reported_at", "bank_id", "reported_at"),)

    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), index=True)
    ward_id: Mapped[int] = mapped_column(ForeignKey("wards.id"))
    fell_ill_on: Mapped[date]
    words: Mapped[str]
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reported_at: Mapped[datetime]


class ReactionHold(BankOwned, Base):
    """A hold that a report opened: on one lot that the child received."""

    __tablename__ = "reaction_holds"
    __table_args__ = (UniqueConstraint("report_id", "hold_id"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("reaction_reports.id"))
    hold_id: Mapped[int] = mapped_column(ForeignKey("laboratory_holds.id"))

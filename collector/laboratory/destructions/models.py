"""Rows of destructions: a list of things, its reason, the person who destroys and the witness."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class DestructionReason(StrEnum):
    """Reasons for which milk is destroyed."""

    REFUSED = "refused"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WARM = "warm"
    THAWED = "thawed"
    DAMAGED = "damaged"
    RETURNED = "returned"
    RECALLED = "recalled"
    OTHER = "other"
    """Said in the note."""


class DestructionMethod(StrEnum):
    """Ways in which milk is destroyed."""

    CARE_WASTE = "care_waste"
    """With the waste of care, which is burnt."""
    POURED = "poured"
    """Poured away; the empty bottles are thrown away."""
    OTHER = "other"
    """Said in the note."""


WAITS = text("witnessed_at IS NULL AND abandoned_at IS NULL")
"""Condition on a destruction that no witness has signed."""
IN_LIST = text("withdrawn_at IS NULL")
"""Condition on a thing that is in a destruction."""


class Destruction(BankOwned, Base):
    """Things that are destroyed together, before a witness."""

    __tablename__ = "destructions"
    __table_args__ = (
        Index(
            "ix_destructions_bank_id_waiting",
            "bank_id",
            sqlite_where=WAITS,
            postgresql_where=WAITS,
        ),
        Index("ix_destructions_bank_id_witnessed_at", "bank_id", "witnessed_at"),
        CheckConstraint("witness_id <> begun_by_id", name="two_people"),
        CheckConstraint("(witness_id IS NULL) = (witnessed_at IS NULL)", name="witnessed"),
    )

    reason: Mapped[DestructionReason]
    method: Mapped[DestructionMethod]
    note: Mapped[str]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    witnessed_at: Mapped[datetime | None]
    abandoned_at: Mapped[datetime | None]


class DestroyedItem(BankOwned, Base):
    """A container or a bottle in a destruction.

    Its volume is that of its intake or bottle, or the rest of a bottle that came back.
    """

    __tablename__ = "destroyed_items"
    __table_args__ = (
        Index(
            "ix_destroyed_items_intake_id_standing",
            "intake_id",
            unique=True,
            sqlite_where=IN_LIST,
            postgresql_where=IN_LIST,
        ),
        Index(
            "ix_destroyed_items_bottle_id_standing",
            "bottle_id",
            unique=True,
            sqlite_where=IN_LIST,
            postgresql_where=IN_LIST,
        ),
        CheckConstraint("(intake_id IS NULL) <> (bottle_id IS NULL)", name="one_thing"),
        CheckConstraint("rest_ml > 0", name="has_rest"),
    )

    destruction_id: Mapped[int] = mapped_column(ForeignKey("destructions.id"), index=True)
    intake_id: Mapped[int | None] = mapped_column(ForeignKey("intakes.id"))
    bottle_id: Mapped[int | None] = mapped_column(ForeignKey("bottles.id"))
    rest_ml: Mapped[int | None]
    """Millilitres that a ward sent back in the bottle; None for a thing that had not left."""
    scanned_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    """The instant at which it was taken off the list; the row is never removed."""

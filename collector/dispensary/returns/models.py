"""Rows of returned and destroyed bottles."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class ReturnVerdict(StrEnum):
    """Decisions on a returned bottle."""

    DESTROY = "destroy"
    RESTOCK = "restock"
    """Sealed, never thawed, its cold chain proven by a logger; signed by two people."""


class BottleReturn(BankOwned, Base):
    """A bottle that came back from a ward."""

    __tablename__ = "bottle_returns"
    __table_args__ = (
        CheckConstraint("second_id <> decided_by_id", name="two_people"),
        CheckConstraint(
            "verdict <> 'restock' OR (sealed AND never_thawed AND logged)", name="cold_and_sealed"
        ),
    )

    dispensed_bottle_id: Mapped[int] = mapped_column(
        ForeignKey("dispensed_bottles.id"), unique=True
    )
    sealed: Mapped[bool]
    never_thawed: Mapped[bool]
    logged: Mapped[bool]
    """Whether a logger proves the cold chain."""
    note: Mapped[str]
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime]
    verdict: Mapped[ReturnVerdict | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    second_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The second person of a bottle that goes into stock again."""
    second_at: Mapped[datetime | None]


class BottleDestructionReason(StrEnum):
    """Reasons for which the dispensary destroys a bottle."""

    EXPIRED = "expired"
    RETURNED = "returned"
    BROKEN = "broken"
    THAWED = "thawed"
    RECALLED = "recalled"
    OTHER = "other"


STANDS = text("withdrawn_at IS NULL")
"""Condition on a destruction that was not undone before its witness."""


class BottleDestruction(BankOwned, Base):
    """The destruction of a bottle by one person before a witness."""

    __tablename__ = "bottle_destructions"
    __table_args__ = (
        Index(
            "ix_bottle_destructions_bottle_id_standing",
            "bottle_id",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("ix_bottle_destructions_bank_id_asked_at", "bank_id", "asked_at"),
        CheckConstraint("witness_id <> destroyed_by_id", name="two_people"),
        CheckConstraint("volume_ml > 0", name="has_volume"),
    )

    bottle_id: Mapped[int] = mapped_column(ForeignKey("bottles.id"))
    volume_ml: Mapped[int]
    reason: Mapped[BottleDestructionReason]
    note: Mapped[str]
    method: Mapped[str]
    destroyed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    witnessed_at: Mapped[datetime | None]
    """The instant from which it counts; until then it only waits for its witness."""
    withdrawn_at: Mapped[datetime | None]

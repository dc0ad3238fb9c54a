"""Rows of returned bottles."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
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

"""Rows of holds."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class HoldSubject(StrEnum):
    """The kinds of things that a hold may stop (`collector.laboratory.holding.reach`)."""

    DONOR = "donor"
    CONTAINER = "container"
    POOL = "pool"
    CYCLE = "cycle"
    DEVICE = "device"
    LOT = "lot"
    BOTTLE = "bottle"
    UNIT = "unit"
    """A storage unit: everything that stands in it while the hold goes on."""
    MATERIAL = "material"
    """A maker's lot of bottles, caps, filters or labels."""


IS_OPEN = text("lifted_at IS NULL")
"""Condition on a hold that still stops milk."""


class LaboratoryHold(BankOwned, Base):
    """A stop on a thing, and on all the milk that it reaches."""

    __tablename__ = "laboratory_holds"
    __table_args__ = (
        Index(
            "ix_laboratory_holds_subject_subject_id_open",
            "subject",
            "subject_id",
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        CheckConstraint("lifted_by_id <> lift_asked_by_id", name="lifted_by_two"),
        CheckConstraint("until >= since", name="in_order"),
    )

    subject: Mapped[HoldSubject]
    subject_id: Mapped[int]
    """The key of the row of its subject."""
    since: Mapped[date | None]
    """The first day of milk, cycles, stays or pools that it stops; None for all of them.

    Without it, a hold on a unit begins at its opening.
    """
    until: Mapped[date | None]
    """The last of these days; None without an end."""
    reason: Mapped[str]
    result_id: Mapped[int | None] = mapped_column(ForeignKey("lab_results.id"))
    """The failing result that opened it; None if a person did."""
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """The person who opened it, or who entered the failing result."""
    opened_at: Mapped[datetime]
    lift_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lift_asked_at: Mapped[datetime | None]
    lift_reason: Mapped[str]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lifted_at: Mapped[datetime | None]

"""Rows of release: proposals that await a second person."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base

WAITS = text("closed_at IS NULL")
"""Condition on a proposal that awaits its second person."""


class ReleaseProposal(BankOwned, Base):
    """A first signature on a lot with amber checks, and its reasons."""

    __tablename__ = "release_proposals"
    __table_args__ = (
        Index(
            "ix_release_proposals_lot_id_waiting",
            "lot_id",
            unique=True,
            sqlite_where=WAITS,
            postgresql_where=WAITS,
        ),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    reasons: Mapped[dict[str, Any]]
    """The reason of each amber check, by its key."""
    checks: Mapped[list[dict[str, Any]]]
    """The checks that the first person saw."""
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

"""Rows of decisions on lots."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class LotVerdict(StrEnum):
    """Decisions on a lot."""

    RELEASED = "released"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class LotDecision(BankOwned, Base):
    """A decision on a lot, with the checks and the rules by which it was taken."""

    __tablename__ = "lot_decisions"
    __table_args__ = (CheckConstraint("second_id <> person_id", name="two_people"),)

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    verdict: Mapped[LotVerdict]
    reason: Mapped[str]
    checks: Mapped[list[dict[str, Any]]]
    """The checks of that instant; a later change of a rule judges nothing again."""
    rules: Mapped[dict[str, Any]]
    """The values of the bank's rules that the checks used."""
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    """The person who signed, or whose result failed."""
    second_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The second person of a release with an exception."""
    decided_at: Mapped[datetime]

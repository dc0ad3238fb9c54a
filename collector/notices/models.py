"""The rows of the outbox."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class NoticeState(StrEnum):
    """Whether we still owe it."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"


class Notice(BankOwned, Base):
    """A message we owe somebody; owed inside a transaction, sent outside any."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("bank_id", "once"),)

    once: Mapped[str]
    """What makes it the same message: owing it twice owes it once."""
    recipient: Mapped[str]
    """The actor it is for: `donor:7`, `person:12`."""
    to: Mapped[str]
    template: Mapped[str]
    language: Mapped[str]
    figures: Mapped[dict[str, Any]]
    state: Mapped[NoticeState] = mapped_column(index=True)
    attempts: Mapped[int]
    claimed_until: Mapped[datetime | None]
    owed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    body: Mapped[str | None]

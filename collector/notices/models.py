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


class Channel(StrEnum):
    """By what a message leaves."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


class Notice(BankOwned, Base):
    """A message we owe somebody; owed inside a transaction, sent outside any."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("bank_id", "once"),)

    once: Mapped[str]
    """What makes it the same message: owing it twice owes it once."""
    recipient: Mapped[str]
    """The actor it is for: `donor:7`, `person:12`."""
    channel: Mapped[Channel]
    to: Mapped[str]
    """An address, a telephone number, or the key of a `PushSubscription`."""
    template: Mapped[str]
    language: Mapped[str]
    figures: Mapped[dict[str, Any]]
    state: Mapped[NoticeState] = mapped_column(index=True)
    attempts: Mapped[int]
    claimed_until: Mapped[datetime | None]
    """Until when somebody is sending it, or how long to wait before the next attempt."""
    owed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    body: Mapped[str | None]
    trouble: Mapped[str | None]
    """Why it did not leave the last time, as a code: `away`, `refused 550`, `not_set_up`."""


class PushSubscription(BankOwned, Base):
    """A browser that asked to be told: where its push service listens, and the keys to it."""

    __tablename__ = "push_subscriptions"

    recipient: Mapped[str] = mapped_column(index=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    made_at: Mapped[datetime]


class ChannelChoice(BankOwned, Base):
    """By what somebody wants to be told; without a row, by e-mail if we know an address."""

    __tablename__ = "channel_choices"
    __table_args__ = (UniqueConstraint("bank_id", "recipient"),)

    recipient: Mapped[str]
    channel: Mapped[Channel]

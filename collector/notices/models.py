"""Rows of the outbox, push subscriptions and contact preferences."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class NoticeState(StrEnum):
    """The state of a message."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


class Channel(StrEnum):
    """The channel of a message."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    CALL = "call"
    """A coordinator tells it by telephone: no other channel reaches the recipient."""


class Notice(BankOwned, Base):
    """A message to a recipient; enqueued inside a transaction, sent outside any."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("bank_id", "once"),)

    once: Mapped[str]
    """The idempotency key: the same key is enqueued once."""
    recipient: Mapped[str]
    """The recipient: `donor:7`, `person:12`."""
    channel: Mapped[Channel]
    to: Mapped[str]
    """An address, a telephone number, or the key of a `PushSubscription`."""
    template: Mapped[str]
    language: Mapped[str]
    figures: Mapped[dict[str, Any]]
    state: Mapped[NoticeState] = mapped_column(index=True)
    attempts: Mapped[int]
    claimed_until: Mapped[datetime | None]
    """The end of the present claim, or the instant of the next attempt."""
    owed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    body: Mapped[str | None]
    trouble: Mapped[str | None]
    """The cause of the last failure, as a code: `away`, `refused 550`, `not_set_up`."""


class PushSubscription(BankOwned, Base):
    """A browser's push subscription: endpoint and keys of its push service."""

    __tablename__ = "push_subscriptions"

    recipient: Mapped[str] = mapped_column(index=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    made_at: Mapped[datetime]


class ChannelChoice(BankOwned, Base):
    """The recipient's choice of channel; without a row, e-mail if an address is known."""

    __tablename__ = "channel_choices"
    __table_args__ = (UniqueConstraint("bank_id", "recipient"),)

    recipient: Mapped[str]
    channel: Mapped[Channel]


class TextForm(StrEnum):
    """The form of a message: an e-mail, or a text message, which a push message shares."""

    EMAIL = "email"
    SMS = "sms"


class MessageText(BankOwned, Base):
    """A bank's own wording of one kind of message, in one language and form."""

    __tablename__ = "message_texts"
    __table_args__ = (UniqueConstraint("bank_id", "key", "form", "language", "discreet"),)

    key: Mapped[str]
    """The kind of message, of `collector.donor_contact.message_texts.MESSAGES`."""
    form: Mapped[TextForm]
    language: Mapped[str]
    discreet: Mapped[bool]
    """Whether it is for recipients who asked for discretion."""
    subject: Mapped[str]
    """The subject of an e-mail; empty for a text message."""
    text: Mapped[str]
    """Plain text with placeholders such as `{day}`, without a signature."""
    changed_by: Mapped[str]
    """The actor, as in the audit chain."""
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form

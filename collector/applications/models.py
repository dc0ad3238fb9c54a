"""Rows of applications, of the keys of their writes, and of webhooks with their log."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class Scope(StrEnum):
    """A permission of an application."""

    DONORS_READ = "donors:read"
    """Names, contact and addresses; never health answers."""
    REQUESTS_READ = "requests:read"
    REQUESTS_WRITE = "requests:write"
    ROUNDS_READ = "rounds:read"
    CONTAINERS_READ = "containers:read"
    ROSTER_READ = "roster:read"
    ROSTER_WRITE = "roster:write"
    REPORTS_READ = "reports:read"
    EVENTS_READ = "events:read"
    FHIR_READ = "fhir:read"
    """Bottles, samples, results and dispensings as FHIR R5; no donor, recipients by pseudonym."""
    ORDERS_WRITE = "orders:write"
    """Orders of milk for recipients by their pseudonym, as a NutritionOrder of FHIR R5."""


class Application(BankOwned, Base):
    """A neighbour's program that calls the API: its token is kept as a hash."""

    __tablename__ = "applications"

    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    token_end: Mapped[str]
    """The last four characters of the token, to tell two tokens apart."""
    scopes: Mapped[list[str]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """The latest use, to the minute."""
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(BankOwned, Base):
    """The key of a write: the same request with the same key is done once.

    The row holds the key of the result and no content of it.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("application_id", "key"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    key: Mapped[str]
    fingerprint: Mapped[str]
    """The SHA-256 of method, address and body."""
    made_id: Mapped[int]
    """The key of the row that the write made."""
    made_at: Mapped[datetime] = mapped_column(index=True)


class Webhook(BankOwned, Base):
    """An address to which the events of a bank are posted, in their order."""

    __tablename__ = "webhooks"

    url: Mapped[str]
    kinds: Mapped[list[str]]
    """The kinds of events that it wants."""
    sealed_secret: Mapped[str]
    """The secret of the signatures, encrypted with a key that the database does not hold."""
    position: Mapped[int]
    """The sequence number up to which the acts were looked through: every event was taken."""
    failures: Mapped[int]
    """Failed attempts since the last success."""
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    paused_at: Mapped[datetime | None]
    """The instant from which nothing is posted: too many failures, or an administrator."""
    ended_at: Mapped[datetime | None]


class WebhookAttempt(BankOwned, Base):
    """One attempt to post one event."""

    __tablename__ = "webhook_attempts"

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"), index=True)
    sequence: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    """The HTTP status of the answer; None without an answer."""
    fault: Mapped[str]
    """The code of the failure; empty for a success."""

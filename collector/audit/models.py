"""Rows of the audit chain."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collector.db import BankOwned, Base


class AuditHead(Base):
    """The end of one bank's chain; an append locks this row."""

    __tablename__ = "audit_heads"

    bank_id: Mapped[int] = mapped_column(ForeignKey("banks.id"), unique=True)
    sequence: Mapped[int]
    digest: Mapped[str]


class AuditEntry(BankOwned, Base):
    """One action with actor, subject and reason, chained to the entry before it."""

    __tablename__ = "audit_entries"
    __table_args__ = (UniqueConstraint("bank_id", "sequence"),)

    sequence: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
    previous_digest: Mapped[str]
    digest: Mapped[str]


class AuditAnchor(BankOwned, Base):
    """The signed head of a bank's chain on one day; the database does not hold the key."""

    __tablename__ = "audit_anchors"
    __table_args__ = (
        UniqueConstraint("bank_id", "day"),
        UniqueConstraint("bank_id", "number"),
    )

    number: Mapped[int]
    """Consecutive from 1, so that a removed anchor leaves a gap."""
    day: Mapped[date]
    sequence: Mapped[int]
    digest: Mapped[str]
    signature: Mapped[str]
    signed_at: Mapped[datetime]

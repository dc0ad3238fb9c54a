"""Queries of the audit chain, and the search for tampering."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import GENESIS, digest_of
from collector.audit.models import AuditEntry, AuditHead


def first_broken_link(session: Session, bank_id: int) -> int | None:
    """Return the first sequence number at which a bank's chain is broken, or None.

    A changed, removed, inserted or truncated entry is found.
    """
    expected, digest = 1, GENESIS
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.bank_id == bank_id).order_by(AuditEntry.sequence)
    )
    for entry in entries:
        chained = entry.sequence == expected and entry.previous_digest == digest
        if not chained or digest_of(entry) != entry.digest:
            return expected
        expected, digest = expected + 1, entry.digest
    head = session.scalar(select(AuditHead).where(AuditHead.bank_id == bank_id))
    reached = (head.sequence, head.digest) if head else (0, GENESIS)
    return None if reached == (expected - 1, digest) else expected


def history_of(session: Session, *, bank_id: int, subject: str) -> list[AuditEntry]:
    """Return the actions on one subject, oldest first."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.bank_id == bank_id, AuditEntry.subject == subject)
            .order_by(AuditEntry.sequence)
        )
    )

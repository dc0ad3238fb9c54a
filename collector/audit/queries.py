"""Queries of the audit chain, and the search for tampering."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.audit.actions import GENESIS, digest_of
from collector.audit.models import AuditEntry, AuditHead

RANGE = 5_000
"""Entries read at once, so that the memory of a verification does not grow with the chain."""


def first_broken_link(session: Session, bank_id: int) -> int | None:
    """Return the first sequence number at which a bank's chain is broken, or None.

    A changed, removed, inserted or truncated entry is found.
    """
    expected, digest = 1, GENESIS
    while True:
        while entries := _range(session, bank_id, after=expected - 1):
            for entry in entries:
                chained = entry.sequence == expected and entry.previous_digest == digest
                if not chained or digest_of(entry) != entry.digest:
                    return expected
                expected, digest = expected + 1, entry.digest
        reached = _head(session, bank_id)
        if reached == (expected - 1, digest):
            return None
        # An entry and its head are committed together: after a higher head, its entries are seen.
        if reached[0] < expected or not _range(session, bank_id, after=expected - 1):
            return expected


def _head(session: Session, bank_id: int) -> tuple[int, str]:
    columns = select(AuditHead.sequence, AuditHead.digest).where(AuditHead.bank_id == bank_id)
    found = session.execute(columns).one_or_none()
    return (found.sequence, found.digest) if found else (0, GENESIS)


def _range(session: Session, bank_id: int, *, after: int) -> list[AuditEntry]:
    """Return the next entries, held by no session."""
    entries = list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.bank_id == bank_id, AuditEntry.sequence > after)
            .order_by(AuditEntry.sequence)
            .limit(RANGE)
        )
    )
    for entry in entries:
        session.expunge(entry)
    return entries


def history_of(session: Session, *, bank_id: int, subject: str) -> list[AuditEntry]:
    """Return the actions on one subject, oldest first."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.bank_id == bank_id, AuditEntry.subject == subject)
            .order_by(AuditEntry.sequence)
        )
    )


def last_sequence(session: Session, bank_id: int) -> int:
    """Return the sequence number of the last act of a bank; 0 before the first.

    Acts are committed in the order of their numbers: none appears before this one later.
    """
    latest = select(func.max(AuditEntry.sequence)).where(AuditEntry.bank_id == bank_id)
    return session.scalar(latest) or 0


def acts_after(
    session: Session,
    *,
    bank_id: int,
    sequence: int,
    most: int,
    actions: Collection[str],
    until: int | None = None,
) -> list[AuditEntry]:
    """Return at most so many of these acts after a sequence number, in order.

    Parameters
    ----------
    until
        The last sequence number that is looked at; None looks at all.
    """
    wanted = select(AuditEntry).where(
        AuditEntry.bank_id == bank_id,
        AuditEntry.sequence > sequence,
        AuditEntry.action.in_(actions),
    )
    if until is not None:
        wanted = wanted.where(AuditEntry.sequence <= until)
    return list(session.scalars(wanted.order_by(AuditEntry.sequence).limit(most)))

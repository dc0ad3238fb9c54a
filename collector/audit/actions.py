"""Append to the audit chain, and compute its digests."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.models import AuditEntry, AuditHead

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAct:
    """One act to append to a bank's chain.

    Attributes
    ----------
    actor
        The account that acted, as `person:12`, `donor:7` or `system`.
    action
        The act, as a verb in the past: `pickup asked`.
    subject
        The object of the act, as `pickup:31`.
    details
        Figures and reasons; never a name, an address or a health answer.
    """

    actor: str
    action: str
    subject: str
    details: Mapping[str, object] = field(default_factory=dict)


def record(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    action: str,
    subject: str,
    **details: object,
) -> AuditEntry:
    """Append one action to a bank's chain.

    Parameters
    ----------
    actor
        The actor, as `person:12`, `donor:7` or `system`.
    action
        The action, as a verb in the past: `pickup asked`.
    subject
        The object of the action, as `pickup:31`.
    details
        Figures and reasons; never a name, an address or a health answer.
    """
    act = AuditAct(actor=actor, action=action, subject=subject, details=details)
    return record_acts(session, now=now, bank_id=bank_id, acts=[act])[0]


def lock_chain(session: Session, bank_id: int) -> None:
    """Let the acts of a bank wait for each other from here on, until the transaction ends.

    An act that judges rows, and writes only if nothing stops it, locks before it judges: a hold of
    another transaction is then either seen, or comes after.
    """
    _head(session, bank_id)


def record_acts(
    session: Session, *, now: datetime, bank_id: int, acts: Iterable[AuditAct]
) -> list[AuditEntry]:
    """Append acts to a bank's chain, in their order."""
    head = _head(session, bank_id)
    entries = [_append(head, now, act) for act in acts]
    session.add_all(entries)
    session.flush()
    return entries


def digest_of(entry: AuditEntry) -> str:
    """Return the SHA-256 over the digest of the entry before and every field of this entry."""
    fields = [
        entry.previous_digest,
        entry.bank_id,
        entry.sequence,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.subject,
        entry.details,
    ]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _append(head: AuditHead, now: datetime, act: AuditAct) -> AuditEntry:
    entry = AuditEntry(
        bank_id=head.bank_id,
        sequence=head.sequence + 1,
        at=now,
        actor=act.actor,
        action=act.action,
        subject=act.subject,
        details=dict(act.details),
        previous_digest=head.digest,
        digest="",
    )
    entry.digest = digest_of(entry)
    head.sequence, head.digest = entry.sequence, entry.digest
    return entry


def _head(session: Session, bank_id: int) -> AuditHead:
    """Return the end of the chain, locked until the transaction ends."""
    head = session.scalar(select(AuditHead).where(AuditHead.bank_id == bank_id).with_for_update())
    if head is None:
        head = AuditHead(bank_id=bank_id, sequence=0, digest=GENESIS)
        session.add(head)
    return head

"""Identities of recipients: written by the ward, opened with a reason, sealed after a time.

This module alone reads `identity_rows`; recalls will be the second reader. Each opening is an entry
of the audit chain.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import NotFound, Refused
from collector.recipients.identity_rows import RecipientIdentity
from collector.recipients.models import Recipient

LONGEST_NAME = 120
LONGEST_HOSPITAL_NUMBER = 40


class OpeningReason(StrEnum):
    """Reasons for which an identity is opened."""

    CARE = "care"
    """The ward identifies its own patient."""
    ORDER = "order"
    """The dispensary serves an open order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedIdentity:
    """The identity of a recipient, as it was opened."""

    name: str
    hospital_number: str
    born_on: date | None


def write_identity(
    session: Session,
    *,
    bank_id: int,
    recipient_id: int,
    name: str,
    hospital_number: str,
    born_on: date | None,
) -> None:
    """Keep the identity of a recipient that has none.

    Raises
    ------
    NotFound
        The bank has no such recipient.
    Refused
        `identity_missing`: neither a name nor a hospital number is given; `text_too_long`
        (`most`).
    """
    owned(session, Recipient, bank_id, recipient_id)
    name, hospital_number = name.strip(), hospital_number.strip()
    if not name and not hospital_number:
        raise Refused("identity_missing")
    for text, most in ((name, LONGEST_NAME), (hospital_number, LONGEST_HOSPITAL_NUMBER)):
        if len(text) > most:
            raise Refused("text_too_long", most=most)
    session.add(
        RecipientIdentity(
            bank_id=bank_id,
            recipient_id=recipient_id,
            name=name,
            hospital_number=hospital_number,
            born_on=born_on,
            sealed_at=None,
        )
    )
    session.flush()


def open_identity(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    recipient_id: int,
    reason: OpeningReason,
) -> OpenedIdentity:
    """Return an identity, and write the opening into the audit chain.

    Raises
    ------
    NotFound
        The bank has no such recipient, or no identity of it: `identity_unknown`.
    Refused
        `identity_sealed`.
    """
    owned(session, Recipient, bank_id, recipient_id)
    found = session.scalar(
        select(RecipientIdentity).where(RecipientIdentity.recipient_id == recipient_id)
    )
    if found is None:
        raise NotFound("identity_unknown")
    if found.sealed_at is not None:
        raise Refused("identity_sealed")
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="recipient identity opened",
        subject=f"recipient:{recipient_id}",
        reason=reason.value,
    )
    return OpenedIdentity(
        name=found.name, hospital_number=found.hospital_number, born_on=found.born_on
    )


def unsealed_recipients(session: Session, bank_id: int) -> list[int]:
    """Return the recipients of a bank whose identity is not sealed; no identity is read."""
    return list(
        session.scalars(
            select(RecipientIdentity.recipient_id).where(
                RecipientIdentity.bank_id == bank_id, RecipientIdentity.sealed_at.is_(None)
            )
        )
    )


def seal_identities(session: Session, *, now: datetime, recipients: list[int]) -> int:
    """Seal the open identities of these recipients; return their number."""
    sealed = session.execute(
        update(RecipientIdentity)
        .where(
            RecipientIdentity.recipient_id.in_(recipients), RecipientIdentity.sealed_at.is_(None)
        )
        .values(sealed_at=now)
        .returning(RecipientIdentity.id)
    )
    return len(sealed.all())

"""Audit entries and lengths of text that the acts of the dispensary share."""

from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.errors import Refused

LONGEST_NOTE = 500
"""Longest note or reason, in characters."""


def recorded(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    action: str,
    subject: str,
    **details: object,
) -> None:
    """Flush the rows of an act, and append the act to the bank's audit chain."""
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action=action,
        subject=subject,
        **details,
    )


def needed_text(text: str) -> str:
    """Return a reason without its outer spaces.

    Raises
    ------
    Refused
        `reason_missing`; `text_too_long` (`most`).
    """
    if not text.strip():
        raise Refused("reason_missing")
    return short_text(text)


def short_text(text: str) -> str:
    """Return an optional note without its outer spaces.

    Raises
    ------
    Refused
        `text_too_long` (`most`).
    """
    if len(text) > LONGEST_NOTE:
        raise Refused("text_too_long", most=LONGEST_NOTE)
    return text.strip()

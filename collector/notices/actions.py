"""Owing a message, and settling what is owed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.notices.models import Notice, NoticeState

MOST_ATTEMPTS = 5


def owe(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    once: str,
    recipient: str,
    to: str,
    template: str,
    language: str,
    **figures: object,
) -> Notice:
    """Owe somebody a message; owing the same one (`once`) again changes nothing."""
    known = session.scalar(select(Notice).where(Notice.bank_id == bank_id, Notice.once == once))
    if known is not None:
        return known
    notice = Notice(
        bank_id=bank_id,
        once=once,
        recipient=recipient,
        to=to,
        template=template,
        language=language,
        figures=figures,
        state=NoticeState.OWED,
        attempts=0,
        claimed_until=None,
        owed_at=now,
        sent_at=None,
        subject=None,
        body=None,
    )
    session.add(notice)
    session.flush()
    return notice


def settle(notice: Notice, *, now: datetime, subject: str, body: str | None) -> None:
    """Note that a message left; its text is kept only where no mail server carries it."""
    notice.state, notice.sent_at = NoticeState.SENT, now
    notice.subject, notice.body = subject, body


def note_failure(notice: Notice) -> None:
    """Note that a message could not leave; after five times somebody must look."""
    notice.attempts += 1
    if notice.attempts >= MOST_ATTEMPTS:
        notice.state = NoticeState.FAILED

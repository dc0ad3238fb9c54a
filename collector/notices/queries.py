"""What is owed, and what was sent."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.notices.models import Notice, NoticeState

A_PAGE = 100


def owed(session: Session, *, most: int = 50) -> list[Notice]:
    """Return messages still owed, oldest first, whosever bank they are of."""
    return list(
        session.scalars(
            select(Notice).where(Notice.state == NoticeState.OWED).order_by(Notice.id).limit(most)
        )
    )


def latest(session: Session, *, bank_id: int) -> list[Notice]:
    """Return a bank's latest messages, newest first."""
    return list(
        session.scalars(
            select(Notice).where(Notice.bank_id == bank_id).order_by(Notice.id.desc()).limit(A_PAGE)
        )
    )

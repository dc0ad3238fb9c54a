"""Secret addresses under which a person's own calendar reads her shifts."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collector.people.links import hashed, new_token
from collector.people.models import CalendarFeed, Person


def make_feed(session: Session, *, now: datetime, bank_id: int, person_id: int) -> str:
    """Make a new secret address and return its token; the one before stops working."""
    revoke_feeds(session, now=now, person_id=person_id)
    token = new_token()
    session.add(
        CalendarFeed(
            bank_id=bank_id,
            person_id=person_id,
            token_hash=hashed(token),
            made_at=now,
            read_at=None,
            revoked_at=None,
        )
    )
    session.flush()
    return token


def revoke_feeds(session: Session, *, now: datetime, person_id: int) -> None:
    """Let a person's secret addresses open nothing any more."""
    session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def has_feed(session: Session, *, person_id: int) -> bool:
    """Whether a secret address of hers works."""
    hers = select(CalendarFeed.id).where(
        CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None)
    )
    return session.scalar(hers.limit(1)) is not None


def person_of_feed(session: Session, token: str) -> Person | None:
    """Return whose shifts a token shows, or None if it opens nothing."""
    return session.scalar(
        select(Person)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(
            CalendarFeed.token_hash == hashed(token),
            CalendarFeed.revoked_at.is_(None),
            Person.active,
        )
    )

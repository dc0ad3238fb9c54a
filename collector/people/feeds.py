"""Secret addresses of calendar feeds: a person's own shifts, or all shifts of the bank."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collector.people.links import hashed, new_token
from collector.people.models import CalendarFeed, Person, Role
from collector.people.queries import holds


def make_feed(session: Session, *, now: datetime, person_id: int, everybody: bool) -> str:
    """Create a secret address and return its token; the earlier one of its kind is revoked."""
    revoke_feeds(session, now=now, person_id=person_id, everybody=everybody)
    token = new_token()
    session.add(
        CalendarFeed(
            bank_id=session.get_one(Person, person_id).bank_id,
            person_id=person_id,
            everybody=everybody,
            token_hash=hashed(token),
            made_at=now,
            read_at=None,
            revoked_at=None,
        )
    )
    session.flush()
    return token


def revoke_feeds(session: Session, *, now: datetime, person_id: int, everybody: bool) -> None:
    """Revoke a person's secret addresses of one kind."""
    session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.person_id == person_id,
            CalendarFeed.everybody == everybody,
            CalendarFeed.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def has_feed(session: Session, *, person_id: int, everybody: bool) -> bool:
    """Return whether a person has a valid secret address of one kind."""
    hers = select(CalendarFeed.id).where(
        CalendarFeed.person_id == person_id,
        CalendarFeed.everybody == everybody,
        CalendarFeed.revoked_at.is_(None),
    )
    return session.scalar(hers.limit(1)) is not None


def read_feed(session: Session, token: str) -> tuple[Person, bool] | None:
    """Return the owner of an address and whether it shows all shifts; None if it is invalid.

    An address of all shifts is for coordinators and ends with the role.
    """
    row = session.execute(
        select(Person, CalendarFeed.everybody)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .where(
            CalendarFeed.token_hash == hashed(token),
            CalendarFeed.revoked_at.is_(None),
            Person.active,
        )
    ).one_or_none()
    if row is None:
        return None
    person, everybody = row
    if everybody and not holds(
        session, bank_id=person.bank_id, person_id=person.id, role=Role.COORDINATOR
    ):
        return None
    return person, everybody

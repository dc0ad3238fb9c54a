"""Sessions of people and donors: use, ends, list and revocation."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from collector.errors import NotFound
from collector.people.links import hashed
from collector.people.models import Surface, WebSession

STAFF_IDLE: Final = timedelta(minutes=30)
SHIFT_IDLE: Final = timedelta(hours=10)
"""Longest rest of a collector's phone on the day of a shift and on the next one, and of a ward."""
STAFF_SESSION_LIVES: Final = timedelta(hours=12)
DONOR_IDLE: Final = timedelta(days=30)
DONOR_SESSION_LIVES: Final = timedelta(days=365)
SEEN_EVERY: Final = timedelta(minutes=1)
"""Shortest time between two stored uses of a session."""

MOST_SESSIONS: Final = 20
"""Open sessions of one holder on one surface; a newer one ends the one that rested longest."""

IDLE: Final = {
    Surface.DONOR: DONOR_IDLE,
    Surface.PHONE: SHIFT_IDLE,
    Surface.DESK: STAFF_IDLE,
    Surface.WARD: SHIFT_IDLE,
}
LIVES: Final = {
    Surface.DONOR: DONOR_SESSION_LIVES,
    Surface.PHONE: STAFF_SESSION_LIVES,
    Surface.DESK: STAFF_SESSION_LIVES,
    Surface.WARD: STAFF_SESSION_LIVES,
}


def has_ended(row: WebSession, *, now: datetime) -> bool:
    """Return whether a session was revoked, rested too long or is too old.

    A phone outside a shift ends earlier, which its surface judges.
    """
    rested = row.seen_at + IDLE[row.surface] <= now
    return row.revoked_at is not None or rested or row.began_at + LIVES[row.surface] <= now


def record_use(session: Session, *, now: datetime, session_id: int) -> None:
    """Store the latest use of a session; an ended session stays ended."""
    session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.revoked_at.is_(None))
        .values(seen_at=now)
    )


def sessions_of(
    session: Session,
    *,
    now: datetime,
    person_id: int | None = None,
    donor_id: int | None = None,
) -> list[WebSession]:
    """Return the open sessions of a person or a donor, the latest use first."""
    rows = session.scalars(
        select(WebSession)
        .where(_held_by(person_id, donor_id), WebSession.revoked_at.is_(None))
        .order_by(WebSession.seen_at.desc(), WebSession.id.desc())
    )
    return [row for row in rows if not has_ended(row, now=now)]


def end_surplus_sessions(
    session: Session,
    *,
    now: datetime,
    surface: Surface,
    person_id: int | None = None,
    donor_id: int | None = None,
) -> None:
    """End the sessions of a holder beyond twenty on one surface, the oldest use first."""
    kept = (
        select(WebSession.id)
        .where(
            _held_by(person_id, donor_id),
            WebSession.surface == surface,
            WebSession.revoked_at.is_(None),
        )
        .order_by(WebSession.seen_at.desc(), WebSession.id.desc())
    )
    surplus = session.scalars(kept.offset(MOST_SESSIONS)).all()
    if surplus:
        session.execute(update(WebSession).where(WebSession.id.in_(surplus)).values(revoked_at=now))


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """Revoke a session by its token."""
    session.execute(
        update(WebSession).where(WebSession.token_hash == hashed(token)).values(revoked_at=now)
    )


def end_one_session(
    session: Session,
    *,
    now: datetime,
    session_id: int,
    person_id: int | None = None,
    donor_id: int | None = None,
) -> None:
    """Revoke one session of a person or a donor.

    Raises
    ------
    NotFound
        The session is another holder's, or there is none.
    """
    ended = session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, _held_by(person_id, donor_id))
        .values(revoked_at=now)
        .returning(WebSession.id)
    )
    if ended.scalar() is None:
        raise NotFound("not_found", kind="web_sessions")


def end_sessions(
    session: Session,
    *,
    now: datetime,
    person_id: int | None = None,
    donor_id: int | None = None,
) -> None:
    """Revoke every session of a person or a donor."""
    session.execute(
        update(WebSession)
        .where(_held_by(person_id, donor_id), WebSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def end_other_desk_sessions(
    session: Session, *, now: datetime, person_id: int, session_id: int
) -> None:
    """Revoke every session of a person at a desk but the present one."""
    session.execute(
        update(WebSession)
        .where(
            WebSession.person_id == person_id,
            WebSession.surface == Surface.DESK,
            WebSession.id != session_id,
            WebSession.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def _held_by(person_id: int | None, donor_id: int | None) -> ColumnElement[bool]:
    if person_id is not None:
        return WebSession.person_id == person_id
    return WebSession.donor_id == donor_id

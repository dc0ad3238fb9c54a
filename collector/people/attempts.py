"""Counts of attempts, in the database and so shared by all workers."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from collector.people.links import hashed
from collector.people.models import SignInAttempt

COUNTED_FOR: Final = timedelta(hours=1)
KEPT_FOR: Final = timedelta(days=1)
MOST_ATTEMPTS: Final = 6
"""Links for one address in an hour, until each next one takes longer."""


def count_attempt(
    session: Session,
    name: str,
    *,
    now: datetime,
    most: int = MOST_ATTEMPTS,
    within: timedelta = COUNTED_FOR,
) -> bool:
    """Count one attempt, and return whether there were at most `most` of its name."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEPT_FOR))
    session.add(SignInAttempt(address_hash=_stored(name), at=now))
    session.flush()
    return made_attempts(session, name, now=now, within=within) <= most


def made_attempts(
    session: Session, name: str, *, now: datetime, within: timedelta = COUNTED_FOR
) -> int:
    """Return the number of attempts of a name."""
    made = session.scalar(
        select(func.count())
        .select_from(SignInAttempt)
        .where(SignInAttempt.address_hash == _stored(name), SignInAttempt.at >= now - within)
    )
    return made or 0


def _stored(name: str) -> str:
    return hashed(name.strip().lower())

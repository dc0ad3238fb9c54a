"""Six figures beside a sign-in link, typed in the app that asked: ten minutes, five tries.

An installed page keeps its own storage, and a mailed link opens in another one. The figures work
in the asking browser alone, so that a stranger's tries spend none of the holder's.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from collector.people.actions import LinkHolder
from collector.people.attempts import count_attempt, made_attempts
from collector.people.links import stored_code
from collector.people.models import SignInLink

CODE_LIVES: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
WRONG_A_DAY: Final = 30
"""Wrong codes of one holder in a day; messages then carry the link alone."""
A_DAY: Final = timedelta(days=1)


def use_code(session: Session, code: str, *, now: datetime, asked_by: str) -> LinkHolder | None:
    """Count one try, and use up the link whose code it was; None for a wrong or late code.

    Parameters
    ----------
    asked_by
        The hash of the asking browser; empty for one that asked for nothing.
    """
    waiting = session.execute(
        update(SignInLink)
        .where(
            SignInLink.asked_by == asked_by,
            SignInLink.asked_by != "",
            SignInLink.code_hash != "",
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            SignInLink.made_at > now - CODE_LIVES,
            SignInLink.attempts < MOST_TRIES,
        )
        .values(attempts=SignInLink.attempts + 1)
        .returning(
            SignInLink.id,
            SignInLink.code_hash,
            SignInLink.bank_id,
            SignInLink.person_id,
            SignInLink.donor_id,
            SignInLink.sent_by,
        )
    ).all()
    typed = stored_code(asked_by, "".join(code.split()))
    for link in waiting:
        if secrets.compare_digest(link.code_hash, typed) and _spend(session, link.id, now=now):
            return LinkHolder(
                bank_id=link.bank_id,
                person_id=link.person_id,
                donor_id=link.donor_id,
                sent_by=link.sent_by,
            )
    for link in waiting:
        count_attempt(session, _name(link.person_id, link.donor_id), now=now)
    return None


def permits_code(
    session: Session, *, now: datetime, person_id: int | None, donor_id: int | None
) -> bool:
    """Return whether a message may carry a code: too many wrong ones leave the link alone."""
    wrong = made_attempts(session, _name(person_id, donor_id), now=now, within=A_DAY)
    return wrong < WRONG_A_DAY


def _spend(session: Session, link_id: int, *, now: datetime) -> bool:
    """Use a link up; of two requests at once, one does."""
    spent = session.execute(
        update(SignInLink)
        .where(SignInLink.id == link_id, SignInLink.used_at.is_(None))
        .values(used_at=now)
        .returning(SignInLink.id)
    )
    return spent.scalar() is not None


def _name(person_id: int | None, donor_id: int | None) -> str:
    return f"code of person {person_id}" if person_id is not None else f"code of donor {donor_id}"

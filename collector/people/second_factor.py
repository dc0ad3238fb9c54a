"""Second factor: six digits sent by another channel than the link, valid for ten minutes.

Tries are counted in the database for all workers. After five tries a new code is needed, and a
session gets five codes an hour.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.people.links import new_code, stored_code
from collector.people.models import ProofCode, WebSession

LIVES = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES = 5
COUNTED_FOR = timedelta(hours=1)


def refuse_too_many(session: Session, *, now: datetime, session_id: int) -> None:
    """Refuse a further code beyond five in an hour.

    Raises
    ------
    Refused
        `too_many_codes`.
    """
    made = session.scalar(
        select(func.count())
        .select_from(ProofCode)
        .where(ProofCode.session_id == session_id, ProofCode.made_at > now - COUNTED_FOR)
    )
    if (made or 0) >= MOST_CODES:
        raise Refused("too_many_codes")


def make_code(session: Session, *, now: datetime, bank_id: int, session_id: int) -> str:
    """Create a code for a session and return it; older codes expire."""
    code = new_code()
    session.execute(
        update(ProofCode)
        .where(ProofCode.session_id == session_id, ProofCode.used_at.is_(None))
        .values(expires_at=now)
    )
    session.add(
        ProofCode(
            bank_id=bank_id,
            session_id=session_id,
            code_hash=stored_code(session_id, code),
            made_at=now,
            expires_at=now + LIVES,
            attempts=0,
            used_at=None,
        )
    )
    session.flush()
    return code


def prove(session: Session, code: str, *, now: datetime, session_id: int) -> bool:
    """Count one try, and return whether the code was right; the session is then proved."""
    latest = session.execute(
        update(ProofCode)
        .where(
            ProofCode.session_id == session_id,
            ProofCode.used_at.is_(None),
            ProofCode.expires_at > now,
            ProofCode.attempts < MOST_TRIES,
        )
        .values(attempts=ProofCode.attempts + 1)
        .returning(ProofCode.id, ProofCode.code_hash)
    ).one_or_none()
    typed = "".join(code.split())
    if latest is None or not secrets.compare_digest(
        latest.code_hash, stored_code(session_id, typed)
    ):
        return False
    session.execute(update(ProofCode).where(ProofCode.id == latest.id).values(used_at=now))
    session.execute(update(WebSession).where(WebSession.id == session_id).values(proved_at=now))
    return True

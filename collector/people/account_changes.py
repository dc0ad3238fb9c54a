"""Changes of a person's proofs: in the audit chain, and told to the person by e-mail."""

from datetime import datetime

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.notices.actions import enqueue
from collector.people.models import Person


def record_change(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    actor: str,
    change: str,
    reason: str = "",
    tells: bool = True,
) -> None:
    """Append a change of a person's proofs to the audit chain, and tell the person.

    Parameters
    ----------
    change
        The action of the audit chain.
    reason
        The reason of another person's act; empty for one's own.
    tells
        Whether a message goes to the person.
    """
    details = {"reason": reason} if reason else {}
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action=change,
        subject=f"person:{person_id}",
        **details,
    )
    if not tells:
        return
    person = session.get_one(Person, person_id)
    enqueue(
        session,
        now=now,
        bank_id=bank_id,
        once=f"proofs_changed person:{person_id} {change} {now.isoformat()}",
        recipient=f"person:{person_id}",
        to=person.email,
        template="proofs_changed",
        language=person.language,
        change=change,
        by_oneself=actor == f"person:{person_id}",
    )

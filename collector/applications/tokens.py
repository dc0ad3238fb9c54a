"""Tokens of applications: made, used, revoked, expired."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collector.applications.models import Application, Scope
from collector.audit.actions import record
from collector.banks.models import Bank
from collector.db import owned
from collector.errors import Refused
from collector.people.links import hashed, new_token

PREFIX: Final = "mkr_"
"""The begin of every token, by which a scanner of repositories recognises one."""
LONGEST_LIFE: Final = timedelta(days=400)
USED_EVERY: Final = timedelta(minutes=1)
"""Shortest time between two stored uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An application that calls, with the scopes of its token."""

    id: int
    bank_id: int
    time_zone: str
    language: str
    scopes: frozenset[str]
    used_at: datetime | None

    @property
    def reference(self) -> str:
        """The application's name in the audit chain."""
        return f"application:{self.id}"


def make_application(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime,
) -> tuple[Application, str]:
    """Make an application; return it with its token, which is kept nowhere.

    Raises
    ------
    Refused
        `scopes_missing`; `expiry_out_of_bounds`: past, or over 400 days ahead.
    """
    if not scopes:
        raise Refused("scopes_missing")
    if not now < expires_at <= now + LONGEST_LIFE:
        raise Refused("expiry_out_of_bounds", days=LONGEST_LIFE.days)
    token = PREFIX + new_token()
    application = Application(
        bank_id=bank_id,
        name=name,
        token_hash=hashed(token),
        token_end=token[-4:],
        scopes=sorted(scope.value for scope in scopes),
        made_at=now,
        made_by_id=person_id,
        expires_at=expires_at,
        used_at=None,
        revoked_at=None,
    )
    session.add(application)
    session.flush()
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="application made",
        subject=f"application:{application.id}",
        scopes=application.scopes,
        expires_at=expires_at.isoformat(),
    )
    return application, token


def revoke_application(
    session: Session, *, now: datetime, bank_id: int, application_id: int, person_id: int
) -> None:
    """Revoke an application's token; a second revocation changes nothing."""
    application = owned(session, Application, bank_id, application_id)
    if application.revoked_at is not None:
        return
    application.revoked_at = now
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="application revoked",
        subject=f"application:{application.id}",
    )


def applications_of(session: Session, bank_id: int) -> list[Application]:
    """Return the applications of a bank, valid ones first, then by name."""
    rows = session.scalars(
        select(Application).where(Application.bank_id == bank_id).order_by(Application.name)
    )
    return sorted(rows, key=lambda each: each.revoked_at is not None)


def caller_of(session: Session, token: str, *, now: datetime) -> Caller | None:
    """Return the application of a token; None if it is unknown, revoked or expired."""
    row = session.execute(
        select(Application, Bank)
        .join(Bank, Bank.id == Application.bank_id)
        .where(
            Application.token_hash == hashed(token),
            Application.revoked_at.is_(None),
            Application.expires_at > now,
        )
    ).one_or_none()
    if row is None:
        return None
    application, bank = row
    return Caller(
        id=application.id,
        bank_id=bank.id,
        time_zone=bank.time_zone,
        language=bank.language,
        scopes=frozenset(application.scopes),
        used_at=application.used_at,
    )


def record_token_use(session: Session, *, now: datetime, application_id: int) -> None:
    """Store the latest use of a token."""
    session.execute(update(Application).where(Application.id == application_id).values(used_at=now))

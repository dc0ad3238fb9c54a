"""Staff accounts, sign-in links and sessions: creation, use and end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Refused
from collector.notices.actions import unsubscribe
from collector.people.feeds import revoke_feeds
from collector.people.links import hashed, new_token, stored_code
from collector.people.models import (
    Device,
    Person,
    Role,
    RoleGrant,
    SignInLink,
    Surface,
    WebSession,
)
from collector.people.sessions import end_sessions, end_surplus_sessions

LINK_LIVES = timedelta(minutes=15)


def add_person(
    session: Session, *, bank_id: int, name: str, email: str, roles: Iterable[Role], language: str
) -> Person:
    """Add a member of the staff with roles."""
    person = Person(
        bank_id=bank_id,
        name=name,
        email=email.strip().lower(),
        phone="",
        language=language,
        active=True,
        grants=[RoleGrant(bank_id=bank_id, role=role) for role in roles],
    )
    session.add(person)
    session.flush()
    return person


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHolder:
    """The person or donor of a used link, and the channel that brought it."""

    bank_id: int
    person_id: int | None
    donor_id: int | None
    sent_by: str


def make_link(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int | None = None,
    donor_id: int | None = None,
    lives: timedelta = LINK_LIVES,
    sent_by: str = "email",
    asked_by: str = "",
    code: str = "",
) -> str:
    """Create a single-use link for a person or a donor, and return its token.

    Earlier links of the same holder expire.

    Parameters
    ----------
    asked_by
        The hash of the browser that asked; empty for a link of the command line.
    code
        The six figures of the same message; empty for a link alone.
    """
    expire_links(session, now=now, person_id=person_id, donor_id=donor_id)
    token = new_token()
    session.add(
        SignInLink(
            bank_id=bank_id,
            token_hash=hashed(token),
            person_id=person_id,
            donor_id=donor_id,
            made_at=now,
            expires_at=now + lives,
            used_at=None,
            sent_by=sent_by,
            asked_by=asked_by,
            code_hash=stored_code(asked_by, code) if code else "",
        )
    )
    session.flush()
    return token


def expire_links(
    session: Session, *, now: datetime, person_id: int | None = None, donor_id: int | None = None
) -> None:
    """Expire the unused links of a person or a donor."""
    holder = (
        SignInLink.person_id == person_id
        if person_id is not None
        else SignInLink.donor_id == donor_id
    )
    session.execute(
        update(SignInLink)
        .where(holder, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(expires_at=now)
    )


def use_link(session: Session, token: str, *, now: datetime) -> LinkHolder:
    """Use up a link, and return its holder.

    Raises
    ------
    Refused
        The link is unknown, spent or too old: `link_not_valid`.
    """
    spent = session.execute(
        update(SignInLink)
        .where(
            SignInLink.token_hash == hashed(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(
            SignInLink.bank_id, SignInLink.person_id, SignInLink.donor_id, SignInLink.sent_by
        )
    ).one_or_none()
    if spent is None:
        raise Refused("link_not_valid")
    return LinkHolder(**spent._mapping)  # noqa: SLF001 - a public name with an underscore


def begin_session(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    surface: Surface,
    person_id: int | None = None,
    donor_id: int | None = None,
    sent_by: str = "email",
    browser: str = "",
    proved_at: datetime | None = None,
) -> str:
    """Begin a session of a person or a donor on one surface, and return its token."""
    key = new_token()
    session.add(
        WebSession(
            bank_id=bank_id,
            token_hash=hashed(key),
            person_id=person_id,
            donor_id=donor_id,
            surface=surface,
            began_at=now,
            seen_at=now,
            revoked_at=None,
            sent_by=sent_by,
            browser=browser,
            proved_at=proved_at,
        )
    )
    session.flush()
    end_surplus_sessions(session, now=now, surface=surface, person_id=person_id, donor_id=donor_id)
    return key


def deactivate(
    session: Session, *, now: datetime, bank_id: int, person_id: int, actor: str
) -> Person:
    """End a person's sessions, links, calendar feeds, phones and push subscriptions.

    The rounds ahead stay as they are: `rounds.queries.uncovered_rounds` lists them. A second
    deactivation changes nothing.

    Parameters
    ----------
    actor
        The actor of the audit chain, as `person:12` or `system`.

    Raises
    ------
    NotFound
        The bank has no such person.
    Refused
        The person acts on the own account: `deactivates_oneself`.
    """
    person = owned(session, Person, bank_id, person_id)
    if actor == f"person:{person_id}":
        raise Refused("deactivates_oneself")
    if not person.active:
        return person
    person.active = False
    end_sessions(session, now=now, person_id=person_id)
    expire_links(session, now=now, person_id=person_id)
    for everybody in (True, False):
        revoke_feeds(session, now=now, person_id=person_id, everybody=everybody)
    session.execute(
        update(Device)
        .where(Device.person_id == person_id, Device.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    unsubscribe(session, bank_id=bank_id, recipient=f"person:{person_id}")
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="person deactivated",
        subject=f"person:{person_id}",
    )
    return person


def reactivate(
    session: Session, *, now: datetime, bank_id: int, person_id: int, actor: str
) -> Person:
    """Let a deactivated person sign in again, with the roles of before.

    Raises
    ------
    NotFound
        The bank has no such person.
    """
    person = owned(session, Person, bank_id, person_id)
    if not person.active:
        person.active = True
        record(
            session,
            now=now,
            bank_id=bank_id,
            actor=actor,
            action="person reactivated",
            subject=f"person:{person_id}",
        )
    return person

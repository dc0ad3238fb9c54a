"""Badge and PIN of the laboratory: they resume a person's own session at a shared screen.

A session that has rested for thirty minutes waits in its browser until the twelve hours are over.
The badge and the PIN wake it up; the second factor stays as old as it was, so that grave acts ask
for it again. The fifth wrong PIN locks the badge, and the fifth wrong try ends the session.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.people.account_changes import record_change
from collector.people.attempts import count_attempt
from collector.people.links import hashed, new_token
from collector.people.models import Badge, Person, Role, Surface, WebSession
from collector.people.queries import roles_of
from collector.people.sessions import LIVES, STAFF_IDLE
from collector.people.slow_hashes import new_salt, salt_of, slow_hash
from collector.people.vault import Vault

SHORTEST_CODE: Final = 6
PIN_DIGITS: Final = 6
FEWEST_DIFFERENT_DIGITS: Final = 3
MOST_WRONG: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingSession:
    """A session that a badge may resume."""

    session_id: int
    bank_id: int
    person_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedBadge:
    """A badge and a PIN in their stored forms, made outside of any transaction."""

    code_mark: str
    pin_hash: str = field(repr=False)


def new_badge(*, code: str, pin: str, vault: Vault) -> HashedBadge:
    """Return a new badge and PIN in their stored forms; the PIN is hashed slowly.

    Raises
    ------
    Refused
        `badge_too_short`, `pin_not_six`, `pin_too_easy`.
    """
    code, pin = code.strip(), pin.strip()
    if len(code) < SHORTEST_CODE:
        raise Refused("badge_too_short", least=SHORTEST_CODE)
    if not (pin.isascii() and pin.isdigit() and len(pin) == PIN_DIGITS):
        raise Refused("pin_not_six")
    if len(set(pin)) < FEWEST_DIFFERENT_DIGITS or pin in code or _is_a_run(pin):
        raise Refused("pin_too_easy")
    return HashedBadge(code_mark=vault.mark(code), pin_hash=_stored(pin, new_salt(), vault))


def set_badge(session: Session, badge: HashedBadge, *, now: datetime, person: Person) -> None:
    """Give a person a badge and a PIN, in place of former ones.

    Raises
    ------
    Refused
        `badge_taken` by a colleague.
    """
    taken = select(Badge.id).where(
        Badge.bank_id == person.bank_id,
        Badge.code_mark == badge.code_mark,
        Badge.person_id != person.id,
    )
    if session.scalar(taken) is not None:
        raise Refused("badge_taken")
    session.execute(delete(Badge).where(Badge.person_id == person.id))
    session.add(
        Badge(
            bank_id=person.bank_id,
            person_id=person.id,
            code_mark=badge.code_mark,
            pin_hash=badge.pin_hash,
            made_at=now,
            wrong=0,
        )
    )
    session.flush()
    _note(session, now, person, "badge set")


def remove_badge(session: Session, *, now: datetime, person: Person, actor: str) -> None:
    """Remove a person's badge, if there is one."""
    removed = session.execute(
        delete(Badge).where(Badge.person_id == person.id).returning(Badge.id)
    ).all()
    if removed:
        _note(session, now, person, "badge removed", actor=actor)


def badge_of(session: Session, person_id: int) -> Badge | None:
    """Return the badge of a person."""
    return session.scalar(select(Badge).where(Badge.person_id == person_id))


def is_locked(badge: Badge) -> bool:
    """Return whether five wrong PINs have locked a badge."""
    return badge.wrong >= MOST_WRONG


def resting_session(session: Session, token: str, *, now: datetime) -> RestingSession | None:
    """Return the session of a token, if it rested too long and a badge may resume it.

    The person works in the laboratory, has a badge that is not locked, and gave the second factor
    in this session.
    """
    row = session.execute(
        select(WebSession, Person)
        .join(Person, Person.id == WebSession.person_id)
        .join(Badge, Badge.person_id == Person.id)
        .where(
            WebSession.token_hash == hashed(token),
            WebSession.surface == Surface.DESK,
            WebSession.revoked_at.is_(None),
            WebSession.proved_at.is_not(None),
            Person.active,
            Badge.wrong < MOST_WRONG,
        )
    ).one_or_none()
    if row is None:
        return None
    found, person = row
    too_old = found.began_at + LIVES[Surface.DESK] <= now
    if too_old or found.seen_at + STAFF_IDLE > now:
        return None
    if Role.LABORATORY not in roles_of(session, person.id):
        return None
    return RestingSession(
        session_id=found.id, bank_id=person.bank_id, person_id=person.id, name=person.name
    )


def typed_badge(salt: bytes, *, code: str, pin: str, vault: Vault) -> HashedBadge:
    """Return a typed badge and PIN in their stored forms; the PIN is hashed slowly.

    Parameters
    ----------
    salt
        The salt of the person's badge (`badge_salt`).
    """
    return HashedBadge(
        code_mark=vault.mark(code.strip()), pin_hash=_stored(pin.strip(), salt, vault)
    )


def badge_salt(session: Session, person_id: int) -> bytes:
    """Return the salt of a person's badge; it is empty without a badge."""
    badge = badge_of(session, person_id)
    return salt_of(badge.pin_hash) if badge else b""


def resume(
    session: Session, resting: RestingSession, typed: HashedBadge, *, now: datetime
) -> str | None:
    """Resume a session by the badge and the PIN of its person, and return its new token.

    Return None for a wrong badge or PIN, which is counted.
    """
    if not _is_right(session, resting, typed, now=now):
        name = f"badge of session {resting.session_id}"
        if not count_attempt(session, name, now=now, most=MOST_WRONG - 1):
            session.execute(
                update(WebSession).where(WebSession.id == resting.session_id).values(revoked_at=now)
            )
        return None
    token = new_token()
    resumed = session.execute(
        update(WebSession)
        .where(WebSession.id == resting.session_id, WebSession.revoked_at.is_(None))
        .values(seen_at=now, token_hash=hashed(token))
        .returning(WebSession.id)
    )
    if resumed.scalar() is None:
        return None
    record_change(
        session,
        now=now,
        bank_id=resting.bank_id,
        person_id=resting.person_id,
        actor=f"person:{resting.person_id}",
        change="session resumed by badge",
        tells=False,
    )
    return token


def _is_right(
    session: Session, resting: RestingSession, typed: HashedBadge, *, now: datetime
) -> bool:
    """Return whether badge and PIN are the person's; a wrong PIN of the right badge is counted."""
    badge = badge_of(session, resting.person_id)
    if badge is None or not secrets.compare_digest(badge.code_mark, typed.code_mark):
        return False
    # The try is counted before it is judged: of many at once, five are.
    counted = session.execute(
        update(Badge)
        .where(Badge.id == badge.id, Badge.wrong < MOST_WRONG)
        .values(wrong=Badge.wrong + 1)
        .returning(Badge.wrong)
    ).scalar()
    if counted is None:
        return False
    if secrets.compare_digest(badge.pin_hash, typed.pin_hash):
        session.execute(update(Badge).where(Badge.id == badge.id).values(wrong=0))
        return True
    if counted >= MOST_WRONG:
        _note(session, now, session.get_one(Person, resting.person_id), "badge locked")
    return False


def _stored(pin: str, salt: bytes, vault: Vault) -> str:
    """Return the stored form of a PIN: six digits need a slow hash, and a key besides."""
    return slow_hash(vault.mark(pin), salt)


def _is_a_run(pin: str) -> bool:
    return pin in "01234567890" or pin in "09876543210"


def _note(session: Session, now: datetime, person: Person, change: str, *, actor: str = "") -> None:
    record_change(
        session,
        now=now,
        bank_id=person.bank_id,
        person_id=person.id,
        actor=actor or f"person:{person.id}",
        change=change,
    )

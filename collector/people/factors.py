"""Second factors of the staff: state, proof by a code, recovery codes, removal."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from collector.db import owned
from collector.errors import Refused
from collector.people.account_changes import record_change
from collector.people.actions import expire_links
from collector.people.attempts import count_attempt, made_attempts
from collector.people.links import hashed, new_token
from collector.people.models import Badge, Passkey, Person, RecoveryCode, WebSession
from collector.people.provider_accounts import proves_by_account, unlink_accounts
from collector.people.sessions import end_sessions
from collector.people.slow_hashes import new_salt, salt_of, slow_hash
from collector.people.totp import accept_totp, has_totp, remove_totp
from collector.people.vault import Vault

RECOVERY_CODES: Final = 10
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not confused in print."""
GROUPS: Final = 3
GROUP: Final = 4
TRIES_OF_A_SESSION: Final = 5
"""Wrong codes until the session ends: the next one needs another link."""
TRIES_OF_A_PERSON: Final = 30
"""Wrong codes of a person in an hour until passkeys alone are accepted."""
AN_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorState:
    """The second factors of a person."""

    totp: bool
    passkeys: list[Passkey]
    recovery_codes: int
    """Unused recovery codes."""
    account: bool
    """Whether the hospital's account has given two factors before."""

    @property
    def is_set_up(self) -> bool:
        """Whether an app, a passkey or the hospital's account proves the person."""
        return self.totp or bool(self.passkeys) or self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCodes:
    """Recovery codes for a person, and the slow hashes that are stored of them."""

    codes: list[str] = field(repr=False)
    hashes: list[str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCode:
    """A code as it was typed, without spaces, with its stored forms as a recovery code."""

    text: str = field(repr=False)
    recovery_forms: list[str] = field(repr=False)


def factor_state(session: Session, person_id: int) -> FactorState:
    """Return the second factors of a person."""
    keys = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    codes = select(func.count()).where(*_unused_codes(person_id))
    return FactorState(
        totp=has_totp(session, person_id),
        passkeys=list(session.scalars(keys)),
        recovery_codes=session.scalar(codes) or 0,
        account=proves_by_account(session, person_id),
    )


def recovery_salts(session: Session, person_id: int) -> set[bytes]:
    """Return the salts of a person's unused recovery codes; one of before version 0.3 is empty."""
    unused = session.scalars(select(RecoveryCode.code_hash).where(*_unused_codes(person_id)))
    return {salt_of(each) for each in unused}


def hash_typed(code: str, *, person_id: int, salts: set[bytes]) -> TypedCode:
    """Return a typed code; one of the form of a recovery code is hashed slowly.

    It is called outside of any transaction: a hash lasts longer than a writer may keep others.
    """
    text = "".join(code.split()).lower()
    bare = text.replace("-", "")
    is_recovery_code = len(bare) == GROUPS * GROUP and set(bare) <= set(ALPHABET)
    forms = [_stored(person_id, bare, salt) for salt in salts] if is_recovery_code else []
    return TypedCode(text=text, recovery_forms=forms)


def prove_by_code(
    session: Session,
    typed: TypedCode,
    *,
    now: datetime,
    session_id: int,
    person_id: int,
    vault: Vault,
) -> bool:
    """Check a code of an app or a recovery code, and return whether it was right.

    The fifth wrong code ends the session, and the person is told.

    Raises
    ------
    Refused
        Thirty wrong codes within the hour: `too_many_wrong_codes`.
    """
    of_person, of_session = f"factor of person {person_id}", f"factor of session {session_id}"
    if made_attempts(session, of_person, now=now, within=AN_HOUR) >= TRIES_OF_A_PERSON:
        raise Refused("too_many_wrong_codes")
    if accept_totp(session, typed.text, now=now, person_id=person_id, vault=vault):
        return True
    if _use_recovery_code(session, typed.recovery_forms, now=now, person_id=person_id):
        return True
    count_attempt(session, of_person, now=now)
    if not count_attempt(session, of_session, now=now, most=TRIES_OF_A_SESSION - 1):
        session.execute(
            update(WebSession).where(WebSession.id == session_id).values(revoked_at=now)
        )
        record_change(
            session,
            now=now,
            bank_id=session.get_one(Person, person_id).bank_id,
            person_id=person_id,
            actor=f"person:{person_id}",
            change="session ended by wrong codes",
        )
    return False


def record_proof(session: Session, *, now: datetime, session_id: int) -> str:
    """Record the second factor of a session, and return the session's new token."""
    token = new_token()
    session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.revoked_at.is_(None))
        .values(proved_at=now, seen_at=now, token_hash=hashed(token))
    )
    return token


def draw_recovery_codes() -> DrawnCodes:
    """Draw new recovery codes and hash them slowly, outside of any transaction.

    One salt serves the codes of a person, so that a try costs one slow hash.
    """
    codes = [_random_code() for _ in range(RECOVERY_CODES)]
    salt = new_salt()
    return DrawnCodes(
        codes=codes, hashes=[slow_hash(code.replace("-", ""), salt) for code in codes]
    )


def replace_recovery_codes(
    session: Session, drawn: DrawnCodes, *, now: datetime, bank_id: int, person_id: int
) -> list[str]:
    """Put drawn codes in the place of a person's recovery codes, and return them to be shown."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.add_all(
        RecoveryCode(
            bank_id=bank_id, person_id=person_id, code_hash=each, made_at=now, used_at=None
        )
        for each in drawn.hashes
    )
    session.flush()
    return drawn.codes


def refuse_last_factor(session: Session, *, person_id: int) -> None:
    """Refuse to remove the only second factor of a person.

    Raises
    ------
    Refused
        `last_factor`.
    """
    state = factor_state(session, person_id)
    if state.totp + len(state.passkeys) + state.account <= 1:
        raise Refused("last_factor")


def remove_factors(
    session: Session, *, now: datetime, person: Person, actor: str, reason: str = ""
) -> None:
    """Remove every second factor of a person and end the sessions; she enrols anew.

    Parameters
    ----------
    reason
        The reason of an administrator; the operator of the installation gives none.
    """
    remove_totp(session, person_id=person.id)
    unlink_accounts(session, person_id=person.id)
    for row in (Passkey, RecoveryCode, Badge):
        session.execute(delete(row).where(row.person_id == person.id))
    end_sessions(session, now=now, person_id=person.id)
    expire_links(session, now=now, person_id=person.id)
    record_change(
        session,
        now=now,
        bank_id=person.bank_id,
        person_id=person.id,
        actor=actor,
        change="second factors removed",
        reason=reason,
    )


def reset_factors(
    session: Session, *, now: datetime, bank_id: int, person_id: int, actor: str, reason: str
) -> Person:
    """Remove every second factor of a colleague, for a reason kept in the audit chain.

    Raises
    ------
    NotFound
        The bank has no such person.
    Refused
        `resets_oneself`: one's own factors need another administrator; `reason_missing`.
    """
    person = owned(session, Person, bank_id, person_id)
    if actor == f"person:{person_id}":
        raise Refused("resets_oneself")
    if not reason.strip():
        raise Refused("reason_missing")
    remove_factors(session, now=now, person=person, actor=actor, reason=reason.strip())
    return person


def _use_recovery_code(
    session: Session, forms: list[str], *, now: datetime, person_id: int
) -> bool:
    if not forms:
        return False
    used = session.execute(
        update(RecoveryCode)
        .where(*_unused_codes(person_id), RecoveryCode.code_hash.in_(forms))
        .values(used_at=now)
        .returning(RecoveryCode.bank_id)
    )
    bank_id = used.scalar()
    if bank_id is None:
        return False
    record_change(
        session,
        now=now,
        bank_id=bank_id,
        person_id=person_id,
        actor=f"person:{person_id}",
        change="recovery code used",
    )
    return True


def _unused_codes(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)


def _random_code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def _stored(person_id: int, code: str, salt: bytes) -> str:
    """Return the stored form of a code; those made before version 0.3 have no salt."""
    return slow_hash(code, salt) if salt else hashed(f"recovery {person_id} {code}")

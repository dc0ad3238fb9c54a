"""Codes of authenticator apps (RFC 6238): enrolment and check, each code once."""

import secrets
from datetime import datetime
from typing import Final

import pyotp
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from collector.people.models import TotpSecret
from collector.people.vault import Vault

STEP_SECONDS: Final = 30
TOLERATED_STEPS: Final = (0, -1, 1)
"""A clock may be half a minute wrong."""
ISSUER: Final = "Milkround"


def begin_totp(
    session: Session, *, now: datetime, bank_id: int, person_id: int, vault: Vault
) -> str:
    """Return the pending secret of a person, in base32; the first call makes it."""
    pending = _row(session, person_id, confirmed=False)
    known = vault.unseal(pending.sealed) if pending else None
    if known is not None:
        return known
    secret = pyotp.random_base32()
    session.execute(delete(TotpSecret).where(*_of(person_id, confirmed=False)))
    session.add(
        TotpSecret(
            bank_id=bank_id,
            person_id=person_id,
            sealed=vault.seal(secret),
            made_at=now,
            confirmed_at=None,
            last_step=0,
        )
    )
    session.flush()
    return secret


def totp_address(secret: str, email: str) -> str:
    """Return the address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret, name=email, issuer=ISSUER).provisioning_uri()


def confirm_totp(
    session: Session, code: str, *, now: datetime, person_id: int, vault: Vault
) -> bool:
    """Replace a person's app by the pending one if its code is right, and return whether it was."""
    pending = _row(session, person_id, confirmed=False)
    if pending is None or not _accept(session, pending, code, now=now, vault=vault):
        return False
    session.execute(delete(TotpSecret).where(*_of(person_id, confirmed=True)))
    pending.confirmed_at = now
    session.flush()
    return True


def accept_totp(
    session: Session, code: str, *, now: datetime, person_id: int, vault: Vault
) -> bool:
    """Return whether a code of the person's app is right and was not accepted before."""
    known = _row(session, person_id, confirmed=True)
    return known is not None and _accept(session, known, code, now=now, vault=vault)


def has_totp(session: Session, person_id: int) -> bool:
    """Return whether a person has a confirmed app."""
    return _row(session, person_id, confirmed=True) is not None


def remove_totp(session: Session, *, person_id: int) -> None:
    """Remove every secret of a person."""
    session.execute(delete(TotpSecret).where(TotpSecret.person_id == person_id))


def _accept(session: Session, row: TotpSecret, code: str, *, now: datetime, vault: Vault) -> bool:
    secret = vault.unseal(row.sealed)
    if secret is None:
        return False
    app, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for step in (present + tolerated for tolerated in TOLERATED_STEPS):
        if secrets.compare_digest(app.generate_otp(step), code):
            # Of two requests with one code, one finds the step unused.
            used = session.execute(
                update(TotpSecret)
                .where(TotpSecret.id == row.id, TotpSecret.last_step < step)
                .values(last_step=step)
                .returning(TotpSecret.id)
            )
            return used.scalar() is not None
    return False


def _row(session: Session, person_id: int, *, confirmed: bool) -> TotpSecret | None:
    return session.scalar(select(TotpSecret).where(*_of(person_id, confirmed=confirmed)))


def _of(person_id: int, *, confirmed: bool) -> tuple[ColumnElement[bool], ...]:
    state = TotpSecret.confirmed_at.is_not(None) if confirmed else TotpSecret.confirmed_at.is_(None)
    return TotpSecret.person_id == person_id, state

"""Passkeys (WebAuthn): enrolment, sign-in and proof by a device's key.

A passkey is discoverable and verifies its user by PIN, face or finger: it is two factors in one.
The library is imported where it is used: it takes 0.2 s and 25 MB.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from collector.errors import NotFound, Refused
from collector.people.links import hashed
from collector.people.models import Passkey, PasskeyChallenge, Person

CHALLENGE_LIVES: Final = timedelta(minutes=5)
LONGEST_NAME: Final = 60
NAME: Final = "Milkround"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """The site that passkeys belong to: its host, and the origin of its pages."""

    host: str
    origin: str


def enrolment_options(
    session: Session, *, now: datetime, person: Person, party: RelyingParty
) -> str:
    """Return the options of a new passkey, as the browser's JSON."""
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = passkeys_of(session, person.id)
    options = generate_registration_options(
        rp_id=party.host,
        rp_name=NAME,
        user_name=person.email,
        user_display_name=person.name,
        user_id=_handle(person.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id))
            for each in known
        ],
    )
    _keep(session, options.challenge, now=now)
    return options_to_json(options)


def enrol(
    session: Session,
    answer: dict[str, Any],
    *,
    now: datetime,
    person: Person,
    party: RelyingParty,
    name: str,
) -> Passkey:
    """Store a new passkey of a person.

    Raises
    ------
    Refused
        The device's answer is not valid: `passkey_not_valid`.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=_spend(session, answer, now=now),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as odd:
        raise Refused("passkey_not_valid") from odd
    row = Passkey(
        bank_id=person.bank_id,
        person_id=person.id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        name=name[:LONGEST_NAME],
        made_at=now,
        used_at=None,
    )
    session.add(row)
    session.flush()
    return row


def question_options(session: Session, *, now: datetime, party: RelyingParty) -> str:
    """Return the options of a question to any passkey of this site, as the browser's JSON."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    options = generate_authentication_options(
        rp_id=party.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    _keep(session, options.challenge, now=now)
    return options_to_json(options)


def recognise(
    session: Session, answer: dict[str, Any], *, now: datetime, party: RelyingParty
) -> Passkey:
    """Return the passkey that signed an answer, of a person who is active.

    Raises
    ------
    Refused
        The answer is not valid, or the passkey is unknown: `passkey_not_valid`.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    found = session.scalar(
        select(Passkey)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == str(answer.get("id", "")), Person.active)
    )
    if found is None:
        raise Refused("passkey_not_valid")
    try:
        seen = verify_authentication_response(
            credential=answer,
            expected_challenge=_spend(session, answer, now=now),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(found.public_key),
            credential_current_sign_count=found.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as odd:
        raise Refused("passkey_not_valid") from odd
    found.sign_count, found.used_at = seen.new_sign_count, now
    return found


def passkeys_of(session: Session, person_id: int) -> list[Passkey]:
    """Return the passkeys of a person, the oldest first."""
    rows = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    return list(session.scalars(rows))


def remove_passkey(session: Session, *, person_id: int, passkey_id: int) -> None:
    """Remove a passkey of a person.

    Raises
    ------
    NotFound
        The person has no such passkey.
    """
    gone = session.execute(
        delete(Passkey)
        .where(Passkey.id == passkey_id, Passkey.person_id == person_id)
        .returning(Passkey.id)
    )
    if gone.scalar() is None:
        raise NotFound("not_found", kind="passkeys")


def _handle(person_id: int) -> bytes:
    """Return the stand-in for a person on a device, without personal data."""
    return bytes.fromhex(hashed(f"milkround person {person_id}"))


def _keep(session: Session, challenge: bytes, *, now: datetime) -> None:
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < now))
    session.add(
        PasskeyChallenge(
            challenge_hash=hashed(challenge.hex()),
            expires_at=now + CHALLENGE_LIVES,
            used_at=None,
        )
    )
    session.flush()


def _spend(session: Session, answer: dict[str, Any], *, now: datetime) -> bytes:
    """Return the challenge that the device signed, if it is ours, recent and unused."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

    signed = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
    challenge = base64url_to_bytes(str(signed["challenge"]))
    spent = session.execute(
        update(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge_hash == hashed(challenge.hex()),
            PasskeyChallenge.used_at.is_(None),
            PasskeyChallenge.expires_at > now,
        )
        .values(used_at=now)
        .returning(PasskeyChallenge.id)
    )
    if spent.scalar() is None:
        raise Refused("passkey_not_valid")
    return challenge

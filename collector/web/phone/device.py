"""Which phone is speaking: noting its contacts, and turning away one that was shut out."""

from uuid import UUID

from flask import Response, abort, jsonify, make_response, request

from collector.db import reading, transaction
from collector.people.devices import is_revoked, see_device
from collector.web.framework.guards import actor, now, person_id

HEADER = "X-Milkround-Device"
UNSENT = "X-Milkround-Unsent"
MOST_UNSENT = 100_000


def device_key() -> str | None:
    """Return the UUID that the phone gave itself, or None where it says none."""
    try:
        return str(UUID(request.headers.get(HEADER, "")))
    except ValueError:
        return None


def turn_away_revoked() -> None:
    """Answer a phone that was shut out in a way that makes it wipe itself."""
    key = device_key()
    if key is None:
        return
    with reading() as session:
        revoked = is_revoked(session, key)
    if revoked:
        abort(make_response(jsonify(error="device_revoked"), 401))


def revocation(key: UUID) -> Response:
    """Say whether a phone was shut out, also to one whose session has ended."""
    with reading() as session:
        return jsonify(revoked=is_revoked(session, str(key)))


def note_contact() -> None:
    """Note that this phone was in touch and how much it still holds."""
    key = device_key()
    if key is None:
        return
    with transaction() as session:
        see_device(
            session,
            now=now(),
            bank_id=actor().bank_id,
            person_id=person_id(),
            key=key,
            name=_name(),
            session_id=actor().session_id,
            unsent=_unsent(),
        )


def _name() -> str:
    """Return what kind of phone it is, in two words rather than a line of versions."""
    agent = request.headers.get("User-Agent", "")
    kinds = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows"}
    system = next((name for sign, name in kinds.items() if sign in agent), "Linux")
    browsers = {"Firefox": "Firefox", "EdgA": "Edge", "Chrome": "Chrome", "Safari": "Safari"}
    browser = next((name for sign, name in browsers.items() if sign in agent), "")
    return f"{system} {browser}".strip()


def _unsent() -> int:
    given = request.headers.get(UNSENT, "")
    return min(int(given), MOST_UNSENT) if given.isascii() and given.isdigit() else 0

"""The phone of a request: its contacts, and the refusal of a revoked phone."""

from datetime import datetime
from uuid import UUID

from flask import Response, abort, jsonify, make_response, request

from collector.db import reading, transaction
from collector.people.devices import is_revoked, see_device
from collector.web.framework.browser_name import browser_name
from collector.web.framework.guards import actor, now, person_id

HEADER = "X-Milkround-Device"
UNSENT = "X-Milkround-Unsent"
CLOCK = "X-Milkround-Clock"
"""The phone's time, in ISO 8601 with its zone."""
MOST_UNSENT = 100_000
"""Largest number of unsent records that is stored."""


def device_key() -> str | None:
    """Return the phone's own UUID, or None for a request without one."""
    try:
        return str(UUID(request.headers.get(HEADER, "")))
    except ValueError:
        return None


def refuse_revoked() -> None:
    """Refuse a request of a revoked phone; the answer makes the phone wipe its round."""
    key = device_key()
    if key is None:
        return
    with reading() as session:
        revoked = is_revoked(session, key)
    if revoked:
        abort(make_response(jsonify(error="device_revoked"), 401))


def revocation(key: UUID) -> Response:
    """Return whether a phone is revoked, also after the end of its session."""
    with reading() as session:
        return jsonify(revoked=is_revoked(session, str(key)))


def record_contact() -> None:
    """Record the contact of this phone and the number of its unsent records."""
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
            name=browser_name(),
            session_id=actor().session_id,
            unsent=_unsent(),
            clock=_clock(),
        )


def _unsent() -> int:
    given = request.headers.get(UNSENT, "")
    return min(int(given), MOST_UNSENT) if given.isascii() and given.isdigit() else 0


def _clock() -> datetime | None:
    try:
        given = datetime.fromisoformat(request.headers.get(CLOCK, ""))
    except ValueError:
        return None
    # A time without a zone could be the time of any place.
    return given if given.tzinfo else None

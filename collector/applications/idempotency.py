"""Keys of writes: a request that is sent twice is done once."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collector.applications.models import IdempotencyKey
from collector.db import is_duplicate
from collector.errors import Conflict, Refused

KEPT: Final = timedelta(days=2)
LONGEST_KEY: Final = 80


def fingerprint_of(method: str, address: str, body: bytes) -> str:
    """Return the SHA-256 of a request."""
    return hashlib.sha256(b"\n".join((method.encode(), address.encode(), body))).hexdigest()


def result_of(session: Session, *, application_id: int, key: str, fingerprint: str) -> int | None:
    """Return the key of the row that an earlier request with this key made, or None.

    Raises
    ------
    Refused
        `key_used_otherwise`: the earlier request was another one.
    """
    row = session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.application_id == application_id, IdempotencyKey.key == key
        )
    )
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise Refused("key_used_otherwise")
    return row.made_id


def keep_result(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    application_id: int,
    key: str,
    fingerprint: str,
    made_id: int,
) -> None:
    """Keep the row that a write made with the key of its request; delete keys of over two days.

    Raises
    ------
    Conflict
        `key_in_use`: the same key came twice at once, and the other request was first.
    """
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.application_id == application_id, IdempotencyKey.made_at < now - KEPT
        )
    )
    session.add(
        IdempotencyKey(
            bank_id=bank_id,
            application_id=application_id,
            key=key,
            fingerprint=fingerprint,
            made_id=made_id,
            made_at=now,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise Conflict("key_in_use") from error

"""Keys of writes: a request that is sent twice is done once."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.applications.models import IdempotencyKey
from collector.errors import Refused

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
    """Keep the row that a write made with the key of its request; delete keys of over two days."""
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
    session.flush()

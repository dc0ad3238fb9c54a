"""Pictures taken at a door; they arrive apart from the record that names them, in any order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.custody.models import DoorPhoto
from collector.errors import NotFound, Refused

LARGEST_PHOTO = 1_000_000
"""Largest picture, in bytes."""
JPEG = b"\xff\xd8\xff"
"""The first bytes of every JPEG file."""


def keep_photo(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    round_id: int,
    person_id: int,
    client_id: UUID,
    jpeg: bytes,
) -> DoorPhoto:
    """Store a picture; sent twice, it is stored once.

    Raises
    ------
    Refused
        `photo_not_jpeg`; `photo_too_large` (`most`, in kilobytes).
    """
    if len(jpeg) > LARGEST_PHOTO:
        raise Refused("photo_too_large", most=LARGEST_PHOTO // 1000)
    if not jpeg.startswith(JPEG):
        raise Refused("photo_not_jpeg")
    found = _photo(session, bank_id, client_id)
    if found is None:
        found = DoorPhoto(
            bank_id=bank_id,
            client_id=str(client_id),
            round_id=round_id,
            person_id=person_id,
            jpeg=jpeg,
            received_at=now,
        )
        session.add(found)
        session.flush()
    return found


def photo_of(session: Session, *, bank_id: int, client_id: UUID) -> DoorPhoto:
    """Return a bank's picture.

    Raises
    ------
    NotFound
        The picture has not arrived, or is another bank's.
    """
    found = _photo(session, bank_id, client_id)
    if found is None:
        raise NotFound("not_found", kind="door_photos")
    return found


def _photo(session: Session, bank_id: int, client_id: UUID) -> DoorPhoto | None:
    return session.scalar(
        select(DoorPhoto).where(DoorPhoto.bank_id == bank_id, DoorPhoto.client_id == str(client_id))
    )

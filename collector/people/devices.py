"""Phones of a bank's collectors: contact, unsent records and revocation."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from collector.db import is_duplicate, owned
from collector.people.models import Device, WebSession

LONGEST_NAME = 80
LARGEST_LEAD = 2**31 - 1
"""Largest number of seconds that the column stores in both databases."""


def see_device(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    person_id: int,
    key: str,
    name: str,
    session_id: int,
    unsent: int,
    clock: datetime | None = None,
) -> Device:
    """Record a phone's contact, with its number of unsent records and its clock.

    Parameters
    ----------
    clock
        The phone's time at the contact; None for a phone that sends none.
    """
    of_phone = select(Device).where(
        Device.bank_id == bank_id, Device.key == key, Device.person_id == person_id
    )
    device = session.scalar(of_phone)
    if device is None:
        device = (
            _first_seen(session, now, bank_id, person_id, key) or session.scalars(of_phone).one()
        )
    device.name, device.session_id = name[:LONGEST_NAME], session_id
    device.seen_at, device.unsent = now, unsent
    device.clock_ahead_seconds = _lead(clock, now) if clock else None
    session.flush()
    return device


def is_revoked(session: Session, key: str) -> bool:
    """Return whether a phone was revoked; a key is random and cannot be guessed."""
    revoked = select(Device.id).where(Device.key == key, Device.revoked_at.is_not(None))
    return session.scalar(revoked.limit(1)) is not None


def devices_of(session: Session, *, bank_id: int, people: Iterable[int]) -> list[Device]:
    """Return the phones of people, the latest contact first."""
    wanted = Device.person_id.in_(list(people))
    return list(
        session.scalars(
            select(Device).where(Device.bank_id == bank_id, wanted).order_by(Device.seen_at.desc())
        )
    )


def revoke_device(
    session: Session, *, now: datetime, bank_id: int, device_id: int, person_id: int
) -> Device:
    """Revoke a phone and its session; a second revocation changes nothing.

    The phone wipes its rounds at its next contact.

    Raises
    ------
    NotFound
        The bank has no such phone.
    """
    device = owned(session, Device, bank_id, device_id)
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by_id = now, person_id
        session.execute(
            update(WebSession)
            .where(WebSession.id == device.session_id, WebSession.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        session.flush()
    return device


def _lead(clock: datetime, now: datetime) -> int:
    seconds = round((clock - now).total_seconds())
    return max(-LARGEST_LEAD, min(seconds, LARGEST_LEAD))


def _first_seen(
    session: Session, now: datetime, bank_id: int, person_id: int, key: str
) -> Device | None:
    device = Device(
        bank_id=bank_id,
        key=key,
        person_id=person_id,
        name="",
        session_id=None,
        first_seen_at=now,
        seen_at=now,
        unsent=0,
        clock_ahead_seconds=None,
        revoked_at=None,
        revoked_by_id=None,
    )
    try:
        with session.begin_nested():
            session.add(device)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        return None
    return device

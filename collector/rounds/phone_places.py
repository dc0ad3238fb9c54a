"""Last places of phones on the road, kept while a collector agrees and the round lasts."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from collector.errors import Refused
from collector.rounds.events.queries import ON_THE_ROAD
from collector.rounds.models import PhonePlace, Round

KEPT: Final = timedelta(hours=12)
"""Age at which a place is deleted, should its round never end."""
NORTH, EAST = 90.0, 180.0


def keep_place(
    session: Session, *, now: datetime, round_: Round, latitude: float, longitude: float
) -> None:
    """Replace the last place of the phone of a round on the road; the others keep none.

    Raises
    ------
    Refused
        `position_not_on_earth`.
    """
    if not (-NORTH <= latitude <= NORTH and -EAST <= longitude <= EAST):
        raise Refused("position_not_on_earth")
    if round_.state not in ON_THE_ROAD:
        return
    row = session.scalar(select(PhonePlace).where(PhonePlace.round_id == round_.id))
    if row is None:
        row = PhonePlace(bank_id=round_.bank_id, round_id=round_.id)
        session.add(row)
    row.latitude, row.longitude, row.seen_at = latitude, longitude, now


def forget_place(session: Session, round_: Round) -> None:
    """Delete the last place of the phone of a round."""
    session.execute(delete(PhonePlace).where(PhonePlace.round_id == round_.id))


def has_old_places(session: Session, *, now: datetime, bank_id: int) -> bool:
    """Return whether a bank keeps a place longer than it may."""
    old = PhonePlace.bank_id == bank_id, PhonePlace.seen_at < now - KEPT
    return session.scalar(select(PhonePlace.id).where(*old).limit(1)) is not None


def delete_old_places(session: Session, *, now: datetime, bank_id: int) -> None:
    """Delete the places of a bank that are too old."""
    old = PhonePlace.bank_id == bank_id, PhonePlace.seen_at < now - KEPT
    session.execute(delete(PhonePlace).where(*old))

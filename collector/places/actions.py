"""Addresses and their positions, created and set."""

from datetime import datetime
from typing import Required, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from collector.audit.actions import record
from collector.errors import NotFound, Refused
from collector.places.models import Address, Position, PositionSource
from collector.roads.actions import snap

MOST_LATITUDE, MOST_LONGITUDE = 90, 180


class NewAddress(TypedDict, total=False):
    """The arguments of a new address."""

    line: Required[str]
    postcode: Required[str]
    town: Required[str]
    access_notes: str
    latitude: float | None
    longitude: float | None
    position_source: PositionSource


def new_address(
    *,
    now: datetime,
    bank_id: int,
    line: str,
    postcode: str,
    town: str,
    access_notes: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    position_source: PositionSource = PositionSource.COORDINATOR,
) -> Address:
    """Return a new address, not yet added to a session, with its position if given."""
    address = Address(
        bank_id=bank_id,
        line=line.strip(),
        postcode=postcode.strip(),
        town=town.strip(),
        access_notes=access_notes.strip(),
        position=None,
    )
    if latitude is not None and longitude is not None:
        address.position = _position(
            now=now,
            bank_id=bank_id,
            latitude=latitude,
            longitude=longitude,
            source=position_source,
        )
    return address


def set_position(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    address_id: int,
    actor: str,
    latitude: float,
    longitude: float,
    source: PositionSource = PositionSource.COORDINATOR,
    provider: str | None = None,
    score: float | None = None,
) -> Position:
    """Set the position of an address; an earlier one is replaced.

    Raises
    ------
    NotFound
        The bank has no such address.
    Refused
        `position_not_on_earth`.
    """
    address = session.scalar(
        select(Address)
        .options(joinedload(Address.position))
        .where(Address.bank_id == bank_id, Address.id == address_id)
    )
    if address is None:
        raise NotFound("not_found", kind="addresses")
    position = _position(
        now=now, bank_id=bank_id, latitude=latitude, longitude=longitude, source=source
    )
    position = _overwrite(address.position, position) if address.position else position
    address.position = position
    position.provider, position.score = provider, score
    snap(session, latitude=latitude, longitude=longitude)
    session.flush()
    # The chain holds that the position was set and its source, never the coordinates.
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=actor,
        action="position set",
        subject=f"address:{address_id}",
        source=source.value,
    )
    return position


def _position(
    *, now: datetime, bank_id: int, latitude: float, longitude: float, source: PositionSource
) -> Position:
    # Written so that a NaN, which compares false to everything, is refused too.
    if not (abs(latitude) <= MOST_LATITUDE and abs(longitude) <= MOST_LONGITUDE):
        raise Refused("position_not_on_earth")
    return Position(
        bank_id=bank_id,
        latitude=latitude,
        longitude=longitude,
        source=source,
        provider=None,
        score=None,
        set_at=now,
    )


def _overwrite(known: Position, new: Position) -> Position:
    known.latitude, known.longitude = new.latitude, new.longitude
    known.source, known.set_at = new.source, new.set_at
    return known

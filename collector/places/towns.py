"""Names and places of the towns where the addresses of a bank lie."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.places.models import Address, Position, PostcodePlace

MOST_TOWNS: Final = 120
AROUND: Final = 0.3
"""Degrees around the addresses in which other postcodes are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TownName:
    """A town's name, and the middle of its addresses."""

    name: str
    latitude: float
    longitude: float


def towns_of(session: Session, bank_id: int) -> list[TownName]:
    """Return the towns of a bank's addresses, then the ones of the postcodes around them.

    Towns of most addresses come first; at most `MOST_TOWNS` in all.
    """
    rows = session.execute(
        select(Address.town, func.avg(Position.latitude), func.avg(Position.longitude))
        .join(Position, Position.address_id == Address.id)
        .where(Address.bank_id == bank_id, Address.town != "")
        .group_by(Address.town)
        .order_by(func.count().desc(), Address.town)
        .limit(MOST_TOWNS)
    )
    found = [TownName(name=town, latitude=north, longitude=east) for town, north, east in rows]
    return found + _around(session, found)


def _around(session: Session, towns: list[TownName]) -> list[TownName]:
    if not towns:
        return []
    north = [each.latitude for each in towns]
    east = [each.longitude for each in towns]
    rows = session.scalars(
        select(PostcodePlace)
        .where(
            PostcodePlace.latitude.between(min(north) - AROUND, max(north) + AROUND),
            PostcodePlace.longitude.between(min(east) - AROUND, max(east) + AROUND),
            PostcodePlace.town.not_in([each.name for each in towns]),
        )
        .order_by(PostcodePlace.postcode)
        .limit(MOST_TOWNS - len(towns))
    )
    return [TownName(name=row.town, latitude=row.latitude, longitude=row.longitude) for row in rows]

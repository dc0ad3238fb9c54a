"""Zones of a bank: the zone of a place, its outline, and changes of zones.

A place lies in one zone at most. An outline that contains it comes before postcodes. Of several
outlines the smallest counts, of several postcodes the longest, and of equal ones the first name.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import combinations, pairwise
from typing import Any

from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.banks.fleet import change_row
from collector.banks.models import Zone
from collector.banks.queries import zones_of
from collector.db import owned
from collector.errors import Conflict, Refused
from collector.field_parsers import FieldMistake

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

LEAST_CORNERS, MOST_CORNERS = 3, 200
MOST_POSTCODES = 400


def zone_of(zones: Iterable[Zone], *, postcode: str, at: Point | None) -> Zone | None:
    """Return the zone of a place; None outside of all zones.

    Parameters
    ----------
    at
        Its latitude and longitude; without them outlines do not count.
    """
    named = sorted(zones, key=lambda zone: zone.name)
    drawn = [zone for zone in named if at is not None and is_inside(outline_of(zone), at)]
    if drawn:
        return min(drawn, key=lambda zone: area_of(outline_of(zone)))
    fitting = [(_fit(zone.postcodes, postcode), zone) for zone in named]
    length, found = max(fitting, key=lambda pair: pair[0], default=(0, None))
    return found if length else None


def days_served(zone: Zone | None, days: Iterable[date]) -> list[date]:
    """Return the days on which rounds reach a zone; all of them without a zone or weekdays."""
    if zone is None or not zone.weekdays:
        return list(days)
    return [day for day in days if str(day.isoweekday()) in zone.weekdays]


def outline_of(zone: Zone) -> list[Point]:
    """Return the corners of a drawn zone in their order; empty without a drawing."""
    return [(latitude, longitude) for latitude, longitude in zone.outline or ()]


def is_inside(outline: Sequence[Point], at: Point) -> bool:
    """Return whether a point lies within an outline, by the crossings of a ray to the east."""
    latitude, longitude = at
    inside = False
    for (south, west), (north, east) in _edges(outline):
        if (south > latitude) != (north > latitude):
            crossing = west + (latitude - south) / (north - south) * (east - west)
            inside ^= crossing > longitude
    return inside


def area_of(outline: Sequence[Point]) -> float:
    """Return the area of an outline in square degrees, enough to compare neighbours."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in _edges(outline))) / 2


def parse_outline(text: str) -> tuple[Point, ...]:
    """Parse corners, one to a line: latitude and longitude, such as `44.8378, -0.5792`.

    Raises
    ------
    Refused
        `outline_not_read` (`line`), `outline_too_few`, `outline_too_many` (`most`),
        `outline_crosses`.
    """
    corners = tuple(_corner(line) for line in text.splitlines() if line.strip())
    if corners and corners[0] == corners[-1]:
        corners = corners[:-1]
    if 0 < len(corners) < LEAST_CORNERS or len(set(corners)) < min(LEAST_CORNERS, len(corners)):
        raise Refused("outline_too_few")
    if len(corners) > MOST_CORNERS:
        raise Refused("outline_too_many", most=MOST_CORNERS)
    if _crosses(corners):
        raise Refused("outline_crosses")
    return corners


def parse_prefixes(text: str) -> tuple[str, ...]:
    """Parse beginnings of postcodes, between spaces or commas; British ones have letters.

    Raises
    ------
    Refused
        `zone_postcodes_not_valid` (`text`), `zone_postcodes_too_many` (`most`).
    """
    found = tuple(dict.fromkeys(text.replace(",", " ").replace(";", " ").upper().split()))
    for each in found:
        if not each.isascii() or not each.replace("-", "").isalnum():
            raise Refused("zone_postcodes_not_valid", text=each)
    if len(found) > MOST_POSTCODES:
        raise Refused("zone_postcodes_too_many", most=MOST_POSTCODES)
    return found


def zone_mistakes(
    session: Session, *, bank_id: int, facts: Mapping[str, Any], but: int | None = None
) -> list[FieldMistake]:
    """Return the mistakes of a zone, by the names of its columns; the corners are not judged."""
    name = facts["name"]
    if not name:
        return [FieldMistake("name", "cell_missing")]
    if any(zone.name == name and zone.id != but for zone in zones_of(session, bank_id)):
        return [FieldMistake("name", "zone_known", {"name": name})]
    if not facts["postcodes"] and not facts["outline"]:
        return [FieldMistake("postcodes", "zone_empty")]
    return []


def add_zone(
    session: Session, *, now: datetime, bank_id: int, actor: str, facts: Mapping[str, Any]
) -> Zone:
    """Add a zone with its name, postcodes, outline and weekdays."""
    zone = Zone(bank_id=bank_id, **facts)
    session.add(zone)
    session.flush()
    _record(session, zone, now=now, actor=actor, action="zone added")
    return zone


def change_zone(
    session: Session,
    *,
    now: datetime,
    bank_id: int,
    actor: str,
    zone_id: int,
    facts: Mapping[str, Any],
    seen: int,
) -> Zone:
    """Change a zone of the `seen` version.

    Raises
    ------
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    zone = owned(session, Zone, bank_id, zone_id)
    change_row(zone, facts, seen=seen)
    session.flush()
    _record(session, zone, now=now, actor=actor, action="zone changed")
    return zone


def remove_zone(
    session: Session, *, now: datetime, bank_id: int, actor: str, zone_id: int, seen: int
) -> Zone:
    """Remove a zone of the `seen` version; visits and rounds do not refer to zones.

    Raises
    ------
    Conflict
        A colleague changed it meanwhile: `changed_meanwhile`.
    """
    zone = owned(session, Zone, bank_id, zone_id)
    if zone.version != seen:
        raise Conflict("changed_meanwhile")
    _record(session, zone, now=now, actor=actor, action="zone removed")
    session.delete(zone)
    session.flush()
    return zone


def _fit(prefixes: Iterable[str], postcode: str) -> int:
    """Return the length of the longest beginning that fits; 0 if none does."""
    return max((len(each) for each in prefixes if each and postcode.startswith(each)), default=0)


def _edges(outline: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(pairwise([*outline, outline[0]])) if outline else []


def _corner(line: str) -> Point:
    parts = line.replace(";", " ").replace(", ", " ").split()
    if len(parts) == 1:
        parts = line.strip().split(",")
    try:
        latitude, longitude = (float(part.replace(",", ".")) for part in parts)
    except ValueError:
        raise Refused("outline_not_read", line=line.strip()) from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - degrees; NaN fails
        raise Refused("outline_not_read", line=line.strip())
    return latitude, longitude


def _crosses(outline: Sequence[Point]) -> bool:
    """Return whether two edges of an outline cross; edges that only touch do not."""
    edges = _edges(outline)
    return any(_meet(*one, *other) for one, other in combinations(edges, 2))


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> int:
    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (turn > 0) - (turn < 0)


def _record(session: Session, zone: Zone, *, now: datetime, actor: str, action: str) -> None:
    record(
        session,
        now=now,
        bank_id=zone.bank_id,
        actor=actor,
        action=action,
        subject=f"zone:{zone.id}",
        postcodes=sorted(zone.postcodes),
        corners=len(zone.outline),
        weekdays=sorted(zone.weekdays),
    )

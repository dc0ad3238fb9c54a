"""Questions about single positions."""

from sqlalchemy.orm import Session

from collector.roads.travel import Position, load_travel

FAR_FROM_ROAD = 150.0
"""Metres between a position and the nearest road from which somebody looks at the map."""


def metres_to_road(session: Session, position: Position) -> float | None:
    """Return the metres from a position to the nearest road; infinity beyond five kilometres.

    None without a region.
    """
    roads = load_travel(session, []).roads
    if roads is None:
        return None
    found = roads.snap(*position)
    return found.away if found else float("inf")

"""How one entry of a phone's payload is read: its type, its bounds, and the refusal of the rest."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from collector.errors import Refused

Payload = Mapping[str, Any]

BOX = re.compile(r"[A-Z0-9][A-Z0-9-]{0,11}")
COLDEST, WARMEST = -90.0, 30.0
"""A home or transport freezer shows nothing outside of this; what does was mistyped."""


def whole(payload: Payload, name: str, *, most: int, default: int | None = None) -> int:
    """Return a count from 0 to `most`."""
    found = payload.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= most:
        raise Refused("figure_out_of_range", field=name, least=0, most=most)
    return found


def celsius(payload: Payload, name: str) -> float | None:
    """Return a temperature, or None if none was said."""
    found = payload.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Refused("event_unreadable", field=name)
    if not COLDEST <= found <= WARMEST:
        raise Refused("temperature_out_of_range", coldest=int(COLDEST), warmest=int(WARMEST))
    return round(float(found), 1)


def text(payload: Payload, name: str, *, most: int) -> str:
    """Return a text that both databases can keep; an absent one is empty."""
    return storable(payload.get(name, ""), name, most=most)


def storable(found: object, name: str, *, most: int) -> str:
    """Return a text if it is one, short enough, without NUL and without half a character."""
    if not isinstance(found, str) or len(found) > most or "\x00" in found:
        raise Refused("event_unreadable", field=name)
    try:
        found.encode()
    except UnicodeEncodeError as half:
        raise Refused("event_unreadable", field=name) from half
    return found.strip()


def instant(payload: Payload, name: str) -> datetime:
    """Return a moment by the device's clock, however wrong; only its form is judged."""
    try:
        found = datetime.fromisoformat(str(payload.get(name)))
        if found.tzinfo is None:
            raise Refused("event_unreadable", field=name)
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Refused("event_unreadable", field=name) from wrong


def box_code(payload: Payload, name: str) -> str:
    """Return the code of a box, such as 2 or C-07; an absent one is empty."""
    found = text(payload, name, most=12).upper()
    if found and not BOX.fullmatch(found):
        raise Refused("event_unreadable", field=name)
    return found


def name_of_file(payload: Payload, name: str) -> str | None:
    """Return the UUID under which a phone sends a picture apart, or None."""
    found = payload.get(name)
    if found is None:
        return None
    try:
        return str(UUID(found))
    except (TypeError, ValueError, AttributeError) as wrong:
        raise Refused("event_unreadable", field=name) from wrong

"""How one event is read from a phone's JSON, kept, and read back from its row."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from collector.custody.door import LONGEST_NOTE, read_numbers
from collector.custody.reading import Payload, celsius, text, whole
from collector.errors import Refused
from collector.rounds.models import EventKind, RoundEvent
from collector.rounds.replay import NotDoneReason, Said

HIGHEST = 2**31 - 1
OF_THE_ROUND = {EventKind.STARTED, EventKind.HANDED_OVER}


def read_client_id(said: Mapping[str, Any]) -> str:
    """Return the identity the phone gave the event."""
    try:
        return str(UUID(said["client_id"]))
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Refused("event_unreadable", field="client_id") from wrong


def read_said(said: Mapping[str, Any]) -> Said:
    """Read an event's frame; its payload is read apart, by kind.

    Raises
    ------
    Refused
        `event_unreadable`, naming the field.
    """
    kind = said.get("kind")
    if kind not in list(EventKind):
        raise Refused("event_unreadable", field="kind")
    payload = said.get("payload") or {}
    if not isinstance(payload, Mapping):
        raise Refused("event_unreadable", field="payload")
    return Said(
        client_id=read_client_id(said),
        kind=EventKind(kind),
        pickup=_pickup(said, EventKind(kind)),
        sequence=whole(said, "sequence", most=HIGHEST),
        device_at=_instant(said.get("device_at")),
        payload=payload,
    )


def read_not_done(payload: Payload) -> dict[str, Any]:
    """Read why a visit did not take place."""
    reason = payload.get("reason")
    if reason not in list(NotDoneReason):
        raise Refused("event_unreadable", field="reason")
    return {"reason": reason, "note": text(payload, "note", most=LONGEST_NOTE)}


def read_undone(payload: Payload) -> dict[str, Any]:
    """Read which event is taken back; it may still be on its way."""
    undoes = read_client_id({"client_id": payload.get("undoes")})
    return {"undoes": undoes, "reason": text(payload, "reason", most=LONGEST_NOTE)}


def read_hand_over(payload: Payload) -> dict[str, Any]:
    """Read a hand-over: where, which containers (all aboard if none are named), how cold."""
    named = payload.get("containers")
    box = celsius(payload, "box_celsius")
    if box is None:
        raise Refused("box_celsius_needed")
    return {
        "site": whole(payload, "site", most=HIGHEST),
        "containers": None if named is None else list(read_numbers(named)),
        "box_celsius": box,
    }


def said_by(row: RoundEvent) -> Said:
    """Return a kept event as it was said."""
    return Said(
        client_id=row.client_id,
        kind=row.kind,
        pickup=row.pickup_id,
        sequence=row.sequence,
        device_at=row.device_at,
        payload=row.payload,
    )


def _pickup(said: Mapping[str, Any], kind: EventKind) -> int | None:
    if kind in OF_THE_ROUND or (kind is EventKind.UNDONE and said.get("pickup") is None):
        return None
    return whole(said, "pickup", most=HIGHEST)


def _instant(given: object) -> datetime:
    """Read the device's time, however wrong; only its form is judged."""
    try:
        found = datetime.fromisoformat(str(given))
        if found.tzinfo is None:
            raise Refused("event_unreadable", field="device_at")
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Refused("event_unreadable", field="device_at") from wrong

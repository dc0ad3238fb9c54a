"""How one event is read from a phone's JSON, kept, and read back from its row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from collector.custody.payload_fields import Payload, box_code, celsius, instant, text, whole
from collector.custody.pickup_record import LONGEST_NOTE, read_numbers
from collector.errors import Refused
from collector.rounds.events.replay import NotDoneReason, RecordedEvent
from collector.rounds.models import EventKind, IncidentKind, RoundEvent

HIGHEST = 2**31 - 1
MOST_BOXES = 12
MOST_KILOMETRES = 2000
MOST_STOCK = 5000
LONGEST_NAME = 120
OF_THE_ROUND = frozenset(
    {
        EventKind.ACKNOWLEDGED,
        EventKind.STARTED,
        EventKind.BOX_READ,
        EventKind.HANDED_OVER,
        EventKind.CLOSED,
    }
)
OF_EITHER = frozenset({EventKind.UNDONE, EventKind.INCIDENT})


def read_client_id(said: Mapping[str, Any]) -> str:
    """Return the identity the phone gave the event."""
    try:
        return str(UUID(said["client_id"]))
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Refused("event_unreadable", field="client_id") from wrong


def read_said(said: Mapping[str, Any]) -> RecordedEvent:
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
    return RecordedEvent(
        client_id=read_client_id(said),
        kind=EventKind(kind),
        pickup=_pickup(said, EventKind(kind)),
        sequence=whole(said, "sequence", most=HIGHEST),
        device_at=instant(said, "device_at"),
        payload=payload,
        device=_device(said),
    )


def read_not_done(payload: Payload) -> dict[str, Any]:
    """Read why a visit did not take place."""
    reason = payload.get("reason")
    if reason not in list(NotDoneReason):
        raise Refused("event_unreadable", field="reason")
    return {
        "reason": reason,
        "note": text(payload, "note", most=LONGEST_NOTE),
        "rebook": payload.get("rebook") is True,
    }


def read_postponed(payload: Payload) -> dict[str, Any]:
    """Read that a stop is put off to the end of the round."""
    return {"note": text(payload, "note", most=LONGEST_NOTE)}


def read_acknowledged(payload: Payload) -> dict[str, Any]:
    """Read which revision the collector has seen."""
    return {"revision": whole(payload, "revision", most=HIGHEST)}


def read_started(payload: Payload) -> dict[str, Any]:
    """Read how cold the boxes were when the round began; some banks have none to read."""
    return {"boxes": _boxes(payload.get("boxes") or [])}


def read_box(payload: Payload) -> dict[str, Any]:
    """Read one box's temperature on the road."""
    box = box_code(payload, "box")
    if not box:
        raise Refused("event_unreadable", field="box")
    found = celsius(payload, "celsius")
    if found is None:
        raise Refused("box_celsius_needed")
    return {"box": box, "celsius": found}


def read_incident(payload: Payload) -> dict[str, Any]:
    """Read what a collector cannot settle alone."""
    kind = payload.get("kind")
    if kind not in list(IncidentKind):
        raise Refused("event_unreadable", field="kind")
    site = payload.get("site")
    return {
        "kind": kind,
        "note": text(payload, "note", most=LONGEST_NOTE),
        "site": None if site is None else whole(payload, "site", most=HIGHEST),
    }


def read_closed(payload: Payload) -> dict[str, Any]:
    """Read the end of the day: kilometres driven, bottles left in the collector's own freezer."""
    stock = payload.get("stock")
    return {
        "kilometres": whole(payload, "kilometres", most=MOST_KILOMETRES),
        "stock": None if stock is None else whole(payload, "stock", most=MOST_STOCK),
        "note": text(payload, "note", most=LONGEST_NOTE),
    }


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
        "boxes": _boxes(payload.get("boxes") or []),
        "receiver": text(payload, "receiver", most=LONGEST_NAME),
        "note": text(payload, "note", most=LONGEST_NOTE),
    }


def said_by(row: RoundEvent) -> RecordedEvent:
    """Return a kept event as it was said."""
    return RecordedEvent(
        client_id=row.client_id,
        kind=row.kind,
        pickup=row.pickup_id,
        sequence=row.sequence,
        device_at=row.device_at,
        payload=row.payload,
        device=row.device,
    )


def _pickup(said: Mapping[str, Any], kind: EventKind) -> int | None:
    if kind in OF_THE_ROUND or (kind in OF_EITHER and said.get("pickup") is None):
        return None
    return whole(said, "pickup", most=HIGHEST)


def _device(said: Mapping[str, Any]) -> str:
    """Return which phone it was; one that gives no name is as good."""
    if said.get("device") is None:
        return ""
    try:
        return str(UUID(said["device"]))
    except (TypeError, ValueError, AttributeError) as wrong:
        raise Refused("event_unreadable", field="device") from wrong


def _boxes(given: object) -> list[dict[str, Any]]:
    if not isinstance(given, list) or len(given) > MOST_BOXES:
        raise Refused("event_unreadable", field="boxes")
    if not all(isinstance(each, Mapping) for each in given):
        raise Refused("event_unreadable", field="boxes")
    return [read_box(each) for each in given]

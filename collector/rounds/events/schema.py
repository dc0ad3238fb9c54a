"""The events of a collector's phone: one frozen type per kind, with its fields and bounds.

An event is parsed once when it is accepted (`parse_event`) and once when its row is loaded
(`event_of_row`); handlers, replay, projection and monitoring receive the typed value.
`docs/phone-event.schema.json` is generated from these types by
``python -m collector.rounds.events.schema``.
"""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeAlias, get_args
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields, force_setattr
from sqlalchemy import Row

from collector.custody.payload_fields import (
    DeviceInstant,
    Key,
    UuidText,
    parse,
    utc,
    without_nulls,
)
from collector.custody.pickup_record import PickupRecord
from collector.errors import Refused
from collector.rounds.events.payloads import (
    AcknowledgedPayload,
    BoxTemperature,
    ClosedPayload,
    EmptyPayload,
    HandOverPayload,
    IncidentPayload,
    NotDonePayload,
    PostponedPayload,
    StartedPayload,
    UndonePayload,
)
from collector.rounds.models import EventKind, RoundEvent

MOST_OFFSET_MS = 400_000_000_000_000
"""Largest offset of a phone's clock in milliseconds; the calendar has fewer."""


class EventFrame(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """The fields of every event."""

    kind: ClassVar[EventKind]
    client_id: UuidText
    """The event's identity, made by the phone before anything is shown."""
    sequence: Key
    """The phone's own counter, above every sequence that the phone has seen."""
    device_at: DeviceInstant
    device: UuidText | None = None
    """The phone's own key; None for a phone that sends none."""
    offset_ms: Annotated[int, Meta(ge=-MOST_OFFSET_MS, le=MOST_OFFSET_MS)] | None = None
    """Milliseconds from the phone's clock to the bank's; None where none was measured."""
    reported_at: DeviceInstant | None = None
    """The phone's own time where `device_at` was corrected or bounded; no phone sends it."""

    def __post_init__(self) -> None:
        """Set each field to its stored form."""
        force_setattr(self, "client_id", self.client_id.lower())
        force_setattr(self, "device_at", utc(self.device_at, "device_at"))
        force_setattr(self, "device", self.device.lower() if self.device else None)

    @property
    def order(self) -> tuple[int, datetime, str]:
        """The event's place in the order of the phones: sequence, phone's time, client id."""
        return self.sequence, self.reported_at or self.device_at, self.client_id


class AcknowledgedEvent(EventFrame, frozen=True, kw_only=True, tag="acknowledged"):
    """The collector confirmed a revision of the round."""

    kind: ClassVar[EventKind] = EventKind.ACKNOWLEDGED
    pickup: ClassVar[None] = None
    payload: AcknowledgedPayload


class StartedEvent(EventFrame, frozen=True, kw_only=True, tag="started"):
    """The round began."""

    kind: ClassVar[EventKind] = EventKind.STARTED
    pickup: ClassVar[None] = None
    payload: StartedPayload = StartedPayload()


class BoxReadEvent(EventFrame, frozen=True, kw_only=True, tag="box_read"):
    """A box's temperature was read on the road."""

    kind: ClassVar[EventKind] = EventKind.BOX_READ
    pickup: ClassVar[None] = None
    payload: BoxTemperature


class EnRouteEvent(EventFrame, frozen=True, kw_only=True, tag="en_route"):
    """The collector set off for a visit."""

    kind: ClassVar[EventKind] = EventKind.EN_ROUTE
    pickup: Key
    payload: EmptyPayload = EmptyPayload()


class ArrivedEvent(EventFrame, frozen=True, kw_only=True, tag="arrived"):
    """The collector is at the door."""

    kind: ClassVar[EventKind] = EventKind.ARRIVED
    pickup: Key
    payload: EmptyPayload = EmptyPayload()


class CollectedEvent(EventFrame, frozen=True, kw_only=True, tag="collected"):
    """The visit took place; the payload is its record."""

    kind: ClassVar[EventKind] = EventKind.COLLECTED
    pickup: Key
    payload: PickupRecord


class NotDoneEvent(EventFrame, frozen=True, kw_only=True, tag="not_done"):
    """The visit did not take place."""

    kind: ClassVar[EventKind] = EventKind.NOT_DONE
    pickup: Key
    payload: NotDonePayload


class PostponedEvent(EventFrame, frozen=True, kw_only=True, tag="postponed"):
    """The stop was put off to the end of the round."""

    kind: ClassVar[EventKind] = EventKind.POSTPONED
    pickup: Key
    payload: PostponedPayload = PostponedPayload()


class IncidentEvent(EventFrame, frozen=True, kw_only=True, tag="incident"):
    """The collector reported an incident of the round or of a visit."""

    kind: ClassVar[EventKind] = EventKind.INCIDENT
    pickup: Key | None = None
    payload: IncidentPayload


class AddressShownEvent(EventFrame, frozen=True, kw_only=True, tag="address_shown"):
    """The collector looked at the full address of a stop that was not the next one."""

    kind: ClassVar[EventKind] = EventKind.ADDRESS_SHOWN
    pickup: Key
    payload: EmptyPayload = EmptyPayload()


class UndoneEvent(EventFrame, frozen=True, kw_only=True, tag="undone"):
    """The collector, or the office, undid an event of the round or of a visit."""

    kind: ClassVar[EventKind] = EventKind.UNDONE
    pickup: Key | None = None
    payload: UndonePayload


class HandedOverEvent(EventFrame, frozen=True, kw_only=True, tag="handed_over"):
    """Containers left the boxes."""

    kind: ClassVar[EventKind] = EventKind.HANDED_OVER
    pickup: ClassVar[None] = None
    payload: HandOverPayload


class ClosedEvent(EventFrame, frozen=True, kw_only=True, tag="closed"):
    """The collector closed the day."""

    kind: ClassVar[EventKind] = EventKind.CLOSED
    pickup: ClassVar[None] = None
    payload: ClosedPayload


DecisiveEvent: TypeAlias = CollectedEvent | NotDoneEvent
"""An event that settles a visit."""
PhoneEvent: TypeAlias = (
    AcknowledgedEvent
    | StartedEvent
    | BoxReadEvent
    | EnRouteEvent
    | ArrivedEvent
    | CollectedEvent
    | NotDoneEvent
    | PostponedEvent
    | IncidentEvent
    | AddressShownEvent
    | UndoneEvent
    | HandedOverEvent
    | ClosedEvent
)
"""The tagged union of all events; the tag is `kind`."""

EVENT_TYPES: Mapping[EventKind, type[PhoneEvent]] = {
    as_type.kind: as_type for as_type in get_args(PhoneEvent)
}
PAYLOAD_TYPES: Mapping[EventKind, Any] = {
    kind: next(field.type for field in fields(as_type) if field.name == "payload")
    for kind, as_type in EVENT_TYPES.items()
}


def parse_client_id(sent: object) -> str:
    """Return the identity that the phone gave an event, in its canonical form.

    Raises
    ------
    Refused
        `event_unreadable` (`field`).
    """
    client_id = sent.get("client_id") if isinstance(sent, dict) else None
    try:
        return str(UUID(client_id))
    except (TypeError, ValueError, AttributeError) as error:
        raise Refused("event_unreadable", field="client_id") from error


def parse_event(sent: object) -> PhoneEvent:
    """Parse an event as a phone sends it.

    Raises
    ------
    Refused
        `event_unreadable` (`field`), `figure_out_of_range` (`field`, `least`, `most`), or the code
        of a mistake that the collector can correct.
    """
    client_id = parse_client_id(sent)
    if not isinstance(sent, dict):
        raise Refused("event_unreadable", field="client_id")
    kind = sent.get("kind")
    if kind not in list(EventKind):
        raise Refused("event_unreadable", field="kind")
    payload = sent.get("payload") or {}
    if not isinstance(payload, dict):
        raise Refused("event_unreadable", field="payload")
    payload = without_nulls(payload, PAYLOAD_TYPES[EventKind(kind)])
    frame = {**sent, "client_id": client_id, "payload": payload, "reported_at": None}
    return parse(frame, EVENT_TYPES[EventKind(kind)])


def event_of_row(row: Row[Any] | RoundEvent) -> PhoneEvent:
    """Return the typed value of a stored event."""
    as_type = EVENT_TYPES[row.kind]
    values = {
        "client_id": row.client_id,
        "sequence": row.sequence,
        "device_at": row.device_at,
        "device": row.device or None,
        "reported_at": row.reported_at,
        "payload": msgspec.convert(row.payload, PAYLOAD_TYPES[row.kind]),
    }
    if "pickup" in as_type.__struct_fields__:
        values["pickup"] = row.pickup_id
    return as_type(**values)


def undo_of(event: PhoneEvent, *, client_id: str, sequence: int, now: datetime) -> UndoneEvent:
    """Return the event by which the office undoes another event."""
    return UndoneEvent(
        client_id=client_id,
        pickup=event.pickup,
        sequence=sequence,
        device_at=now,
        payload=UndonePayload(undoes=event.client_id, reason="office"),
    )


def stored_payload(event: PhoneEvent) -> dict[str, Any]:
    """Return the payload of an event as its row stores it."""
    if isinstance(event, CollectedEvent):
        return event.payload.as_payload()
    payload: dict[str, Any] = msgspec.to_builtins(event.payload)
    return payload


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of an event as a phone sends it."""
    schema = msgspec.json.schema(PhoneEvent)
    for definition in schema["$defs"].values():
        if "enum" in definition:
            # The sentence of an enum belongs to its own module.
            definition.pop("description", None)
        definition.get("properties", {}).pop("reported_at", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An event of a collector's phone",
        **schema,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")

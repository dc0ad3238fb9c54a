"""Payloads of a phone's events, except the pick-up record, with their bounds and units."""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import force_setattr

from collector.custody.payload_fields import (
    BoxCode,
    Celsius,
    Key,
    Note,
    PayloadPart,
    PersonName,
    UuidText,
    degrees,
)
from collector.custody.pickup_record import Labels, read_labels
from collector.rounds.models import IncidentKind, LoadItem, NotDoneReason

MOST_BOXES = 12
MOST_KILOMETRES = 2000
MOST_STOCK = 5000


class BoxTemperature(PayloadPart, frozen=True, kw_only=True):
    """The temperature that a box's thermometer shows."""

    box: BoxCode
    celsius: Celsius

    def __post_init__(self) -> None:
        """Set both fields to their stored form."""
        super().__post_init__()
        force_setattr(self, "box", self.box.upper())
        force_setattr(self, "celsius", degrees(self.celsius))


Boxes = Annotated[tuple[BoxTemperature, ...], Meta(max_length=MOST_BOXES)]


class EmptyPayload(PayloadPart, frozen=True, kw_only=True):
    """The payload of an event that has a kind and a time only."""


class AcknowledgedPayload(PayloadPart, frozen=True, kw_only=True):
    """The revision of the round that the collector confirmed."""

    revision: Key


class StartedPayload(PayloadPart, frozen=True, kw_only=True):
    """The check of the boxes and of the load before the start."""

    boxes: Boxes = ()
    """The temperature of each box; empty where a bank reads none."""
    lacking: Annotated[tuple[LoadItem, ...], Meta(max_length=len(LoadItem))] = ()
    """Things for the stops of the round that the collector did not load."""


class NotDonePayload(PayloadPart, frozen=True, kw_only=True):
    """The reason for which a visit did not take place."""

    reason: NotDoneReason
    note: Note = ""
    rebook: bool = False
    """Whether the coordinator is to agree a new day with the donor."""
    for_office: bool = False
    """Whether the note is a remark for the office."""
    phone_unreached: bool = False
    """Whether the donor's telephone could not be reached."""
    photo: UuidText | None = None
    """The UUID under which the phone sends a picture of the closed door apart."""


class PostponedPayload(PayloadPart, frozen=True, kw_only=True):
    """A note on a stop that was put off to the end of the round."""

    note: Note = ""


class IncidentPayload(PayloadPart, frozen=True, kw_only=True):
    """An incident for the coordinator to decide."""

    kind: IncidentKind
    note: Note = ""
    site: Key | None = None
    """The freezer to which the collector is driving; None for another incident."""


class UndonePayload(PayloadPart, frozen=True, kw_only=True):
    """The client id of the event that is undone; that event may still be on its way."""

    undoes: UuidText
    reason: Note = ""

    def __post_init__(self) -> None:
        """Set both fields to their stored form."""
        super().__post_init__()
        force_setattr(self, "undoes", self.undoes.lower())


class HandOverPayload(PayloadPart, frozen=True, kw_only=True):
    """A hand-over: its place, its containers, its temperatures and its receiver."""

    box_celsius: Celsius
    """The warmest temperature that was read at the hand-over."""
    site: Key
    containers: Labels | None = None
    """Numbers of the containers handed over; None for all that were aboard."""
    boxes: Boxes = ()
    receiver: PersonName = ""
    note: Note = ""

    def __post_init__(self) -> None:
        """Set each field to its stored form."""
        super().__post_init__()
        if self.containers is not None:
            force_setattr(self, "containers", read_labels(self.containers))
        force_setattr(self, "box_celsius", degrees(self.box_celsius))


class ClosedPayload(PayloadPart, frozen=True, kw_only=True):
    """The end of the day: kilometres driven, and bottles in the collector's own freezer."""

    kilometres: Annotated[int, Meta(ge=0, le=MOST_KILOMETRES)]
    stock: Annotated[int, Meta(ge=0, le=MOST_STOCK)] | None = None
    """Bottles in the collector's own freezer; None for a collector without one."""
    note: Note = ""

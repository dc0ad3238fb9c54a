"""What one event's payload says, by its kind, and the rows it leaves behind when it is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from collector.banks.models import Site
from collector.banks.policies import LabelCheck, Policies, PolicyKey, Proof
from collector.banks.queries import policies_of
from collector.custody.actions import record_door, refuse_taken_labels
from collector.custody.excursions import detect_at_door, record_reading
from collector.custody.models import BoxReadingKind
from collector.custody.pickup_record import PickupRecord, check_labels, read_door
from collector.errors import Refused
from collector.pickups.models import OF_MILK, Pickup
from collector.rounds.events.replay import RecordedEvent
from collector.rounds.events.schema import (
    read_acknowledged,
    read_box,
    read_closed,
    read_hand_over,
    read_incident,
    read_not_done,
    read_postponed,
    read_started,
    read_undone,
)
from collector.rounds.incidents import open_incident
from collector.rounds.models import EventKind, Round, RoundEvent

READERS = {
    EventKind.ACKNOWLEDGED: read_acknowledged,
    EventKind.STARTED: read_started,
    EventKind.BOX_READ: read_box,
    EventKind.NOT_DONE: read_not_done,
    EventKind.POSTPONED: read_postponed,
    EventKind.INCIDENT: read_incident,
    EventKind.UNDONE: read_undone,
    EventKind.HANDED_OVER: read_hand_over,
    EventKind.CLOSED: read_closed,
}


def read_payload(
    session: Session, *, round_: Round, pickup: Pickup | None, said: RecordedEvent
) -> dict[str, Any]:
    """Read the payload by the event's kind; what is kept is what was read.

    Raises
    ------
    Refused
        With a code for each thing the collector can put right.
    """
    if said.kind is EventKind.COLLECTED and pickup is not None:
        return _door(session, pickup, said).as_payload()
    reader = READERS.get(said.kind)
    payload = reader(said.payload) if reader else {}
    if payload.get("site") is not None:
        site = session.get(Site, payload["site"])
        if site is None or site.bank_id != round_.bank_id:
            raise Refused("site_unknown")
    return payload


def keep_what_follows(
    session: Session, *, now: datetime, pickup: Pickup | None, event: RoundEvent
) -> None:
    """Write the rows that an event stands for: a door's record, readings, an incident."""
    policies = policies_of(session, event.bank_id)
    if pickup is not None and event.kind is EventKind.COLLECTED:
        _record(session, now, pickup, event, policies)
    for box, kind, celsius in _readings(event.kind, event.payload):
        record_reading(
            session,
            now=now,
            bank_id=event.bank_id,
            round_id=event.round_id,
            event_id=event.id,
            box=box,
            kind=kind,
            celsius=celsius,
            device_at=event.device_at,
            limit=policies[PolicyKey.BOX_WARMEST_CELSIUS],
        )
    if event.kind is EventKind.INCIDENT or event.payload.get("rebook"):
        open_incident(session, now=now, event=event)


def missing_proofs(pickup: Pickup, door: PickupRecord, policies: Policies) -> tuple[str, ...]:
    """Return what the bank requires of this visit and was not given: `collection_label`, ..."""
    return tuple(
        f"{purpose}_{what}"
        for purpose in sorted(set(pickup.purposes))
        if door.took_place(purpose)
        for what in door.lacks(purpose)
        if policies.proof(purpose, what) is Proof.REQUIRED
    )


def _door(session: Session, pickup: Pickup, said: RecordedEvent) -> PickupRecord:
    milk = bool(OF_MILK & set(pickup.purposes))
    door = read_door(said.payload, milk_expected=milk)
    check = LabelCheck(policies_of(session, pickup.bank_id).word(PolicyKey.LABEL_CHECK))
    check_labels(door, pickup_id=pickup.id, check=check)
    numbers = [*door.numbers(pickup.id), *door.tube_numbers(pickup.id)]
    refuse_taken_labels(session, pickup=pickup, numbers=numbers)
    return door


def _record(
    session: Session, now: datetime, pickup: Pickup, event: RoundEvent, policies: Policies
) -> None:
    """Keep the record; a proof that is lacking is flagged, since the milk is in the box already."""
    door = read_door(event.payload, milk_expected=False)
    limit = policies[PolicyKey.FREEZER_WARMEST_CELSIUS]
    found = record_door(
        session,
        now=now,
        pickup=pickup,
        collector_id=event.person_id,
        event_id=event.id,
        device_at=event.device_at,
        door=door,
        freezer_warmest=limit,
        missing=missing_proofs(pickup, door, policies),
    )
    detect_at_door(session, now=now, found=found, limit=limit)


def _readings(
    kind: EventKind, payload: Mapping[str, Any]
) -> list[tuple[str, BoxReadingKind, float]]:
    if kind is EventKind.BOX_READ:
        return [(payload["box"], BoxReadingKind.ON_THE_ROAD, payload["celsius"])]
    if kind is EventKind.STARTED:
        return [
            (each["box"], BoxReadingKind.CONDITIONED, each["celsius"]) for each in payload["boxes"]
        ]
    if kind is EventKind.HANDED_OVER:
        boxes = payload["boxes"] or [{"box": "", "celsius": payload["box_celsius"]}]
        return [(each["box"], BoxReadingKind.HANDED_OVER, each["celsius"]) for each in boxes]
    return []

"""Checks of an event by its kind, and the rows that accepted events leave."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from collector.banks.policies import LabelCheck, Policies, PolicyKey, Proof
from collector.custody.actions import door_record
from collector.custody.excursions import box_reading, open_excursions
from collector.custody.models import BoxReading, BoxReadingKind, DoorRecord
from collector.custody.pickup_record import PickupRecord, check_labels, judge
from collector.errors import Refused
from collector.pickups.models import OF_MILK, Pickup
from collector.rounds.events.payloads import BoxTemperature
from collector.rounds.events.schema import (
    BoxReadEvent,
    CollectedEvent,
    HandedOverEvent,
    IncidentEvent,
    NotDoneEvent,
    PhoneEvent,
    StartedEvent,
)
from collector.rounds.incidents import incident_row
from collector.rounds.models import Incident, IncidentKind, RoundEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedEvent:
    """An event with its new row and its visit."""

    event: PhoneEvent
    row: RoundEvent
    pickup: Pickup | None


def site_of(event: PhoneEvent) -> int | None:
    """Return the key of the site that an event names, or None."""
    if isinstance(event, HandedOverEvent | IncidentEvent):
        return event.payload.site
    return None


def check_event(
    event: PhoneEvent, *, pickup: Pickup | None, policies: Policies, sites: Collection[int]
) -> None:
    """Apply the rules that an event's kind has beyond its schema.

    Parameters
    ----------
    sites
        Keys of the bank's sites that the events name.

    Raises
    ------
    Refused
        With a code for each mistake that the collector can correct.
    """
    if isinstance(event, CollectedEvent) and pickup is not None:
        judge(event.payload, milk_expected=bool(OF_MILK & set(pickup.purposes)))
        check = LabelCheck(policies.word(PolicyKey.LABEL_CHECK))
        check_labels(event.payload, pickup_id=pickup.id, check=check)
    site = site_of(event)
    if site is not None and site not in sites:
        raise Refused("site_unknown")


def add_effects(
    session: Session, *, now: datetime, accepted: Sequence[AcceptedEvent], policies: Policies
) -> None:
    """Add the rows that these events leave: door records, readings, incidents, excursions."""
    records = [row for each in accepted for row in _records(each, now, policies)]
    readings = [row for each in accepted for row in _readings(each, now)]
    incidents = [row for each in accepted for row in _incidents(each, now)]
    session.add_all([*records, *readings, *incidents])
    session.flush()
    open_excursions(
        session,
        now=now,
        records=records,
        readings=readings,
        freezer_warmest=policies[PolicyKey.FREEZER_WARMEST_CELSIUS],
        box_warmest=policies[PolicyKey.BOX_WARMEST_CELSIUS],
    )


def missing_proofs(pickup: Pickup, record: PickupRecord, policies: Policies) -> tuple[str, ...]:
    """Return the proofs that the bank requires of this visit and that are missing.

    Each is the purpose and the proof: `collection_label`, `ward_seal`.
    """
    return tuple(
        f"{purpose}_{proof}"
        for purpose in sorted(set(pickup.purposes))
        if record.fulfils(purpose)
        for proof in record.missing_proofs(purpose)
        if policies.proof(purpose, proof) is Proof.REQUIRED
    )


def _records(accepted: AcceptedEvent, now: datetime, policies: Policies) -> Iterator[DoorRecord]:
    """Yield the door record; a missing proof is flagged, since the milk is in the box already."""
    event, row, pickup = accepted.event, accepted.row, accepted.pickup
    if isinstance(event, CollectedEvent) and pickup is not None:
        yield door_record(
            event.payload,
            now=now,
            pickup=pickup,
            collector_id=row.person_id,
            event_id=row.id,
            device_at=event.device_at,
            freezer_warmest=policies[PolicyKey.FREEZER_WARMEST_CELSIUS],
            missing=missing_proofs(pickup, event.payload, policies),
        )


def _readings(accepted: AcceptedEvent, now: datetime) -> Iterator[BoxReading]:
    row = accepted.row
    for box, kind, celsius in _temperatures(accepted.event):
        yield box_reading(
            now=now,
            bank_id=row.bank_id,
            round_id=row.round_id,
            event_id=row.id,
            box=box,
            kind=kind,
            celsius=celsius,
            device_at=row.device_at,
        )


def _temperatures(event: PhoneEvent) -> Iterator[tuple[str, BoxReadingKind, float]]:
    """Yield the box, the occasion and the degrees Celsius of each reading of an event."""
    boxes: Sequence[BoxTemperature] = ()
    kind = BoxReadingKind.ON_THE_ROAD
    if isinstance(event, BoxReadEvent):
        boxes = (event.payload,)
    elif isinstance(event, StartedEvent):
        boxes, kind = event.payload.boxes, BoxReadingKind.CONDITIONED
    elif isinstance(event, HandedOverEvent):
        boxes, kind = event.payload.boxes, BoxReadingKind.HANDED_OVER
        if not boxes:
            yield "", kind, event.payload.box_celsius
    for each in boxes:
        yield each.box, kind, each.celsius


def _incidents(accepted: AcceptedEvent, now: datetime) -> Iterator[Incident]:
    event, row = accepted.event, accepted.row
    if isinstance(event, IncidentEvent):
        told = event.payload
        yield incident_row(row, now=now, kind=told.kind, note=told.note, site_id=told.site)
    elif isinstance(event, NotDoneEvent) and event.payload.rebook:
        yield incident_row(row, now=now, kind=IncidentKind.REBOOK, note=event.payload.note)
    elif isinstance(event, NotDoneEvent | CollectedEvent) and event.payload.for_office:
        yield incident_row(row, now=now, kind=IncidentKind.REMARK, note=event.payload.note)

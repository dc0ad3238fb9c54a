"""The coordinator's choice between two records of one visit: one stands, the others are undone.

The choice is one more event of the round, as if a phone had undone the other record: both records
stay readable, every phone learns of the choice, and no other rule is needed.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.audit.actions import record
from collector.db import owned
from collector.errors import Refused
from collector.rounds.events.projection import project
from collector.rounds.events.queries import (
    StoredEvent,
    deciding_events,
    events_by_round,
    other_rounds,
    stored_event,
    stored_events,
)
from collector.rounds.events.replay import standing
from collector.rounds.events.schema import DecisiveEvent, stored_payload, undo_of
from collector.rounds.models import Round, RoundEvent


def choose_record(
    session: Session, *, now: datetime, bank_id: int, event_id: int, person_id: int
) -> None:
    """Undo every other record of the visit that an event decides, in every round.

    Raises
    ------
    NotFound
        The bank has no such event.
    Refused
        `record_not_standing`: the record was undone meanwhile, or the event decides nothing.
    """
    chosen = owned(session, RoundEvent, bank_id, event_id)
    rounds = select(RoundEvent.round_id).where(RoundEvent.pickup_id == chosen.pickup_id)
    stored = events_by_round(session, RoundEvent.round_id.in_(rounds))
    records = [
        each
        for events in stored.values()
        for each in _standing_records(events)
        if each.event.pickup == chosen.pickup_id
    ]
    if chosen.id not in {each.id for each in records}:
        raise Refused("record_not_standing")
    for rival in sorted(records, key=lambda each: each.id):
        if rival.id != chosen.id:
            _undo(session, now, rival, person_id)
    record(
        session,
        now=now,
        bank_id=bank_id,
        actor=f"person:{person_id}",
        action="record chosen",
        subject=f"pickup:{chosen.pickup_id}",
        event=chosen.id,
    )


def _standing_records(events: Iterable[StoredEvent]) -> list[StoredEvent]:
    """Return the decisive events of one round that count."""
    by_client = {each.event.client_id: each for each in events}
    counted = standing(each.event for each in by_client.values())
    return [by_client[each.client_id] for each in counted if isinstance(each, DecisiveEvent)]


def _undo(session: Session, now: datetime, rival: StoredEvent, person_id: int) -> None:
    """Undo a record by an event of the office."""
    round_ = session.get_one(Round, rival.round_id, with_for_update=True)
    stored = {round_.id: stored_events(session, RoundEvent.round_id == round_.id)}
    visits = [rival.event.pickup] if rival.event.pickup is not None else []
    for key in other_rounds(session, round_id=round_.id, visits=visits):
        stored[key] = deciding_events(session, round_id=key)
    event = undo_of(
        rival.event,
        # Chosen twice, it is one event.
        client_id=str(uuid5(NAMESPACE_URL, f"undone by the office {rival.event.client_id}")),
        sequence=1 + max(each.event.sequence for each in stored[round_.id]),
        now=now,
    )
    row = RoundEvent(
        bank_id=round_.bank_id,
        client_id=event.client_id,
        round_id=round_.id,
        pickup_id=event.pickup,
        person_id=person_id,
        kind=event.kind,
        device="",
        sequence=event.sequence,
        device_at=event.device_at,
        received_at=now,
        payload=stored_payload(event),
    )
    session.add(row)
    session.flush()
    new = stored_event(row, event)
    stored[round_.id].append(new)
    project(session, now=now, round_=round_, stored=stored, new=[new])

"""The events that decide a round's state, compared with a replay of every event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from collector.db import reading, transaction
from collector.rounds.events.queries import StoredEvent, deciding_events, stored_events
from collector.rounds.events.replay import RoundProgress, replay_round
from collector.rounds.events.schema import PhoneEvent, parse_event, stored_payload
from collector.rounds.models import RoundEvent
from tests.phone_round import FIRST_ARRIVAL, collected, phone_event, publish_round
from tests.town import Town

pytestmark = pytest.mark.twin

KINDS = [
    *("started", "box_read", "acknowledged", "incident", "closed", "handed_over"),
    *("en_route", "arrived", "postponed", "collected", "not_done", "undone", "undone"),
]
OF_THE_ROUND = {"started", "box_read", "acknowledged", "handed_over", "closed"}


@pytest.fixture
def round_id(app: Flask, town: Town) -> int:
    with app.app_context(), transaction() as session:
        return publish_round(session, town.shifts[0], town.pickups).id


def payload_of(draw: st.DrawFn, kind: str, ids: list[str]) -> dict[str, Any]:
    payloads: dict[str, dict[str, Any]] = {
        "acknowledged": {"revision": draw(st.integers(1, 5))},
        "box_read": {"box": "1", "celsius": -20},
        "incident": {"kind": "road"},
        "closed": {"kilometres": draw(st.integers(0, 200))},
        "handed_over": {"site": 1, "box_celsius": -20},
        "not_done": {"reason": "access"},
        "undone": {"undoes": draw(st.sampled_from(ids))},
    }
    return payloads.get(kind, {})


@st.composite
def histories(draw: st.DrawFn, town: Town) -> list[PhoneEvent]:
    """Draw a round's events; sequences and instants repeat, undos name any visit and any event."""
    count = draw(st.integers(1, 24))
    ids = [f"00000000-0000-4000-8000-{n:012x}" for n in range(count)]
    events = []
    for client_id in ids:
        kind = draw(st.sampled_from(KINDS))
        pickup = None if kind in OF_THE_ROUND else draw(st.sampled_from(town.pickups))
        if kind in {"incident", "undone"} and draw(st.booleans()):
            pickup = None
        sequence = draw(st.integers(1, 6))
        frame = (
            collected(pickup or 0, sequence=sequence)
            if kind == "collected"
            else phone_event(kind, pickup, sequence=sequence)
            | {"payload": payload_of(draw, kind, ids)}
        )
        at = FIRST_ARRIVAL + timedelta(minutes=draw(st.integers(0, 2)))
        frame |= {"client_id": client_id, "device_at": at.isoformat()}
        events.append(parse_event(frame))
    return events


def store(session: Session, town: Town, round_id: int, events: list[PhoneEvent]) -> None:
    session.add_all(
        RoundEvent(
            bank_id=town.bank,
            client_id=event.client_id,
            round_id=round_id,
            pickup_id=event.pickup,
            person_id=town.ana,
            kind=event.kind,
            sequence=event.sequence,
            device_at=event.device_at,
            received_at=FIRST_ARRIVAL,
            payload=stored_payload(event),
        )
        for event in events
    )
    session.flush()


def state(events: list[PhoneEvent]) -> dict[str, Any]:
    """Return the part of the round's progress that the rows follow."""
    progress: RoundProgress = replay_round(events)
    return {
        "started": progress.started,
        "visits": {
            pickup: (each.phase, each.arrived_at, each.decided_by, each.postponed)
            for pickup, each in progress.visits.items()
            if each.phase != "waiting" or each.postponed
        },
        "hand_overs": progress.hand_overs,
        "acknowledged": progress.acknowledged,
        "closing": progress.closing,
    }


def typed(stored: list[StoredEvent]) -> list[PhoneEvent]:
    return [each.event for each in stored]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_they_give_the_same_state_as_every_event_before_and_after_new_ones(
    app: Flask, town: Town, round_id: int, data: st.DataObject
) -> None:
    events = data.draw(histories(town))
    known = data.draw(st.integers(0, len(events)))
    new = events[known:]
    undone = {event.payload.undoes for event in new if event.kind == "undone"}
    with app.app_context(), reading() as session:
        store(session, town, round_id, events[:known])
        deciding = typed(deciding_events(session, round_id=round_id, undone=undone))
        every = typed(stored_events(session, RoundEvent.round_id == round_id))
        assert state(deciding) == state(every)
        assert state([*deciding, *new]) == state([*every, *new])


def test_their_number_does_not_grow_with_corrections(app: Flask, town: Town, round_id: int) -> None:
    dora = town.pickups[0]
    with app.app_context(), reading() as session:
        sizes = []
        for turn in range(2):
            for n in range(50 * turn, 50 * turn + 50):
                record = collected(dora, sequence=2 * n)
                undo = phone_event("undone", dora, sequence=2 * n + 1, undoes=record["client_id"])
                other = phone_event("arrived", dora, sequence=2 * n)
                events = [parse_event(each) for each in (record, undo, other)]
                store(session, town, round_id, events)
            sizes.append(len(deciding_events(session, round_id=round_id)))
    assert sizes == [1, 1]

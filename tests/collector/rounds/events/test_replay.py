from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.custody.numbers import number_of
from collector.custody.pickup_record import PickupRecord
from collector.rounds.events.payloads import NotDonePayload, UndonePayload
from collector.rounds.events.replay import VisitPhase, replay, replay_round, standing
from collector.rounds.events.schema import (
    ArrivedEvent,
    CollectedEvent,
    EnRouteEvent,
    NotDoneEvent,
    PhoneEvent,
    PostponedEvent,
    UndoneEvent,
)
from collector.rounds.models import NotDoneReason

CASES = json.loads((Path(__file__).parents[3] / "replay_cases.json").read_text(encoding="utf-8"))
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def event_of(row: Sequence[Any]) -> PhoneEvent:
    """Return the event of a case: client id, kind, sequence, minute, client id of the undone."""
    client_id, kind, sequence, minute, undoes = row
    frame = {
        "client_id": client_id,
        "pickup": 31,
        "sequence": sequence,
        "device_at": NINE + timedelta(minutes=minute),
    }
    if kind == "collected":
        return CollectedEvent(payload=PickupRecord(bottles=1, volume_ml=200), **frame)
    if kind == "not_done":
        return NotDoneEvent(payload=NotDonePayload(reason=NotDoneReason.ACCESS), **frame)
    if kind == "undone":
        return UndoneEvent(payload=UndonePayload(undoes=undoes), **frame)
    types = {"en_route": EnRouteEvent, "arrived": ArrivedEvent, "postponed": PostponedEvent}
    return types[kind](**frame)


@pytest.mark.parametrize("case", CASES["visits"], ids=lambda case: str(case["it"]))
def test_a_visit(case: dict[str, Any]) -> None:
    events = [event_of(row) for row in case["events"]]
    for order in (events, events[::-1], events * 2):
        state = replay(order)
        assert state.phase.value == case["phase"]
        decided = state.decided_by.client_id if state.decided_by else None
        assert decided == case["decided_by"]


@pytest.mark.parametrize("case", CASES["numbers"])
def test_bottles_are_named_as_the_phone_names_them(case: dict[str, Any]) -> None:
    record = PickupRecord(
        bottles=case["bottles"],
        volume_ml=100,
        freezer_celsius=-20,
        storage_ok=True,
        containers=tuple(case["containers"]),
    )
    assert record.numbers(case["pickup"]) == case["numbers"]


def test_two_bottles_of_any_two_visits_never_share_a_number() -> None:
    numbers = [number_of(pickup, index) for pickup in range(1, 120) for index in range(1, 120)]
    assert len(set(numbers)) == len(numbers)


@st.composite
def _histories(draw: st.DrawFn) -> list[PhoneEvent]:
    """Draw the events of one visit by one or two phones, with clocks that are wrong by days."""
    count = draw(st.integers(0, 9))
    ids = [f"{n:02d}" for n in range(count)]
    kinds = st.sampled_from(["arrived", "collected", "not_done", "undone"])
    events = []
    for client_id in ids:
        kind = draw(kinds)
        undoes = draw(st.sampled_from(ids)) if kind == "undone" else None
        row = (client_id, kind, draw(st.integers(1, 6)), draw(st.integers(-2880, 2880)), undoes)
        events.append(event_of(row))
    return events


@given(_histories(), st.randoms(use_true_random=False))
def test_shuffled_and_tripled_events_come_to_the_same(
    events: list[PhoneEvent], chance: random.Random
) -> None:
    arrived = events * 3
    chance.shuffle(arrived)
    assert replay(arrived) == replay(events)
    assert standing(arrived) == standing(events)
    assert replay_round(arrived) == replay_round(events)


@given(_histories())
def test_a_visit_is_settled_exactly_when_a_record_stands(
    events: list[PhoneEvent],
) -> None:
    undone = {event.payload.undoes for event in events if isinstance(event, UndoneEvent)}
    left = [
        event
        for event in events
        if isinstance(event, CollectedEvent | NotDoneEvent) and event.client_id not in undone
    ]
    state = replay(events)
    assert state.settled == bool(left)
    assert (state.phase in {VisitPhase.COLLECTED, VisitPhase.NOT_DONE}) == bool(left)


def test_an_undo_counts_for_its_event_whichever_visit_the_undo_names() -> None:
    collected = event_of(["a", "collected", 1, 0, None])
    undone = UndoneEvent(
        client_id="b", pickup=None, sequence=2, device_at=NINE, payload=UndonePayload(undoes="a")
    )
    assert replay_round([collected, undone]).visits[31].phase is VisitPhase.WAITING

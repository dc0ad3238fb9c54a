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
from collector.rounds.events.replay import RecordedEvent, VisitPhase, replay, replay_round, standing
from collector.rounds.models import EventKind

CASES = json.loads((Path(__file__).parents[3] / "replay_cases.json").read_text(encoding="utf-8"))
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def _said(row: Sequence[Any]) -> RecordedEvent:
    client_id, kind, sequence, minute, undoes = row
    return RecordedEvent(
        client_id=client_id,
        kind=EventKind(kind),
        pickup=31,
        sequence=sequence,
        device_at=NINE + timedelta(minutes=minute),
        payload={"undoes": undoes} if undoes else {},
    )


@pytest.mark.parametrize("case", CASES["visits"], ids=lambda case: str(case["it"]))
def test_a_visit(case: dict[str, Any]) -> None:
    events = [_said(row) for row in case["events"]]
    for order in (events, events[::-1], events * 2):
        state = replay(order)
        assert state.phase.value == case["phase"]
        decided = state.decided_by.client_id if state.decided_by else None
        assert decided == case["decided_by"]


@pytest.mark.parametrize("case", CASES["numbers"])
def test_bottles_are_named_as_the_phone_names_them(case: dict[str, Any]) -> None:
    door = PickupRecord(
        bottles=case["bottles"],
        volume_ml=100,
        freezer_celsius=-20,
        storage_ok=True,
        containers=tuple(case["containers"]),
        refused=(),
        empties_left=0,
        note="",
    )
    assert door.numbers(case["pickup"]) == case["numbers"]


def test_two_bottles_of_any_two_visits_never_share_a_number() -> None:
    numbers = [number_of(pickup, index) for pickup in range(1, 120) for index in range(1, 120)]
    assert len(set(numbers)) == len(numbers)


@st.composite
def _histories(draw: st.DrawFn) -> list[RecordedEvent]:
    """What one or two phones may say of one visit, clocks wrong by days."""
    count = draw(st.integers(0, 9))
    ids = [f"{n:02d}" for n in range(count)]
    kinds = st.sampled_from(["arrived", "collected", "not_done", "undone"])
    events = []
    for client_id in ids:
        kind = draw(kinds)
        undoes = draw(st.sampled_from(ids)) if kind == "undone" else None
        row = (client_id, kind, draw(st.integers(1, 6)), draw(st.integers(-2880, 2880)), undoes)
        events.append(_said(row))
    return events


@given(_histories(), st.randoms(use_true_random=False))
def test_shuffled_and_tripled_events_come_to_the_same(
    events: list[RecordedEvent], chance: random.Random
) -> None:
    heard = events * 3
    chance.shuffle(heard)
    assert replay(heard) == replay(events)
    assert standing(heard) == standing(events)
    assert replay_round(heard) == replay_round(events)


@given(_histories())
def test_a_visit_is_settled_exactly_when_a_record_that_nobody_undid_is_there(
    events: list[RecordedEvent],
) -> None:
    undone = {event.payload.get("undoes") for event in events}
    left = [
        event
        for event in events
        if event.kind in {EventKind.COLLECTED, EventKind.NOT_DONE} and event.client_id not in undone
    ]
    state = replay(events)
    assert state.settled == bool(left)
    assert (state.phase in {VisitPhase.COLLECTED, VisitPhase.NOT_DONE}) == bool(left)

"""However the words of a day arrive, the rows come to say the same: tried on random days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from collector.audit.queries import first_broken_link
from collector.custody.models import Container, ContainerState, DoorRecord
from collector.custody.numbers import number_of
from collector.db import db, reading, transaction
from collector.pickups.models import Pickup
from collector.rounds.events.intake import EventStatus, accept
from collector.rounds.models import Round
from tests.phone_round import FIRST_ARRIVAL, collected, publish_round, said
from tests.town import Town

Said = dict[str, Any]

WORDS = ["started", "arrived", "collected", "collected", "not_done", "undone", "handed_over"]
"""The record of a visit is twice as likely as the rest."""


@pytest.fixture
def road(app: Flask, town: Town) -> Iterator[tuple[Town, int]]:
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], town.pickups[:2]).id
        yield town, round_id
        db.session.remove()


@st.composite
def days(draw: st.DrawFn, town: Town) -> list[Said]:
    """Draw what two phones might say of a day, in their own order; both may count alike."""
    events: list[Said] = []
    for n in range(draw(st.integers(1, 8))):
        kind, pickup = draw(st.sampled_from(WORDS)), draw(st.sampled_from(town.pickups[:2]))
        sequence = draw(st.integers(max(1, n - 1), n + 1))
        event = word(draw, town, kind, pickup, sequence, events)
        # A phone's clock may be two days off, either way.
        wrong = timedelta(hours=draw(st.integers(-48, 48)))
        events.append(event | {"device_at": (FIRST_ARRIVAL + wrong).isoformat()})
    return list({each["client_id"]: each for each in events}.values())


def word(
    draw: st.DrawFn, town: Town, kind: str, pickup: int, sequence: int, before: list[Said]
) -> Said:
    if kind == "started":
        return said("started", sequence=sequence)
    if kind == "collected":
        bottles, refused = draw(st.sampled_from([(0, 1), (1, 0), (2, 1), (3, 0)]))
        given = {"bottles": bottles, "volume_ml": 200 * bottles}
        given["refused"] = [{"count": refused, "reason": "thawed"}] if refused else []
        return collected(pickup, sequence=sequence, **given)
    if kind == "not_done":
        return said("not_done", pickup, sequence=sequence, reason="nobody_home")
    if kind == "undone" and before:
        undone = draw(st.sampled_from(before))
        given = {"undoes": undone["client_id"]}
        return said("undone", undone["pickup"], sequence=sequence, **given)
    if kind == "handed_over":
        named = [number_of(pickup, n) for n in range(1, draw(st.integers(0, 3)) + 1)]
        given = {"site": town.site, "box_celsius": -20}
        if draw(st.booleans()):
            given["containers"] = named
        return said("handed_over", sequence=sequence, **given)
    return said("arrived", pickup, sequence=sequence)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_shuffled_doubled_and_late_words_come_to_the_same_rows(
    road: tuple[Town, int], data: st.DataObject
) -> None:
    town, round_id = road
    events = data.draw(days(town))
    heard = [each for each in events for _ in range(data.draw(st.integers(1, 3)))]
    heard = data.draw(st.permutations(heard))
    late = data.draw(st.integers(0, 7 * 24))
    expected = what_became_of(town, round_id, events, late=0)
    assert what_became_of(town, round_id, heard, late=late) == expected


def what_became_of(town: Town, round_id: int, heard: list[Said], *, late: int) -> dict[str, object]:
    """Say it in this order, an hour apart if late; look at every row, and keep nothing of it."""
    with reading() as session:
        for n, event in enumerate(heard):
            outcome = accept(
                session,
                now=FIRST_ARRIVAL + timedelta(hours=late + n),
                bank_id=town.bank,
                person_id=town.ana,
                round_id=round_id,
                said=event,
            )
            assert outcome.status is not EventStatus.REFUSED, outcome
        assert first_broken_link(session, town.bank) is None
        session.expire_all()
        pickups = [session.get_one(Pickup, key) for key in town.pickups[:2]]
        # A bottle that was taken back before it was known of was never declared.
        there = select(Container).where(Container.state != ContainerState.DECLARED)
        standing = select(DoorRecord).where(DoorRecord.withdrawn_at.is_(None))
        return {
            "round": session.get_one(Round, round_id).state,
            "pickups": [(each.state, each.failure) for each in pickups],
            "containers": {
                (each.number, each.state, each.pickup_id, each.refused_because)
                for each in session.scalars(there)
            },
            "records": {(each.pickup_id, each.bottles) for each in session.scalars(standing)},
        }

"""Independence of the rows from order, repetition, delay and POSTs of the events: random days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
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
from collector.rounds.events.intake import EventStatus, accept_events
from collector.rounds.models import Round
from tests.phone_round import FIRST_ARRIVAL, collected, phone_event, publish_round
from tests.town import Town

pytestmark = pytest.mark.twin

Said = dict[str, Any]

KINDS = ["started", "arrived", "collected", "collected", "not_done", "undone", "handed_over"]
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
    """Draw the events of two phones on a day, in their own order; sequences may be equal."""
    events: list[Said] = []
    for n in range(draw(st.integers(1, 8))):
        kind, pickup = draw(st.sampled_from(KINDS)), draw(st.sampled_from(town.pickups[:2]))
        sequence = draw(st.integers(max(1, n - 1), n + 1))
        event = event_of(draw, town, kind, pickup, sequence, events)
        # A phone's clock may be two days off, either way.
        wrong = timedelta(hours=draw(st.integers(-48, 48)))
        events.append(event | {"device_at": (FIRST_ARRIVAL + wrong).isoformat()})
    return list({each["client_id"]: each for each in events}.values())


def event_of(
    draw: st.DrawFn, town: Town, kind: str, pickup: int, sequence: int, before: list[Said]
) -> Said:
    if kind == "started":
        return phone_event("started", sequence=sequence)
    if kind == "collected":
        bottles, refused = draw(st.sampled_from([(0, 1), (1, 0), (2, 1), (3, 0)]))
        given = {"bottles": bottles, "volume_ml": 200 * bottles}
        given["refused"] = [{"count": refused, "reason": "thawed"}] if refused else []
        return collected(pickup, sequence=sequence, **given)
    if kind == "not_done":
        return phone_event("not_done", pickup, sequence=sequence, reason="nobody_home")
    if kind == "undone" and before:
        undone = draw(st.sampled_from(before))
        given = {"undoes": undone["client_id"]}
        return phone_event("undone", undone["pickup"], sequence=sequence, **given)
    if kind == "handed_over":
        named = [number_of(pickup, n) for n in range(1, draw(st.integers(0, 3)) + 1)]
        given = {"site": town.site, "box_celsius": -20}
        if draw(st.booleans()):
            given["containers"] = named
        return phone_event("handed_over", sequence=sequence, **given)
    return phone_event("arrived", pickup, sequence=sequence)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_shuffled_doubled_and_late_events_give_the_same_rows(
    road: tuple[Town, int], data: st.DataObject
) -> None:
    town, round_id = road
    events = data.draw(days(town))
    arrived = [each for each in events for _ in range(data.draw(st.integers(1, 3)))]
    arrived = data.draw(st.permutations(arrived))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(arrived)), max_size=4)))
    late = data.draw(st.integers(0, 7 * 24))
    expected = rows_after(town, round_id, [[event] for event in events], late=0)
    posts = [arrived[a:b] for a, b in pairwise([0, *cuts, len(arrived)])]
    assert rows_after(town, round_id, posts, late=late) == expected


def rows_after(
    town: Town, round_id: int, posts: list[list[Said]], *, late: int
) -> dict[str, object]:
    """Send the POSTs an hour apart, return every row, and store nothing."""
    with reading() as session:
        for n, post in enumerate(posts):
            results = accept_events(
                session,
                now=FIRST_ARRIVAL + timedelta(hours=late + n),
                bank_id=town.bank,
                person_id=town.ana,
                round_id=round_id,
                sent=post,
            )
            refused = [each for each in results if each.status is EventStatus.REFUSED]
            assert refused == []
        assert first_broken_link(session, town.bank) is None
        session.expire_all()
        pickups = [session.get_one(Pickup, key) for key in town.pickups[:2]]
        # A bottle that was undone before its record arrived was never declared.
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

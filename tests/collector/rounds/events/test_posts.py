"""Several events in one POST: their order, their results, their labels and their queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from collector.audit.queries import first_broken_link
from collector.custody.models import Container, ContainerState, CustodyEntry
from collector.db import db, reading, transaction
from collector.pickups.models import Pickup, PickupState
from collector.rounds.events.intake import EventResult, EventStatus, accept_events
from collector.rounds.models import RoundEvent
from tests.conftest import SetClock
from tests.phone_round import collected, phone_event, publish_round
from tests.town import Town, sign_in

pytestmark = pytest.mark.twin

ACCEPTED, DUPLICATE, REFUSED = EventStatus
Sent = dict[str, Any]


class Post:
    """Ana's phone, which sends several events at once."""

    def __init__(self, town: Town, clock: SetClock, round_id: int) -> None:
        self.town, self.clock, self.round_id = town, clock, round_id
        self.dora, self.elise = town.pickups[:2]

    def send(self, *events: object) -> list[EventResult]:
        db.session.rollback()
        with transaction() as session:
            return accept_events(
                session,
                now=self.clock.now(),
                bank_id=self.town.bank,
                person_id=self.town.ana,
                round_id=self.round_id,
                sent=events,
            )

    def statuses(self, *events: object) -> list[str]:
        return [each.code or each.status.value for each in self.send(*events)]

    def holder_of(self, label: str) -> tuple[int, ContainerState] | None:
        with reading() as session:
            row = session.scalar(select(Container).where(Container.number == label))
            return (row.pickup_id, row.state) if row else None


@pytest.fixture
def post(app: Flask, town: Town, clock: SetClock) -> Iterator[Post]:
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], town.pickups[:2]).id
        yield Post(town, clock, round_id)
        db.session.remove()


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements of the block."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    sqlalchemy_event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sqlalchemy_event.remove(db.engine, "before_cursor_execute", note)


def test_results_come_in_the_order_of_sending_and_a_refusal_stops_no_other(post: Post) -> None:
    results = post.statuses(
        collected(post.dora, sequence=3),
        collected(post.elise, sequence=2, bottles=201),
        {"client_id": "7"},
        7,
        phone_event("started", sequence=1),
        collected(post.town.pickups[2], sequence=4),
    )
    assert results == [
        "accepted",
        "figure_out_of_range",
        "event_unreadable",
        "event_unreadable",
        "accepted",
        "pickup_not_in_round",
    ]
    with reading() as session:
        kinds = session.scalars(select(RoundEvent.kind).order_by(RoundEvent.id))
        assert list(kinds) == ["started", "collected"]
        assert session.get_one(Pickup, post.dora).state is PickupState.COLLECTED
        assert session.get_one(Pickup, post.elise).state is PickupState.PUBLISHED
        assert first_broken_link(session, post.town.bank) is None


def test_an_event_twice_in_one_post_is_accepted_once(post: Post) -> None:
    event = collected(post.dora)
    assert post.statuses(event, event) == ["accepted", "duplicate"]
    assert post.statuses(event, event) == ["duplicate", "duplicate"]


def test_an_unreadable_copy_of_a_stored_event_is_a_duplicate(post: Post) -> None:
    event = phone_event("started")
    broken = event | {"kind": "exploded"}
    assert post.statuses(broken, event) == ["duplicate", "accepted"]
    assert post.statuses(broken) == ["duplicate"]


def test_an_event_of_another_round_is_refused_by_name(post: Post, clock: SetClock) -> None:
    started = phone_event("started")
    post.send(started)
    with transaction() as session:
        post.round_id = publish_round(session, post.town.shifts[1], post.town.pickups[2:]).id
    with transaction() as session:
        (result,) = accept_events(
            session,
            now=clock.now(),
            bank_id=post.town.bank,
            person_id=post.town.bruno,
            round_id=post.round_id,
            sent=[started | {"kind": "exploded"}],
        )
    assert (result.status, result.code) == (REFUSED, "event_of_another_round")


def test_events_are_accepted_in_the_order_of_the_phone(post: Post) -> None:
    first = collected(post.dora, sequence=1, containers=["MR-1"])
    undo = phone_event("undone", post.dora, sequence=2, undoes=first["client_id"])
    second = collected(post.elise, sequence=3, containers=["MR-1"])
    assert post.statuses(second, undo, first) == ["accepted"] * 3
    assert post.holder_of("MR-1") == (post.elise, ContainerState.IN_TRANSIT)


def test_a_label_is_taken_by_the_first_record_of_a_post(post: Post) -> None:
    first = collected(post.dora, sequence=1, containers=["MR-1"])
    second = collected(post.elise, sequence=2, containers=["MR-2", "MR-1"])
    assert post.statuses(second, first) == ["container_taken", "accepted"]
    assert post.holder_of("MR-1") == (post.dora, ContainerState.IN_TRANSIT)
    assert post.holder_of("MR-2") is None


def test_a_label_that_a_correction_frees_may_be_used_in_the_same_post(post: Post) -> None:
    post.send(collected(post.dora, sequence=1, containers=["MR-1"]))
    correction = collected(post.dora, sequence=2, containers=["MR-9"])
    other = collected(post.elise, sequence=3, containers=["MR-1"])
    assert post.statuses(correction, other) == ["accepted", "accepted"]
    assert post.holder_of("MR-1") == (post.elise, ContainerState.IN_TRANSIT)
    assert post.holder_of("MR-9") == (post.dora, ContainerState.IN_TRANSIT)


def test_a_label_that_an_undo_gives_back_to_its_first_record_is_taken_in_the_same_post(
    post: Post,
) -> None:
    correction = collected(post.dora, sequence=2)
    post.send(collected(post.dora, sequence=1, containers=["MR-1"]), correction)
    undo = phone_event("undone", post.dora, sequence=3, undoes=correction["client_id"])
    other = collected(post.elise, sequence=4, containers=["MR-1"])
    assert post.statuses(undo, other) == ["accepted", "container_taken"]


def test_a_record_that_is_undone_in_its_own_post_declares_no_bottle(post: Post) -> None:
    record = collected(post.dora, sequence=1)
    undo = phone_event("undone", post.dora, sequence=2, undoes=record["client_id"])
    assert post.statuses(record, undo) == ["accepted", "accepted"]
    with reading() as session:
        assert session.scalar(select(func.count(CustodyEntry.id))) == 0
        assert session.get_one(Pickup, post.dora).state is PickupState.PUBLISHED


def busy(post: Post, count: int, first: int) -> Sequence[Sent]:
    """Return arrivals, box readings and corrected records of both visits."""
    events: list[Sent] = []
    for sequence in range(first, first + count):
        pickup = post.dora if sequence % 2 else post.elise
        match sequence % 3:
            case 0:
                events.append(phone_event("arrived", pickup, sequence=sequence))
            case 1:
                events.append(phone_event("box_read", sequence=sequence, box="1", celsius=-20))
            case _:
                events.append(collected(pickup, sequence=sequence, containers=[f"MR-{pickup}"]))
    return events


def test_the_queries_of_a_post_do_not_grow_with_its_events(post: Post) -> None:
    post.send(*busy(post, 12, 1))
    counts = []
    for count, first in ((6, 101), (60, 201)):
        events = busy(post, count, first)
        with statements() as found:
            assert set(post.statuses(*events)) == {"accepted"}
        counts.append(Counter(each.split()[0] for each in found)["SELECT"])
        history = [each for each in found if "round_events.payload" in each.split("FROM")[0]]
        assert len(history) == 1
    assert counts[0] == counts[1]


def test_a_fault_of_ours_holds_up_its_own_event_only(app: Flask, post: Post) -> None:
    with transaction() as session:
        session.get_one(Pickup, post.dora).purposes = ["unheard of"]
    db.session.remove()
    client = sign_in(app, bank=post.town.bank, person=post.town.ana)
    faulty = collected(post.dora, sequence=2)
    events = [
        phone_event("started"),
        faulty,
        phone_event("arrived", post.elise, sequence=3),
        phone_event("not_done", post.elise, sequence=4, reason="access"),
        phone_event("not_done", 999, sequence=5, reason="access"),
    ]
    address = f"/phone/rounds/{post.round_id}/events"
    for statuses in (["accepted"] * 3 + ["refused"], ["duplicate"] * 3 + ["refused"]):
        answer = client.post(address, json=events).get_json()
        assert [each["status"] for each in answer["outcomes"]] == statuses
        (failure,) = answer["failures"]
        assert failure["client_id"] == faulty["client_id"]
        assert "server" in failure["message"]
    with reading() as session:
        kinds = session.scalars(select(RoundEvent.kind).order_by(RoundEvent.sequence))
        assert list(kinds) == ["started", "arrived", "not_done"]


def test_a_database_out_of_reach_is_no_fault_of_an_event(app: Flask, post: Post) -> None:
    attempts = []

    def lose(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO round_events"):
            attempts.append(statement)
            raise OperationalError(statement, {}, Exception("no connection"))

    client = sign_in(app, bank=post.town.bank, person=post.town.ana)
    events = [phone_event("started"), phone_event("arrived", post.elise, sequence=2)]
    sqlalchemy_event.listen(db.engine, "before_cursor_execute", lose)
    try:
        answer = client.post(f"/phone/rounds/{post.round_id}/events", json=events)
    finally:
        sqlalchemy_event.remove(db.engine, "before_cursor_execute", lose)
    assert (answer.status_code, len(attempts)) == (503, 1)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_clock_in_the_future_decides_on_the_order_whenever_the_events_arrive(
    post: Post, clock: SetClock, order: tuple[int, int]
) -> None:
    """Two phones with equal sequences, both ahead of the bank; an event happened by its reception.

    The milk is recorded on the 25th and handed over on the 26th, by the phones' clocks.
    """
    record = collected(post.dora, sequence=7, bottles=1, volume_ml=200)
    hand_over = phone_event("handed_over", sequence=7, site=post.town.site, box_celsius=-20)
    events = (
        record | {"device_at": "2026-11-25T08:00:00+00:00"},
        hand_over | {"device_at": "2026-11-26T08:00:00+00:00"},
    )
    for place in order:
        assert post.statuses(events[place]) == ["accepted"]
        clock.advance(hours=1)
    with reading() as session:
        (state,) = session.scalars(select(Container.state))
        assert state is ContainerState.RECEIVED
        times = session.scalars(select(RoundEvent.device_at).order_by(RoundEvent.id))
        assert list(times) == [clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)]

"""Events of a phone: accepted once, undone, in any order of arrival."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.audit.queries import first_broken_link
from collector.custody.models import Container, ContainerState, DoorRecord
from collector.custody.numbers import number_of
from collector.db import db, reading
from collector.errors import NotFound
from collector.pickups.models import Pickup, PickupState
from collector.rounds.events.intake import EventStatus, accept_events
from collector.rounds.models import Round, RoundEvent, RoundState
from tests.phone_round import collected, phone_event
from tests.sending_phone import Phone
from tests.town import Town

pytestmark = pytest.mark.twin

ACCEPTED, DUPLICATE, REFUSED = EventStatus


def test_a_collected_visit_moves_the_pickup_the_containers_and_the_round(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    assert phone.send(collected(dora)).status is ACCEPTED
    assert phone.pickup().state is PickupState.COLLECTED
    assert list(phone.containers().values()) == [ContainerState.IN_TRANSIT] * 7
    assert phone.round().state is RoundState.STARTED


def test_an_event_sent_three_times_is_accepted_once(phone: Phone) -> None:
    event = collected(phone.town.pickups[0])
    outcomes = [phone.send(event).status for _ in range(3)]
    assert outcomes == [ACCEPTED, DUPLICATE, DUPLICATE]
    assert len(phone.containers()) == 7
    assert phone.session().scalar(select(func.count(RoundEvent.id))) == 1


def test_a_colleague_and_another_bank_find_no_such_round(phone: Phone) -> None:
    for person in (phone.town.bruno, phone.town.sophie):
        with pytest.raises(NotFound):
            phone.send(phone_event("started"), person=person)


def test_a_visit_that_is_not_in_the_round_is_refused_by_name(phone: Phone) -> None:
    outcome = phone.send(collected(phone.town.pickups[2]))
    assert (outcome.status, outcome.code) == (REFUSED, "pickup_not_in_round")
    assert phone.session().scalar(select(func.count(RoundEvent.id))) == 0


def test_undoing_returns_the_visit_and_withdraws_the_record_without_removing_it(
    phone: Phone,
) -> None:
    dora = phone.town.pickups[0]
    event = collected(dora)
    phone.send(event)
    phone.send(phone_event("undone", dora, sequence=2, undoes=event["client_id"]))
    assert phone.pickup().state is PickupState.PUBLISHED
    assert set(phone.containers().values()) == {ContainerState.DECLARED}
    record = phone.session().scalar(select(DoorRecord))
    assert record is not None
    assert record.withdrawn_at is not None


def test_an_undo_that_arrives_before_its_event_has_the_same_effect(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    event = collected(dora)
    phone.send(phone_event("undone", dora, sequence=2, undoes=event["client_id"]))
    assert phone.send(event).status is ACCEPTED
    assert phone.pickup().state is PickupState.PUBLISHED
    assert not phone.containers()


def test_a_correction_after_an_undo_stands(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    event = collected(dora)
    phone.send(event)
    phone.send(phone_event("undone", dora, sequence=2, undoes=event["client_id"]))
    phone.send(collected(dora, sequence=3, bottles=5, volume_ml=900))
    states = list(phone.containers().values())
    assert states.count(ContainerState.IN_TRANSIT) == 5
    assert states.count(ContainerState.DECLARED) == 2
    standing = phone.session().scalars(select(DoorRecord).where(DoorRecord.withdrawn_at.is_(None)))
    assert [record.bottles for record in standing] == [5]


def test_arriving_after_the_record_changes_nothing(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    phone.send(collected(dora, sequence=2))
    phone.send(phone_event("arrived", dora, sequence=1))
    assert phone.pickup().state is PickupState.COLLECTED


def test_every_event_is_in_the_audit_chain(phone: Phone) -> None:
    phone.send(phone_event("started"))
    phone.send(collected(phone.town.pickups[0], sequence=2))
    assert first_broken_link(phone.session(), phone.town.bank) is None


def _busy_day(town: Town) -> list[dict[str, Any]]:
    """Return a busy day: labels, refusals, corrections, two hand-overs, a clock set back."""
    dora, elise = town.pickups[:2]
    first = collected(dora, sequence=3, containers=["MR-1"])
    wrong = phone_event("not_done", elise, sequence=6, reason="nobody_home")
    hand_over = {"site": town.site, "box_celsius": -20}
    return [
        phone_event("started", sequence=1),
        phone_event("arrived", dora, sequence=2),
        first,
        phone_event("undone", dora, sequence=4, undoes=first["client_id"]),
        collected(dora, sequence=5, bottles=3, volume_ml=500, containers=["MR-1"]),
        wrong,
        phone_event("undone", elise, sequence=7, undoes=wrong["client_id"]),
        collected(elise, sequence=8, refused=[{"count": 2, "reason": "thawed"}])
        | {"device_at": "2026-11-20T03:00:00+00:00"},
        phone_event(
            "handed_over", sequence=9, containers=["MR-1", number_of(dora, 2)], **hand_over
        ),
        phone_event("handed_over", sequence=10, **hand_over),
    ]


def _rows_after(
    phone: Phone, events: list[dict[str, Any]]
) -> tuple[list[EventStatus], dict[str, object]]:
    """Send the events in this order, return every row, and store nothing."""
    town = phone.town
    with reading() as session:
        outcomes = [
            accept_events(
                session,
                now=phone.clock.now(),
                bank_id=town.bank,
                person_id=town.ana,
                round_id=phone.round_id,
                sent=[event],
            )[0].status
            for event in events
        ]
        pickups = [session.get_one(Pickup, key) for key in town.pickups[:2]]
        containers = session.scalars(select(Container).order_by(Container.number))
        standing = session.scalars(
            select(DoorRecord.bottles)
            .where(DoorRecord.withdrawn_at.is_(None))
            .order_by(DoorRecord.pickup_id)
        )
        return outcomes, {
            "round": session.get_one(Round, phone.round_id).state,
            "pickups": [(pickup.state, pickup.failure) for pickup in pickups],
            "containers": {
                (row.number, row.state, row.pickup_id, row.refused_because)
                for row in containers
                if row.state is not ContainerState.DECLARED
            },
            "records": list(standing),
        }


@pytest.mark.parametrize("seed", range(6))
def test_every_order_of_arrival_gives_the_same_rows(phone: Phone, seed: int) -> None:
    events = _busy_day(phone.town)
    _, expected = _rows_after(phone, events)
    assert expected["round"] is RoundState.UNLOADED
    sent = events * 3
    random.Random(seed).shuffle(sent)  # noqa: S311 - a shuffle to be repeated
    outcomes, found = _rows_after(phone, sent)
    assert found == expected
    assert outcomes.count(ACCEPTED) == len(events)
    assert outcomes.count(DUPLICATE) == 2 * len(events)


@pytest.mark.postgresql
def test_one_event_in_six_simultaneous_posts_is_accepted_once(app: Flask, phone: Phone) -> None:
    event = collected(phone.town.pickups[0])
    db.session.remove()

    def send(_: int) -> EventStatus:
        with app.app_context():
            return phone.send(event).status

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(send, range(6)))
    assert outcomes.count(ACCEPTED) == 1
    assert outcomes.count(DUPLICATE) == 5
    assert len(phone.containers()) == 7

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collector.audit.queries import first_broken_link
from collector.custody.models import Container, ContainerState, DoorRecord, RefusalReason
from collector.custody.numbers import number_of
from collector.db import db, reading, transaction
from collector.donors.models import Donor
from collector.errors import NotFound
from collector.pickups.models import Pickup, PickupState
from collector.rounds.events.intake import EventResult, EventStatus, accept_events
from collector.rounds.incidents import open_remarks
from collector.rounds.models import Round, RoundEvent, RoundState
from collector.shifts.models import RosterShift
from tests.conftest import SetClock
from tests.phone_round import collected, phone_event, publish_round
from tests.town import MORNING, Town

pytestmark = pytest.mark.twin

ACCEPTED, DUPLICATE, REFUSED = EventStatus


class Phone:
    """Ana's phone: each event in a POST of its own."""

    def __init__(self, town: Town, clock: SetClock, round_id: int) -> None:
        self.town, self.clock, self.round_id = town, clock, round_id

    def send(self, event: dict[str, Any], *, person: int | None = None) -> EventResult:
        db.session.rollback()
        with transaction() as session:
            return accept_events(
                session,
                now=self.clock.now(),
                bank_id=self.town.bank,
                person_id=person or self.town.ana,
                round_id=self.round_id,
                sent=[event],
            )[0]

    def pickup(self, index: int = 0) -> Pickup:
        return self.session().get_one(Pickup, self.town.pickups[index])

    def round(self) -> Round:
        return self.session().get_one(Round, self.round_id)

    def containers(self) -> dict[str, ContainerState]:
        rows = self.session().scalars(select(Container).order_by(Container.number))
        return {row.number: row.state for row in rows}

    @staticmethod
    def session() -> Session:
        db.session.rollback()
        db.session.expire_all()
        return db.session()


@pytest.fixture
def phone(app: Flask, town: Town, clock: SetClock) -> Iterator[Phone]:
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], town.pickups[:2]).id
        yield Phone(town, clock, round_id)


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


def test_refused_bottles_are_kept_with_their_reason(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    phone.send(collected(dora, refused=[{"count": 2, "reason": "thawed"}]))
    assert phone.pickup().state is PickupState.PARTLY_COLLECTED
    refused = phone.session().scalars(
        select(Container).where(Container.state == ContainerState.REFUSED_AT_DOOR)
    )
    assert [each.refused_because for each in refused] == [RefusalReason.THAWED] * 2


def test_a_visit_with_every_bottle_refused_has_failed(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    refused = [{"count": 8, "reason": "thawed"}]
    phone.send(collected(dora, bottles=0, volume_ml=0, refused=refused))
    assert (phone.pickup().state, phone.pickup().failure) == (PickupState.FAILED, "milk_refused")


def test_a_visit_that_was_not_done_has_failed_with_its_reason(phone: Phone) -> None:
    phone.send(phone_event("not_done", phone.town.pickups[0], reason="nobody_home"))
    assert (phone.pickup().state, phone.pickup().failure) == (PickupState.FAILED, "nobody_home")


def test_a_remark_for_the_office_waits_until_it_is_settled_or_undone(phone: Phone) -> None:
    dora, elise, _fanny = phone.town.pickups
    record = collected(dora, sequence=1, note="Her bell is broken", for_office=True)
    phone.send(record)
    phone.send(phone_event("not_done", elise, sequence=2, reason="access", note="for me alone"))
    (remark,) = open_remarks(phone.session(), phone.town.bank)
    assert (remark.note, remark.pickup_id) == ("Her bell is broken", dora)
    undone = phone_event("undone", dora, sequence=3, undoes=record["client_id"], reason="mistake")
    phone.send(undone)
    assert open_remarks(phone.session(), phone.town.bank) == []


def test_a_telephone_that_was_not_reached_is_marked_on_the_donors_file(phone: Phone) -> None:
    dora, elise, _fanny = phone.town.pickups
    phone.send(phone_event("not_done", dora, reason="nobody_home", phone_unreached=True))
    phone.send(phone_event("not_done", elise, sequence=2, reason="nobody_home"))
    marked = [phone.session().get_one(Donor, phone.pickup(i).donor_id) for i in (0, 1)]
    assert [donor.phone_unreached_on for donor in marked] == [MORNING.date(), None]


def test_arriving_after_the_record_changes_nothing(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    phone.send(collected(dora, sequence=2))
    phone.send(phone_event("arrived", dora, sequence=1))
    assert phone.pickup().state is PickupState.COLLECTED


def test_the_round_is_unloaded_when_every_container_was_received(phone: Phone) -> None:
    dora, elise = phone.town.pickups[:2]
    phone.send(collected(dora))
    phone.send(phone_event("not_done", elise, sequence=2, reason="nothing_ready"))
    numbers = list(phone.containers())
    hand_over = {"site": phone.town.site, "box_celsius": -20}
    phone.send(phone_event("handed_over", sequence=3, containers=numbers[:5], **hand_over))
    assert phone.round().state is RoundState.RETURNED
    phone.send(phone_event("handed_over", sequence=4, containers=numbers[5:], **hand_over))
    assert phone.round().state is RoundState.UNLOADED
    assert set(phone.containers().values()) == {ContainerState.RECEIVED}


def test_a_hand_over_that_names_no_container_takes_all_that_was_aboard(phone: Phone) -> None:
    dora, elise = phone.town.pickups[:2]
    phone.send(phone_event("handed_over", sequence=3, site=phone.town.site, box_celsius=-20))
    phone.send(collected(dora, sequence=1))
    phone.send(collected(elise, sequence=4))
    states = phone.containers()
    assert {state for key, state in states.items() if key.startswith(f"{dora}-")} == {
        ContainerState.RECEIVED
    }
    assert {state for key, state in states.items() if key.startswith(f"{elise}-")} == {
        ContainerState.IN_TRANSIT
    }


def test_a_label_on_another_visits_bottle_is_refused_until_it_is_taken_back(phone: Phone) -> None:
    dora, elise = phone.town.pickups[:2]
    first = collected(dora, containers=["mr-1"])
    phone.send(first)
    wrong = phone.send(collected(elise, sequence=2, containers=["MR-1"]))
    assert (wrong.status, wrong.code) == (REFUSED, "container_taken")
    assert phone.pickup(1).state is PickupState.PUBLISHED
    phone.send(phone_event("undone", dora, sequence=3, undoes=first["client_id"]))
    assert phone.send(collected(elise, sequence=4, containers=["MR-1"])).status is ACCEPTED
    moved = phone.session().scalar(select(Container).where(Container.number == "MR-1"))
    assert moved is not None
    assert moved.pickup_id == elise


def test_a_freezer_warmer_than_the_policy_is_accepted_and_flagged(phone: Phone) -> None:
    phone.send(collected(phone.town.pickups[0], freezer_celsius=-17.9))
    phone.send(collected(phone.town.pickups[1], sequence=2, freezer_celsius=-18.0))
    flags = phone.session().scalars(select(DoorRecord.flags).order_by(DoorRecord.id))
    assert list(flags) == [["freezer_warm"], []]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"freezer_celsius": None}, "freezer_celsius_needed"),
        ({"freezer_celsius": -90.1}, "temperature_out_of_range"),
        ({"freezer_celsius": 30.1}, "temperature_out_of_range"),
        ({"freezer_celsius": float("nan")}, "temperature_out_of_range"),
        ({"freezer_celsius": "-19"}, "event_unreadable"),
        ({"storage_ok": None}, "storage_check_needed"),
        ({"storage_ok": "yes"}, "event_unreadable"),
        ({"bottles": -1}, "figure_out_of_range"),
        ({"bottles": 201}, "figure_out_of_range"),
        ({"bottles": True}, "figure_out_of_range"),
        ({"volume_ml": 60_001}, "figure_out_of_range"),
        ({"volume_ml": 0}, "bottles_and_volume_differ"),
        ({"bottles": 0, "volume_ml": 0}, "nothing_collected"),
        ({"refused": [{"count": 1, "reason": "ugly"}]}, "event_unreadable"),
        ({"refused": [{"count": 201, "reason": "thawed"}]}, "figure_out_of_range"),
        ({"containers": ["A"] * 2}, "container_twice"),
        ({"containers": [str(n) for n in range(8)]}, "more_labels_than_bottles"),
        ({"note": "\x00"}, "event_unreadable"),
        ({"note": "\ud800"}, "event_unreadable"),
    ],
)
def test_a_record_with_a_mistake_is_refused_by_name(
    phone: Phone, changes: dict[str, Any], code: str
) -> None:
    outcome = phone.send(collected(phone.town.pickups[0], **changes))
    assert (outcome.status, outcome.code) == (REFUSED, code)
    assert phone.pickup().state is PickupState.PUBLISHED


@pytest.mark.parametrize("celsius", [-90, 30, -18, 0])
def test_the_coldest_and_the_warmest_permitted_are_accepted(phone: Phone, celsius: int) -> None:
    outcome = phone.send(collected(phone.town.pickups[0], freezer_celsius=celsius))
    assert outcome.status is ACCEPTED


@pytest.mark.parametrize(
    "frame",
    [
        {"client_id": "7"},
        {"client_id": None},
        {"kind": "exploded"},
        {"pickup": None},
        {"pickup": "31"},
        {"sequence": -1},
        {"sequence": 2**31},
        {"device_at": "yesterday"},
        {"device_at": "2026-11-24T08:00:00"},
        {"payload": [1]},
    ],
)
def test_an_unreadable_frame_is_refused(phone: Phone, frame: dict[str, Any]) -> None:
    outcome = phone.send(collected(phone.town.pickups[0]) | frame)
    assert outcome.status is REFUSED


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


def test_a_late_event_of_a_first_round_takes_nothing_back_from_the_second(phone: Phone) -> None:
    dora = phone.town.pickups[0]
    phone.send(phone_event("not_done", dora, sequence=2, reason="nobody_home"))
    with transaction() as session:
        bruno = session.get_one(RosterShift, phone.town.shifts[1])
        bruno.day += timedelta(days=1)
        session.get_one(Pickup, dora).state = PickupState.ACCEPTED
        session.flush()
        second = publish_round(session, bruno.id, (dora,)).id
    first, phone.round_id = phone.round_id, second
    phone.send(collected(dora, sequence=5), person=phone.town.bruno)
    phone.round_id = first
    phone.send(phone_event("arrived", dora, sequence=1))
    assert phone.pickup().state is PickupState.COLLECTED
    assert list(phone.containers().values()) == [ContainerState.IN_TRANSIT] * 7

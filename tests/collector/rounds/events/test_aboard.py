"""Containers aboard: hand-overs, labels, and rounds that share a visit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from collector.custody.models import Container, ContainerState
from collector.db import transaction
from collector.pickups.models import Pickup, PickupState
from collector.rounds.events.intake import EventStatus
from collector.rounds.models import RoundState
from collector.shifts.models import RosterShift
from tests.phone_round import collected, phone_event, publish_round
from tests.sending_phone import Phone

pytestmark = pytest.mark.twin

ACCEPTED, DUPLICATE, REFUSED = EventStatus


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

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from collector.custody.models import ContainerState
from collector.custody.numbers import number_of
from collector.custody.queries import chain_of, containers_of, count_received, record_of
from collector.db import db, reading, transaction
from collector.errors import NotFound
from collector.rounds.events.intake import EventStatus, accept_events
from collector.service_day import ServiceDay
from tests.conftest import SetClock
from tests.phone_round import collected, phone_event, publish_round
from tests.town import MORNING, Town

pytestmark = pytest.mark.twin

PARIS = ZoneInfo("Europe/Paris")
TODAY = ServiceDay.of(MORNING, PARIS)


@pytest.fixture
def brought_in(app: Flask, town: Town, clock: SetClock) -> Iterator[Town]:
    """The town after Dora's seven bottles, from a freezer a little warm, reached the bank."""
    dora = town.pickups[0]
    record = collected(dora, sequence=2, freezer_celsius=-17, containers=["MR-1"])
    handed = phone_event("handed_over", sequence=3, site=town.site, box_celsius=-20)
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], (dora,)).id
        for event in (record, handed):
            _send(town, clock, round_id, event)
        yield town
        db.session.remove()


def _send(town: Town, clock: SetClock, round_id: int, event: dict[str, Any]) -> None:
    with transaction() as session:
        outcome = accept_events(
            session,
            now=clock.now(),
            bank_id=town.bank,
            person_id=town.ana,
            round_id=round_id,
            sent=[event],
        )[0]
    assert outcome.status is EventStatus.ACCEPTED


def test_a_container_leads_to_its_donor_its_visit_its_holders_and_temperatures(
    brought_in: Town,
) -> None:
    with reading() as session:
        chain = chain_of(session, bank_id=brought_in.bank, number="MR-1")
    assert chain.pickup_id == brought_in.pickups[0]
    assert chain.container.donor_id == brought_in.dora
    assert chain.record is not None
    assert chain.record.freezer_celsius == -17
    assert [(entry.state, entry.holder) for entry in chain.entries] == [
        (ContainerState.DECLARED, f"donor:{brought_in.dora}"),
        (ContainerState.COLLECTED, f"person:{brought_in.ana}"),
        (ContainerState.IN_TRANSIT, f"person:{brought_in.ana}"),
        (ContainerState.RECEIVED, f"site:{brought_in.site}"),
    ]
    assert [entry.details.get("freezer_celsius") for entry in chain.entries] == [
        None,
        -17,
        None,
        None,
    ]
    assert [entry.details.get("box_celsius") for entry in chain.entries] == [None, None, None, -20]


def test_bottles_without_a_label_have_a_chain_as_well(brought_in: Town) -> None:
    dora = brought_in.pickups[0]
    with reading() as session:
        numbers = [
            each.number for each in containers_of(session, bank_id=brought_in.bank, pickup_id=dora)
        ]
        assert sorted(numbers) == sorted(["MR-1", *(number_of(dora, n) for n in range(2, 8))])
        for number in numbers:
            assert len(chain_of(session, bank_id=brought_in.bank, number=number).entries) == 4


def test_another_bank_finds_no_such_container(brought_in: Town) -> None:
    with reading() as session, pytest.raises(NotFound):
        chain_of(session, bank_id=brought_in.other_bank, number="MR-1")


def test_received_containers_are_counted_for_their_bank_and_their_day(brought_in: Town) -> None:
    tomorrow = ServiceDay(TODAY.day + timedelta(days=1), PARIS)
    with reading() as session:
        assert count_received(session, bank_id=brought_in.bank, day=TODAY) == 7
        assert count_received(session, bank_id=brought_in.bank, day=tomorrow) == 0
        assert count_received(session, bank_id=brought_in.other_bank, day=TODAY) == 0


def test_a_warm_freezer_is_flagged_on_its_record(brought_in: Town) -> None:
    with reading() as session:
        found = record_of(session, bank_id=brought_in.bank, pickup_id=brought_in.pickups[0])
        assert found is not None
        assert found.flags == ["freezer_warm"]

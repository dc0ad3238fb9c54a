from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from collector.custody.actions import LADDER
from collector.custody.models import (
    Container,
    ContainerState,
    CustodyEntry,
    DoorRecord,
    RefusalReason,
)
from collector.custody.numbers import number_of, refused_number_of
from collector.custody.queries import record_of
from collector.db import db, reading, transaction
from collector.pickups.models import MilkLine, Pickup
from collector.rounds.events.intake import EventStatus, accept_events
from tests.phone_round import collected, phone_event, publish_round
from tests.town import MORNING, Town

pytestmark = pytest.mark.twin

DECLARED, COLLECTED, IN_TRANSIT, RECEIVED = LADDER
REFUSED = ContainerState.REFUSED_AT_DOOR


class Road:
    """Ana's round to Dora and Elise; its events are stored until the session ends."""

    def __init__(self, town: Town, round_id: int) -> None:
        self.town, self.round_id = town, round_id
        self.dora, self.elise = town.pickups[:2]

    def send(self, session: Session, *events: dict[str, Any]) -> None:
        for event in events:
            outcome = accept_events(
                session,
                now=MORNING,
                bank_id=self.town.bank,
                person_id=self.town.ana,
                round_id=self.round_id,
                sent=[event],
            )[0]
            assert outcome.status is not EventStatus.REFUSED, outcome

    def hand_over(self, sequence: int, *numbers: str) -> dict[str, Any]:
        given = {"site": self.town.site, "box_celsius": -20, "containers": list(numbers)}
        return phone_event("handed_over", sequence=sequence, **given)


@pytest.fixture
def road(app: Flask, town: Town) -> Iterator[Road]:
    with app.app_context():
        with transaction() as session:
            round_id = publish_round(session, town.shifts[0], town.pickups[:2]).id
        yield Road(town, round_id)
        db.session.remove()


def states(session: Session) -> dict[str, ContainerState]:
    session.expire_all()
    return {each.number: each.state for each in session.scalars(select(Container))}


def test_a_door_record_has_the_figures_that_the_law_requires_and_its_collector(road: Road) -> None:
    with reading() as session:
        road.send(session, collected(road.dora, volume_ml=1300, note="clean"))
        record = record_of(session, bank_id=road.town.bank, pickup_id=road.dora)
        assert record is not None
        assert (record.freezer_celsius, record.storage_ok) == (-19.5, True)
        assert (record.bottles, record.volume_ml, record.note) == (7, 1300, "clean")
        assert (record.collector_id, record.recorded_at) == (road.town.ana, MORNING)
        assert record_of(session, bank_id=road.town.other_bank, pickup_id=road.dora) is None


def test_undoing_withdraws_the_record_and_deletes_nothing(road: Road) -> None:
    first = collected(road.dora, sequence=1)
    undone = phone_event("undone", road.dora, sequence=2, undoes=first["client_id"])
    with reading() as session:
        road.send(session, first)
        entries = session.scalar(select(func.count(CustodyEntry.id))) or 0
        road.send(session, undone)
        assert record_of(session, bank_id=road.town.bank, pickup_id=road.dora) is None
        assert [each.withdrawn_at for each in session.scalars(select(DoorRecord))] == [MORNING]
        assert list(states(session).values()) == [DECLARED] * 7
        # Each bottle's return is one more entry of its history.
        assert session.scalar(select(func.count(CustodyEntry.id))) == entries + 7


def test_a_corrected_record_stands_and_the_first_is_kept_withdrawn(road: Road) -> None:
    with reading() as session:
        road.send(session, collected(road.dora, sequence=1))
        road.send(session, collected(road.dora, sequence=2, bottles=5, volume_ml=900))
        records = list(session.scalars(select(DoorRecord).order_by(DoorRecord.id)))
        assert [(each.bottles, each.withdrawn_at) for each in records] == [
            (7, MORNING),
            (5, None),
        ]


def test_a_refused_bottle_stays_with_its_donor_and_keeps_its_reason(road: Road) -> None:
    refused = [{"count": 1, "reason": "thawed"}, {"count": 1, "reason": "no_label"}]
    with reading() as session:
        road.send(session, collected(road.dora, sequence=1, refused=refused))
        road.send(
            session, phone_event("handed_over", sequence=2, site=road.town.site, box_celsius=-20)
        )
        kept = select(Container).where(Container.state == REFUSED).order_by(Container.number)
        found = list(session.scalars(kept.options(selectinload(Container.history))))
        assert [(each.number, each.refused_because) for each in found] == [
            (refused_number_of(road.dora, 1), RefusalReason.THAWED),
            (refused_number_of(road.dora, 2), RefusalReason.NO_LABEL),
        ]
        assert {each.history[-1].holder for each in found} == {f"donor:{road.town.dora}"}


def test_a_hand_over_receives_only_the_containers_that_it_names(road: Road) -> None:
    first, second = number_of(road.dora, 1), number_of(road.dora, 2)
    with reading() as session:
        road.send(session, collected(road.dora, sequence=1, bottles=2, volume_ml=400))
        road.send(session, road.hand_over(2, first))
        assert states(session) == {first: RECEIVED, second: IN_TRANSIT}


def test_a_hand_over_receives_nothing_that_is_not_on_board(road: Road) -> None:
    refused = [{"count": 1, "reason": "thawed"}]
    stays, never = refused_number_of(road.dora, 1), number_of(road.elise, 1)
    with reading() as session:
        road.send(session, collected(road.dora, bottles=1, volume_ml=200, refused=refused))
        road.send(session, road.hand_over(2, stays, never, "MR-404"))
        assert states(session) == {stays: REFUSED, number_of(road.dora, 1): IN_TRANSIT}


def test_a_hand_over_of_nothing_leaves_everything_on_board(road: Road) -> None:
    with reading() as session:
        road.send(session, collected(road.dora, sequence=1), road.hand_over(2))
        assert set(states(session).values()) == {IN_TRANSIT}


def test_undoing_a_hand_over_puts_the_bottles_back_into_the_box(road: Road) -> None:
    handed = road.hand_over(2, number_of(road.dora, 1))
    with reading() as session:
        road.send(session, collected(road.dora, bottles=1, volume_ml=200), handed)
        assert set(states(session).values()) == {RECEIVED}
        road.send(session, phone_event("undone", sequence=3, undoes=handed["client_id"]))
        assert set(states(session).values()) == {IN_TRANSIT}


def test_a_number_is_one_containers_in_a_bank_and_free_in_another(road: Road) -> None:
    town = road.town

    def bottle(bank: int, donor: int, pickup: int) -> Container:
        return Container(
            bank_id=bank,
            number="MR-1",
            donor_id=donor,
            pickup_id=pickup,
            state=DECLARED,
            refused_because=None,
        )

    with reading() as session:
        session.add(bottle(town.bank, town.dora, road.dora))
        session.add(bottle(town.other_bank, town.stranger_donor, town.stranger_pickup))
        session.flush()
        session.add(bottle(town.bank, town.elise, road.elise))
        with pytest.raises(IntegrityError):
            session.flush()


steps = st.lists(
    st.tuples(
        st.sampled_from(["collected", "not_done", "undone", "handed_over"]),
        st.integers(0, 1),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    max_size=7,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(day=steps, shuffled=st.randoms(use_true_random=False))
def test_the_chain_of_a_bottle_is_never_broken(road: Road, day: Any, shuffled: Any) -> None:  # noqa: ANN401
    events = a_day(road, day)
    shuffled.shuffle(events)
    with reading() as session:
        known = 0
        for event in events:
            road.send(session, event)
            session.expire_all()
            of_all = select(Container).options(selectinload(Container.history))
            bottles = list(session.scalars(of_all))
            assert sum(len(bottle.history) for bottle in bottles) >= known
            known = sum(len(bottle.history) for bottle in bottles)
            for bottle in bottles:
                assert_unbroken(bottle)


def a_day(road: Road, steps: list[tuple[str, int, int, int]]) -> list[dict[str, Any]]:
    """Return the events of drawn steps: a kind, a visit, and two figures for the kind."""
    events: list[dict[str, Any]] = []
    for sequence, (kind, visit, bottles, other) in enumerate(steps, 1):
        pickup = (road.dora, road.elise)[visit]
        if kind == "collected" and bottles + other:
            refused = [{"count": other, "reason": "damaged"}] if other else []
            figures = {"bottles": bottles, "volume_ml": 200 * bottles, "refused": refused}
            events.append(collected(pickup, sequence=sequence, **figures))
        elif kind == "not_done":
            events.append(phone_event("not_done", pickup, sequence=sequence, reason="nobody_home"))
        elif kind == "undone" and events:
            undone = events[(3 * bottles + other) % len(events)]
            undoes = {"undoes": undone["client_id"]}
            events.append(phone_event("undone", undone["pickup"], sequence=sequence, **undoes))
        elif kind == "handed_over":
            named = [number_of(pickup, n) for n in range(1, bottles + 1)]
            events.append(road.hand_over(sequence, *named))
    return events


def assert_unbroken(bottle: Container) -> None:
    """Check that a chain begins with the donor, skips no holder on its way, ends in the state."""
    states = [entry.state for entry in bottle.history]
    assert states[0] is DECLARED
    assert bottle.history[0].holder == f"donor:{bottle.donor_id}"
    assert states[-1] is bottle.state
    assert (bottle.refused_because is None) == (bottle.state is not REFUSED)
    for before, after in pairwise(states):
        assert before is not after
        if after in {IN_TRANSIT, RECEIVED} and before in LADDER:
            assert LADDER.index(before) >= LADDER.index(after) - 1


def test_a_bottle_bears_the_line_of_its_visit(road: Road) -> None:
    with transaction() as session:
        session.get_one(Pickup, road.dora).line = MilkLine.OWN_CHILD
        road.send(session, collected(road.dora), collected(road.elise, sequence=2))
        rows = session.execute(select(Container.pickup_id, Container.line))
        lines = {row.pickup_id: row.line for row in rows}
    assert lines == {road.dora: MilkLine.OWN_CHILD, road.elise: MilkLine.DONATED}

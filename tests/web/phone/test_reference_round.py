"""The endpoint against the reference: random days, shuffled, tripled, late, with wrong clocks.

`MILKROUND_EVENTS=10000 MILKROUND_ROUNDS=300 pytest tests/web/phone/test_reference_round.py`
plays the full numbers.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from collector.banks.models import Site
from collector.custody.models import Container, ContainerState
from collector.db import db, reading, transaction
from collector.donors.models import Donor
from collector.people.models import Person
from collector.pickups.models import Pickup
from collector.rounds.models import Incident, Round
from tests.builders import DAY, add_pickup, add_shift
from tests.phone_round import FIRST_ARRIVAL, publish_round
from tests.reference_round import ReferenceRound, Sent, number
from tests.town import Town, sign_in

EVENTS = int(os.environ.get("MILKROUND_EVENTS", "120"))
ROUNDS = int(os.environ.get("MILKROUND_ROUNDS", "8"))
OF_A_DAY = 40
KINDS = [
    *(
        "acknowledged",
        "started",
        "en_route",
        "arrived",
        "arrived",
        "postponed",
        "incident",
        "address_shown",
    ),
    *("collected", "collected", "collected", "not_done", "undone", "handed_over", "closed"),
]


class Street:
    """Published rounds in the town, and events sent to the endpoint."""

    def __init__(self, app: Flask, town: Town) -> None:
        self.app, self.town = app, town
        self.client: FlaskClient = sign_in(app, bank=town.bank, person=town.ana)
        self.days = count(1)

    def round(self) -> tuple[int, tuple[int, ...]]:
        """Publish a round of three new visits, on a day of its own."""
        # Days pass meanwhile, and a session lives for twelve hours.
        self.client = sign_in(self.app, bank=self.town.bank, person=self.town.ana)
        with self.app.app_context():
            with transaction() as session:
                donor = session.get_one(Donor, self.town.dora)
                pickups = tuple(add_pickup(session, donor).id for _ in range(3))
                shift = add_shift(
                    session,
                    session.get_one(Person, self.town.ana),
                    session.get_one(Site, self.town.site),
                    day=DAY + timedelta(days=next(self.days)),
                )
                found = publish_round(session, shift.id, pickups).id
            db.session.remove()
        return found, pickups

    def send(self, round_id: int, events: list[Sent]) -> None:
        answer = self.client.post(
            f"/phone/rounds/{round_id}/events",
            json=events,
            headers={"Accept": "application/json"},
        )
        statuses = [each["status"] for each in answer.get_json()["outcomes"]]
        assert set(statuses) <= {"accepted", "duplicate"}, answer.get_json()

    def state(self, round_id: int, pickups: tuple[int, ...]) -> dict[str, Any]:
        """Return the rows in the form of the reference."""
        ours = Container.pickup_id.in_(pickups)
        with self.app.app_context(), reading() as session:
            rows = list(session.scalars(select(Container).where(ours)))
            found = session.get_one(Round, round_id)
            open_incidents = select(Incident.id).where(
                Incident.round_id == round_id, Incident.withdrawn_at.is_(None)
            )
            visits = {key: session.get_one(Pickup, key) for key in pickups}
            return {
                "visits": {key: (each.state.value, each.failure) for key, each in visits.items()},
                "received": {r.number for r in rows if r.state is ContainerState.RECEIVED},
                "aboard": {r.number for r in rows if r.state is ContainerState.IN_TRANSIT},
                "round": found.state.value,
                "incidents": len(session.scalars(open_incidents).all()),
                "acknowledged": found.acknowledged,
            }


@pytest.fixture
def street(app: Flask, town: Town) -> Street:
    return Street(app, town)


def next_event(
    chance: random.Random, town: Town, pickups: tuple[int, ...], before: list[Sent], sequence: int
) -> Sent:
    """Return a possible next event of a phone; its clock may be two days off."""
    kind, pickup = chance.choice(KINDS), chance.choice(pickups)
    payload: dict[str, Any] = {}
    if kind == "collected":
        bottles = chance.randrange(4)
        refused = [{"count": 1, "reason": "thawed"}] if not bottles or chance.random() < 0.3 else []
        payload = {"bottles": bottles, "volume_ml": 200 * bottles, "freezer_celsius": -20}
        payload |= {"storage_ok": True, "refused": refused}
    elif kind == "not_done":
        payload = {"reason": chance.choice(["nobody_home", "access"])}
    elif kind == "incident":
        payload = {"kind": "road", "note": "snow"}
    elif kind == "acknowledged":
        payload = {"revision": chance.randrange(1, 9)}
    elif kind == "closed":
        payload = {"kilometres": chance.randrange(200)}
    elif kind == "undone" and before:
        undone = chance.choice([each for each in before if each["kind"] != "undone"] or before)
        payload, pickup = {"undoes": undone["client_id"]}, undone["pickup"]
    elif kind == "handed_over":
        payload = {"site": town.site, "box_celsius": -20}
        if chance.random() < 0.5:
            payload["containers"] = [number(pickup, n) for n in range(1, chance.randrange(4) + 1)]
    elif kind == "undone":
        kind = "arrived"
    whole = kind in {"acknowledged", "started", "incident", "handed_over", "closed"}
    wrong = timedelta(hours=chance.randrange(-48, 49))
    return {
        "client_id": str(UUID(int=chance.getrandbits(128))),
        "kind": kind,
        "pickup": None if whole else pickup,
        "sequence": max(1, sequence - chance.randrange(2)),
        "device": str(UUID(int=chance.randrange(1, 3))),
        "device_at": (FIRST_ARRIVAL + wrong).isoformat(),
        "payload": payload,
    }


def test_shuffled_tripled_and_late_events_equal_the_reference(street: Street) -> None:
    chance = random.Random(20_261_124)  # noqa: S311 - a day is drawn, not a secret
    for _ in range(max(1, EVENTS // OF_A_DAY)):
        round_id, pickups = street.round()
        reference, events = ReferenceRound(pickups), list[Sent]()
        for sequence in range(1, OF_A_DAY + 1):
            events.append(next_event(chance, street.town, pickups, events, sequence))
            reference.receive(events[-1])
        sent = events * 3
        chance.shuffle(sent)
        for start in range(0, len(sent), 50):
            street.app.extensions["milkround_clock"].advance(minutes=7)
            street.send(round_id, sent[start : start + 50])
        assert street.state(round_id, pickups) == reference.state()


def test_the_rows_of_two_phones_equal_the_reference_in_any_order(street: Street) -> None:
    class Phones(RuleBasedStateMachine):
        """Two phones that hold some events back and repeat others."""

        @initialize()
        def begin(self) -> None:
            self.round_id, self.pickups = street.round()
            self.reference = ReferenceRound(self.pickups)
            self.events: list[Sent] = []
            self.waiting: list[Sent] = []

        @rule(seed=st.integers(0, 2**32), keeps=st.booleans())
        def records(self, seed: int, *, keeps: bool) -> None:
            chance = random.Random(seed)  # noqa: S311 - Hypothesis draws it
            event = next_event(chance, street.town, self.pickups, self.events, len(self.events) + 1)
            event["client_id"] = str(UUID(int=(self.round_id << 64) + len(self.events) + 1))
            self.events.append(event)
            self.waiting.append(event)
            if not keeps:
                self.arrives(seed)

        @rule(seed=st.integers(0, 2**32))
        def arrives(self, seed: int) -> None:
            chance = random.Random(seed)  # noqa: S311 - Hypothesis draws it
            sent = self.waiting + chance.sample(self.events, min(2, len(self.events)))
            chance.shuffle(sent)
            for event in sent:
                self.reference.receive(event)
            self.waiting = []
            street.send(self.round_id, sent)
            assert street.state(self.round_id, self.pickups) == self.reference.state()

    run_state_machine_as_test(
        Phones,
        settings=settings(
            max_examples=ROUNDS,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Timers: one broken row stops no other task, and a dead thread ends the worker."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from collector.db import reading, transaction
from collector.jobs.models import TimerFailure
from collector.notices.models import Notice
from collector.pickups.models import Pickup, PickupState
from collector.rounds.events.intake import accept_events
from collector.rounds.models import Round, RoundEvent, RoundState
from collector.timers import run_due_tasks
from collector.worker import _start
from tests.phone_round import FIRST_ARRIVAL, phone_event, publish_round
from tests.town import Town, sign_in

pytestmark = pytest.mark.twin

EVENING_BEFORE = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)


def publish_two(app: Flask, town: Town) -> tuple[int, int]:
    """Publish a round of Ana's and one of Bruno's; return their keys."""
    with app.app_context(), transaction() as session:
        broken = publish_round(session, town.shifts[0], town.pickups[:1])
        whole = publish_round(session, town.shifts[1], town.pickups[1:2])
        for key in town.pickups[:2]:
            session.get_one(Pickup, key).state = PickupState.PUBLISHED
        return broken.id, whole.id


def failures(app: Flask) -> list[tuple[str, str, str, int]]:
    """Return the recorded failures: timer, subject, error, attempts."""
    with app.app_context(), reading() as session:
        rows = session.scalars(select(TimerFailure).order_by(TimerFailure.id))
        return [(row.timer, row.subject, row.error, row.attempts) for row in rows]


def test_a_broken_round_stops_no_other_reminder_and_is_shown_until_it_is_mended(
    app: Flask, town: Town
) -> None:
    broken, _ = publish_two(app, town)
    with app.app_context(), transaction() as session:
        round_ = session.get_one(Round, broken)
        published = round_.published
        round_.published = {"day": "2026-11-24", "stops": [{"pickup": town.pickups[0]}]}
    with app.app_context():
        run_due_tasks(EVENING_BEFORE)
        run_due_tasks(EVENING_BEFORE + timedelta(minutes=1))
    with app.app_context(), reading() as session:
        reminders = session.scalars(select(Notice).where(Notice.template == "visit_tomorrow"))
        assert [notice.figures["pickup"] for notice in reminders] == [town.pickups[1]]
    assert failures(app) == [
        ("forecast", "day:2026-11-24", "KeyError", 2),
        ("evening_reminder", f"round:{broken}", "KeyError", 2),
    ]
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert "Automatic tasks that failed" in claire.get("/board/morning").get_data(as_text=True)
    with app.app_context(), transaction() as session:
        session.get_one(Round, broken).published = published
    with app.app_context():
        run_due_tasks(EVENING_BEFORE + timedelta(minutes=2))
    assert failures(app) == []


def test_an_event_dated_9999_happened_when_it_was_received(app: Flask, town: Town) -> None:
    far = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    with app.app_context(), transaction() as session:
        round_id = publish_round(session, town.shifts[0], town.pickups).id
        accept_events(
            session,
            now=FIRST_ARRIVAL,
            bank_id=town.bank,
            person_id=town.ana,
            round_id=round_id,
            sent=[phone_event("started") | {"device_at": far.isoformat()}],
        )
    with app.app_context(), reading() as session:
        row = session.scalars(select(RoundEvent)).one()
        assert (row.device_at, row.reported_at) == (FIRST_ARRIVAL, far)
        assert session.get_one(Round, round_id).state is RoundState.STARTED
    with app.app_context():
        run_due_tasks(FIRST_ARRIVAL)
    assert failures(app) == []
    claire = sign_in(app, bank=town.bank, person=town.claire)
    assert claire.get("/board/morning").status_code == 200


def test_a_near_reminder_is_corrected_when_the_arrival_moves_and_not_sent_outside_the_promise(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        round_id = publish_round(session, town.shifts[0], town.pickups[:1]).id
        session.get_one(Pickup, town.pickups[0]).state = PickupState.PUBLISHED
    starts = {1: 0, 2: 20, 3: 300}
    for sequence, late in starts.items():
        at = FIRST_ARRIVAL - timedelta(minutes=30) + timedelta(minutes=late)
        with app.app_context(), transaction() as session:
            if sequence == 1:
                session.add(started(session.get_one(Round, round_id), town, at))
                session.get_one(Round, round_id).state = RoundState.STARTED
            else:
                session.scalars(select(RoundEvent)).one().device_at = at
        with app.app_context():
            run_due_tasks(FIRST_ARRIVAL - timedelta(minutes=20))
    with app.app_context(), reading() as session:
        near = session.scalars(select(Notice).where(Notice.template == "visit_near"))
        found = [(notice.once, notice.figures["opens"]) for notice in near.all()]
    key = f"visit_near pickup:{town.pickups[0]}"
    assert [once for once, _ in found] == [key, f"{key} corrected:1"]
    assert found[0][1] < found[1][1]


def started(round_: Round, town: Town, at: datetime) -> RoundEvent:
    """Return the event of a round's start."""
    return RoundEvent(
        bank_id=town.bank,
        client_id="start",
        round_id=round_.id,
        pickup_id=None,
        person_id=town.ana,
        kind="started",
        sequence=1,
        device_at=at,
        received_at=at,
        payload={},
    )


def test_a_dead_thread_stops_the_worker() -> None:
    stop, dead = threading.Event(), list[str]()

    def fail() -> None:
        raise RuntimeError("out of memory")

    _start("timers", fail, stop, dead).join()
    assert (stop.is_set(), dead) == (True, ["timers"])

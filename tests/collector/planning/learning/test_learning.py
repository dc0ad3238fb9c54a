"""Learning from the rows of driven rounds: what teaches, what does not, what plans then use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.banks.queries import get_bank, policies_of
from collector.db import reading, transaction
from collector.errors import Refused
from collector.pickups.models import Pickup
from collector.planning.learning.actions import (
    Learned,
    NightlyLearning,
    forget,
    learned_of,
    pin,
    write_learned,
)
from collector.planning.learning.choice import GENERAL, ChosenTimes
from collector.planning.learning.fit import Effect
from collector.planning.learning.model import LearningErrors, TimesModel
from collector.planning.learning.traces import Traces, load_traces
from collector.planning.problem.build import build_problem, load_written_facts
from collector.roads.learned import forget_learned, learned_rows, learning_result, load_learned
from collector.roads.models import LearnedKind, LearnedTime
from collector.rounds.models import EventKind, RoundEvent
from tests.builders import DAY
from tests.collector.planning.days import the_plan
from tests.collector.planning.on_the_road import driven_until, published
from tests.town import Town

EVENING = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
BEFORE = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def driven(app: Flask, town: Town) -> Town:
    with app.app_context(), transaction() as session:
        published(session, town)
        driven_until(session, town, EVENING)
        for event in session.scalars(select(RoundEvent)):
            event.received_at = event.device_at + timedelta(minutes=1)
    return town


def traces(session: Session, town: Town) -> Traces:
    zone, policies = get_bank(session, town.bank).zone, policies_of(session, town.bank)
    return load_traces(session, bank_id=town.bank, zone=zone, policies=policies, until=DAY)


def value(town: Town, kind: LearnedKind, key: str, factor: float) -> LearnedTime:
    return LearnedTime(
        bank_id=town.bank,
        kind=kind,
        key=key,
        donor_id=int(key) if kind is LearnedKind.DONOR else None,
        factor=factor,
        spread_percent=20.0,
        count=50,
        learned_at=BEFORE,
    )


def test_legs_between_two_doors_and_minutes_at_each_teach(app: Flask, driven: Town) -> None:
    with app.app_context(), reading() as session:
        found = traces(session, driven)
    (trace,) = found.rounds
    assert found.left_out == 0
    assert len(trace.halts) == 3
    for _, seconds, halt in trace.legs():
        if halt.leg_teaches:
            assert seconds >= halt.base * 0.95
    taught = [halt for halt in trace.halts if halt.door_teaches]
    assert taught
    assert all(halt.at_door == pytest.approx(halt.minutes, abs=1) for halt in taught)


def test_a_wrong_clock_teaches_nothing(app: Flask, driven: Town) -> None:
    with app.app_context(), transaction() as session:
        event = session.scalars(
            select(RoundEvent).where(RoundEvent.kind == EventKind.ARRIVED)
        ).first()
        assert event is not None
        event.reported_at = event.device_at - timedelta(hours=1)
        session.flush()
        found = traces(session, driven)
    assert (found.rounds, found.left_out) == ((), 1)


def test_a_clock_that_runs_late_without_a_word_teaches_nothing(app: Flask, driven: Town) -> None:
    with app.app_context(), transaction() as session:
        for event in session.scalars(select(RoundEvent)):
            event.received_at = event.device_at + timedelta(hours=2)
        session.flush()
        assert traces(session, driven).left_out == 1


def test_a_leg_with_an_incident_in_it_does_not_teach(app: Flask, driven: Town) -> None:
    with app.app_context(), transaction() as session:
        before = [
            halt.leg_teaches for trace in traces(session, driven).rounds for halt in trace.halts
        ]
        second = sorted(
            session.scalars(select(RoundEvent).where(RoundEvent.kind == EventKind.ARRIVED)),
            key=lambda each: each.device_at,
        )[1]
        session.add(
            RoundEvent(
                bank_id=driven.bank,
                client_id="00000000-0000-4000-8000-000000000001",
                round_id=second.round_id,
                pickup_id=None,
                person_id=second.person_id,
                kind=EventKind.INCIDENT,
                sequence=second.sequence,
                device_at=second.device_at - timedelta(seconds=5),
                received_at=second.received_at,
                payload={"kind": "road", "note": ""},
            )
        )
        session.flush()
        after = [
            halt.leg_teaches for trace in traces(session, driven).rounds for halt in trace.halts
        ]
    assert before[1]
    assert after == [before[0], False, *before[2:]]


def test_plans_use_the_learned_times_of_hours_doors_and_spreads(app: Flask, driven: Town) -> None:
    with app.app_context(), transaction() as session:
        facts = load_written_facts(session, the_plan(session, driven))
        before = build_problem(facts, list(facts.pickups.values()))
        donor = session.get_one(Pickup, int(before.visits[0].id)).donor_id
        for hour in ("morning", "day", "evening"):
            session.add(value(driven, LearnedKind.HOUR, hour, 1.5))
        session.add(value(driven, LearnedKind.DONOR, str(donor), 2.0))
        session.add(value(driven, LearnedKind.LEG_SPREAD, "", 1.0))
        session.flush()
        facts = load_written_facts(session, the_plan(session, driven))
        after = build_problem(facts, list(facts.pickups.values()))
        assert after.visits[0].service == 2 * before.visits[0].service
        assert after.spreads.leg == 20
        (travel,), (free,) = after.travel.values(), before.travel.values()
        assert travel.seconds[0][1] == pytest.approx(1.5 * free.seconds[0][1], abs=1)
        assert travel.metres == free.metres


def test_what_is_learned_later_leaves_a_day_as_it_was(app: Flask, driven: Town) -> None:
    with app.app_context(), transaction() as session:
        row = value(driven, LearnedKind.HOUR, "day", 1.5)
        row.learned_at = NIGHT
        session.add(row)
        session.flush()
        zone = get_bank(session, driven.bank).zone
        of_day = load_learned(session, bank_id=driven.bank, zone=zone, day=DAY)
        after = load_learned(session, bank_id=driven.bank, zone=zone, day=DAY + timedelta(days=1))
    assert of_day.of(LearnedKind.HOUR, "day").factor == 1.0
    assert after.of(LearnedKind.HOUR, "day").factor == 1.5


def test_a_bank_learns_once_a_night(app: Flask, driven: Town) -> None:
    with app.app_context():
        for now, due in ((EVENING, False), (NIGHT, True), (NIGHT + timedelta(hours=1), False)):
            learning = NightlyLearning(bank_id=driven.bank, now=now)
            with reading() as session:
                assert learning.is_due(session) is due
            with transaction() as session:
                learning.run(session)
        with reading() as session:
            result = learning_result(session, driven.bank)
    assert result is not None
    assert (result.rounds, result.doors > 0, result.learned_at) == (1, True, NIGHT)


def test_a_pinned_value_outlives_the_next_learning_and_others_go(app: Flask, driven: Town) -> None:
    with app.app_context(), transaction() as session:
        kept, gone = (value(driven, LearnedKind.HOUR, key, 1.2) for key in ("day", "night"))
        session.add_all([kept, gone])
        session.flush()
        who = {"now": NIGHT, "bank_id": driven.bank, "actor": "person:1"}
        pin(session, **who, key=kept.id, factor=1.4)  # type: ignore[arg-type]
        found = learned_of(session, bank_id=driven.bank, now=NIGHT)
        write_learned(session, found, bank_id=driven.bank, now=NIGHT)
        hours = [row for row in learned_rows(session, driven.bank) if row.kind is LearnedKind.HOUR]
        assert [(row.key, row.pinned) for row in hours] == [("day", 1.4)]
        with pytest.raises(Refused):
            pin(session, **who, key=kept.id, factor=9.0)  # type: ignore[arg-type]
        forget(session, **who, key=kept.id)  # type: ignore[arg-type]
        assert LearnedKind.HOUR not in {row.kind for row in learned_rows(session, driven.bank)}


@pytest.mark.parametrize("used", [frozenset[LearnedKind](), GENERAL])
def test_only_the_effects_in_use_are_written(
    app: Flask, driven: Town, used: frozenset[LearnedKind]
) -> None:
    effect = Effect(factor=1.3, spread_percent=20.0, count=60)
    effects = {LearnedKind.HOUR: {"day": effect}, LearnedKind.PURPOSE: {"collection": effect}}
    spread = {LearnedKind.LEG_SPREAD: {"": effect}}
    model = TimesModel(effects={kind: effects[kind] for kind in used} | spread)
    errors = LearningErrors(days=4, arrival=1.0, leg=100.0, door=60.0)
    times = ChosenTimes(model=model, used=used, before=errors, after=errors)
    found = Learned(traces=Traces(rounds=(), left_out=0), times=times)
    with app.app_context(), transaction() as session:
        write_learned(session, found, bank_id=driven.bank, now=NIGHT)
        kinds = {row.kind for row in learned_rows(session, driven.bank)}
        result = learning_result(session, driven.bank)
        assert result is not None
        assert result.used == sorted(used)
    assert kinds == used | {LearnedKind.LEG_SPREAD}


def test_what_was_learned_of_a_donor_goes_with_her(app: Flask, driven: Town) -> None:
    with app.app_context(), transaction() as session:
        session.add(value(driven, LearnedKind.DONOR, str(driven.dora), 1.6))
        session.flush()
        forget_learned(session, donor_id=driven.dora)
        assert list(learned_rows(session, driven.bank)) == []

"""Forecasts: kept once per publication and departure, and settled by what the phones told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from collector.db import reading, transaction
from collector.demo.play import said_of
from collector.planning.dispatch.forecasts import (
    keep_forecasts,
    open_forecasts,
    settle_forecasts,
    unforetold_days,
)
from collector.planning.dispatch.foresight import foresee
from collector.planning.models import ChanceForecast, ForecastStage, ForecastSubject
from collector.privacy.actions import erase
from collector.rounds.models import Round
from collector.timers import run_due_tasks
from tests.builders import DAY, MORNING
from tests.collector.planning.days import the_plan
from tests.collector.planning.on_the_road import published, say
from tests.town import Town


def rows(session: Session, **fields: object) -> list[ChanceForecast]:
    found = session.scalars(select(ChanceForecast).filter_by(**fields).order_by(ChanceForecast.id))
    return list(found)


def driven(session: Session, round_: Round, *, late: timedelta = timedelta(0)) -> None:
    """Send a round's events, with every time after the departure later than planned."""
    assert round_.published
    for said in said_of(round_.published):
        at = datetime.fromisoformat(said["device_at"])
        at += late if said["kind"] != "started" else timedelta(0)
        say(session, round_, said | {"device_at": at.isoformat()}, now=at)


def test_a_publication_keeps_a_chance_for_each_promise_and_for_the_clocks(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        published(session, town)
        assert unforetold_days(session, bank_id=town.bank, now=MORNING) == [DAY]
        keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY)
        assert unforetold_days(session, bank_id=town.bank, now=MORNING) == []
        assert keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY) == 0
        plan = the_plan(session, town)
        promised = {stop.pickup_id for round_ in plan.rounds for stop in round_.stops}
        promises = rows(session, subject=ForecastSubject.PROMISE)
        assert {row.pickup_id for row in promises} == promised
        assert all(0 <= row.chance <= 100 for row in promises)
        assert all(row.earliest_at <= row.latest_at for row in promises)
        assert {row.stage for row in rows(session)} == {ForecastStage.PUBLISHED}
        with_stops = [round_.id for round_ in plan.rounds if round_.stops]
        clocks = rows(session, subject=ForecastSubject.CLOCKS)
        assert [row.round_id for row in clocks] == with_stops


def test_a_later_publication_replaces_the_forecasts_and_a_departure_adds_its_own(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY)
        round_ = next(each for each in plan.rounds if each.stops)
        count = len(rows(session, round_id=round_.id))
        round_.revision += 1
        session.flush()
        assert keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY) == count
        assert {row.revision for row in rows(session, round_id=round_.id)} == {round_.revision}
        assert round_.published
        started = next(iter(said_of(round_.published)))
        left_at = datetime.fromisoformat(started["device_at"])
        say(session, round_, started, now=left_at)
        assert keep_forecasts(session, now=left_at, bank_id=town.bank, day=DAY) == count
        stages = [row.stage for row in rows(session, round_id=round_.id)]
        assert stages.count(ForecastStage.DEPARTED) == stages.count(ForecastStage.PUBLISHED)


@pytest.mark.parametrize(("hours", "kept"), [(0, True), (9, False)])
def test_the_outcome_is_what_the_phone_told(
    app: Flask, town: Town, *, hours: int, kept: bool
) -> None:
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY)
        round_ = next(each for each in plan.rounds if each.stops)
        assert open_forecasts(session, bank_id=town.bank, now=MORNING) == []
        driven(session, round_, late=timedelta(hours=hours))
        assert open_forecasts(session, bank_id=town.bank, now=MORNING) == [round_.id]
        settle_forecasts(session, now=MORNING, bank_id=town.bank, round_id=round_.id)
        promises = rows(session, round_id=round_.id, subject=ForecastSubject.PROMISE)
        assert {row.kept for row in promises} == {kept}
        assert all(row.came_at is not None and row.settled_at == MORNING for row in promises)
        (clocks,) = rows(session, round_id=round_.id, subject=ForecastSubject.CLOCKS)
        assert clocks.kept is True, "everything was late together: no ride was longer"


def test_milk_received_after_its_limit_is_a_broken_clock(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY)
        round_ = next(each for each in plan.rounds if each.stops)
        assert round_.published
        for said in said_of(round_.published):
            late = timedelta(hours=12 if said["kind"] == "handed_over" else 0)
            at = datetime.fromisoformat(said["device_at"]) + late
            say(session, round_, said | {"device_at": at.isoformat()}, now=at)
        settle_forecasts(session, now=MORNING, bank_id=town.bank, round_id=round_.id)
        (clocks,) = rows(session, round_id=round_.id, subject=ForecastSubject.CLOCKS)
        assert clocks.kept is False


def test_a_phone_that_told_nothing_leaves_no_outcome(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        published(session, town)
        keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY)
        later = MORNING + timedelta(days=4)
        for key in open_forecasts(session, bank_id=town.bank, now=later):
            settle_forecasts(session, now=later, bank_id=town.bank, round_id=key)
        assert {row.kept for row in rows(session)} == {None}
        assert all(row.settled_at == later for row in rows(session))


def test_the_timer_keeps_and_settles_forecasts(app: Flask, town: Town) -> None:
    with app.app_context():
        with transaction() as session:
            published(session, town)
        run_due_tasks(MORNING)
        with transaction() as session:
            assert rows(session)
            for round_ in the_plan(session, town).rounds:
                if round_.stops:
                    driven(session, round_)
        run_due_tasks(MORNING + timedelta(days=1))
        with reading() as session:
            stages = {row.stage: row.settled_at is not None for row in rows(session)}
    assert stages[ForecastStage.PUBLISHED] is True


def test_an_erased_donor_leaves_a_figure_without_a_visit(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        keep_forecasts(session, now=MORNING, bank_id=town.bank, day=DAY)
        key = next(stop.pickup_id for round_ in plan.rounds for stop in round_.stops)
        stop = next(stop for round_ in plan.rounds for stop in round_.stops)
        assert rows(session, pickup_id=key)
        for round_ in plan.rounds:
            if round_.stops:
                driven(session, round_)
        erase(
            session,
            now=MORNING,
            bank_id=town.bank,
            donor_id=stop.pickup.donor_id,
            actor="person:1",
        )
        assert rows(session, pickup_id=key) == []


def test_the_chances_of_a_day_grow_worse_with_a_delay(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        plan = published(session, town)
        round_ = next(each for each in plan.rounds if each.stops)
        assert round_.published
        departs = datetime.fromisoformat(round_.published["departs_at"])
        on_time = foresee(session, plan, now=departs)[round_.id]
        late = foresee(session, plan, now=departs + timedelta(hours=4))[round_.id]
        for key, stop in on_time.stops.items():
            assert stop.earliest_at <= stop.latest_at
            assert late.stops[key].chance <= stop.chance
        assert min(stop.chance for stop in late.stops.values()) == 0

"""The demonstration's history: the same in each run, lawful, and complete in every record."""

from __future__ import annotations

import json
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from collector.audit.queries import first_broken_link
from collector.custody.models import Container, ContainerState
from collector.db import reading, transaction
from collector.demo import history
from collector.demo.bank import ask_for_day, demonstration_bank
from collector.demo.history import visits_before, write_history
from collector.notices.models import Notice, NoticeState
from collector.pickups.models import Pickup, PickupState
from collector.planning.editing.remedies import explain_unplanned
from collector.planning.horizon.forecast import due_donors
from collector.planning.models import ChanceForecast, ForecastStage
from collector.planning.optimise.apply import compute_draft, write_draft
from collector.planning.optimise.runs import create_run
from collector.planning.problem.lawfulness import broken_rules
from collector.reports.figures import report
from collector.rounds.models import Round, RoundState
from routing.formats.native import read_problem
from tests.builders import MORNING
from tests.collector.planning.days import computing, greedy

DAY = date(2026, 11, 23)


def test_the_visits_of_the_past_are_the_same_in_each_run_and_lie_within_ninety_days() -> None:
    visits = visits_before(DAY)
    assert visits == visits_before(DAY)
    assert 250 < len(visits) < 400
    assert {visit.day.isoweekday() for visit in visits} == {2, 4, 5}
    assert all(timedelta(days=1) <= DAY - visit.day <= timedelta(days=90) for visit in visits)
    assert len({(visit.day, visit.member) for visit in visits}) == len(visits)


def test_the_history_is_lawful_received_told_and_reported(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "DAYS", 35)
    with app.app_context():
        with transaction() as session:
            bank = demonstration_bank(session, now=MORNING).id
        written = write_history(bank, DAY)
        assert written == len(visits_before(DAY))
        assert write_history(bank, DAY) == 0
        with reading() as session:
            found = report(session, bank_id=bank, first=DAY - timedelta(days=35), last=DAY)
            visits = found.sum("visits")
            assert found.sum("done") + found.sum("failed") == visits >= 0.95 * written
            assert found.sum("volume_ml") > 0 < found.sum("driven_metres")
            for day in found.days:
                assert broken_rules(session, bank_id=bank, day=day.day) == ()
            outcomes = session.scalars(select(ChanceForecast)).all()
            assert {row.stage for row in outcomes} == set(ForecastStage)
            assert all(row.kept is not None for row in outcomes), "each has its outcome"
            states = set(session.scalars(select(Round.state).where(Round.revision > 0)))
            assert states == {RoundState.UNLOADED}
            aboard = select(func.count()).where(Container.state == ContainerState.IN_TRANSIT)
            assert session.scalar(aboard) == 0
            assert set(session.scalars(select(Notice.state))) == {NoticeState.SENT}
            templates = set(session.scalars(select(Notice.template)))
            assert {"visit_promised", "receipt", "visit_tomorrow"} <= templates
            assert PickupState.ACCEPTED not in set(session.scalars(select(Pickup.state)))
            assert first_broken_link(session, bank) is None
            due = due_donors(session, bank_id=bank, now=MORNING, days=14)
            assert any(each.forecast.from_history for each in due)


def test_the_unplanned_visits_of_today_include_one_that_a_fix_admits(app: Flask) -> None:
    """Without the planner: each visit at its cheapest place."""
    with app.app_context(), transaction() as session:
        bank = demonstration_bank(session, now=MORNING)
        ask_for_day(session, bank, now=MORNING, day=DAY)
        run = create_run(session, now=MORNING, bank_id=bank.id, day=DAY)
        with computing():
            plan = greedy(read_problem(json.dumps(run.problem)))
            draft = compute_draft(session, bank_id=bank.id, run_id=run.id, plan=plan)
        written = write_draft(session, now=MORNING, bank_id=bank.id, run_id=run.id, draft=draft)
        (leaves_early,) = [
            left.pickup for left in written.unplanned if left.pickup.purposes == ["pump_return"]
        ]
        with computing():
            found = explain_unplanned(session, bank_id=bank.id, day=DAY, pickup_id=leaves_early.id)
        assert {each.remedy for each in found.remedies} == {"widen_window"}
        assert {each.until for each in found.remedies} == {time(8, 15)}

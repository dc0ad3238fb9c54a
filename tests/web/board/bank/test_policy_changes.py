"""Changes of policies: planned, withdrawn, applied at midnight, undone, and their reach."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from collector.audit.queries import first_broken_link
from collector.banks.models import PolicyChange
from collector.banks.policies import PolicyKey
from collector.banks.queries import policies_of, policy_row
from collector.db import reading, transaction
from collector.donors.models import Donor
from collector.people.models import Role
from collector.pickups.models import Pickup
from collector.planning.problem.build import load_facts
from collector.reports.policy_reach import policy_reach
from collector.rounds.models import DayPlan
from collector.timers import run_due_tasks
from tests.builders import MORNING
from tests.collector.planning.days import the_plan
from tests.town import Town
from tests.web.board.donors.test_donors import desk

URL = "/board/bank/policies/minimum_volume_ml"
SENT = {"seen": "400", "value": "1000", "source": "Board of 3 March 2026"}
TODAY = MORNING.date()
FIRST_DAY = TODAY + timedelta(days=3)


@pytest.fixture
def quality(app: Flask, town: Town) -> FlaskClient:
    return desk(app, town, Role.QUALITY)


def minimum(app: Flask, town: Town, *, on: date | None = None) -> int:
    with app.app_context(), reading() as session:
        return policies_of(session, town.bank, on=on)[PolicyKey.MINIMUM_VOLUME_ML]


def changes(app: Flask) -> list[PolicyChange]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(PolicyChange).order_by(PolicyChange.id)))


def plan_change(quality: FlaskClient, **other: str) -> int:
    sent = SENT | {"counts_from": FIRST_DAY.isoformat()} | other
    return quality.post(URL, data=sent).status_code


def test_a_planned_change_counts_from_its_day_and_is_applied_at_its_midnight(
    app: Flask, town: Town, quality: FlaskClient
) -> None:
    assert plan_change(quality, verified="yes") == 303
    assert "1000 from" in quality.get("/board/bank/policies").text
    assert minimum(app, town) == 400
    assert minimum(app, town, on=FIRST_DAY - timedelta(days=1)) == 400
    assert minimum(app, town, on=FIRST_DAY) == 1000
    midnight = MORNING.replace(hour=0, minute=0) + timedelta(days=3) - timedelta(hours=1)
    with app.app_context():
        run_due_tasks(midnight - timedelta(minutes=1))
    assert minimum(app, town) == 400
    with app.app_context():
        run_due_tasks(midnight)
        run_due_tasks(midnight + timedelta(minutes=1))
    assert minimum(app, town) == 1000
    with app.app_context(), reading() as session:
        row = policy_row(session, bank_id=town.bank, key="minimum_volume_ml")
        assert (row.source, row.verified_by) == ("Board of 3 March 2026", "Nora")
        assert first_broken_link(session, town.bank) is None
    assert [each.applied_at for each in changes(app)] == [midnight]


def test_a_plan_of_a_later_day_uses_the_planned_value(
    app: Flask, town: Town, quality: FlaskClient
) -> None:
    day = date(2026, 11, 24)
    assert plan_change(quality, counts_from=day.isoformat()) == 303
    with app.app_context(), transaction() as session:
        session.add(DayPlan(bank_id=town.bank, day=day, revision=0, edits=0))
        session.flush()
        facts = load_facts(session, the_plan(session, town))
        assert facts.policies[PolicyKey.MINIMUM_VOLUME_ML] == 1000


def test_a_withdrawn_change_never_counts(app: Flask, town: Town, quality: FlaskClient) -> None:
    plan_change(quality)
    (planned,) = changes(app)
    url = f"{URL}/changes/{planned.id}/withdrawal"
    assert quality.post(url).status_code == 303
    assert quality.post(url).status_code == 409
    assert minimum(app, town, on=FIRST_DAY) == 400
    with app.app_context():
        run_due_tasks(MORNING + timedelta(days=5))
    assert minimum(app, town) == 400
    assert "withdrawn before it counted" in quality.get(URL).text


def test_an_undone_change_brings_value_source_and_mark_back(
    app: Flask, town: Town, quality: FlaskClient
) -> None:
    with app.app_context(), reading() as session:
        before = policy_row(session, bank_id=town.bank, key="serology_days")
    url = "/board/bank/policies/serology_days"
    quality.post(url, data={"seen": before.value, "value": "60", "source": "A decision"})
    (made,) = changes(app)
    assert quality.post(f"{url}/changes/{made.id}/undoing").status_code == 303
    with app.app_context(), reading() as session:
        after = policy_row(session, bank_id=town.bank, key="serology_days")
    assert (after.value, after.source) == (before.value, before.source)
    assert (after.verified_by, after.verified_on) == (before.verified_by, before.verified_on)
    assert quality.post(f"{url}/changes/{made.id}/undoing").status_code == 409


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (TODAY - timedelta(days=1), "This day is over"),
        (TODAY + timedelta(days=731), "within the next 730 days"),
        ("soon", "Write the day as"),
    ],
)
def test_a_day_that_cannot_be_has_a_sentence_at_its_field(
    app: Flask, quality: FlaskClient, day: object, told: str
) -> None:
    answer = quality.post(URL, data=SENT | {"counts_from": str(day)})
    assert answer.status_code == 422
    assert told in answer.text.split('id="counts_from-wrong">')[1].split("<")[0]
    assert "Board of 3 March 2026" in answer.text
    assert changes(app) == []


def test_a_day_takes_one_change(quality: FlaskClient) -> None:
    assert plan_change(quality) == 303
    assert plan_change(quality, value="900") == 422


def test_the_page_counts_the_donors_and_visits_that_a_value_rules_out(
    app: Flask, town: Town, quality: FlaskClient
) -> None:
    with app.app_context(), transaction() as session:
        for key, volume in zip(town.pickups, (500, 1200, 1500), strict=True):
            session.get_one(Pickup, key).volume_ml = volume
    answer = quality.post(URL, data=SENT | {"value": "1300", "act": "reach"})
    assert answer.status_code == 200
    assert "2 donors are affected" in answer.text
    assert "2 open visits" in answer.text
    assert 'value="1300"' in answer.text
    assert minimum(app, town) == 400
    mistaken = quality.post(URL, data=SENT | {"value": "many", "act": "reach"})
    assert (mistaken.status_code, "whole number" in mistaken.text) == (422, True)


@pytest.mark.parametrize(
    ("key", "value", "donors", "visits"),
    [
        ("collection_minutes", "20", 3, 3),
        ("blood_minutes", "20", 0, 0),
        ("radius_km", "1", 3, 0),
        ("milk_age_days", "1", 1, 1),
        ("baby_age_days", "30", 1, 0),
        ("serology_days", "60", 3, 0),
        ("proof_collection_photo", "required", 3, 3),
    ],
)
def test_the_reach_of_each_kind_of_rule(
    app: Flask, town: Town, key: str, value: str, donors: int, visits: int
) -> None:
    with app.app_context(), transaction() as session:
        for donor in session.scalars(select(Donor).where(Donor.bank_id == town.bank)):
            donor.baby_born_on = TODAY - timedelta(days=20)
        session.get_one(Donor, town.dora).baby_born_on = TODAY - timedelta(days=40)
        for key_, days in zip(town.pickups, (10, 0, 0), strict=True):
            session.get_one(Pickup, key_).oldest_on = date(2026, 11, 24) - timedelta(days=days)
    with app.app_context(), reading() as session:
        reach = policy_reach(session, bank_id=town.bank, key=key, value=value, day=TODAY)
    assert (reach.counted, reach.donors, reach.visits) == (True, donors, visits)


def test_a_rule_of_the_laboratory_counts_no_donor(app: Flask, town: Town) -> None:
    with app.app_context(), reading() as session:
        reach = policy_reach(
            session, bank_id=town.bank, key="shelf_life_days", value="90", day=TODAY
        )
    assert not reach.counted

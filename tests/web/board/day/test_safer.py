"""Rounds below the bank's level: named on the day and before publishing, made safer by a move."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.banks.queries import policy_row
from collector.db import reading, transaction
from collector.pickups.models import Pickup, PickupState
from collector.planning.editing.earlier_starts import earlier_start
from collector.planning.editing.safer import safer_moves
from collector.planning.editing.what_if import WhatIf
from collector.planning.problem.build import load_facts
from collector.planning.problem.write_back import UnplannedVisit, write_tray
from collector.planning.risk.chances import (
    hopeless_visits,
    risks_of_serving,
    written_problem,
)
from collector.planning.risk.judgement import judge_day
from collector.rounds.models import Round, RoundStop
from collector.shifts.models import RosterShift
from tests.builders import DAY
from tests.collector.planning.days import computing, planned, the_plan
from tests.town import Town, sign_in

DAY_PAGE = f"/board/days/{DAY}"


@pytest.fixture
def claire(app: Flask, town: Town) -> FlaskClient:
    with app.app_context(), transaction() as session:
        planned(session, town)
    return sign_in(app, bank=town.bank, person=town.claire)


def full_round(app: Flask, town: Town) -> Round:
    with app.app_context(), reading() as session:
        return max(the_plan(session, town).rounds, key=lambda each: len(each.stops))


def tighten(app: Flask, town: Town, round_: Round, spare: int) -> None:
    """Let the round's first milk ride for its planned minutes, and a few to spare."""
    assert round_.returns_at
    ride = (round_.returns_at - round_.stops[0].ends_at).total_seconds() / 60
    with app.app_context(), transaction() as session:
        row = policy_row(session, bank_id=town.bank, key="milk_ride_minutes")
        row.value = str(int(ride) + 15 + spare)


def test_a_round_that_holds_has_nothing_to_mend(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    round_ = full_round(app, town)
    assert "holds as often as your bank wants" in claire.get(DAY_PAGE).text
    page = claire.get(f"{DAY_PAGE}/safer/{round_.id}").text
    assert "This round holds on as many days as your bank wants." in page
    assert "Make it safer" not in claire.get(f"{DAY_PAGE}/publications").text


def test_a_move_makes_a_tight_round_safer_and_is_undone(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    round_ = full_round(app, town)
    tighten(app, town, round_, spare=2)
    assert f"/safer/{round_.id}" in claire.get(DAY_PAGE).text
    assert f"/safer/{round_.id}" in claire.get(f"{DAY_PAGE}/publications").text
    page = claire.get(f"{DAY_PAGE}/safer/{round_.id}").text
    assert "One move helps" in page
    fields = dict(re.findall(r'name="(version|pickup|place)" value="([^"]+)"', page)[:3])
    with app.app_context(), reading() as session:
        before = judge_day(session, the_plan(session, town)).chances[round_.id]
    assert claire.post(f"{DAY_PAGE}/moves", data=fields).status_code == 303
    with app.app_context(), reading() as session:
        after = judge_day(session, the_plan(session, town)).chances.get(round_.id)
    assert after is None or after.missing < before.missing
    assert "Undo" in claire.get(DAY_PAGE).text


@pytest.mark.usefixtures("claire")
def test_every_offered_move_helps_and_the_cheapest_that_reach_the_level_come_first(
    app: Flask, town: Town
) -> None:
    round_ = full_round(app, town)
    tighten(app, town, round_, spare=2)
    with app.app_context(), transaction() as session, computing():
        moves = safer_moves(load_facts(session, the_plan(session, town)), round_.id)
    assert moves
    assert all(move.missing < move.before.missing for move in moves)
    assert [bool(move.missing) for move in moves] == sorted(bool(move.missing) for move in moves)


def test_a_visit_that_no_plan_keeps_is_named_with_its_best_chance(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    round_ = full_round(app, town)
    with app.app_context(), transaction() as session:
        # A minute after the hand-over: even alone, no milk is back in time.
        policy_row(session, bank_id=town.bank, key="milk_ride_minutes").value = "16"
        session.flush()
        plan = the_plan(session, town)
        facts = load_facts(session, plan)
        keys = [stop.pickup_id for stop in facts.stops]
        found = hopeless_visits(facts, written_problem(facts), keys)
        assert {each.days for each in found} == {0}
        assert {each.level for each in found} == {95}
    page = claire.get(f"{DAY_PAGE}/publications").text
    assert "alone in the best round it is 0 days in 100; your bank wants 95." in page
    assert (
        "No single move makes this round safer" in claire.get(f"{DAY_PAGE}/safer/{round_.id}").text
        or "Leave" in claire.get(f"{DAY_PAGE}/safer/{round_.id}").text
    )


def test_a_round_of_another_day_is_not_found(claire: FlaskClient) -> None:
    assert claire.get(f"{DAY_PAGE}/safer/999").status_code == 404


def test_an_earlier_start_is_offered_with_its_hours_and_its_price(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    round_ = full_round(app, town)
    with app.app_context(), transaction() as session:
        plan = the_plan(session, town)
        tight = next(each for each in plan.rounds if each.id == round_.id)
        last = max(tight.stops, key=lambda stop: stop.begins_at)
        zone = load_facts(session, plan).service_day.zone
        closes = (last.begins_at + timedelta(minutes=1)).astimezone(zone).time()
        for window in last.pickup.windows:
            window.closes = closes
        shift = session.get_one(RosterShift, tight.shift_id)
        assert tight.departs_at
        shift.begins = tight.departs_at.astimezone(zone).time()
        session.flush()
        found = earlier_start(load_facts(session, plan), round_.id)
        assert found is not None
        assert found.after.missing < found.before.missing
        assert found.begins_at == tight.departs_at - timedelta(minutes=found.minutes)
    page = claire.get(f"{DAY_PAGE}/safer/{round_.id}").text
    assert "An earlier start helps" in page
    assert f"{found.minutes} minutes earlier" in page
    assert "Change the hours of the shift" in page


def test_a_visit_left_out_for_lack_of_room_is_named_with_the_risk_of_serving_her(
    app: Flask, town: Town, claire: FlaskClient
) -> None:
    round_ = full_round(app, town)
    with app.app_context(), transaction() as session:
        left = session.get_one(RoundStop, round_.stops[-1].id)
        key = left.pickup_id
        session.get_one(Pickup, key).state = PickupState.ACCEPTED
        session.delete(left)
        session.flush()
        crowded = UnplannedVisit(pickup_id=key, reason="crowded", details={})
        write_tray(session, plan=the_plan(session, town), unplanned=[crowded], replace_all=True)
    sentence = r"is left out\. With her, round \w would hold on (\d+) days in 100"
    assert not re.search(sentence, claire.get(f"{DAY_PAGE}/publications").text)
    with app.app_context(), transaction() as session:
        # A minute after the hand-over: no milk of a donor is back in time.
        policy_row(session, bank_id=town.bank, key="milk_ride_minutes").value = "16"
        session.flush()
        plan = the_plan(session, town)
        what_if = WhatIf(load_facts(session, plan), [key])
        found = risks_of_serving(what_if.facts, what_if.problem, what_if.plan, [key])
        assert [(each.pickup_id, each.days, each.level) for each in found] == [(key, 0, 95)]
        assert found[0].round_id in {each.id for each in plan.rounds}
    told = re.search(sentence, claire.get(f"{DAY_PAGE}/publications").text)
    assert told
    assert told[1] == "0"

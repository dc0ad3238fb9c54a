"""Moves by hand: priced before, checked, undone by moving back."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from collector.audit.queries import history_of
from collector.db import reading, transaction
from collector.errors import Conflict, NotFound, Refused
from collector.pickups.models import Pickup, PickupState, Purpose
from collector.planning.editing.commit import EditContext
from collector.planning.editing.moves import TargetPosition, price_move
from collector.planning.editing.what_if import Preview
from collector.planning.problem.lawfulness import broken_rules
from collector.rounds.models import DayPlan, Round, RoundState
from tests.builders import DAY, MORNING, add_donor, add_pickup
from tests.collector.planning.days import move, orders, planned, the_plan
from tests.town import Town


def moved(
    session: Session,
    town: Town,
    pickup_id: int,
    to: Round | None,
    *,
    position: int = 0,
    reason: str = "",
    version: int | None = None,
) -> DayPlan:
    move(
        session,
        context=EditContext(now=MORNING, actor=f"person:{town.claire}", reason=reason),
        bank_id=town.bank,
        day=DAY,
        version=the_plan(session, town).version if version is None else version,
        pickups=[pickup_id],
        place=TargetPosition.parse(f"{to.id}:{position}" if to else "tray"),
    )
    return the_plan(session, town)


def priced(
    session: Session, town: Town, pickup_id: int, to: Round | None, *, position: int = 0
) -> Preview:
    place = TargetPosition.parse(f"{to.id}:{position}" if to else "tray")
    _, found = price_move(session, the_plan(session, town), pickups=[pickup_id], place=place)
    return found


def bill(plan: DayPlan) -> tuple[int, int, int]:
    driven = [round_ for round_ in plan.rounds if round_.departs_at and round_.returns_at]
    return (
        sum(round_.cost_cents for round_ in plan.rounds),
        sum(round_.metres for round_ in plan.rounds),
        sum(length(round_.departs_at, round_.returns_at) for round_ in driven),
    )


def length(departs_at: datetime | None, returns_at: datetime | None) -> int:
    assert departs_at is not None
    assert returns_at is not None
    return int((returns_at - departs_at).total_seconds())


def times(plan: DayPlan) -> list[tuple[object, ...]]:
    return [
        (round_.letter, stop.pickup_id, stop.arrives_at, stop.begins_at, stop.ends_at)
        for round_ in plan.rounds
        for stop in round_.stops
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([0, 1, None]), st.integers(0, 3)),
        min_size=1,
        max_size=4,
    )
)
def test_a_preview_is_the_difference_of_the_bills_after_and_before_the_move(
    app: Flask, town: Town, moves: list[tuple[int, int | None, int]]
):
    with app.app_context(), reading() as session:
        plan = planned(session, town)
        for which, to, position in moves:
            pickup_id, round_ = town.pickups[which], None if to is None else plan.rounds[to]
            before = bill(plan)
            try:
                found = priced(session, town, pickup_id, round_, position=position)
                plan = moved(session, town, pickup_id, round_, position=position)
            except Refused as refused:
                if refused.code != "nothing_moves":
                    raise
                continue
            after = bill(plan)
            assert (found.cents, found.metres, found.seconds) == tuple(
                new - old for new, old in zip(after, before, strict=True)
            )
            assert broken_rules(session, bank_id=town.bank, day=DAY) == ()


def test_moving_there_and_back_restores_every_time(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        before, price = times(plan), bill(plan)
        first, second, third = orders(plan)["A"]
        there = moved(session, town, second, plan.rounds[1])
        assert orders(there) == {"A": [first, third], "B": [second]}
        back = moved(session, town, second, there.rounds[0], position=1)
        assert (times(back), bill(back)) == (before, price)


def test_a_visit_moved_to_the_tray_and_back_changes_its_state(app: Flask, town: Town):
    key = town.pickups[0]
    with app.app_context(), transaction() as session:
        planned(session, town)
        out = moved(session, town, key, None, reason="she called")
        (left,) = out.unplanned
        assert (left.pickup_id, left.reason) == (key, "taken_out")
        assert left.details == {"note": "she called"}
        assert session.get_one(Pickup, key).state is PickupState.ACCEPTED
        again = moved(session, town, key, out.rounds[1])
        assert again.unplanned == []
        assert session.get_one(Pickup, key).state is PickupState.PLANNED
        (entry, _) = history_of(session, bank_id=town.bank, subject=f"pickup:{key}")
        assert (entry.action, entry.details["reason"]) == ("visit moved", "she called")


def test_a_move_that_breaks_a_rule_needs_a_reason(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        early = add_pickup(
            session, add_donor(session, town.bank), windows=((DAY, time(6), time(7)),)
        )
        plan = planned(session, town)
        (broken,) = priced(session, town, early.id, plan.rounds[1]).breaks
        assert (broken.rule, broken.medical, broken.figures["round"]) == ("windows", False, "B")
        assert broken.figures["pickup"] == early.id
        with pytest.raises(Refused, match="move_needs_reason") as refused:
            moved(session, town, early.id, plan.rounds[1], reason="  ")
        assert refused.value.figures == {"rules": ["windows"]}
    with app.app_context(), transaction() as session:
        plan = the_plan(session, town)
        kept = moved(session, town, early.id, plan.rounds[1], reason="she agreed by phone")
        assert orders(kept)["B"] == [early.id]
        # Moving another visit beside it is not blamed for what was broken already.
        beside = priced(session, town, town.pickups[0], kept.rounds[1], position=1)
        assert beside.breaks == ()


def test_a_move_that_breaks_a_medical_rule_is_refused_for_any_reason(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        blood = add_pickup(session, add_donor(session, town.bank), purposes=(Purpose.BLOOD_SAMPLE,))
        plan = planned(session, town)
        (broken,) = priced(session, town, blood.id, plan.rounds[0]).breaks
        assert (broken.rule, broken.medical) == ("skills", True)
        with pytest.raises(Refused, match="move_breaks_medical_rule"):
            moved(session, town, blood.id, plan.rounds[0], reason="I insist")


def test_milk_that_would_ride_too_long_is_refused_for_any_reason(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        early = add_pickup(
            session, add_donor(session, town.bank), windows=((DAY, time(8), time(9)),)
        )
        late = add_pickup(
            session, add_donor(session, town.bank), windows=((DAY, time(16), time(16, 30)),)
        )
        plan = planned(session, town)
        out = moved(session, town, early.id, None)
        out = moved(session, town, late.id, None)
        del plan
        with_early = moved(session, town, early.id, out.rounds[1])
        found = priced(session, town, late.id, with_early.rounds[1], position=1)
        assert [(each.rule, each.medical) for each in found.breaks] == [("ride_time", True)]
        with pytest.raises(Refused, match="move_breaks_medical_rule"):
            moved(session, town, late.id, with_early.rounds[1], position=1, reason="I insist")


def test_a_visit_below_the_minimum_goes_by_hand_with_a_reason_and_stays(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        small = add_pickup(session, add_donor(session, town.bank), volume_ml=200)
        plan = planned(session, town)
        (broken,) = priced(session, town, small.id, plan.rounds[1]).breaks
        assert broken.rule == "below_minimum"
        moved(session, town, small.id, plan.rounds[1], reason="her freezer breaks down")
        again = planned(session, town)
        assert any(small.id in stops for stops in orders(again).values())


def test_a_visit_that_cannot_be_planned_is_not_moved_into_a_round(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        lapsed = add_pickup(session, add_donor(session, town.bank, serology_until=None))
        plan = planned(session, town)
        with pytest.raises(Refused, match="visit_may_not_be_served") as refused:
            moved(session, town, lapsed.id, plan.rounds[0], reason="I insist")
        assert refused.value.figures == {"reason": "serology_lapses"}


def test_a_round_that_has_started_is_left_alone(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        started, other = plan.rounds
        started.state = RoundState.STARTED
        fresh = add_pickup(session, add_donor(session, town.bank))
        session.flush()
        for key, to in ((fresh.id, started), (town.pickups[0], other), (town.pickups[0], None)):
            with pytest.raises(Refused, match="round_has_started"):
                priced(session, town, key, to)


def test_the_second_of_two_moves_from_one_version_is_a_conflict(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        version = plan.version
        moved(session, town, town.pickups[0], plan.rounds[1], version=version)
        with pytest.raises(Conflict) as stale:
            moved(session, town, town.pickups[1], plan.rounds[1], version=version)
        assert stale.value.figures == {"version": version + 1, "revision": 0}


def test_another_banks_visits_and_rounds_do_not_exist(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        for pickup_id, place in ((town.stranger_pickup, "tray"), (town.pickups[0], "999999:0")):
            with pytest.raises(NotFound):
                price_move(session, plan, pickups=[pickup_id], place=TargetPosition.parse(place))

"""Drafts: checked again, written as rows, refused after an edit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from collector.audit.queries import first_broken_link
from collector.db import reading, transaction
from collector.errors import Conflict, NotFound, Refused
from collector.pickups.models import Pickup, PickupState, Purpose
from collector.planning.editing.commit import EditContext
from collector.planning.editing.pins import pin
from collector.planning.models import DayEdit
from collector.planning.optimise.runs import create_run
from collector.planning.problem.lawfulness import broken_rules
from collector.rounds.models import DayPlan
from tests.builders import DAY, MORNING, add_donor, add_pickup
from tests.collector.planning.days import drafted, greedy, orders, planned, posed, the_plan
from tests.town import Town

pytestmark = pytest.mark.twin


def test_the_small_day_is_planned_as_by_hand(app: Flask, town: Town):
    """All three doors lie on one meridian north of the bank: one round, there and back."""
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        ana, bruno = plan.rounds
        assert sorted(orders(plan)["A"]) == list(town.pickups)
        # 8:00 in Paris is 7:00 UTC; 38.7 km at 40 ct and 76 min 15 s at 25 EUR.
        assert (ana.departs_at, ana.returns_at) == (at("07:00:00"), at("08:16:15"))
        assert (ana.metres, ana.driving_seconds) == (38_707, 76 * 60 + 15 - 3 * 12 * 60)
        assert ana.cost_cents == round(38.707 * 40) + round(2500 * (76 * 60 + 15) / 3600)
        assert (bruno.departs_at, bruno.metres, bruno.cost_cents) == (None, 0, 0)
        assert plan.unplanned == []
        states = {session.get_one(Pickup, key).state for key in town.pickups}
        assert states == {PickupState.PLANNED}
        assert broken_rules(session, bank_id=town.bank, day=DAY) == ()
        assert first_broken_link(session, town.bank) is None


def at(wall: str) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(wall), tzinfo=UTC)


def pinned(session: Session, town: Town, plan: DayPlan, pickup_id: int) -> DayEdit:
    return pin(
        session,
        context=EditContext(now=MORNING, actor="person:1"),
        bank_id=town.bank,
        day=DAY,
        version=plan.version,
        pickups=[pickup_id],
        pinned=True,
    )


def test_a_draft_is_written_once(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        run, problem = posed(session, town)
        plan = greedy(problem)
        drafted(session, town, run, plan)
        with pytest.raises(Conflict, match="changed_meanwhile"):
            drafted(session, town, run, plan)


def test_a_plan_of_a_day_that_was_edited_since_is_not_written(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        run, problem = posed(session, town)
        stop = plan.rounds[0].stops[0]
        edit = pinned(session, town, plan, stop.pickup_id)
        with pytest.raises(Conflict) as late:
            drafted(session, town, run, greedy(problem))
        assert late.value.figures == {"version": edit.version, "revision": 0}


def test_a_plan_that_breaks_a_rule_is_refused(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        run, problem = posed(session, town)
        plan = greedy(problem)
        tour = replace(plan.tours[0], departure=plan.tours[0].departure - 1)
        with pytest.raises(Refused, match="plan_breaks_rules") as refused:
            drafted(session, town, run, replace(plan, tours=(tour,)))
        assert refused.value.figures == {"rules": ["clock", "price", "shifts"]}


def test_a_run_of_another_bank_does_not_exist(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        run, problem = posed(session, town)
        with pytest.raises(NotFound):
            drafted(session, replace(town, bank=town.other_bank), run, greedy(problem))


def test_requests_cancelled_or_added_during_the_search_count(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        run, problem = posed(session, town)
        session.get_one(Pickup, town.pickups[1]).state = PickupState.CANCELLED
        new = add_pickup(session, add_donor(session, town.bank, latitude=44.86))
        kept = drafted(session, town, run, greedy(problem))
        assert sorted(orders(kept)["A"]) == [town.pickups[0], town.pickups[2]]
        (left,) = kept.unplanned
        assert (left.pickup_id, left.reason) == (new.id, "fits")
        assert left.details["round"] == "A"
        assert broken_rules(session, bank_id=town.bank, day=DAY) == ()


def test_a_visit_that_no_shift_can_serve_has_a_reason(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        early = add_pickup(
            session, add_donor(session, town.bank), windows=((DAY, time(6), time(7)),)
        )
        blood = add_pickup(session, add_donor(session, town.bank), purposes=(Purpose.BLOOD_SAMPLE,))
        left = {row.pickup_id: row for row in planned(session, town).unplanned}
        assert left[early.id].reason == left[blood.id].reason == "impossible"
        assert (left[early.id].details["rule"], left[blood.id].details["rule"]) == (
            "windows",
            "skills",
        )
        assert left[early.id].details["remedy"] == "widen_window"
        assert {each["round"] for each in left[blood.id].details["obstacles"]} == {"A", "B"}


def test_pins_survive_a_new_plan(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        plan = planned(session, town)
        stop = plan.rounds[0].stops[0]
        pinned(session, town, plan, stop.pickup_id)
        session.expire_all()
        _, problem = posed(session, town)
        (one,) = problem.pins
        assert (one.visit, one.shift) == (str(stop.pickup_id), str(town.shifts[0]))
        again = planned(session, town)
        assert [each.pickup_id for each in again.rounds[0].stops if each.pinned] == [stop.pickup_id]


days = st.lists(
    st.fixed_dictionaries(
        {
            "latitude": st.floats(43.5, 45.5),
            "longitude": st.floats(-1.2, 0.2),
            "opens": st.integers(5, 18),
            "hours": st.integers(1, 5),
            "volume_ml": st.integers(0, 30_000),
            "bottles": st.integers(0, 150),
            "purposes": st.sets(st.sampled_from(list(Purpose)), min_size=1),
            "serology": st.booleans(),
        }
    ),
    max_size=7,
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(day=days)
def test_the_draft_of_any_day_is_lawful_and_complete(
    app: Flask, town: Town, day: list[dict[str, object]]
):
    with app.app_context(), reading() as session:
        for each in day:
            add_any_pickup(session, town.bank, **each)
        run = create_run(session, now=MORNING, bank_id=town.bank, day=DAY)
        plan = planned(session, town)
        assert run.id
        assert broken_rules(session, bank_id=town.bank, day=DAY) == ()
        inside = [stop.pickup_id for round_ in plan.rounds for stop in round_.stops]
        outside = [left.pickup_id for left in plan.unplanned]
        assert len({*inside, *outside}) == len(inside) + len(outside) == 3 + len(day)


def add_any_pickup(session, bank_id: int, **each) -> None:  # noqa: ANN001, ANN003 - any day
    donor = add_donor(
        session,
        bank_id,
        latitude=each["latitude"],
        longitude=each["longitude"],
        **({} if each["serology"] else {"serology_until": None}),
    )
    opens = each["opens"]
    add_pickup(
        session,
        donor,
        volume_ml=each["volume_ml"],
        bottles=each["bottles"],
        purposes=tuple(sorted(each["purposes"])),
        windows=((DAY, time(opens), time(opens + each["hours"])),),
    )


def test_an_unplanned_day_breaks_no_rule(app: Flask, town: Town):
    with app.app_context(), reading() as session:
        assert broken_rules(session, bank_id=town.bank, day=DAY) == ()
    with app.app_context(), transaction() as session:
        planned(session, town)
        the_plan(session, town).rounds[0].stops[0].begins_at = MORNING
        session.flush()
        assert broken_rules(session, bank_id=town.bank, day=DAY)

"""Proposals of days that were changed since: edits by hand stand, the rest is lawful."""

from __future__ import annotations

import json
import os
import random
from contextlib import nullcontext
from datetime import time

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from collector.db import reading, transaction
from collector.errors import Conflict, NotFound, Refused
from collector.pickups.models import HoldReason, Pickup, PickupHold, PickupState
from collector.planning.editing.assignment import assignment_of, changed_visits
from collector.planning.editing.commit import EditContext
from collector.planning.models import PlanningRun
from collector.planning.optimise.proposals import (
    PlanProposal,
    apply_proposal,
    compute_application,
    load_proposal,
    store_proposal,
)
from collector.planning.optimise.rebase import Lapse
from collector.planning.optimise.runs import create_run
from collector.planning.problem.lawfulness import broken_rules
from collector.planning.problem.objectives import Objectives
from collector.rounds.models import Round, RoundState
from collector.shifts.models import RosterShift
from routing.formats.native import read_problem
from routing.plan import Plan
from routing.schedule import retimed
from tests.builders import DAY, MORNING, add_absence, add_donor, add_pickup
from tests.collector.planning.days import computing, greedy, planned, the_plan
from tests.collector.planning.editing.test_undo import Coordinator, at, looks
from tests.town import Town

pytestmark = pytest.mark.twin

SCALE = int(os.environ.get("MILKROUND_TEST_SCALE", "1"))


def asked(session: Session, town: Town, *, objectives: Objectives | None = None) -> PlanningRun:
    """Store a proposal with every visit at its cheapest place."""
    run = create_run(
        session, now=MORNING, bank_id=town.bank, day=DAY, objectives=objectives or Objectives()
    )
    plan = greedy(read_problem(json.dumps(run.problem)))
    return store_proposal(session, bank_id=town.bank, run_id=run.id, plan=plan)


def dealt(session: Session, town: Town) -> PlanningRun:
    """Store a proposal that gives every visit of Ana's round to Bruno."""
    planned(session, town)
    run = create_run(session, now=MORNING, bank_id=town.bank, day=DAY, objectives=Objectives())
    problem = read_problem(json.dumps(run.problem))
    shift = str(town.shifts[1])
    plan: Plan = retimed(problem, {shift: [str(key) for key in town.pickups]})
    return store_proposal(session, bank_id=town.bank, run_id=run.id, plan=plan)


def seen(session: Session, town: Town, run: PlanningRun) -> PlanProposal:
    return load_proposal(session, bank_id=town.bank, day=DAY, run_id=run.id)


def test_an_unchanged_day_takes_the_whole_solution(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        run = dealt(session, town)
        found = seen(session, town, run)
        _, b = the_plan(session, town).rounds
        assert found.lapsed == {}
        assert found.change.assignment_after.orders[b.id] == town.pickups


def test_a_visit_pinned_since_stays(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        run, claire = dealt(session, town), at(session, town)
        claire.pin(town.pickups[1], pinned=True)
        found = seen(session, town, run)
        a, b = the_plan(session, town).rounds
        assert found.lapsed == {town.pickups[1]: Lapse.PINNED_SINCE}
        assert found.change.assignment_after.orders == {
            a.id: (town.pickups[1],),
            b.id: (town.pickups[0], town.pickups[2]),
        }


def test_a_cancelled_or_held_visit_is_left_out(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        run = dealt(session, town)
        dora, elise, _ = (session.get_one(Pickup, key) for key in town.pickups)
        dora.state = PickupState.CANCELLED
        session.add(
            PickupHold(
                bank_id=town.bank,
                pickup_id=elise.id,
                reason=HoldReason.ILLNESS,
                opened_at=MORNING,
            )
        )
        session.flush()
        session.expire_all()
        found = seen(session, town, run)
        assert found.lapsed == {dora.id: Lapse.GONE, elise.id: Lapse.GONE}


def test_a_started_round_is_not_changed(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        run = dealt(session, town)
        a, _ = the_plan(session, town).rounds
        session.get_one(Round, a.id).state = RoundState.STARTED
        session.flush()
        session.expire_all()
        found = seen(session, town, run)
        assert set(found.lapsed.values()) == {Lapse.ROUND_LEFT}
        assert found.change.moved == frozenset()


def test_a_collector_off_duty_by_now_gets_no_visit(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        run = dealt(session, town)
        add_absence(session, town.bank, town.bruno)
        found = seen(session, town, run)
        assert set(found.lapsed.values()) == {Lapse.OFF_DUTY}
        assert found.change.moved == frozenset()


def test_moves_that_break_a_rule_by_now_are_given_up_one_by_one(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        run = dealt(session, town)
        session.get_one(RosterShift, town.shifts[1]).capacity_bottles = 16
        session.flush()
        session.expire_all()
        found = seen(session, town, run)
        assert found.change.breaks == ()
        assert set(found.lapsed.values()) == {Lapse.BREAKS_RULE}
        assert 0 < len(found.lapsed) < len(town.pickups)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=8 * SCALE,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000))
def test_after_any_edits_a_rebased_plan_is_lawful_and_keeps_them(
    app: Flask, town: Town, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - a game, not a secret
    with app.app_context():
        with transaction() as session:
            furnished(session, town)
            claire = at(session, town)
            edited(claire, dice, times=dice.randrange(4))
            run = asked(session, town).id
            began = assignment_of(the_plan(session, town))
            edited(claire, dice, times=dice.randrange(5))
        with reading() as session:
            now, rules = assignment_of(the_plan(session, town)), rules_broken(session, town)
            found = seen(session, town, session.get_one(PlanningRun, run))
        by_hand = changed_visits(began, now)
        with transaction() as session:
            by = EditContext(now=MORNING, actor=f"person:{town.claire}")
            version = the_plan(session, town).version
            with nullcontext() if found.change.moved else pytest.raises(Refused, match="nothing"):
                applied(session, town, by, version=version, run_id=run)
        with reading() as session:
            after = assignment_of(the_plan(session, town))
            assert after == found.change.assignment_after
            assert rules_broken(session, town) <= rules
            assert after.pinned == now.pinned
            assert {key: after.round_of(key) for key in by_hand} == {
                key: now.round_of(key) for key in by_hand
            }


def applied(
    session: Session, town: Town, context: EditContext, *, version: int, run_id: int
) -> None:
    with computing():
        edit = compute_application(
            session, bank_id=town.bank, day=DAY, version=version, run_id=run_id
        )
    apply_proposal(session, edit, context=context, bank_id=town.bank, run_id=run_id)


def furnished(session: Session, town: Town) -> None:
    """Restore the day of the beginning, with five more visits at odd hours."""
    session.execute(delete(PlanningRun))
    if session.query(Pickup).filter_by(bank_id=town.bank).count() == len(town.pickups):
        for number in range(5):
            donor = add_donor(session, town.bank, latitude=44.80 + number / 20)
            add_pickup(session, donor, windows=((DAY, time(8 + number), time(10 + number)),))
        planned(session, town)


def edited(claire: Coordinator, dice: random.Random, *, times: int) -> None:
    for _ in range(times):
        looks(claire)
        plan = the_plan(claire.session, claire.town)
        keys = sorted(assignment_of(plan).placed | {row.pickup_id for row in plan.unplanned})
        places = [*(f"{each.id}:{dice.randrange(4)}" for each in plan.rounds), "tray", "spread"]
        key = dice.choice(keys)
        try:
            if dice.random() < 0.3:
                claire.pin(key, pinned=dice.random() < 0.5)
            else:
                claire.move(key, dice.choice(places))
        except (Conflict, Refused, NotFound):
            claire.session.expire_all()


def rules_broken(session: Session, town: Town) -> set[tuple[str, str | None, str | None]]:
    broken = broken_rules(session, bank_id=town.bank, day=DAY)
    return {(str(each.rule), each.shift, each.visit) for each in broken}

"""The job of a plan: done by a real child process, stopped with its best plan, or too late."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from collector.clock import SystemClock
from collector.db import MOST_COMPUTATIONS, OutdatedReading, reading, transaction
from collector.errors import Refused
from collector.jobs.actions import Claim
from collector.jobs.models import Job, JobState
from collector.jobs.queries import get_job
from collector.jobs.supervisor import run_once
from collector.jobs.warm_worker import WarmWorker
from collector.jobs.work import Ended, How, JobOutcome
from collector.pickups.models import Pickup, PickupState
from collector.planning.editing.commit import EditContext
from collector.planning.editing.moves import TargetPosition
from collector.planning.models import PlanningRun
from collector.planning.optimise.actions import PLAN_DAY, request_plan
from collector.planning.optimise.jobs import LOADED_PLANNER, PlanDay, plan_day
from collector.planning.optimise.plan_levels import three_plans
from collector.planning.optimise.proposals import (
    is_beside_the_draft,
    load_proposal,
    open_proposal,
    was_overtaken,
)
from collector.planning.optimise.queries import latest_run
from collector.planning.optimise.rebase import Lapse
from collector.planning.problem.lawfulness import broken_rules
from collector.rounds.models import DayPlan
from routing.formats.native import plan_data, plan_of, problem_of
from routing.schedule import retimed
from routing.units import Seconds
from tests.builders import DAY, MORNING
from tests.collector.jobs.shop import children, eventually
from tests.collector.planning.days import computing, greedy, move, orders, posed, the_plan
from tests.town import Town

pytestmark = pytest.mark.twin


def asked(session: Session, town: Town, *, seconds: int = 2) -> Job:
    return request_plan(
        session,
        now=MORNING,
        bank_id=town.bank,
        day=DAY,
        asked_by=f"person:{town.claire}",
        seconds=seconds,
    )


def edited(session: Session, town: Town) -> DayPlan:
    plan = the_plan(session, town)
    plan.edits += 1
    session.flush()
    return plan


def attempt(session: Session, town: Town) -> tuple[PlanDay, dict[str, Any]]:
    run, problem = posed(session, town)
    claim = Claim(
        job_id=1,
        bank_id=town.bank,
        kind=PLAN_DAY,
        payload={"run": run.id, "day": DAY.isoformat(), "seconds": 2},
        asked_by="system",
        fence=1,
        deadline_seconds=60,
    )
    return plan_day(session, claim), json.loads(json.dumps(plan_data(greedy(problem))))


def concluded(session: Session, work: PlanDay, ended: Ended) -> JobOutcome | None:
    with computing():
        work.prepare(session, ended=ended)
    return work.conclude(session, now=MORNING, ended=ended)


@pytest.mark.processes
def test_a_day_is_planned_by_a_child_process_and_written(app: Flask, town: Town):
    with app.app_context():
        with transaction() as session:
            job = asked(session, town)
        assert run_once({PLAN_DAY: plan_day}, clock=SystemClock()) == 1
        with reading() as session:
            done = get_job(session, bank_id=town.bank, job_id=job.id)
            plan = the_plan(session, town)
            assert (done.state, done.error) == (JobState.DONE, None)
            assert done.result is not None
            assert done.result["kept"]
            assert (done.result["planned"], done.result["version"]) == (3, plan.version)
            assert {"seconds", "cost"} == set(done.progress[-1])
            assert sorted(orders(plan)["A"] + orders(plan)["B"]) == list(town.pickups)
            assert broken_rules(session, bank_id=town.bank, day=DAY) == ()
            run = session.get_one(PlanningRun, done.payload["run"])
            assert run.plan is not None


@pytest.mark.processes
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_warm_worker_plans_a_day(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        work, _ = attempt(session, town)
    others = children(os.getpid())
    with closing(WarmWorker(LOADED_PLANNER)) as warm:
        warm.keep()
        (loaded,) = children(os.getpid()) - others
        with closing(warm.child(work.program, work.arguments, stdin=work.stdin)) as child:
            pid = eventually(lambda: child.pid)
            assert children(loaded) == {pid}
            assert len(list(Path(f"/proc/{loaded}/task").iterdir())) == 1
            while not child.is_over():
                for line in child.lines(wait=0.1):
                    work.heard(line)
            assert (child.end(), child.complaints()) == (0, "")
    assert work.best is not None
    assert work.best["unassigned"] == []


@pytest.mark.processes
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_plan_that_comes_after_an_edit_is_a_proposal(app: Flask, town: Town):
    with app.app_context():
        with transaction() as session:
            job = asked(session, town)
            version = edited(session, town).version
        run_once({PLAN_DAY: plan_day}, clock=SystemClock())
        with reading() as session:
            done = get_job(session, bank_id=town.bank, job_id=job.id)
            assert (done.state, done.error) == (JobState.DONE, None)
            assert done.result is not None
            assert not done.result["kept"]
            day = the_plan(session, town)
            assert (day.version, orders(day)) == (version, {"A": [], "B": []})
            run = open_proposal(session, bank_id=town.bank, day=DAY)
            assert run is not None
            assert was_overtaken(run)


def test_an_overtaken_plan_is_compared_with_the_day_as_it_is_now(app: Flask, town: Town):
    dora, *others = town.pickups
    with app.app_context(), transaction() as session:
        work, plan = attempt(session, town)
        work.best = plan
        ana, bruno = (round_.id for round_ in the_plan(session, town).rounds)
        by = EditContext(now=MORNING, actor=f"person:{town.claire}")
        move(
            session,
            context=by,
            bank_id=town.bank,
            day=DAY,
            version=the_plan(session, town).version,
            pickups=[dora],
            place=TargetPosition(round_id=bruno),
        )
        verdict = concluded(session, work, Ended(how=How.EXITED, code=0))
        assert verdict is not None
        assert (verdict.state, verdict.error) == (JobState.DONE, None)
        assert orders(the_plan(session, town)) == {"A": [], "B": [dora]}
        found = load_proposal(session, bank_id=town.bank, day=DAY, run_id=work.run_id)
        assert found.lapsed == {dora: Lapse.MOVED_SINCE}
        assert found.change.assignment_after.round_of(dora) == bruno
        assert {found.change.assignment_after.round_of(key) for key in others} == {ana}


def test_a_request_that_is_cancelled_while_reasons_are_computed_is_in_no_round(
    app: Flask, town: Town
):
    with app.app_context(), transaction() as session:
        work, plan = attempt(session, town)
        work.best = plan
        ended = Ended(how=How.EXITED, code=0)
        with computing():
            work.prepare(session, ended=ended)
        session.get_one(Pickup, town.pickups[0]).state = PickupState.CANCELLED
        with pytest.raises(OutdatedReading):
            work.conclude(session, now=MORNING, ended=ended)
        session.expire_all()
        verdict = concluded(session, work, ended)
        assert verdict is not None
        assert verdict.result is not None
        assert verdict.result["kept"]
        assert sorted(orders(the_plan(session, town))["A"]) == list(town.pickups[1:])


def test_a_plan_of_a_day_that_never_stands_still_is_a_proposal(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        work, plan = attempt(session, town)
        work.best = plan
        ended = Ended(how=How.EXITED, code=0)
        for number in range(MOST_COMPUTATIONS):
            with computing():
                work.prepare(session, ended=ended)
            session.get_one(Pickup, town.pickups[0]).volume_ml += 100
            session.flush()
            if number + 1 < MOST_COMPUTATIONS:
                with pytest.raises(OutdatedReading):
                    work.conclude(session, now=MORNING, ended=ended)
        verdict = work.conclude(session, now=MORNING, ended=ended)
        assert verdict is not None
        assert (verdict.state, verdict.result and verdict.result["kept"]) == (JobState.DONE, False)
        assert open_proposal(session, bank_id=town.bank, day=DAY) is not None


def test_after_an_edit_the_best_plan_of_a_stopped_job_is_a_proposal(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        work, plan = attempt(session, town)
        work.best = plan
        edited(session, town)
        verdict = concluded(session, work, Ended(how=How.CANCELLED))
        assert verdict is not None
        assert (verdict.state, verdict.result) == (
            JobState.CANCELLED,
            {"kept": False, "cost": work.best["cost"]["total"]},
        )
        assert open_proposal(session, bank_id=town.bank, day=DAY) is not None


def test_an_unlawful_plan_is_no_proposal_either(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        work, data = attempt(session, town)
        plan = plan_of(data)
        early = replace(plan.tours[0], departure=Seconds(plan.tours[0].departure - 1))
        work.best = plan_data(replace(plan, tours=(early,)))
        edited(session, town)
        with pytest.raises(Refused, match="plan_breaks_rules"):
            concluded(session, work, Ended(how=How.EXITED, code=0))


def test_a_stopped_job_keeps_its_best_plan(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        work, plan = attempt(session, town)
        said = {"kind": "improvement", "seconds": 0.4, "cost": 4725, "plan": plan}
        assert work.heard(json.dumps(said)) == {"seconds": 0.4, "cost": 4725}
        verdict = concluded(session, work, Ended(how=How.CANCELLED))
        assert verdict is not None
        assert verdict.state is JobState.CANCELLED
        assert verdict.result is not None
        assert verdict.result["kept"]
        assert len(orders(the_plan(session, town))["A"]) == 3


@pytest.mark.parametrize(
    ("how", "state", "error"),
    [
        (How.CANCELLED, JobState.CANCELLED, None),
        (How.OVERDUE, JobState.FAILED, "no_plan"),
    ],
)
def test_a_job_that_ends_before_any_plan_keeps_nothing(
    app: Flask, town: Town, how: How, state: JobState, error: str | None
):
    with app.app_context(), transaction() as session:
        work, _ = attempt(session, town)
        verdict = concluded(session, work, Ended(how=how))
        assert verdict is not None
        assert (verdict.state, verdict.error, verdict.result) == (state, error, {"kept": False})


def test_an_error_is_final_and_a_crash_is_tried_again(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        work, _ = attempt(session, town)
        killed = Ended(how=How.EXITED, code=-9)
        assert concluded(session, work, killed) is None
        work.heard('{"kind": "error", "error": "no_plan", "message": "nothing found"}')
        refused = concluded(session, work, Ended(how=How.EXITED, code=3))
        assert refused is not None
        assert (refused.state, refused.error) == (JobState.FAILED, "no_plan")


def test_a_second_request_returns_the_same_job_until_an_edit(app: Flask, town: Town):
    with app.app_context(), transaction() as session:
        first = asked(session, town)
        assert asked(session, town).id == first.id
        edited(session, town)
        second = asked(session, town)
        assert second.id != first.id
        assert first.state is JobState.CANCELLED
        latest = latest_run(session, bank_id=town.bank, day=DAY)
        assert latest is not None
        assert latest[1].id == second.id
        assert latest_run(session, bank_id=town.other_bank, day=DAY) is None


def test_a_search_starts_from_the_present_rounds(app: Flask, town: Town):
    with app.app_context():
        with transaction() as session:
            asked(session, town)
        run_once({PLAN_DAY: plan_day}, clock=SystemClock())
        with transaction() as session:
            before = the_plan(session, town)
            drawn = {str(each.shift_id): orders(before)[each.letter] for each in before.rounds}
            run = session.get_one(PlanningRun, asked(session, town).payload["run"])
        began = {
            tour["shift"]: [stop["visit"] for stop in tour["stops"]] for tour in run.start["tours"]
        }
    assert began == {shift: [str(key) for key in keys] for shift, keys in drawn.items() if keys}


def test_the_levels_of_the_last_line_are_kept_with_the_proposal(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        work, plan = attempt(session, town)
        work.proposes = work.searches_levels = True
        assert work.arguments[-1] == "--levels"
        line = {"kind": "done", "plan": plan, "levels": {"cheapest": plan, "safest": plan}}
        assert work.heard(json.dumps(line)) is None
        ended = Ended(how=How.EXITED, code=0)
        work.prepare(session, ended=ended)
        concluded(session, work, ended)
        run = session.get_one(PlanningRun, work.run_id)
        assert run.levels == {"cheapest": plan, "balanced": plan, "safest": plan}
        assert run.plan == plan


def test_the_other_plans_of_a_first_plan_are_a_proposal_beside_the_draft(
    app: Flask, town: Town
) -> None:
    with app.app_context(), transaction() as session:
        work, plan = attempt(session, town)
        work.searches_levels = True
        asked_for = problem_of(session.get_one(PlanningRun, work.run_id).problem)
        empty = json.loads(json.dumps(plan_data(retimed(asked_for, {}))))
        line = {"kind": "done", "plan": plan, "levels": {"cheapest": empty, "safest": plan}}
        work.heard(json.dumps(line))
        outcome = concluded(session, work, Ended(how=How.EXITED, code=0))
        assert outcome is not None
        assert outcome.result is not None
        assert outcome.result["kept"]
        offer = open_proposal(session, bank_id=town.bank, day=DAY)
        assert offer is not None
        assert is_beside_the_draft(offer)
        assert not was_overtaken(offer)
        assert offer.levels is not None
        assert {*offer.levels} == {"cheapest", "balanced", "safest"}
        assert (
            load_proposal(session, bank_id=town.bank, day=DAY, run_id=offer.id).change.moved
            == set()
        )
        three = three_plans(session, offer, the_plan(session, town))
        assert three is not None
        assert [each.moves for each in three.plans] == [3, 0, 0]


def test_three_plans_that_are_one_leave_no_proposal(app: Flask, town: Town) -> None:
    with app.app_context(), transaction() as session:
        work, plan = attempt(session, town)
        work.searches_levels = True
        line = {"kind": "done", "plan": plan, "levels": {"cheapest": plan, "safest": plan}}
        work.heard(json.dumps(line))
        assert concluded(session, work, Ended(how=How.EXITED, code=0)) is not None
        assert open_proposal(session, bank_id=town.bank, day=DAY) is None

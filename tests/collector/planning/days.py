"""Days planned without an engine: each visit at its cheapest place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from sqlalchemy.orm import Session

from collector.db import _write_is_open
from collector.planning.editing.commit import EditContext, write_edit
from collector.planning.editing.moves import TargetPosition, compute_move
from collector.planning.models import DayEdit, PlanningRun
from collector.planning.optimise.apply import compute_draft, write_draft
from collector.planning.optimise.runs import create_run
from collector.rounds.models import DayPlan
from collector.rounds.queries import day_plan
from routing.analysis.explain import explained
from routing.analysis.insertion import filled
from routing.formats.native import read_problem
from routing.plan import Plan
from routing.problem import Problem
from routing.schedule import assembled
from tests.builders import DAY, MORNING
from tests.town import Town


@contextmanager
def computing() -> Iterator[None]:
    """Let a test compute and write in one session, as no surface may."""
    token = _write_is_open.set(False)
    try:
        yield
    finally:
        _write_is_open.reset(token)


def drafted(session: Session, town: Town, run: PlanningRun, plan: Plan) -> DayPlan:
    """Make a plan the draft of its day."""
    with computing():
        draft = compute_draft(session, bank_id=town.bank, run_id=run.id, plan=plan)
    return write_draft(session, now=MORNING, bank_id=town.bank, run_id=run.id, draft=draft)


def move(
    session: Session,
    *,
    context: EditContext,
    bank_id: int,
    day: date,
    version: int,
    pickups: Sequence[int],
    place: TargetPosition,
) -> DayEdit:
    """Move visits of a day, as the board does it."""
    with computing():
        edit = compute_move(
            session, bank_id=bank_id, day=day, version=version, pickups=pickups, place=place
        )
    return write_edit(session, edit, context=context, bank_id=bank_id)


def posed(session: Session, town: Town) -> tuple[PlanningRun, Problem]:
    run = create_run(session, now=MORNING, bank_id=town.bank, day=DAY)
    return run, read_problem(json.dumps(run.problem))


def greedy(problem: Problem) -> Plan:
    return explained(problem, filled(problem, assembled(problem, ())))


def planned(session: Session, town: Town) -> DayPlan:
    run, problem = posed(session, town)
    return drafted(session, town, run, greedy(problem))


def the_plan(session: Session, town: Town) -> DayPlan:
    plan = day_plan(session, bank_id=town.bank, day=DAY)
    assert plan is not None
    return plan


def orders(plan: DayPlan) -> dict[str, list[int]]:
    return {round_.letter: [stop.pickup_id for stop in round_.stops] for round_ in plan.rounds}

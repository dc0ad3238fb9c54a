"""Days planned without an engine: whatever fits is put in at its cheapest place."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from collector.planning.models import PlanningRun
from collector.planning.optimise.apply import keep
from collector.planning.optimise.runs import pose
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


def posed(session: Session, town: Town) -> tuple[PlanningRun, Problem]:
    run = pose(session, now=MORNING, bank_id=town.bank, day=DAY)
    return run, read_problem(json.dumps(run.problem))


def greedy(problem: Problem) -> Plan:
    return explained(problem, filled(problem, assembled(problem, ())))


def planned(session: Session, town: Town) -> DayPlan:
    run, problem = posed(session, town)
    return keep(session, now=MORNING, bank_id=town.bank, run_id=run.id, plan=greedy(problem))


def the_plan(session: Session, town: Town) -> DayPlan:
    plan = day_plan(session, bank_id=town.bank, day=DAY)
    assert plan is not None
    return plan


def orders(plan: DayPlan) -> dict[str, list[int]]:
    return {round_.letter: [stop.pickup_id for stop in round_.stops] for round_ in plan.rounds}

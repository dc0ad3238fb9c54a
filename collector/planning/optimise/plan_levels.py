"""The three plans of a run with their figures: by their safety, or by what they change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from collector.db import owned
from collector.errors import NotFound, Refused
from collector.planning.editing.comparison import PlanFigures, plan_figures
from collector.planning.editing.what_if import DayChange, promises_changed
from collector.planning.models import PlanningRun
from collector.planning.optimise.changes import published_collectors
from collector.planning.optimise.rebase import rebase
from collector.planning.problem.build import load_facts
from collector.planning.problem.objectives import Objectives
from collector.planning.risk.chances import in_a_hundred
from collector.rounds.models import DayPlan
from routing.analysis.risk import PlanRisk, risk
from routing.cost import cost
from routing.formats.native import plan_of

DAYS = 1_000
"""Simulated days behind the figures of each plan."""


class PlanLevel(StrEnum):
    """Level of a plan between price and safety, or between changes and price."""

    FEWEST = "fewest"
    """The fewest changes to what people were told."""
    CHEAPEST = "cheapest"
    BALANCED = "balanced"
    SAFEST = "safest"


BY_SAFETY = (PlanLevel.CHEAPEST, PlanLevel.BALANCED, PlanLevel.SAFEST)
BY_CHANGES = (PlanLevel.FEWEST, PlanLevel.BALANCED, PlanLevel.CHEAPEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFigures:
    """One of three plans, as it would be applied to the day as it is now.

    Attributes
    ----------
    left_out
        Visits in no round.
    penalties
        Cents that the search counts for them: more for a visit that is more urgent.
    cold
        Days in a hundred on which no limit of the weakest round is exceeded.
    promises
        Promises in a hundred that are kept.
    in_time
        Days in a hundred on which the weakest round ends within its hours.
    chosen
        Whether it is the plan that the proposal shows.
    moves
        Number of the visits that it moves.
    promises_moved
        Number of published promises that it changes.
    collectors_changed
        Number of published visits that another collector makes, or nobody.
    same_as
        An earlier one of the three that makes the same rounds.
    """

    level: PlanLevel
    figures: PlanFigures
    left_out: int
    penalties: int
    cold: int
    promises: int
    in_time: int
    chosen: bool
    moves: int
    promises_moved: int
    collectors_changed: int
    same_as: PlanLevel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreePlans:
    """The three plans of a run, as they would be applied now.

    They go from the cheapest to the safest or, of a published day, from the fewest changes to the
    cheapest.

    Attributes
    ----------
    by_changes
        Whether they differ by what they change.
    all_same
        Whether all three would make the same rounds of the day as it is now.
    were_same
        Whether they were the same when they were found.
    """

    plans: tuple[LevelFigures, ...]
    by_changes: bool
    all_same: bool
    were_same: bool


def three_plans(session: Session, run: PlanningRun, plan: DayPlan) -> ThreePlans | None:
    """Return the figures of a run's three plans; None if they were not searched."""
    levels = run.levels
    if levels is None:
        return None
    facts, objectives = load_facts(session, plan), Objectives.from_json(run.asked)
    by_changes = PlanLevel.FEWEST in levels
    known = [level for level in (BY_CHANGES if by_changes else BY_SAFETY) if level in levels]
    found: list[LevelFigures] = []
    orders: list[Mapping[int, tuple[int, ...]]] = []
    for level in known:
        change = rebase(facts, _with_plan(run, level), objectives).change
        after = change.assignment_after.orders
        twin = found[orders.index(after)].level if after in orders else None
        found.append(replace(_figures(run, level, change), same_as=twin))
        orders.append(after)
    searched = [plan_of(levels[level]).orders for level in known]
    return ThreePlans(
        plans=tuple(found),
        by_changes=by_changes,
        all_same=all(each == orders[0] for each in orders),
        were_same=all(each == searched[0] for each in searched),
    )


def _figures(run: PlanningRun, level: PlanLevel, change: DayChange) -> LevelFigures:
    """Return the figures of one of the three plans, rebased to the day as it is now."""
    judged = risk(change.problem, change.plan_after, days=DAYS)
    wanted = {int(visit["id"]) for visit in run.problem["visits"]}
    return LevelFigures(
        level=level,
        figures=plan_figures(change, change.plan_after),
        left_out=len(wanted - change.assignment_after.placed),
        penalties=cost(change.problem, change.plan_after).penalties,
        cold=_weakest([tour.cold for tour in judged.tours]),
        promises=_promises(judged),
        in_time=_weakest([tour.in_time for tour in judged.tours]),
        chosen=(run.levels or {})[level] == run.plan,
        moves=len(change.moved),
        promises_moved=len(promises_changed(change)),
        collectors_changed=len(_other_collectors(change)),
    )


def _other_collectors(change: DayChange) -> set[int]:
    """Return the published visits that a change leaves with another collector, or with nobody."""
    rounds = change.facts.plan.rounds
    collectors = {round_.id: round_.shift.collector_id for round_ in rounds}
    after = change.assignment_after
    return {
        key
        for key, told in published_collectors(rounds).items()
        if key in change.facts.pickups and collectors.get(after.round_of(key) or 0) != told
    }


def choose_level(
    session: Session, *, bank_id: int, day: date, run_id: int, level: PlanLevel
) -> PlanningRun:
    """Make one of the three plans the plan of a proposal.

    Raises
    ------
    NotFound
        There is no such run of this day, or it has no such plan.
    Refused
        It is applied or discarded already: `proposal_settled`.
    """
    run = owned(session, PlanningRun, bank_id, run_id)
    if run.day != day or run.levels is None or level not in run.levels:
        raise NotFound("not_found", kind="planning_runs")
    if run.settled_at or run.kept_at:
        raise Refused("proposal_settled")
    run.plan = run.levels[level]
    session.flush()
    return run


def _with_plan(run: PlanningRun, level: PlanLevel) -> PlanningRun:
    """Return a run, without a row, that has one of the three as its plan."""
    return PlanningRun(
        problem=run.problem, start=run.start, plan=(run.levels or {})[level], asked=run.asked
    )


def _weakest(chances: list[float]) -> int:
    """Return the days in a hundred on which the weakest round holds: the one to mend."""
    return in_a_hundred(min(chances, default=1.0))


def _promises(judged: PlanRisk) -> int:
    chances = [stop.promise for tour in judged.tours for stop in tour.stops]
    return in_a_hundred(sum(chances) / len(chances)) if chances else 100

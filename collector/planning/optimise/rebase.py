"""Rebase of a plan onto a day that was changed since: moves that hold, and lapsed ones."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from collector.planning.editing.assignment import (
    Assignment,
    assignment_of,
    changed_visits,
    merge_moves,
)
from collector.planning.editing.what_if import ALLOWED_BY_HAND, DayChange, WhatIf, promises_broken
from collector.planning.models import PlanningRun
from collector.planning.problem.build import DayFacts
from collector.planning.problem.objectives import Objectives
from collector.rounds.models import Round
from routing.formats.native import plan_of
from routing.plan import Plan

NOWHERE = 0
"""Stands for the round of a deleted shift."""


class Lapse(StrEnum):
    """Reason why a proposed move is not made any more."""

    MOVED_SINCE = "moved_since"
    """A coordinator moved the visit after the request; her move stands."""
    PINNED_SINCE = "pinned_since"
    ROUND_LEFT = "round_left"
    """The round that it is in, or would go to, has started."""
    OFF_DUTY = "off_duty"
    """The collector or the vehicle of the round that it would go to is off duty."""
    GONE = "gone"
    """The request is not of this day any more, or it cannot be planned."""
    BREAKS_RULE = "breaks_rule"
    """It would break a rule in the present rounds."""
    BREAKS_PROMISE = "breaks_promise"
    """It would break a promise that was made since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebasedPlan:
    """The change that applies the moves that still hold, and the reasons of the others."""

    change: DayChange
    lapsed: Mapping[int, Lapse]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedDay:
    """Start and solution of a run, by the rounds of its day.

    Attributes
    ----------
    rounds, visits
        The rounds and the visits of its problem.
    """

    start: Assignment
    solution: Assignment
    rounds: frozenset[int]
    visits: frozenset[int]

    @classmethod
    def of(cls, run: PlanningRun, of_day: Iterable[Round]) -> "SolvedDay":
        """Read a run that has a plan; `of_day` are all rounds of its day."""
        rounds = {str(round_.shift_id): round_.id for round_ in of_day}
        return cls(
            start=_by_round(plan_of(run.start), rounds),
            solution=_by_round(plan_of(run.plan or {}), rounds),
            rounds=frozenset(rounds.get(each["id"], NOWHERE) for each in run.problem["shifts"]),
            visits=frozenset(int(visit["id"]) for visit in run.problem["visits"]),
        )


def rebase(facts: DayFacts, run: PlanningRun, objectives: Objectives) -> RebasedPlan:
    """Rebase a plan onto the day as it is now.

    1. Moves by hand since the request stand: only the planner's other moves are made.
    2. While a round breaks a rule that it does not break now, one of its moves is given up. If
       the objectives keep promises, so is a move that breaks one.
    3. A visit that cannot be planned any more, unknown to the planner, leaves its round.
    """
    solved = SolvedDay.of(run, facts.plan.rounds)
    moves = changed_visits(solved.start, solved.solution)
    present = assignment_of(facts.plan)
    lapsed = dict(_lapsed(facts, solved, present, moves))
    todo = frozenset(key for key in moves - lapsed.keys() if not _is_made(solved, present, key))
    strays = frozenset(_strays(facts, solved, present))
    what_if = WhatIf(facts, todo | strays, keep_pins=True)
    while True:
        rebased = merge_moves(present, solved.solution, todo).without(strays)
        change = what_if.change(rebased)
        given_up = dict(_given_up(change, solved, todo, keep_promises=objectives.keep_promises))
        if not given_up:
            return RebasedPlan(
                change=replace(change, moved=changed_visits(present, rebased)), lapsed=lapsed
            )
        lapsed |= given_up
        todo -= given_up.keys()


def _by_round(plan: Plan, rounds: Mapping[str, int]) -> Assignment:
    orders: dict[int, tuple[int, ...]] = {}
    for shift, names in plan.orders.items():
        key = rounds.get(shift, NOWHERE)
        orders[key] = (*orders.get(key, ()), *map(int, names))
    return Assignment(orders=orders)


def _lapsed(
    facts: DayFacts, solved: SolvedDay, present: Assignment, moves: Collection[int]
) -> Iterator[tuple[int, Lapse]]:
    """Yield the moves that later changes have overtaken."""
    able = {None, *(round_.id for round_ in facts.rounds)}
    on_duty = {None, *(round_.id for round_ in facts.rounds_on_duty)}
    by_hand = changed_visits(solved.start, replace(present, pinned=frozenset()))
    for key in moves:
        here, there = present.round_of(key), solved.solution.round_of(key)
        pickup = facts.pickups.get(key)
        if here not in able or there not in able:
            yield key, Lapse.ROUND_LEFT
        elif there not in on_duty:
            yield key, Lapse.OFF_DUTY
        elif pickup is None or (there is not None and _may_not(facts, key)):
            yield key, Lapse.GONE
        elif key in by_hand and not _is_made(solved, present, key):
            yield key, Lapse.MOVED_SINCE
        elif key in present.pinned and here != there:
            yield key, Lapse.PINNED_SINCE


def _is_made(solved: SolvedDay, present: Assignment, key: int) -> bool:
    """Return whether a coordinator has put a visit into the round of the solution."""
    here = present.round_of(key)
    return solved.start.round_of(key) != here == solved.solution.round_of(key)


def _strays(facts: DayFacts, solved: SolvedDay, present: Assignment) -> Iterator[int]:
    for round_id in solved.rounds:
        for key in present.orders.get(round_id, ()):
            if key in facts.pickups and key not in solved.visits and _may_not(facts, key):
                yield key


def _may_not(facts: DayFacts, key: int) -> bool:
    why = facts.not_plannable(facts.pickups[key])
    return why is not None and why not in ALLOWED_BY_HAND


def _given_up(
    change: DayChange, solved: SolvedDay, todo: frozenset[int], *, keep_promises: bool
) -> Iterator[tuple[int, Lapse]]:
    """Yield, per round with a fault, the move to give up: a named one, or the last one into it.

    Without a move into such a round, the moves out of it are given up; otherwise all.
    """
    for round_id, named, lapse in _wrong(change, keep_promises=keep_promises):
        into = [key for key in solved.solution.orders.get(round_id, ()) if key in todo]
        out = [key for key in change.assignment_before.orders.get(round_id, ()) if key in todo]
        for key in sorted(named & todo)[-1:] or into[-1:] or out or todo:
            yield key, lapse


def _wrong(change: DayChange, *, keep_promises: bool) -> Iterator[tuple[int, set[int], Lapse]]:
    """Yield the rounds that break something, with the visits at fault."""
    for round_ in change.touched:
        broken = [each for each in change.breaks if each.figures.get("round") == round_.letter]
        if broken:
            named = {each.figures["pickup"] for each in broken if "pickup" in each.figures}
            yield round_.id, named, Lapse.BREAKS_RULE
    if keep_promises:
        for key in promises_broken(change):
            yield change.assignment_after.round_of(key) or NOWHERE, {key}, Lapse.BREAKS_PROMISE

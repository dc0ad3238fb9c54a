"""Costs and broken rules of a change of the rounds, before it is committed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collector.errors import NotFound, Refused
from collector.pickups.models import Pickup
from collector.planning.editing.assignment import Assignment, assignment_of, changed_rounds
from collector.planning.problem.build import DayFacts, build_problem, can_be_timed, is_open
from collector.planning.problem.plannability import NotPlannable
from collector.rounds.models import Round
from collector.rounds.promises import Promise, promise
from collector.rounds.publication import promises_in
from routing.analysis.insertion import known
from routing.checker.judge import check_tour
from routing.checker.violation import Violation
from routing.cost import tour_cost
from routing.plan import Plan, Rule, Tour
from routing.problem import Problem
from routing.schedule import assembled, best_effort, retimed

MEDICAL_RULES = frozenset({Rule.RIDE_TIME, Rule.ENDS, Rule.SKILLS})
"""Rules of milk and blood, which must reach a freezer in time, and of the skill to draw blood."""

ALLOWED_BY_HAND = frozenset({NotPlannable.BELOW_MINIMUM})
"""Reasons that keep a visit out of the planner's plans, but not out of a coordinator's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A rule that a move would break.

    Attributes
    ----------
    rule
        The planner's name of it (`windows`, `load`, `ride_time`, ...), or `below_minimum`.
    figures
        `by` (seconds, or units of load), `round` (its letter), `pickup`, `what`; some are absent.
    medical
        The move is refused for any reason.
    """

    rule: str
    figures: dict[str, Any]
    medical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Differences that a change makes to the plan, negative for savings, and its broken rules.

    Attributes
    ----------
    late, overtime
        Seconds outside the donors' hours, and after the collectors' shifts.
    margin
        Seconds left on the tightest clock of the changed rounds; None if nothing rides.
    promises
        Requests whose donors would get a new promise.
    """

    cents: int
    metres: int
    seconds: int
    late: int
    overtime: int
    margin: int | None
    promises: tuple[int, ...]
    breaks: tuple[BrokenRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A computed change: problem, assignments and plans before and after, changed rounds."""

    facts: DayFacts
    problem: Problem
    assignment_before: Assignment
    assignment_after: Assignment
    plan_before: Plan
    plan_after: Plan
    touched: tuple[Round, ...]
    moved: frozenset[int]
    breaks: tuple[BrokenRule, ...]


class WhatIf:
    """A day as it is, ready to price changes that move these visits.

    Parameters
    ----------
    pickups
        The visits that the coordinator moves; their pins do not hold.
    keep_pins
        The planner moves the visits: their pins hold.
    """

    def __init__(self, facts: DayFacts, pickups: Iterable[int], *, keep_pins: bool = False) -> None:
        self.facts = facts
        self.movable = frozenset(pickups)
        self.keep_pins = keep_pins
        self.assignment = assignment_of(facts.plan)
        self.shifts = {round_.id: str(round_.shift_id) for round_ in facts.rounds_on_duty}
        free = frozenset[int]() if keep_pins else self.movable
        self.problem = build_problem(facts, self._posable(), unpinned=free)
        self.plan = retimed(self.problem, orders_of(facts, self.problem, self.assignment))

    def change(self, assignment: Assignment) -> DayChange:
        """Compute the change to an assignment; unchanged rounds keep their times.

        Raises
        ------
        NotFound
            It names a round or a visit that is not of this day.
        Refused
            `round_has_started`; `round_off_duty`; `visit_may_not_be_served` (`reason`, see
            `NotPlannable`).
        """
        rounds = changed_rounds(self.assignment, assignment)
        _refuse_rounds(self.facts, rounds)
        _refuse_absent(self.facts, self.assignment, assignment)
        _refuse_visits(self.facts, self.movable, assignment)
        change = DayChange(
            facts=self.facts,
            problem=self.problem,
            assignment_before=self.assignment,
            assignment_after=assignment,
            plan_before=self.plan,
            plan_after=self._timed(orders_of(self.facts, self.problem, assignment)),
            touched=tuple(round_ for round_ in self.facts.rounds if round_.id in rounds),
            moved=self.movable,
            breaks=(),
        )
        return replace(change, breaks=tuple(_breaks(change)))

    def assignment_with(self, orders: Mapping[str, Sequence[str]]) -> Assignment:
        """Return the assignment with these orders of its open rounds, by the planner's names.

        A visit that is not in the problem leaves its round.
        """
        named = {
            key: tuple(int(each) for each in orders.get(shift, ()))
            for key, shift in self.shifts.items()
        }
        return replace(self.assignment, orders={**self.assignment.orders, **named})

    def _posable(self) -> list[Pickup]:
        """Return the requests in rounds, and the requests that are moved.

        A visit with a place keeps it here, even if it cannot be planned any more: a coordinator or
        the next plan takes it out.
        """
        pickups, day = self.facts.pickups, self.facts.service_day
        keys = sorted(self.assignment.placed | self.movable)
        found = (pickups[key] for key in keys if key in pickups)
        return [pickup for pickup in found if can_be_timed(pickup, day)]

    def _timed(self, orders: Mapping[str, Sequence[str]]) -> Plan:
        """Time the tours with a new order, and keep the others."""
        tours = []
        for shift in self.problem.shifts:
            names, present = tuple(orders.get(shift.id, ())), self.plan.tour(shift.id)
            if present is not None and present.visits == names:
                tours.append(present)
            elif names:
                tours.append(
                    best_effort(self.problem, shift, [known(self.problem, n) for n in names])
                )
        return assembled(self.problem, tuple(tours))


def orders_of(facts: DayFacts, problem: Problem, assignment: Assignment) -> dict[str, list[str]]:
    """Return, per shift, the visits of its round in the problem, by the planner's names."""
    return {
        str(round_.shift_id): [
            str(key)
            for key in assignment.orders.get(round_.id, ())
            if problem.visit(str(key)) is not None
        ]
        for round_ in facts.rounds_on_duty
    }


def preview_of(change: DayChange) -> Preview:
    """Return the figures of a change."""
    shifts = {str(round_.shift_id) for round_ in change.touched}
    before, after = (
        _bill(change.problem, plan, shifts) for plan in (change.plan_before, change.plan_after)
    )
    late, over = (
        _broken_by(change, change.plan_after, shifts, rule)
        - _broken_by(change, change.plan_before, shifts, rule)
        for rule in (Rule.WINDOWS, Rule.SHIFTS)
    )
    return Preview(
        cents=after[0] - before[0],
        metres=after[1] - before[1],
        seconds=after[2] - before[2],
        late=late,
        overtime=over,
        margin=tightest_margin(
            change.problem, [t for t in change.plan_after.tours if t.shift in shifts]
        ),
        promises=promises_broken(change),
        breaks=change.breaks,
    )


def tightest_margin(problem: Problem, tours: Sequence[Tour]) -> int | None:
    """Return the seconds left on the tightest clock of these tours; None if nothing rides."""
    left = [
        limit - (tour.arrival - stop.end)
        for tour in tours
        for stop in tour.stops
        if (visit := problem.visit(stop.visit)) is not None
        for limit in visit.ride_limits.values()
    ]
    return min(left, default=None)


def promises_broken(change: DayChange) -> tuple[int, ...]:
    """Return the requests with a new promise by this change, and not by an earlier one."""
    given = promises_in(change.facts.plan.rounds)
    then, now = (_promises(change, plan, given) for plan in (change.plan_before, change.plan_after))
    return tuple(
        sorted(
            key
            for key, promised in given.items()
            if then.get(key) == promised and now.get(key) != promised
        )
    )


def promises_changed(change: DayChange) -> tuple[int, ...]:
    """Return the requests whose published promise a change does not keep, or no more."""
    given = promises_in(change.facts.plan.rounds)
    now = _promises(change, change.plan_after, given)
    return tuple(
        sorted(
            key
            for key, promised in given.items()
            if key in change.facts.pickups and now.get(key) != promised
        )
    )


def _promises(change: DayChange, plan: Plan, given: Mapping[int, Promise]) -> dict[int, Promise]:
    """Return the promises that a plan makes to donors with an earlier one."""
    service_day, pickups = change.facts.service_day, change.facts.pickups
    return {
        key: promise(
            service_day, service_day.at(stop.begin), pickups[key].windows, given=given[key]
        )
        for tour in plan.tours
        for stop in tour.stops
        if (key := int(stop.visit)) in given
    }


def _refuse_rounds(facts: DayFacts, rounds: frozenset[int]) -> None:
    known = {round_.id: round_ for round_ in facts.plan.rounds}
    for key in rounds:
        if key not in known:
            raise NotFound("not_found", kind="rounds")
        if not is_open(known[key]):
            raise Refused("round_has_started")


def _refuse_absent(facts: DayFacts, before: Assignment, after: Assignment) -> None:
    """Refuse visits that join the round of a collector or vehicle off duty."""
    on_duty = {round_.id for round_ in facts.rounds_on_duty}
    for round_ in facts.rounds:
        joined = {*after.orders.get(round_.id, ())} - {*before.orders.get(round_.id, ())}
        if round_.id not in on_duty and joined:
            raise Refused("round_off_duty")


def _refuse_visits(facts: DayFacts, moved: frozenset[int], after: Assignment) -> None:
    started = facts.plan.placed
    for key in moved:
        pickup = facts.pickups.get(key)
        if pickup is None:
            if key in started:
                raise Refused("round_has_started")
            raise NotFound("not_found", kind="pickups")
        why = facts.not_plannable(pickup)
        if key in after.placed and why is not None and why not in ALLOWED_BY_HAND:
            raise Refused("visit_may_not_be_served", reason=why.value)


def _breaks(change: DayChange) -> Iterator[BrokenRule]:
    for pickup in _below_minimum(change):
        figures = {"pickup": pickup.id, "volume_ml": pickup.volume_ml}
        yield BrokenRule(rule=NotPlannable.BELOW_MINIMUM.value, figures=figures, medical=False)
    for round_ in change.touched:
        shift = str(round_.shift_id)
        before, after = change.plan_before.tour(shift), change.plan_after.tour(shift)
        yield from new_breaks(change.problem, before, after, letter=round_.letter)


def _below_minimum(change: DayChange) -> Iterator[Pickup]:
    for key in sorted(change.moved & change.assignment_after.placed):
        pickup = change.facts.pickups[key]
        if change.facts.not_plannable(pickup) is NotPlannable.BELOW_MINIMUM:
            yield pickup


def new_breaks(
    problem: Problem, before: Tour | None, after: Tour | None, *, letter: str
) -> Iterator[BrokenRule]:
    """Yield the rules that a tour breaks, or breaks more than before the change."""
    known = {_key(each): each.by for each in violations_of(problem, before)}
    for each in violations_of(problem, after):
        if each.by > known.get(_key(each), -1):
            yield _break(each, letter)


def violations_of(problem: Problem, tour: Tour | None) -> tuple[Violation, ...]:
    """Return the violations of a tour; none without a tour."""
    return check_tour(problem, tour) if tour else ()


def _key(broken: Violation) -> tuple[str, str | None, str | None]:
    return str(broken.rule), broken.visit, broken.what


def _break(broken: Violation, letter: str) -> BrokenRule:
    known = {
        "round": letter,
        "pickup": int(broken.visit) if broken.visit else None,
        "what": broken.what,
        "by": broken.by or None,
    }
    return BrokenRule(
        rule=str(broken.rule),
        figures={name: value for name, value in known.items() if value is not None},
        medical=broken.rule in MEDICAL_RULES,
    )


def _broken_by(change: DayChange, plan: Plan, shifts: set[str], rule: Rule) -> int:
    return sum(
        each.by
        for shift in shifts
        for each in violations_of(change.problem, plan.tour(shift))
        if each.rule is rule
    )


def _bill(problem: Problem, plan: Plan, shifts: set[str]) -> tuple[int, int, int]:
    tours = [tour for tour in plan.tours if tour.shift in shifts]
    cents = sum(tour_cost(problem, tour).paid for tour in tours)
    return cents, sum(tour.metres for tour in tours), sum(tour.seconds for tour in tours)

"""What a move would cost and which rules it would break, before anybody makes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from collector.errors import NotFound, Refused
from collector.pickups.models import Pickup
from collector.planning.aside import Aside
from collector.planning.question import Facts, can_be_timed, gather, is_open, problem_of
from collector.rounds.models import DayPlan, Round
from collector.rounds.queries import day_plan
from routing.check.judge import check_tour
from routing.check.violation import Violation
from routing.cost import tour_cost
from routing.insertion import moved, without
from routing.plan import Plan, Rule, Tour
from routing.problem import Problem
from routing.schedule import retimed

MEDICAL = frozenset({Rule.RIDE_TIME, Rule.ENDS, Rule.SKILLS})
"""Milk and blood that must reach a freezer in time, and who may draw blood."""

BY_HAND = frozenset({Aside.BELOW_MINIMUM})
"""What keeps a visit out of the planner's plans, but not out of a coordinator's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A rule that a move would break.

    Attributes
    ----------
    rule
        The planner's name of it (`windows`, `load`, `ride_time`, ...), or `below_minimum`.
    figures
        `by` (seconds, or units of load), `round` (its letter), `pickup`, `what`; some are absent.
    medical
        No reason makes up for it: the move is refused.
    """

    rule: str
    figures: dict[str, Any]
    medical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a move adds to the plan (negative: what it saves), and what it would break."""

    cents: int
    metres: int
    seconds: int
    breaks: tuple[Break, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move worked out: the day ahead of it and after it, and the rounds it touches."""

    facts: Facts
    problem: Problem
    before: Plan
    after: Plan
    touched: tuple[Round, ...]
    breaks: tuple[Break, ...]


def preview(
    session: Session,
    *,
    bank_id: int,
    day: date,
    pickup_id: int,
    to_round_id: int | None,
    position: int = 0,
) -> Preview:
    """Return what a move would do; nothing is written.

    Parameters
    ----------
    to_round_id
        None: to the tray.
    position
        Its place among the round's other stops, the first being 0.

    Raises
    ------
    NotFound
        The pick-up or the round is not of this bank and day.
    Refused
        As `collector.planning.moves.move`, except for the rules that `breaks` names.
    """
    plan = day_plan(session, bank_id=bank_id, day=day)
    if plan is None:
        raise NotFound("not_found", kind="day_plans")
    found = worked_out(
        session, plan, pickup_id=pickup_id, to_round_id=to_round_id, position=position
    )
    shifts = {str(round_.shift_id) for round_ in found.touched}
    before, after = (_bill(found.problem, plan, shifts) for plan in (found.before, found.after))
    return Preview(
        cents=after[0] - before[0],
        metres=after[1] - before[1],
        seconds=after[2] - before[2],
        breaks=found.breaks,
    )


def worked_out(
    session: Session,
    plan: DayPlan,
    *,
    pickup_id: int,
    to_round_id: int | None,
    position: int,
) -> Move:
    """Work a move out: everything that is not in the touched rounds stays as it is."""
    facts = gather(session, plan)
    pickup = _moved_pickup(facts, pickup_id)
    source = _round_of(plan, pickup_id)
    target = _target(plan, to_round_id)
    problem = _problem(facts, pickup, target)
    before = retimed(problem, facts.orders(problem))
    name = str(pickup_id)
    after = (
        without(problem, before, name)
        if target is None
        else moved(problem, before, name, shift=str(target.shift_id), position=max(0, position))
    )
    touched = {round_.id: round_ for round_ in (source, target) if round_ is not None}
    found = Move(
        facts=facts,
        problem=problem,
        before=before,
        after=after,
        touched=tuple(touched.values()),
        breaks=(),
    )
    return Move(
        facts=facts,
        problem=problem,
        before=before,
        after=after,
        touched=found.touched,
        breaks=tuple(_breaks(found, pickup, target)),
    )


def _moved_pickup(facts: Facts, pickup_id: int) -> Pickup:
    pickup = facts.pickups.get(pickup_id)
    if pickup is not None:
        return pickup
    if _round_of(facts.plan, pickup_id) is not None:
        raise Refused("round_has_started")
    raise NotFound("not_found", kind="pickups")


def _round_of(plan: DayPlan, pickup_id: int) -> Round | None:
    return next(
        (
            round_
            for round_ in plan.rounds
            if any(stop.pickup_id == pickup_id for stop in round_.stops)
        ),
        None,
    )


def _target(plan: DayPlan, to_round_id: int | None) -> Round | None:
    if to_round_id is None:
        return None
    target = next((round_ for round_ in plan.rounds if round_.id == to_round_id), None)
    if target is None:
        raise NotFound("not_found", kind="rounds")
    if not is_open(target):
        raise Refused("round_has_started")
    return target


def _problem(facts: Facts, pickup: Pickup, target: Round | None) -> Problem:
    """Make the problem of what is in rounds now and of what is being moved.

    A visit that has a place keeps it here, even if it may not be served any more: taking it out
    is for a person, or for the next plan, to do.
    """
    why = facts.why_aside(pickup)
    if target is not None and why is not None and why not in BY_HAND:
        raise Refused("visit_may_not_be_served", reason=why.value)
    keys = {stop.pickup_id for stop in facts.stops} | {pickup.id}
    posable = [
        facts.pickups[key]
        for key in sorted(keys)
        if can_be_timed(facts.pickups[key], facts.service_day)
    ]
    return problem_of(facts, posable, unpinned=pickup.id)


def _breaks(found: Move, pickup: Pickup, target: Round | None) -> Iterator[Break]:
    if target is not None and found.facts.why_aside(pickup) is Aside.BELOW_MINIMUM:
        figures = {"pickup": pickup.id, "volume_ml": pickup.volume_ml}
        yield Break(rule=Aside.BELOW_MINIMUM.value, figures=figures, medical=False)
    for round_ in found.touched:
        shift = str(round_.shift_id)
        known = {_key(each): each.by for each in _judged(found.problem, found.before.tour(shift))}
        for each in _judged(found.problem, found.after.tour(shift)):
            # What was broken as badly ahead of the move is not the move's doing.
            if each.by > known.get(_key(each), -1):
                yield _break(each, round_)


def _judged(problem: Problem, tour: Tour | None) -> tuple[Violation, ...]:
    return check_tour(problem, tour) if tour else ()


def _key(broken: Violation) -> tuple[str, str | None, str | None]:
    return str(broken.rule), broken.visit, broken.what


def _break(broken: Violation, round_: Round) -> Break:
    known = {
        "round": round_.letter,
        "pickup": int(broken.visit) if broken.visit else None,
        "what": broken.what,
        "by": broken.by or None,
    }
    return Break(
        rule=str(broken.rule),
        figures={name: value for name, value in known.items() if value is not None},
        medical=broken.rule in MEDICAL,
    )


def _bill(problem: Problem, plan: Plan, shifts: set[str]) -> tuple[int, int, int]:
    tours = [tour for tour in plan.tours if tour.shift in shifts]
    cents = sum(tour_cost(problem, tour).total for tour in tours)
    return cents, sum(tour.metres for tour in tours), sum(tour.seconds for tour in tours)

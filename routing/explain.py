"""Knows why a visit is unassigned, in one sentence a coordinator can act on.

Nothing is guessed: the visit is put wherever it could go, each try is timed as kindly as can be,
and the checker says what breaks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.check.judge import RULES, check_tour
from routing.check.violation import Violation
from routing.errors import InvalidPlanError
from routing.insertion import Insertion, insertions, known, orders_with, worth
from routing.plan import Obstacle, Plan, Reason, ReasonCode, Remedy, Rule, Unassigned
from routing.problem import Problem, Shift, Visit
from routing.schedule import best_effort

REMEDIES: Final[Mapping[Rule, Remedy]] = {
    Rule.WINDOWS: Remedy.WIDEN_WINDOW,
    Rule.SHIFTS: Remedy.LENGTHEN_SHIFT,
    Rule.LOAD: Remedy.ADD_CAPACITY,
    Rule.RIDE_TIME: Remedy.END_NEARER,
    Rule.SKILLS: Remedy.FIND_SKILL,
    Rule.PINS: Remedy.REMOVE_PIN,
    Rule.ENDS: Remedy.END_AT_FREEZER,
}
"""Per rule that can keep a visit out, what a coordinator can do about it."""


def explain(problem: Problem, plan: Plan, visit: str) -> Reason:
    """Say why a visit is in no tour of this plan.

    Raises
    ------
    InvalidPlanError
        The visit is in a tour, or not in the problem.
    """
    left = known(problem, visit)
    if any(visit in tour.visits for tour in plan.tours):
        raise InvalidPlanError(f"visit {visit!r}", "is in a tour: there is nothing to explain")
    places = insertions(problem, plan, visit)
    if places:
        return _priced(problem, left, places[0])
    alone = {shift.id: _alone(problem, shift, left) for shift in problem.shifts}
    if all(alone.values()):
        return _impossible(left, [found for found in alone.values() if found])
    able = [shift for shift in problem.shifts if alone[shift.id] is None]
    misses = [_nearest_miss(problem, plan, shift, left) for shift in able]
    return _crowded(left, misses, [found for found in alone.values() if found])


def explained(problem: Problem, plan: Plan) -> Plan:
    """The same plan with a reason for every unassigned visit."""
    reasons = (
        Unassigned(visit=entry.visit, reason=explain(problem, plan, entry.visit))
        for entry in plan.unassigned
    )
    return replace(plan, unassigned=tuple(reasons))


def _priced(problem: Problem, visit: Visit, place: Insertion) -> Reason:
    where = f"as stop {place.position + 1} of shift {place.shift} for {place.price} cents"
    if worth(problem, visit, place):
        return Reason(
            code=ReasonCode.FITS,
            sentence=f"Visit {visit.id} fits {where}.",
            remedy=Remedy.INSERT,
            shift=place.shift,
            price=place.price,
        )
    return Reason(
        code=ReasonCode.TOO_DEAR,
        sentence=f"Visit {visit.id} fits best {where};"
        f" leaving it out costs less: {visit.penalty} cents.",
        remedy=Remedy.RAISE_PENALTY,
        rule=Rule.OPTIONAL,
        shift=place.shift,
        price=place.price,
    )


def _alone(problem: Problem, shift: Shift, visit: Visit) -> Obstacle | None:
    """The first rule the shift breaks with this visit and nothing else to do."""
    pin = problem.pin(visit.id)
    for broken in check_tour(problem, best_effort(problem, shift, [visit])):
        # Alone it is always the first stop: a pinned position says nothing about being able.
        if broken.rule is not Rule.PINS or pin is None or pin.shift != shift.id:
            return _obstacle(shift, broken)
    return None


def _obstacle(shift: Shift, broken: Violation) -> Obstacle:
    return Obstacle(shift=shift.id, rule=broken.rule, by=broken.by, sentence=broken.sentence)


def _impossible(visit: Visit, obstacles: Sequence[Obstacle]) -> Reason:
    order = tuple(RULES)
    # A shift that fails late in the order has met everything ahead: it is the nearest.
    nearest = min(obstacles, key=lambda found: (-order.index(found.rule), found.by))
    return Reason(
        code=ReasonCode.IMPOSSIBLE,
        sentence=f"No shift can serve visit {visit.id}, even with nothing else to do;"
        f" the nearest: {nearest.sentence}",
        remedy=REMEDIES[nearest.rule],
        rule=nearest.rule,
        shift=nearest.shift,
        obstacles=tuple(obstacles),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Miss:
    """The insertion on one shift that breaks the least."""

    count: int
    position: int
    obstacle: Obstacle


def _nearest_miss(problem: Problem, plan: Plan, shift: Shift, visit: Visit) -> _Miss:
    return min(_misses(problem, plan, shift, visit), key=_size)


def _size(miss: _Miss) -> tuple[int, int, int]:
    return miss.count, miss.obstacle.by, miss.position


def _misses(problem: Problem, plan: Plan, shift: Shift, visit: Visit) -> Iterator[_Miss]:
    for position, order in enumerate(orders_with(problem, plan.tour(shift.id), visit)):
        broken = check_tour(problem, best_effort(problem, shift, order))
        yield _Miss(count=len(broken), position=position, obstacle=_obstacle(shift, broken[0]))


def _crowded(visit: Visit, misses: Sequence[_Miss], unable: Sequence[Obstacle]) -> Reason:
    nearest = min(misses, key=_size)
    return Reason(
        code=ReasonCode.CROWDED,
        sentence=f"Visit {visit.id} fits nowhere between the stops of this plan; the nearest,"
        f" as stop {nearest.position + 1}: {nearest.obstacle.sentence}",
        remedy=REMEDIES[nearest.obstacle.rule],
        rule=nearest.obstacle.rule,
        shift=nearest.obstacle.shift,
        obstacles=(*(miss.obstacle for miss in misses), *unable),
    )

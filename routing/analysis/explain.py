"""Reasons of unassigned visits, each a sentence that a coordinator can act on.

No reason is a guess: the visit is inserted at every position, each attempt is timed as leniently
as possible, and the checker names the broken rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from routing.analysis.insertion import (
    Insertion,
    able_alone,
    insertions,
    known,
    nearest_orders,
    unit,
    unmet,
    worth,
)
from routing.analysis.remedies import relaxations
from routing.checker.judge import RULES, broken_by, check_tour
from routing.checker.violation import Violation
from routing.errors import InvalidPlanError
from routing.plan import Obstacle, Plan, Reason, ReasonCode, Remedy, Rule, Unassigned
from routing.problem import Problem, Shift, Visit
from routing.schedule import best_effort

REMEDIES: Final[Mapping[Rule, Remedy]] = {
    Rule.WINDOWS: Remedy.WIDEN_WINDOW,
    Rule.DATES: Remedy.MOVE_DATE,
    Rule.SHIFTS: Remedy.LENGTHEN_SHIFT,
    Rule.LOAD: Remedy.ADD_CAPACITY,
    Rule.RIDE_TIME: Remedy.END_NEARER,
    Rule.SKILLS: Remedy.FIND_SKILL,
    Rule.COLLECTORS: Remedy.ALLOW_COLLECTOR,
    Rule.ZONES: Remedy.WIDEN_ZONE,
    Rule.ENDS: Remedy.END_AT_FREEZER,
    Rule.RELOAD: Remedy.ADD_CAPACITY,
    Rule.BREAKS: Remedy.MOVE_BREAK,
    Rule.LIMITS: Remedy.RAISE_LIMIT,
    Rule.PERIODS: Remedy.OTHER_PERIOD,
    Rule.SHIPMENTS: Remedy.LENGTHEN_SHIFT,
    Rule.PINS: Remedy.REMOVE_PIN,
}
"""Remedies by rule."""

ALONE: Final = "alone"
MISSES: Final = "misses"
"""The key of cached obstacles in `Problem.derived`."""


def explain(problem: Problem, plan: Plan, visit: str, *, relax: bool = True) -> Reason:
    """Return the reason of a visit unassigned in this plan.

    Parameters
    ----------
    relax : bool
        Whether to look for the smallest changes that would admit it.

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
    reason = _kept_out(problem, plan, left)
    found = relaxations(problem, plan, visit) if relax else ()
    return replace(reason, relaxations=found)


def _kept_out(problem: Problem, plan: Plan, visit: Visit) -> Reason:
    alone = _each_alone(problem, visit)
    unable = [found for found in alone.values() if found]
    if len(unable) == len(alone):
        return _impossible(visit, unable)
    able = [shift for shift in problem.shifts if alone[shift.id] is None]
    return _crowded(visit, _nearest_misses(problem, plan, able, visit), unable)


def explained(problem: Problem, plan: Plan) -> Plan:
    """Return the plan with a reason for every unassigned visit."""
    reasons = (
        Unassigned(visit=entry.visit, reason=explain(problem, plan, entry.visit, relax=False))
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
            risk=place.parts.risk or None,
        )
    return Reason(
        code=ReasonCode.TOO_DEAR,
        sentence=f"Visit {visit.id} fits best {where};"
        f" leaving it out costs less: {visit.penalty} cents.",
        remedy=Remedy.RAISE_PENALTY,
        rule=Rule.OPTIONAL,
        shift=place.shift,
        price=place.price,
        risk=place.parts.risk or None,
    )


def _each_alone(problem: Problem, visit: Visit) -> Mapping[str, Obstacle | None]:
    """Return the obstacles of a visit alone on each shift, cached with the problem."""
    kept = cast("dict[str, Mapping[str, Obstacle | None]]", problem.derived.setdefault(ALONE, {}))
    if visit.id not in kept:
        able = able_alone(problem, visit)
        kept[visit.id] = {
            shift.id: None if shift.id in able else _alone(problem, shift, visit)
            for shift in problem.shifts
        }
    return kept[visit.id]


def _alone(problem: Problem, shift: Shift, visit: Visit) -> Obstacle | None:
    """Return the first rule broken by the shift with this visit alone, or None."""
    pin = problem.pin(visit.id)
    for broken in broken_by(problem, best_effort(problem, shift, unit(problem, visit))):
        # Alone the visit is always the first stop, so a pinned position is no obstacle.
        if broken.rule is not Rule.PINS or pin is None or pin.shift != shift.id:
            return _obstacle(shift, broken)
    return None


def _obstacle(shift: Shift, broken: Violation) -> Obstacle:
    return Obstacle(shift=shift.id, rule=broken.rule, by=broken.by, sentence=broken.sentence)


def _impossible(visit: Visit, obstacles: Sequence[Obstacle]) -> Reason:
    order = tuple(RULES)
    # A shift that fails at a later rule keeps all rules before it: it is the nearest.
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
    """The insertion on one shift with the smallest violation."""

    count: int
    position: int
    obstacle: Obstacle


def _nearest_misses(
    problem: Problem, plan: Plan, shifts: Sequence[Shift], visit: Visit
) -> list[_Miss]:
    """Return the nearest miss on each shift.

    A miss is cached with its tour, since most of a plan stays unchanged during a search.
    """
    kept = cast(
        "dict[tuple[str, str], tuple[tuple[str, ...], _Miss]]",
        problem.derived.setdefault(MISSES, {}),
    )
    orders, found = plan.orders, []
    free = {shift.id for shift in unmet(problem, plan.tours, visit, shifts)}
    for shift in shifts:
        if shift.id not in free:
            found.append(_Miss(count=1, position=0, obstacle=_met(shift, visit)))
            continue
        order, key = orders.get(shift.id, ()), (visit.id, shift.id)
        if key not in kept or kept[key][0] != order:
            kept[key] = order, min(_misses(problem, shift, order, visit), key=_size)
        found.append(kept[key][1])
    return found


def _met(shift: Shift, visit: Visit) -> Obstacle:
    return Obstacle(
        shift=shift.id,
        rule=Rule.PERIODS,
        by=1,
        sentence=f"Another visit of donor {visit.donor} is served in the period of shift"
        f" {shift.id}.",
    )


def _size(miss: _Miss) -> tuple[int, int, int]:
    return miss.count, miss.obstacle.by, miss.position


def _misses(
    problem: Problem, shift: Shift, order: tuple[str, ...], visit: Visit
) -> Iterator[_Miss]:
    """Return the violation at the position nearest by the clock."""
    for names in nearest_orders(problem, shift, order, visit):
        tour = best_effort(problem, shift, [known(problem, name) for name in names])
        broken = check_tour(problem, tour)
        position = names.index(visit.id)
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

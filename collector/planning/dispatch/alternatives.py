"""The ways out of a disruption: for each, the planner's question as it then is, and an answer.

Every answer that is handed out is legal by the checker; a way without one is no way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from collector.planning.dispatch.remaining_day import RemainingDay, without_shifts
from collector.planning.models import DisruptionKind, ProposalWay
from collector.planning.problem.searches import fill, legal_places
from routing.analysis.insertion import inserted
from routing.check.judge import check, check_tour
from routing.check.violation import Violation
from routing.plan import Plan
from routing.problem import Problem, Shift, Window
from routing.schedule import retimed
from routing.units import Seconds

MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionFacts:
    """What upsets the day, in the planner's names.

    Attributes
    ----------
    shift
        Whose round it is.
    seconds
        How long it holds her up; None: for the rest of the day.
    gate
        The place whose freezer failed.
    visit
        What must be done today as well.
    """

    kind: DisruptionKind
    shift: str = ""
    seconds: int | None = None
    gate: str = ""
    visit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A way out: its question, and its answer.

    Attributes
    ----------
    plan
        Legal; for `REBALANCE` the plan that the engines begin with.
    gate
        Where the rounds end instead of at the failed freezer.
    """

    way: ProposalWay
    problem: Problem
    plan: Plan
    gate: str = ""


def restrict_to_concerned(day: RemainingDay, told: DisruptionFacts) -> RemainingDay:
    """Leave alone the rounds that it does not concern and that are late already.

    A plan with them in it would be lawful only by taking their visits away, which nobody asked for.
    """
    late = {
        tour.shift
        for tour in day.present.tours
        if tour.shift != told.shift and not _ends_there(day.remaining, tour.shift, told.gate)
        if check_tour(day.remaining, tour)
    }
    return without_shifts(day, late) if late else day


def _ends_there(rest: Problem, shift: str, gate: str) -> bool:
    found = rest.shift(shift)
    return found is not None and gate in found.ends


def find_alternatives(day: RemainingDay, told: DisruptionFacts) -> list[Alternative]:
    """Return at most three ways out of a disruption; the one that needs the engines comes last."""
    if told.kind is DisruptionKind.FREEZER:
        found = list(_other_freezers(day, told))
    elif told.kind is DisruptionKind.URGENT:
        found = list(_places_for(day, told))
    elif told.seconds is None:
        found = list(_without(day, told.shift))
    else:
        found = list(_held_up(day, told.shift, told.seconds))
    return _distinct(lawful_alternatives(found))[:MOST_ALTERNATIVES]


def lawful_alternatives(found: Iterable[Alternative]) -> list[Alternative]:
    """Return the ways that the checker has nothing against."""
    return [each for each in found if not check(each.problem, each.plan)]


def _without(day: RemainingDay, shift: str) -> Iterator[Alternative]:
    """A collector goes home: her visits to others, to the best of all plans, to another day."""
    problem = replace(
        day.remaining,
        shifts=tuple(each for each in day.remaining.shifts if each.id != shift),
        pins=tuple(pin for pin in day.remaining.pins if pin.shift != shift),
    )
    orders = {name: order for name, order in day.present.orders.items() if name != shift}
    problem, left = drop_unlawful(problem, orders)
    placed = fill(problem, left)
    if placed.orders != left.orders:
        yield Alternative(way=ProposalWay.INSERT, problem=problem, plan=placed)
    yield Alternative(way=ProposalWay.OTHER_DAY, problem=problem, plan=left)
    yield Alternative(way=ProposalWay.REBALANCE, problem=problem, plan=placed)


def _held_up(day: RemainingDay, shift: str, seconds: int) -> Iterator[Alternative]:
    """A collector goes on later: as she is, with help for the late, or all anew."""
    held = tuple(
        _later(each, seconds) if each.id == shift else each for each in day.remaining.shifts
    )
    problem = replace(day.remaining, shifts=held)
    problem, as_it_is = drop_unlawful(problem, day.present.orders)
    late = _late(problem, as_it_is, shift)
    orders = {
        name: [visit for visit in order if visit not in late]
        for name, order in as_it_is.orders.items()
    }
    helped = fill(problem, retimed(problem, orders))
    yield Alternative(way=ProposalWay.GO_ON, problem=problem, plan=as_it_is)
    yield Alternative(way=ProposalWay.INSERT, problem=problem, plan=helped)
    yield Alternative(way=ProposalWay.REBALANCE, problem=problem, plan=helped)


def _later(shift: Shift, seconds: int) -> Shift:
    """The shift when nothing moves for a while; it may come home as much later as it must."""
    window = shift.window
    earliest = Seconds(window.earliest + seconds)
    return replace(shift, window=Window(earliest=earliest, latest=max(window.latest, earliest)))


def _late(problem: Problem, plan: Plan, shift: str) -> set[str]:
    """The visits of a shift that begin after they were promised, or after they may."""
    tour = plan.tour(shift)
    fixed = {pin.visit for pin in problem.pins}
    late = set()
    for stop in tour.stops if tour else ():
        visit = problem.visit(stop.visit)
        if visit and visit.due is not None and stop.begin > visit.due and visit.id not in fixed:
            late.add(visit.id)
    return late


def _other_freezers(day: RemainingDay, told: DisruptionFacts) -> Iterator[Alternative]:
    """Whoever was to end at the failed freezer ends at another one, the nearest first."""
    rest = day.remaining
    hers = [shift for shift in rest.shifts if told.gate in shift.ends]
    profile = hers[0].profile if hers else ""
    others = sorted(
        (place.id for place in rest.places if place.receives and place.id != told.gate),
        key=lambda gate: rest.metres(profile, start=told.gate, end=gate) if profile else 0,
    )
    for gate in others:
        shifts = tuple(
            replace(shift, ends=(gate,)) if told.gate in shift.ends else shift
            for shift in rest.shifts
        )
        problem, plan = drop_unlawful(replace(rest, shifts=shifts), day.present.orders)
        yield Alternative(way=ProposalWay.OTHER_FREEZER, problem=problem, plan=plan, gate=gate)


def _places_for(day: RemainingDay, told: DisruptionFacts) -> Iterator[Alternative]:
    """An urgent visit where it costs least, with two collectors if it may; then all anew."""
    problem, plan = drop_unlawful(day.remaining, day.present.orders)
    best: dict[str, Plan] = {}
    for place in legal_places(problem, plan, told.visit):
        best.setdefault(place.shift, inserted(problem, plan, place))
    for shift in list(best)[: MOST_ALTERNATIVES - 1]:
        yield Alternative(way=ProposalWay.INSERT, problem=problem, plan=best[shift])
    yield Alternative(
        way=ProposalWay.REBALANCE, problem=problem, plan=next(iter(best.values()), plan)
    )


def drop_unlawful(problem: Problem, orders: Mapping[str, Sequence[str]]) -> tuple[Problem, Plan]:
    """Time orders; what cannot be reached lawfully any more is left out, with its pin."""
    kept = {shift: list(order) for shift, order in orders.items() if problem.shift(shift)}
    while True:
        plan = retimed(problem, kept)
        broken = [each for each in check(problem, plan) if _names_a_stop(each, kept)]
        if not broken:
            return problem, plan
        name = _to_leave_out(problem, broken[0], kept)
        problem = replace(problem, pins=tuple(pin for pin in problem.pins if pin.visit != name))
        for order in kept.values():
            if name in order:
                order.remove(name)


def _names_a_stop(broken: Violation, kept: Mapping[str, Sequence[str]]) -> bool:
    """Whether leaving a stop out may cure it: not what was broken before this hour."""
    if broken.shift is not None:
        return bool(kept.get(broken.shift))
    return any(broken.visit in order for order in kept.values())


def _to_leave_out(problem: Problem, broken: Violation, kept: Mapping[str, Sequence[str]]) -> str:
    """The stop that breaks a rule; where the whole tour does, the one that is worth least."""
    order = next(
        (
            order
            for shift, order in kept.items()
            if broken.visit in order or (broken.visit is None and shift == broken.shift)
        ),
        kept.get(broken.shift or "", ()),
    )
    if broken.visit in order:
        return str(broken.visit)
    return min(order, key=lambda name: _worth(problem, name))


def _worth(problem: Problem, name: str) -> int:
    visit = problem.visit(name)
    return (visit.penalty if visit else None) or 0


def _distinct(found: list[Alternative]) -> list[Alternative]:
    """Leave out a way that comes to the same as one before it, except what engines will better."""
    seen: set[str] = set()
    kept = []
    for each in found:
        key = repr((sorted(each.plan.orders.items()), each.gate))
        if key not in seen or each.way is ProposalWay.REBALANCE:
            kept.append(each)
        seen.add(key)
    return kept

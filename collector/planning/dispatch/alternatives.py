"""Alternatives for a disruption: for each, its problem and a plan.

Every plan is lawful by the checker; an alternative without a lawful plan is dropped.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from collector.planning.dispatch.off_duty import without_duty
from collector.planning.dispatch.remaining_day import RemainingDay, without_shifts
from collector.planning.models import DisruptionKind, ProposalWay
from collector.planning.problem.searches import fill, legal_places
from routing.analysis.insertion import inserted, without
from routing.analysis.risk import risk
from routing.checker.judge import check_plan, check_tour
from routing.checker.violation import Violation
from routing.plan import Plan
from routing.problem import Problem, Shift, Window
from routing.schedule import retimed
from routing.units import Seconds

MOST_ALTERNATIVES = 3

RELIEF_DAYS = 500
"""Simulated days behind the choice of a visit that a colleague takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionFacts:
    """A disruption in the planner's names.

    Attributes
    ----------
    shift
        The shift of the disrupted round.
    off
        The shifts that are off duty for the rest of the day.
    seconds
        The delay of the round.
    gate
        The place with the failed freezer.
    visit
        The urgent visit.
    """

    kind: DisruptionKind
    shift: str = ""
    off: frozenset[str] = frozenset()
    seconds: int = 0
    gate: str = ""
    visit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """An alternative: its problem and a plan.

    Attributes
    ----------
    plan
        Lawful; for `REBALANCE` the start of the search.
    gate
        The place where the rounds end instead of at the failed freezer.
    """

    way: ProposalWay
    problem: Problem
    plan: Plan
    gate: str = ""


def restrict_to_concerned(day: RemainingDay, facts: DisruptionFacts) -> RemainingDay:
    """Exclude rounds that are late already and that the disruption does not concern.

    With them a plan would be lawful only without some of their visits, which the coordinator did
    not ask for.
    """
    late = {
        tour.shift
        for tour in day.present.tours
        if tour.shift not in {facts.shift, *facts.off}
        if not _ends_there(day.remaining, tour.shift, facts.gate)
        if check_tour(day.remaining, tour)
    }
    return without_shifts(day, late) if late else day


def _ends_there(rest: Problem, shift: str, gate: str) -> bool:
    found = rest.shift(shift)
    return found is not None and gate in found.ends


def find_alternatives(day: RemainingDay, facts: DisruptionFacts) -> list[Alternative]:
    """Return at most three alternatives; the one that needs a search comes last."""
    if facts.kind is DisruptionKind.FREEZER:
        found = list(_other_freezers(day, facts))
    elif facts.kind is DisruptionKind.URGENT:
        found = list(_places_for(day, facts))
    elif facts.kind is DisruptionKind.AT_RISK:
        found = list(_relieved(day, facts.shift))
    elif facts.off:
        found = list(_without(day, facts.off))
    else:
        found = list(_held_up(day, facts.shift, facts.seconds))
    return _distinct(lawful_alternatives(found))[:MOST_ALTERNATIVES]


def lawful_alternatives(found: Iterable[Alternative]) -> list[Alternative]:
    """Return the alternatives without a violation."""
    return [each for each in found if not check_plan(each.problem, each.plan)]


def _without(day: RemainingDay, off: Collection[str]) -> Iterator[Alternative]:
    """Yield alternatives for an absent collector or vehicle.

    The visits go to other rounds, to the rounds of a new search, or to another day.
    """
    problem = without_duty(day.remaining, off)
    orders = {name: order for name, order in day.present.orders.items() if name not in off}
    problem, left = drop_unlawful(problem, orders)
    placed = fill(problem, left)
    if placed.orders != left.orders:
        yield Alternative(way=ProposalWay.INSERT, problem=problem, plan=placed)
    yield Alternative(way=ProposalWay.OTHER_DAY, problem=problem, plan=left)
    yield Alternative(way=ProposalWay.REBALANCE, problem=problem, plan=placed)


def _held_up(day: RemainingDay, shift: str, seconds: int) -> Iterator[Alternative]:
    """Yield alternatives for a delayed collector.

    She keeps her order, colleagues take the late visits, or a search rearranges everything.
    """
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


def _relieved(day: RemainingDay, shift: str) -> Iterator[Alternative]:
    """Yield alternatives for a round at risk: a colleague takes one visit, or a new search.

    The visit is the one whose transfer makes the round hold on most days; of equals, the cheapest.
    """
    problem, as_it_is = drop_unlawful(day.remaining, day.present.orders)
    present = _chance(problem, as_it_is, shift)
    relieved: list[tuple[float, int, Plan]] = []
    tour = as_it_is.tour(shift)
    fixed = {pin.visit for pin in problem.pins}
    for name in tour.visits if tour else ():
        if name in fixed:
            continue
        places = (each for each in legal_places(problem, as_it_is, name) if each.shift != shift)
        place = next(places, None)
        if place is not None:
            plan = inserted(problem, without(problem, as_it_is, name), place)
            relieved.append((_chance(problem, plan, shift), -plan.cost.paid, plan))
    best = max(relieved, key=lambda each: each[:2], default=None)
    if best is not None and best[0] > present:
        yield Alternative(way=ProposalWay.INSERT, problem=problem, plan=best[2])
    yield Alternative(
        way=ProposalWay.REBALANCE, problem=problem, plan=best[2] if best else as_it_is
    )


def _chance(problem: Problem, plan: Plan, shift: str) -> float:
    """Return the chance of a round's weakest part: its clocks, its end or one of its promises."""
    tour = risk(problem, plan, days=RELIEF_DAYS).tour(shift)
    if tour is None:
        return 1.0
    return min(tour.cold, tour.in_time, *(stop.promise for stop in tour.stops), 1.0)


def _later(shift: Shift, seconds: int) -> Shift:
    """Return a shift that starts so many seconds later, and ends as much later as it must."""
    window = shift.window
    earliest = Seconds(window.earliest + seconds)
    return replace(shift, window=Window(earliest=earliest, latest=max(window.latest, earliest)))


def _late(problem: Problem, plan: Plan, shift: str) -> set[str]:
    """Return the visits of a shift that begin after their promise."""
    tour = plan.tour(shift)
    fixed = {pin.visit for pin in problem.pins}
    late = set()
    for stop in tour.stops if tour else ():
        visit = problem.visit(stop.visit)
        if visit and visit.due is not None and stop.begin > visit.due and visit.id not in fixed:
            late.add(visit.id)
    return late


def _other_freezers(day: RemainingDay, facts: DisruptionFacts) -> Iterator[Alternative]:
    """Yield alternatives for a failed freezer: its rounds end at another one, the nearest first."""
    rest = day.remaining
    diverted = [shift for shift in rest.shifts if facts.gate in shift.ends]
    profile = diverted[0].profile if diverted else ""
    others = sorted(
        (place.id for place in rest.places if place.receives and place.id != facts.gate),
        key=lambda gate: rest.metres(profile, start=facts.gate, end=gate) if profile else 0,
    )
    for gate in others:
        shifts = tuple(
            replace(shift, ends=(gate,)) if facts.gate in shift.ends else shift
            for shift in rest.shifts
        )
        problem, plan = drop_unlawful(replace(rest, shifts=shifts), day.present.orders)
        yield Alternative(way=ProposalWay.OTHER_FREEZER, problem=problem, plan=plan, gate=gate)


def _places_for(day: RemainingDay, facts: DisruptionFacts) -> Iterator[Alternative]:
    """Yield alternatives for an urgent visit: its cheapest place on two shifts, a new search."""
    problem, plan = drop_unlawful(day.remaining, day.present.orders)
    best: dict[str, Plan] = {}
    for place in legal_places(problem, plan, facts.visit):
        best.setdefault(place.shift, inserted(problem, plan, place))
    for shift in list(best)[: MOST_ALTERNATIVES - 1]:
        yield Alternative(way=ProposalWay.INSERT, problem=problem, plan=best[shift])
    yield Alternative(
        way=ProposalWay.REBALANCE, problem=problem, plan=next(iter(best.values()), plan)
    )


def drop_unlawful(problem: Problem, orders: Mapping[str, Sequence[str]]) -> tuple[Problem, Plan]:
    """Time orders, and leave out visits, with their pins, until no rule is broken."""
    kept = {shift: list(order) for shift, order in orders.items() if problem.shift(shift)}
    while True:
        plan = retimed(problem, kept)
        broken = [each for each in check_plan(problem, plan) if _names_a_stop(each, kept)]
        if not broken:
            return problem, plan
        name = _to_leave_out(problem, broken[0], kept)
        problem = replace(problem, pins=tuple(pin for pin in problem.pins if pin.visit != name))
        for order in kept.values():
            if name in order:
                order.remove(name)


def _names_a_stop(broken: Violation, kept: Mapping[str, Sequence[str]]) -> bool:
    """Return whether leaving out a stop may cure a violation; one from before this hour stays."""
    if broken.shift is not None:
        return bool(kept.get(broken.shift))
    return any(broken.visit in order for order in kept.values())


def _to_leave_out(problem: Problem, broken: Violation, kept: Mapping[str, Sequence[str]]) -> str:
    """Return the stop that breaks a rule; of a whole tour, the stop with the least penalty."""
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
    return min(order, key=lambda name: _penalty(problem, name))


def _penalty(problem: Problem, name: str) -> int:
    visit = problem.visit(name)
    return (visit.penalty if visit else None) or 0


def _distinct(found: list[Alternative]) -> list[Alternative]:
    """Drop alternatives with the orders of an earlier one; a search may still improve some."""
    known: set[str] = set()
    kept = []
    for each in found:
        key = repr((sorted(each.plan.orders.items()), each.gate))
        if key not in known or each.way is ProposalWay.REBALANCE:
            kept.append(each)
        known.add(key)
    return kept

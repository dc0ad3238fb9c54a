"""Knows every legal place of a visit in a plan, and what each would add to the bill."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from routing.check.judge import check_tour
from routing.cost import rank, tour_shares
from routing.errors import InvalidPlanError
from routing.plan import Plan, Rule, Tour
from routing.problem import Problem, Shift, Visit
from routing.schedule import Broken, assembled, best_effort, retimed, timed
from routing.units import SHARES_PER_CENT, Cents, cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """One legal place of a visit.

    Attributes
    ----------
    position : int
        The first stop is 0.
    price : Cents
        What it adds to driving, time and fixed costs; a penalty saved is not counted.
    shares : int
        The same, exactly, in shares of a cent.
    tour : Tour
        The tour that comes of it.
    """

    shift: str
    position: int
    price: Cents
    shares: int
    tour: Tour


def insertions(problem: Problem, plan: Plan, visit: str) -> tuple[Insertion, ...]:
    """All legal places of a visit, the cheapest first.

    A visit that is in a tour is taken out of it first, and prices count from there. The other
    stops keep their order; they are timed anew.

    Raises
    ------
    InvalidPlanError
        The visit is not in the problem.
    """
    wanted = known(problem, visit)
    base = without(problem, plan, visit)
    found = [
        place
        for shift in problem.shifts
        if may_ride(problem, shift, wanted)
        for place in _on_shift(problem, base, shift, wanted)
    ]
    return tuple(sorted(found, key=lambda place: place.shares))


def without(problem: Problem, plan: Plan, visit: str) -> Plan:
    """The plan after this visit is taken out of its tour; the tour is timed anew."""
    if not any(visit in tour.visits for tour in plan.tours):
        return plan
    orders = {
        shift: [name for name in names if name != visit] for shift, names in plan.orders.items()
    }
    return retimed(problem, orders)


def inserted(problem: Problem, plan: Plan, place: Insertion) -> Plan:
    """The plan after a visit that was in no tour has taken this place."""
    tours = {tour.shift: tour for tour in plan.tours} | {place.shift: place.tour}
    in_order = (tours.get(shift.id) for shift in problem.shifts)
    return assembled(problem, tuple(tour for tour in in_order if tour is not None))


def moved(problem: Problem, plan: Plan, visit: str, *, shift: str, position: int) -> Plan:
    """The plan after a manual move, legal or not: a checker says what it breaks."""
    orders = {name: list(names) for name, names in without(problem, plan, visit).orders.items()}
    orders.setdefault(shift, []).insert(position, visit)
    return retimed(problem, orders)


def filled(problem: Problem, plan: Plan) -> Plan:
    """The plan after everything that fits and is worth its price has been put in, greedily."""
    kept = plan
    waiting = [known(problem, entry.visit) for entry in plan.unassigned]
    # What no money can leave out chooses first; then what is dearest to leave out.
    waiting.sort(key=lambda visit: (not problem.mandatory(visit), -(visit.penalty or 0)))
    progress = True
    while progress:
        progress = False
        for visit in tuple(waiting):
            best = next(iter(insertions(problem, kept, visit.id)), None)
            if best is not None and worth(problem, visit, best):
                kept = inserted(problem, kept, best)
                waiting.remove(visit)
                progress = True
    return kept


def made_room(problem: Problem, plan: Plan) -> Plan:
    """The plan after optional visits have given way to mandatory ones they kept out.

    The engine moves one visit at a time and can overlook such an exchange.
    """
    kept = plan
    for entry in plan.unassigned:
        visit = known(problem, entry.visit)
        if problem.mandatory(visit):
            kept = min(_exchanges(problem, kept, visit), key=partial(rank, problem), default=kept)
    return filled(problem, kept)


def _exchanges(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Plan]:
    """Every plan that serves this visit for one optional visit it serves now."""
    for name in (name for tour in plan.tours for name in tour.visits):
        if not problem.mandatory(known(problem, name)):
            poorer = without(problem, plan, name)
            best = next(iter(insertions(problem, poorer, visit.id)), None)
            if best is not None:
                yield inserted(problem, poorer, best)


def worth(problem: Problem, visit: Visit, place: Insertion) -> bool:
    """Serving the visit there is no dearer than leaving it out; at one price, it is served."""
    penalty = SHARES_PER_CENT * (visit.penalty or 0)
    return problem.mandatory(visit) or place.shares <= penalty


def may_ride(problem: Problem, shift: Shift, visit: Visit) -> bool:
    """Neither skills, load, ends nor a pin keep this visit from this shift in any company."""
    pin = problem.pin(visit.id)
    if pin is not None and pin.shift != shift.id:
        return False
    alone = check_tour(problem, best_effort(problem, shift, [visit]))
    return not any(broken.rule in {Rule.SKILLS, Rule.LOAD, Rule.ENDS} for broken in alone)


def known(problem: Problem, name: str) -> Visit:
    """The visit of this id.

    Raises
    ------
    InvalidPlanError
        The visit is not in the problem.
    """
    visit = problem.visit(name)
    if visit is None:
        raise InvalidPlanError(f"visit {name!r}", "is not in the problem")
    return visit


def orders_with(problem: Problem, tour: Tour | None, visit: Visit) -> Iterator[list[Visit]]:
    """Every order that comes of putting one visit into a tour, by position."""
    there = [known(problem, name) for name in tour.visits] if tour else []
    for position in range(len(there) + 1):
        yield [*there[:position], visit, *there[position:]]


def _on_shift(problem: Problem, base: Plan, shift: Shift, visit: Visit) -> Iterator[Insertion]:
    present = base.tour(shift.id)
    before = tour_shares(problem, present) if present else 0
    for position, order in enumerate(orders_with(problem, present, visit)):
        tour = timed(problem, shift, order)
        if isinstance(tour, Broken) or check_tour(problem, tour):
            continue
        added = tour_shares(problem, tour) - before
        yield Insertion(
            shift=shift.id, position=position, price=cents(added), shares=added, tour=tour
        )

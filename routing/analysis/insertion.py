"""Knows every legal place of a visit in a plan, and what each would add to the bill."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

import numpy as np

from routing.cost import PARTS, rank, tour_parts
from routing.errors import InvalidPlanError
from routing.plan import Cost, Plan, Tour
from routing.problem import Problem, Shift, Visit
from routing.schedule import assembled, best_effort, retimed
from routing.timing import accessors, insertion_positions
from routing.timing.encoding import PERIOD, flat
from routing.timing.insertion_positions import NOBODY
from routing.units import SHARES_PER_CENT, Cents, cents

DONATED: Final = "donated"
"""Where the visits of each donor are kept with a problem."""

OUTSIDE: Final = -1
"""The period of a shift that lies in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """One legal place of a visit, or of both visits of its shipment.

    Attributes
    ----------
    position : int
        The first stop is 0.
    order : tuple of str
        The tour's visits with it.
    price : Cents
        What it adds to the bill; a penalty saved is not counted.
    parts : Cost
        The same, part by part, each rounded once.
    shares : int
        The price, exactly, in shares of a cent.
    """

    shift: str
    position: int
    order: tuple[str, ...]
    price: Cents
    parts: Cost
    shares: int

    def tour(self, problem: Problem) -> Tour:
        """The tour that comes of it."""
        shift = problem.shifts[problem.shift_row(self.shift)]
        return best_effort(problem, shift, [known(problem, name) for name in self.order])


def insertions(problem: Problem, plan: Plan, visit: str) -> tuple[Insertion, ...]:
    """All legal places of a visit, the cheapest first.

    A visit that is in a tour is taken out of it first, and prices count from there. The other
    stops keep their order; they are timed anew. The two visits of a shipment go together.

    Raises
    ------
    InvalidPlanError
        The visit is not in the problem.
    """
    wanted = known(problem, visit)
    tours = {tour.shift: tour for tour in without(problem, plan, visit).tours}
    return _on_shifts(problem, tours, wanted, hopeful(problem, wanted))


def _on_shifts(
    problem: Problem, tours: Mapping[str, Tour], visit: Visit, shifts: Sequence[Shift]
) -> tuple[Insertion, ...]:
    """All legal places on these shifts of a visit that is in no tour, the cheapest first."""
    found = (
        place
        for shift in unmet(problem, tours.values(), visit, shifts)
        for place in _on_shift(problem, tours.get(shift.id), shift, visit)
    )
    return tuple(sorted(found, key=lambda place: place.shares))


def unit(problem: Problem, visit: Visit) -> tuple[Visit, ...]:
    """The visits that are served together or not at all, in their order."""
    shipment = problem.shipment(visit.id)
    if shipment is None:
        return (visit,)
    return known(problem, shipment.pickup), known(problem, shipment.delivery)


def hopeful(problem: Problem, visit: Visit) -> list[Shift]:
    """The shifts that may have a legal place for a visit, whatever they do now; no other has."""
    first, second = _rows(problem, visit)
    return [
        problem.shifts[row]
        for row in insertion_positions.hopeful(flat(problem), first, second).tolist()
    ]


def able_alone(problem: Problem, visit: Visit) -> frozenset[str]:
    """The shifts that could serve a visit if they had nothing else to do."""
    f, nobody = flat(problem), np.empty(0, dtype=np.int64)
    first, second = _rows(problem, visit)
    rows = insertion_positions.hopeful(f, first, second).tolist()
    return frozenset(
        problem.shifts[row].id
        for row in rows
        if len(insertion_positions.places(f, row, nobody, first, second))
    )


def unmet(
    problem: Problem, tours: Iterable[Tour], visit: Visit, shifts: Sequence[Shift]
) -> list[Shift]:
    """Those of some shifts in whose period no other visit of the same donor is served."""
    others = _donated(problem).get(visit.donor or "", frozenset()) - {visit.id}
    if not others:
        return list(shifts)
    f = flat(problem)
    met = {
        accessors.shift(f, problem.shift_row(tour.shift), PERIOD)
        for tour in tours
        if not others.isdisjoint(tour.visits)
    } - {OUTSIDE}
    rows = ((shift, problem.shift_row(shift.id)) for shift in shifts)
    return [shift for shift, row in rows if accessors.shift(f, row, PERIOD) not in met]


def _donated(problem: Problem) -> Mapping[str, frozenset[str]]:
    """Per donor the visits, made once and kept with the problem."""
    if DONATED not in problem.derived:
        found: dict[str, set[str]] = {}
        for visit in problem.visits:
            if visit.donor is not None:
                found.setdefault(visit.donor, set()).add(visit.id)
        problem.derived[DONATED] = {name: frozenset(visits) for name, visits in found.items()}
    return cast("Mapping[str, frozenset[str]]", problem.derived[DONATED])


def without(problem: Problem, plan: Plan, visit: str) -> Plan:
    """The plan after this visit is taken out of its tour, which is timed anew.

    A shipment is taken out whole.
    """
    out = {each.id for each in unit(problem, known(problem, visit))}
    if not any(out.intersection(tour.visits) for tour in plan.tours):
        return plan
    orders = {
        shift: [name for name in names if name not in out] for shift, names in plan.orders.items()
    }
    return _changed(problem, plan, orders)


def inserted(problem: Problem, plan: Plan, place: Insertion) -> Plan:
    """The plan after a visit that was in no tour has taken this place."""
    return _changed(problem, plan, plan.orders | {place.shift: place.order})


def moved(problem: Problem, plan: Plan, visit: str, *, shift: str, position: int) -> Plan:
    """The plan after a manual move, legal or not: a checker says what it breaks.

    It is this visit alone that moves, whatever shipment it belongs to.
    """
    orders = {
        name: [other for other in names if other != visit] for name, names in plan.orders.items()
    }
    orders.setdefault(shift, []).insert(position, visit)
    return retimed(problem, orders)


def filled(problem: Problem, plan: Plan) -> Plan:
    """The plan after everything that fits and is worth its price has been put in, greedily."""
    waiting = [known(problem, entry.visit) for entry in plan.unassigned]
    # What no money can leave out chooses first; then what is dearest to leave out.
    waiting.sort(key=lambda visit: (not problem.mandatory(visit), -(visit.penalty or 0)))
    tours = {tour.shift: tour for tour in plan.tours}
    fresh, put_in = {shift.id for shift in problem.shifts}, set[str]()
    while fresh:
        # Where nothing has changed since the last look, there is nothing new to see.
        changed = set[str]()
        for visit in waiting:
            if visit.id in put_in:
                continue
            looked = [
                one for one in hopeful(problem, visit) if one.id in fresh or one.id in changed
            ]
            best = next(iter(_on_shifts(problem, tours, visit, looked)), None)
            if best is not None and worth(problem, visit, best):
                tours[best.shift] = best.tour(problem)
                put_in.update(best.order)
                changed.add(best.shift)
        fresh = changed
    if not put_in:
        return plan
    return assembled(
        problem, tuple(tours[shift.id] for shift in problem.shifts if shift.id in tours)
    )


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
    both = unit(problem, visit)
    penalty = SHARES_PER_CENT * sum(each.penalty or 0 for each in both)
    return any(map(problem.mandatory, both)) or place.shares <= penalty


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
    """Every order that comes of putting a visit, or its shipment, into a tour, by position."""
    there = [known(problem, name) for name in tour.visits] if tour else []
    first, *second = unit(problem, visit)
    for here in range(len(there) + 1):
        longer = [*there[:here], first, *there[here:]]
        if not second:
            yield longer
        for after in range(here + 1, len(longer) + 1) if second else ():
            yield [*longer[:after], *second, *longer[after:]]


def nearest_orders(
    problem: Problem, shift: Shift, names: Sequence[str], visit: Visit
) -> Iterator[list[str]]:
    """The orders with a visit, or its shipment, in which the fewest stops would be late."""
    first, second = _rows(problem, visit)
    order = np.array([problem.visit_row(name) for name in names], dtype=np.int64)
    row = problem.shift_row(shift.id)
    for here, there in insertion_positions.nearest(
        flat(problem), row, order, first, second
    ).tolist():
        yield _longer(problem, names, (first, here), (second, there))


def _changed(problem: Problem, plan: Plan, orders: Mapping[str, Sequence[str]]) -> Plan:
    """The plan with these orders; only tours whose order has changed are timed anew."""
    tours = []
    for shift in problem.shifts:
        names, present = tuple(orders.get(shift.id, ())), plan.tour(shift.id)
        if present is not None and present.visits == names:
            tours.append(present)
        elif names:
            tours.append(best_effort(problem, shift, [known(problem, name) for name in names]))
    return assembled(problem, tuple(tours))


def _on_shift(
    problem: Problem, present: Tour | None, shift: Shift, visit: Visit
) -> Iterator[Insertion]:
    first, second = _rows(problem, visit)
    names = present.visits if present else ()
    order = np.array([problem.visit_row(name) for name in names], dtype=np.int64)
    found = insertion_positions.places(
        flat(problem), problem.shift_row(shift.id), order, first, second
    )
    if not len(found):
        return
    before = tour_parts(problem, present) if present else dict.fromkeys(PARTS, 0)
    for here, there, *after in found.tolist():
        added = {part: now - before[part] for part, now in zip(PARTS, after, strict=True)}
        longer = _longer(problem, names, (first, here), (second, there))
        yield Insertion(
            shift=shift.id,
            position=longer.index(visit.id),
            order=tuple(longer),
            price=cents(sum(added.values())),
            parts=Cost(**{part: cents(share) for part, share in added.items()}),
            shares=sum(added.values()),
        )


def _rows(problem: Problem, visit: Visit) -> tuple[int, int]:
    """The rows of a visit and of nobody, or of the two visits of its shipment."""
    first, second, *_ = (*(problem.visit_row(each.id) for each in unit(problem, visit)), NOBODY)
    return first, second


def _longer(
    problem: Problem, names: Sequence[str], first: tuple[int, int], second: tuple[int, int]
) -> list[str]:
    """An order with one more visit or two, each by its row and its position."""
    longer = list(names)
    for row, position in (first, second):
        if row != NOBODY:
            longer.insert(position, problem.visits[row].id)
    return longer

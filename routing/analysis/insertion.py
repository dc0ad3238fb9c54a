"""Legal insertions of a visit into a plan, with their prices, and manual moves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

import numpy as np

from routing import timing
from routing.cost import PARTS, rank, tour_parts
from routing.errors import InvalidPlanError
from routing.plan import Cost, Plan, Tour
from routing.problem import Problem, Shift, Visit
from routing.schedule import assembled, best_effort, retimed
from routing.timing.encoding import PERIOD, encode
from routing.units import SHARES_PER_CENT, Cents, cents

DONATED: Final = "donated"
"""The key of the visits by donor in `Problem.derived`."""

OUTSIDE: Final = -1
"""The period of a shift outside all periods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """One legal insertion of a visit, or of both visits of its shipment.

    Attributes
    ----------
    position : int
        The first stop is 0.
    order : tuple of str
        The tour's visits after the insertion.
    price : Cents
        The increase of the bill; a saved penalty is not counted.
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

    @property
    def paid(self) -> Cents:
        """The price without that of risk, in cents."""
        return Cents(self.price - self.parts.risk)

    def tour(self, problem: Problem) -> Tour:
        """Return the tour after the insertion."""
        shift = problem.shifts[problem.shift_row(self.shift)]
        return best_effort(problem, shift, [known(problem, name) for name in self.order])


def insertions(problem: Problem, plan: Plan, visit: str) -> tuple[Insertion, ...]:
    """Return all legal insertions of a visit, the cheapest first.

    A visit in a tour is removed first, and prices count from there. The other stops keep their
    order and are timed anew. The two visits of a shipment go together.

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
    """Return all legal insertions of an unassigned visit on these shifts, the cheapest first."""
    found = (
        place
        for shift in unmet(problem, tours.values(), visit, shifts)
        for place in _on_shift(problem, tours.get(shift.id), shift, visit)
    )
    return tuple(sorted(found, key=lambda place: place.shares))


def unit(problem: Problem, visit: Visit) -> tuple[Visit, ...]:
    """Return the visits of a shipment in order, or the single visit."""
    shipment = problem.shipment(visit.id)
    if shipment is None:
        return (visit,)
    return known(problem, shipment.pickup), known(problem, shipment.delivery)


def hopeful(problem: Problem, visit: Visit) -> list[Shift]:
    """Return the shifts that may have a legal position for a visit; no other has."""
    first, second = _rows(problem, visit)
    return [
        problem.shifts[row]
        for row in timing.insertion_positions.compatible_shifts(
            encode(problem), first, second
        ).tolist()
    ]


def able_alone(problem: Problem, visit: Visit) -> frozenset[str]:
    """Return the ids of the shifts able to serve a visit alone."""
    f, nobody = encode(problem), np.empty(0, dtype=np.int64)
    first, second = _rows(problem, visit)
    rows = timing.insertion_positions.compatible_shifts(f, first, second).tolist()
    return frozenset(
        problem.shifts[row].id
        for row in rows
        if len(timing.insertion_positions.legal_insertions(f, row, nobody, first, second))
    )


def unmet(
    problem: Problem, tours: Iterable[Tour], visit: Visit, shifts: Sequence[Shift]
) -> list[Shift]:
    """Return the shifts without another visit of the donor in their period."""
    others = _donated(problem).get(visit.donor or "", frozenset()) - {visit.id}
    if not others:
        return list(shifts)
    f = encode(problem)
    met = {
        timing.accessors.shift(f, problem.shift_row(tour.shift), PERIOD)
        for tour in tours
        if not others.isdisjoint(tour.visits)
    } - {OUTSIDE}
    rows = ((shift, problem.shift_row(shift.id)) for shift in shifts)
    return [shift for shift, row in rows if timing.accessors.shift(f, row, PERIOD) not in met]


def _donated(problem: Problem) -> Mapping[str, frozenset[str]]:
    """Return the visits by donor, computed once per problem."""
    if DONATED not in problem.derived:
        found: dict[str, set[str]] = {}
        for visit in problem.visits:
            if visit.donor is not None:
                found.setdefault(visit.donor, set()).add(visit.id)
        problem.derived[DONATED] = {name: frozenset(visits) for name, visits in found.items()}
    return cast("Mapping[str, frozenset[str]]", problem.derived[DONATED])


def without(problem: Problem, plan: Plan, visit: str) -> Plan:
    """Return the plan without a visit; its tour is timed anew.

    A shipment is removed whole.
    """
    out = {each.id for each in unit(problem, known(problem, visit))}
    if not any(out.intersection(tour.visits) for tour in plan.tours):
        return plan
    orders = {
        shift: [name for name in names if name not in out] for shift, names in plan.orders.items()
    }
    return _changed(problem, plan, orders)


def inserted(problem: Problem, plan: Plan, place: Insertion) -> Plan:
    """Return the plan after an insertion of an unassigned visit."""
    return _changed(problem, plan, plan.orders | {place.shift: place.order})


def moved(problem: Problem, plan: Plan, visit: str, *, shift: str, position: int) -> Plan:
    """Return the plan after a manual move, legal or not; the checker judges it.

    Only this visit moves, even as part of a shipment.
    """
    orders = {
        name: [other for other in names if other != visit] for name, names in plan.orders.items()
    }
    orders.setdefault(shift, []).insert(position, visit)
    return retimed(problem, orders)


def filled(problem: Problem, plan: Plan) -> Plan:
    """Return the plan after greedy insertion of every visit that fits and is worth its price."""
    waiting = [known(problem, entry.visit) for entry in plan.unassigned]
    # Mandatory visits choose first, then the visits with the highest penalty.
    waiting.sort(key=lambda visit: (not problem.mandatory(visit), -(visit.penalty or 0)))
    tours = {tour.shift: tour for tour in plan.tours}
    fresh, put_in = {shift.id for shift in problem.shifts}, set[str]()
    while fresh:
        # A shift unchanged since its last evaluation is not evaluated again.
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
    """Return the plan after exchanges of optional visits for mandatory ones.

    The engine moves one visit at a time and can miss such an exchange.
    """
    kept = plan
    for entry in plan.unassigned:
        visit = known(problem, entry.visit)
        if problem.mandatory(visit):
            kept = min(_exchanges(problem, kept, visit), key=partial(rank, problem), default=kept)
    return filled(problem, kept)


def _exchanges(problem: Problem, plan: Plan, visit: Visit) -> Iterator[Plan]:
    """Yield each plan that serves this visit instead of one optional visit."""
    for name in (name for tour in plan.tours for name in tour.visits):
        if not problem.mandatory(known(problem, name)):
            poorer = without(problem, plan, name)
            best = next(iter(insertions(problem, poorer, visit.id)), None)
            if best is not None:
                yield inserted(problem, poorer, best)


def worth(problem: Problem, visit: Visit, place: Insertion) -> bool:
    """Return whether the insertion costs at most the visit's penalty."""
    both = unit(problem, visit)
    penalty = SHARES_PER_CENT * sum(each.penalty or 0 for each in both)
    return any(map(problem.mandatory, both)) or place.shares <= penalty


def known(problem: Problem, name: str) -> Visit:
    """Return the visit of this id.

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
    """Yield every order of a tour with a visit, or its shipment, inserted, by position."""
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
    """Yield the orders with a visit, or its shipment, with the fewest late stops."""
    first, second = _rows(problem, visit)
    order = np.array([problem.visit_row(name) for name in names], dtype=np.int64)
    row = problem.shift_row(shift.id)
    for here, there in timing.insertion_positions.least_late_insertions(
        encode(problem), row, order, first, second
    ).tolist():
        yield _longer(problem, names, (first, here), (second, there))


def _changed(problem: Problem, plan: Plan, orders: Mapping[str, Sequence[str]]) -> Plan:
    """Return the plan with these orders; only changed tours are timed anew."""
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
    found = timing.insertion_positions.legal_insertions(
        encode(problem), problem.shift_row(shift.id), order, first, second
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
    """Return the rows of the two visits of a shipment, or a visit's row and `NOBODY`."""
    first, second, *_ = (
        *(problem.visit_row(each.id) for each in unit(problem, visit)),
        timing.insertion_positions.NO_VISIT,
    )
    return first, second


def _longer(
    problem: Problem, names: Sequence[str], first: tuple[int, int], second: tuple[int, int]
) -> list[str]:
    """Return an order with one or two more visits, each by row and position."""
    longer = list(names)
    for row, position in (first, second):
        if row != timing.insertion_positions.NO_VISIT:
            longer.insert(position, problem.visits[row].id)
    return longer

"""Knows when things happen: an order of visits on a shift becomes a timed tour.

Of all legal ways to drive an order the tour has the fewest unloadings, of those it is the cheapest,
of those the shortest, and of those the one that ends first; and then every service begins as early
as it may. So waiting is done at the start, where the collector is at home, and at a door only when
a window or a ride limit asks for it. The work is done by `timing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from routing.cost import cost
from routing.errors import InvalidPlanError
from routing.plan import Plan, Rest, Rule, Stop, Tour, Unassigned, Unloading
from routing.problem import Problem, Shift, Visit
from routing.timing import accessors, earliest_start, lenient, tour_evaluation
from routing.timing.encoding import BREAKS_FROM, DURATION, Whole, flat
from routing.timing.leg_sequence import AT, SPENT, VISIT, road
from routing.units import Metres, Seconds

RULES: Final[Mapping[int, Rule]] = {
    earliest_start.NO_WINDOW: Rule.WINDOWS,
    earliest_start.TOO_LATE: Rule.SHIFTS,
    earliest_start.NO_BREAK: Rule.BREAKS,
    earliest_start.RIDES: Rule.RIDE_TIME,
    earliest_start.NOT_RECEIVED: Rule.ENDS,
    tour_evaluation.TOO_MUCH: Rule.LOAD,
    tour_evaluation.ABOVE_LIMIT: Rule.LIMITS,
}
"""What a failure of the timing means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first rule that every timing of an order breaks.

    Attributes
    ----------
    rule : Rule
        Of those that speak of time or load.
    visit : str, optional
        Where it breaks; None when the tour as a whole does.
    by : Seconds
        By how much at least; 0 where no amount makes sense.
    """

    rule: Rule
    visit: str | None
    by: Seconds


def timed(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Tour | Broken:
    """Time an order of at least one visit, or say which rule of time it must break.

    Who may serve whom, pins and shipments are not judged here.
    """
    way = _driven(
        problem,
        shift,
        visits,
        tour_evaluation.LOADS | tour_evaluation.RIDE_TIMES | tour_evaluation.LIMITS,
    )
    if way.status == earliest_start.LEGAL:
        return _tour(problem, shift, way)
    visit = None
    if way.status in {earliest_start.NO_WINDOW, earliest_start.RIDES} and way.row < len(visits):
        visit = visits[way.row].id
    return Broken(rule=RULES[way.status], visit=visit, by=Seconds(way.amount))


def best_effort(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Tour:
    """Time an order legally if that can be done, else so that a checker can name what breaks.

    Limits of the tour are given up first, then loads, then ride limits, since a tour without them
    is still as short as it can be; then everything: each service begins at the first permitted
    instant or, failing that, on arrival.
    """
    f = flat(problem)
    row, rows = _rows(problem, shift, visits)
    for keep in _KINDNESS:
        way = tour_evaluation.drive(f, row, rows, keep)
        if way.status == earliest_start.LEGAL:
            return _tour(problem, shift, way)
        if keep == _KINDNESS[0] and not shift.reload and _is_too_late(f, row, rows):
            break
    return _tour(problem, shift, lenient.lenient(f, row, rows))


_KINDNESS: Final = (
    tour_evaluation.LOADS | tour_evaluation.RIDE_TIMES | tour_evaluation.LIMITS,
    tour_evaluation.LOADS | tour_evaluation.RIDE_TIMES,
    tour_evaluation.RIDE_TIMES,
    0,
)
"""What is kept, less and less."""


def _is_too_late(f: Whole, shift: int, rows: Whole) -> bool:
    """Whether no timing is legal even without all that may be given up.

    With places to unload, more is legal where it has to be kept: an unloading can save a set-up.
    """
    return bool(tour_evaluation.drive(f, shift, rows, 0).status != earliest_start.LEGAL)


def retimed(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Plan:
    """Make the plan in which each shift serves these visits in this order, legal or not.

    Parameters
    ----------
    orders : mapping of str to sequence of str
        Per shift, its visits; shifts without visits may be left out.

    Raises
    ------
    InvalidPlanError
        A shift or a visit does not exist, or a visit is there twice.
    """
    found = {shift: _visits(problem, shift, names) for shift, names in orders.items()}
    seen: set[str] = set()
    for visit in (visit for visits in found.values() for visit in visits):
        if visit.id in seen:
            raise InvalidPlanError(f"visit {visit.id!r}", "is there twice")
        seen.add(visit.id)
    tours = tuple(
        best_effort(problem, shift, found[shift.id])
        for shift in problem.shifts
        if found.get(shift.id)
    )
    return assembled(problem, tours)


def assembled(problem: Problem, tours: tuple[Tour, ...]) -> Plan:
    """Make a plan of timed tours: whoever is in none is unassigned, and the bill is made."""
    served = {name for tour in tours for name in tour.visits}
    unassigned = tuple(
        Unassigned(visit=visit.id) for visit in problem.visits if visit.id not in served
    )
    plan = Plan(tours=tours, unassigned=unassigned)
    return Plan(tours=tours, unassigned=unassigned, cost=cost(problem, plan))


def _visits(problem: Problem, shift: str, names: Sequence[str]) -> list[Visit]:
    if problem.shift(shift) is None:
        raise InvalidPlanError(f"shift {shift!r}", "is not in the problem")
    visits = []
    for name in names:
        visit = problem.visit(name)
        if visit is None:
            raise InvalidPlanError(f"visit {name!r}", "is not in the problem")
        visits.append(visit)
    return visits


def _driven(
    problem: Problem, shift: Shift, visits: Sequence[Visit], keep: int
) -> tour_evaluation.TourEvaluation:
    row, rows = _rows(problem, shift, visits)
    way: tour_evaluation.TourEvaluation = tour_evaluation.drive(flat(problem), row, rows, keep)
    return way


def _rows(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> tuple[int, Whole]:
    rows = [problem.visit_row(visit.id) for visit in visits]
    return problem.shift_row(shift.id), np.array(rows, dtype=np.int64)


def _tour(problem: Problem, shift: Shift, way: tour_evaluation.TourEvaluation) -> Tour:
    end = len(way.table) - 1
    stops: list[Stop] = []
    unloadings: list[Unloading] = []
    rests: list[Rest] = []
    slots = iter(way.slots[: len(way.slots)])
    slot = next(slots, None)
    for row in range(end + 1):
        while slot is not None and slot[earliest_start.GAP] == row:
            rests.append(_rest(flat(problem), problem, shift, slot, len(stops)))
            slot = next(slots, None)
        if row == end:
            break
        arrival, begin = (
            Seconds(int(way.times[row, at]))
            for at in (earliest_start.ARRIVAL, earliest_start.BEGIN)
        )
        done = Seconds(begin + int(way.table[row, SPENT]))
        visit = way.table[row, VISIT]
        if visit >= 0:
            name = problem.visits[visit].id
            stops.append(Stop(visit=name, arrival=arrival, begin=begin, end=done))
        else:
            place = problem.places[way.table[row, AT]].id
            unloadings.append(
                Unloading(place=place, after=len(stops), arrival=arrival, begin=begin, end=done)
            )
    return Tour(
        shift=shift.id,
        start=shift.start,
        end=problem.places[way.table[end, AT]].id,
        departure=Seconds(int(way.departure)),
        arrival=Seconds(int(way.times[end, earliest_start.ARRIVAL])),
        stops=tuple(stops),
        metres=_metres(problem, shift, way),
        unloadings=tuple(unloadings),
        breaks=tuple(rests),
    )


def _rest(f: Whole, problem: Problem, shift: Shift, slot: Whole, after: int) -> Rest:
    first = accessors.shift(f, problem.shift_row(shift.id), BREAKS_FROM)
    begin = int(slot[earliest_start.TAKEN])
    return Rest(
        name=shift.breaks[slot[earliest_start.BREAK] - first].id,
        after=after,
        begin=Seconds(begin),
        end=Seconds(begin + int(accessors.rest(f, slot[earliest_start.BREAK], DURATION))),
    )


def _metres(problem: Problem, shift: Shift, way: tour_evaluation.TourEvaluation) -> Metres:
    _, metres, _ = road(flat(problem), problem.shift_row(shift.id), way.table)
    return Metres(int(metres))

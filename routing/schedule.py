"""Timing of an order of visits on a shift: the order becomes a timed tour.

Of all legal timings the tour has the fewest unloadings, then the lowest cost, then the shortest
duration, then the earliest end. Every service then begins as early as it may. Waiting therefore
happens before the departure, and at a door only for a window or a ride limit. The package `timing`
computes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from routing import timing
from routing.cost import cost
from routing.errors import InvalidPlanError
from routing.plan import Plan, Rest, Rule, Stop, Tour, Unassigned, Unloading
from routing.problem import Problem, Shift, Visit
from routing.timing.encoding import BREAKS_FROM, DURATION, IntArray, encode
from routing.units import Metres, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first rule that every timing of an order breaks.

    Attributes
    ----------
    rule : Rule
        A rule of time or load.
    visit : str, optional
        The violating visit; None for the tour as a whole.
    by : Seconds
        The least amount; 0 if no amount applies.
    """

    rule: Rule
    visit: str | None
    by: Seconds


def timed(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Tour | Broken:
    """Time an order of at least one visit, or return the rule that every timing breaks.

    Skills, allowed collectors, zones, pins and shipments are not judged here.
    """
    way = _driven(
        problem,
        shift,
        visits,
        _rules_to_keep()[0],
    )
    if way.status == timing.earliest_start.LEGAL:
        return _tour(problem, shift, way)
    visit = None
    at_a_point = way.status in {
        timing.earliest_start.NO_WINDOW,
        timing.earliest_start.RIDE_TOO_LONG,
    }
    if at_a_point and way.row < len(visits):
        visit = visits[way.row].id
    return Broken(rule=_rule(way.status), visit=visit, by=Seconds(way.amount))


def _rule(status: int) -> Rule:
    """Return the rule that a failed timing breaks."""
    return {
        timing.earliest_start.NO_WINDOW: Rule.WINDOWS,
        timing.earliest_start.TOO_LATE: Rule.SHIFTS,
        timing.earliest_start.NO_BREAK: Rule.BREAKS,
        timing.earliest_start.RIDE_TOO_LONG: Rule.RIDE_TIME,
        timing.earliest_start.NOT_RECEIVED: Rule.ENDS,
        timing.tour_evaluation.OVERLOADED: Rule.LOAD,
        timing.tour_evaluation.ABOVE_LIMIT: Rule.LIMITS,
    }[status]


def best_effort(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Tour:
    """Time an order legally if possible, else leniently, so that the checker can name violations.

    Limits of the tour are dropped first, then loads, then ride limits, since a tour without them
    is still as short as possible. At last every rule is dropped: each service begins at the first
    permitted instant or else on arrival.
    """
    f = encode(problem)
    row, rows = _rows(problem, shift, visits)
    most, *fewer = _rules_to_keep()
    for keep in (most, *fewer):
        way = timing.tour_evaluation.evaluate(f, row, rows, keep)
        if way.status == timing.earliest_start.LEGAL:
            return _tour(problem, shift, way)
        if keep == most and not shift.reload and _is_too_late(f, row, rows):
            break
    return _tour(problem, shift, timing.lenient.evaluate_leniently(f, row, rows))


def _rules_to_keep() -> tuple[int, ...]:
    """Return the sets of kept rules, from most to least."""
    loads, rides = timing.tour_evaluation.LOADS, timing.tour_evaluation.RIDE_TIMES
    return loads | rides | timing.tour_evaluation.LIMITS, loads | rides, rides, 0


def _is_too_late(f: IntArray, shift: int, rows: IntArray) -> bool:
    """Return whether no timing is legal even without the droppable rules.

    Shifts with unloadings are excluded: an unloading can save a set-up.
    """
    return bool(
        timing.tour_evaluation.evaluate(f, shift, rows, 0).status != timing.earliest_start.LEGAL
    )


def retimed(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Plan:
    """Return the plan in which each shift serves its visits in the given order, legal or not.

    Parameters
    ----------
    orders : mapping of str to sequence of str
        The visits by shift; shifts without visits may be left out.

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
    """Return the plan of timed tours, with the other visits unassigned, and its bill."""
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
) -> timing.tour_evaluation.TourEvaluation:
    row, rows = _rows(problem, shift, visits)
    way: timing.tour_evaluation.TourEvaluation = timing.tour_evaluation.evaluate(
        encode(problem), row, rows, keep
    )
    return way


def _rows(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> tuple[int, IntArray]:
    rows = [problem.visit_row(visit.id) for visit in visits]
    return problem.shift_row(shift.id), np.array(rows, dtype=np.int64)


def _tour(problem: Problem, shift: Shift, way: timing.tour_evaluation.TourEvaluation) -> Tour:
    end = len(way.legs) - 1
    stops: list[Stop] = []
    unloadings: list[Unloading] = []
    rests: list[Rest] = []
    slots = iter(way.slots[: len(way.slots)])
    slot = next(slots, None)
    for row in range(end + 1):
        while slot is not None and slot[timing.earliest_start.GAP] == row:
            rests.append(_rest(encode(problem), problem, shift, slot, len(stops)))
            slot = next(slots, None)
        if row == end:
            break
        arrival, begin = (
            Seconds(int(way.times[row, at]))
            for at in (timing.earliest_start.ARRIVAL, timing.earliest_start.BEGIN)
        )
        done = Seconds(begin + int(way.legs[row, timing.leg_sequence.SERVICE_TIME]))
        visit = way.legs[row, timing.leg_sequence.VISIT]
        if visit >= 0:
            name = problem.visits[visit].id
            stops.append(Stop(visit=name, arrival=arrival, begin=begin, end=done))
        else:
            place = problem.places[way.legs[row, timing.leg_sequence.POINT_PLACE]].id
            unloadings.append(
                Unloading(place=place, after=len(stops), arrival=arrival, begin=begin, end=done)
            )
    return Tour(
        shift=shift.id,
        start=shift.start,
        end=problem.places[way.legs[end, timing.leg_sequence.POINT_PLACE]].id,
        departure=Seconds(int(way.departure)),
        arrival=Seconds(int(way.times[end, timing.earliest_start.ARRIVAL])),
        stops=tuple(stops),
        metres=_metres(problem, shift, way),
        unloadings=tuple(unloadings),
        breaks=tuple(rests),
    )


def _rest(f: IntArray, problem: Problem, shift: Shift, slot: IntArray, after: int) -> Rest:
    first = timing.accessors.shift(f, problem.shift_row(shift.id), BREAKS_FROM)
    begin = int(slot[timing.earliest_start.BREAK_BEGIN])
    return Rest(
        name=shift.breaks[slot[timing.earliest_start.BREAK] - first].id,
        after=after,
        begin=Seconds(begin),
        end=Seconds(
            begin + int(timing.accessors.break_(f, slot[timing.earliest_start.BREAK], DURATION))
        ),
    )


def _metres(problem: Problem, shift: Shift, way: timing.tour_evaluation.TourEvaluation) -> Metres:
    _, metres, _ = timing.leg_sequence.leg_totals(
        encode(problem), problem.shift_row(shift.id), way.legs
    )
    return Metres(int(metres))

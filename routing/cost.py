"""Cost of a plan by parts, computed from the problem and the timed tours."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from routing.margins import margin_price
from routing.plan import Cost, Plan, Stop, Tour
from routing.problem import Balance, Measure, Problem, Shift, Visit
from routing.units import (
    FREE,
    SHARES_PER_CENT,
    SHARES_PER_METRE,
    SHARES_PER_SECOND,
    cents,
)

PARTS: Final = (
    "driving",
    "time",
    "overtime",
    "fixed",
    "lateness",
    "preferences",
    "zones",
    "imbalance",
    "risk",
)
"""The parts of a bill that tours cause."""


def cost(problem: Problem, plan: Plan) -> Cost:
    """Return the bill of a plan; each part is an exact sum, rounded to cents once."""
    tours = [tour_parts(problem, tour) for tour in plan.tours]
    parts = {name: sum(tour[name] for tour in tours) for name in PARTS}
    parts["penalties"] = _penalties(problem, plan)
    return Cost(**{name: cents(part) for name, part in parts.items()})


def tour_cost(problem: Problem, tour: Tour) -> Cost:
    """Return the bill of one tour."""
    return cost(problem, Plan(tours=(tour,)))


def shares(problem: Problem, plan: Plan) -> int:
    """Return the exact cost of a plan in shares of a cent, for comparisons."""
    return sum(tour_shares(problem, tour) for tour in plan.tours) + _penalties(problem, plan)


def tour_parts(problem: Problem, tour: Tour) -> dict[str, int]:
    """Return the exact bill of one tour, by `PARTS`, in shares of a cent."""
    return _parts(problem, _shift(problem, tour), tour)


def tour_shares(problem: Problem, tour: Tour) -> int:
    """Return the exact cost of one tour in shares of a cent."""
    return sum(tour_parts(problem, tour).values())


def left_out(problem: Problem, plan: Plan) -> int:
    """Return the number of unassigned mandatory visits; fewer is better at any price."""
    found = (problem.visit(entry.visit) for entry in plan.unassigned)
    return sum(visit is not None and problem.mandatory(visit) for visit in found)


def rank(problem: Problem, plan: Plan) -> tuple[int, int]:
    """Return the sort key of plans: unassigned mandatory visits, then the exact cost."""
    return left_out(problem, plan), shares(problem, plan)


def _shift(problem: Problem, tour: Tour) -> Shift:
    shift = problem.shift(tour.shift)
    if shift is None:
        raise KeyError(tour.shift)
    return shift


def _parts(problem: Problem, shift: Shift, tour: Tour) -> dict[str, int]:
    """Return the surcharges of a tour's bill by part, in shares."""
    visits = [(visit, stop) for stop in tour.stops if (visit := problem.visit(stop.visit))]
    road = _road(problem, shift, tour)
    return {
        "driving": _driving(shift, road),
        "time": SHARES_PER_SECOND * shift.cents_per_hour * tour.seconds,
        "overtime": _overtime(shift, tour),
        "fixed": SHARES_PER_CENT * shift.fixed_cost if tour.stops else FREE,
        "lateness": sum(_lateness(visit, stop) for visit, stop in visits),
        "preferences": sum(_preference(shift, visit) for visit, _ in visits),
        "zones": sum(_zone(shift, visit) for visit, _ in visits),
        "imbalance": sum(
            _excess(balance, tour, road)
            for balance in problem.balances
            if shift.id in balance.shifts
        ),
        "risk": margin_price(problem, shift, tour),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Road:
    """Return the metres of a tour by the problem's matrices, independent of the tour's figure."""

    seconds: int
    metres: int
    cents: int


def _road(problem: Problem, shift: Shift, tour: Tour) -> _Road:
    travel = problem.travel[shift.profile]
    legs = list(pairwise(map(problem.row, places(problem, shift, tour))))
    return _Road(
        seconds=sum(travel.seconds[here][there] for here, there in legs),
        metres=sum(travel.metres[here][there] for here, there in legs),
        cents=sum(travel.cents[here][there] for here, there in legs) if travel.cents else 0,
    )


def places(problem: Problem, shift: Shift, tour: Tour) -> list[str]:
    """Return the places of a tour, unloadings included; unknown places are left out."""
    found = [shift.start]
    known = shift.reload.places if shift.reload else ()
    halts = [halt for halt in tour.unloadings if halt.place in known]
    for count, stop in enumerate(tour.stops):
        while halts and halts[0].after <= count:
            found.append(halts.pop(0).place)
        visit = problem.visit(stop.visit)
        if visit is not None:
            found.append(visit.place)
    end = tour.end if tour.end in shift.ends else shift.ends[0]
    return [*found, *(halt.place for halt in halts), end]


def _driving(shift: Shift, road: _Road) -> int:
    return (
        SHARES_PER_METRE * shift.cents_per_km * road.metres
        + SHARES_PER_SECOND * shift.cents_per_driving_hour * road.seconds
        + SHARES_PER_CENT * road.cents
    )


def _overtime(shift: Shift, tour: Tour) -> int:
    if shift.overtime_from is None:
        return 0
    over = max(0, tour.arrival - shift.overtime_from)
    return SHARES_PER_SECOND * shift.overtime_cents_per_hour * over


def _lateness(visit: Visit, stop: Stop) -> int:
    if visit.due is None:
        return 0
    return SHARES_PER_SECOND * visit.cents_per_hour_late * max(0, stop.begin - visit.due)


def _preference(shift: Shift, visit: Visit) -> int:
    missed = visit.preferred and shift.collector not in visit.preferred
    return SHARES_PER_CENT * visit.preference if missed else 0


def _zone(shift: Shift, visit: Visit) -> int:
    outside = visit.zone is not None and shift.zones is not None and visit.zone not in shift.zones
    return SHARES_PER_CENT * (shift.outside or 0) if outside else 0


def _excess(balance: Balance, tour: Tour, road: _Road) -> int:
    counted, unit = {
        Measure.STOPS: (len(tour.stops), SHARES_PER_CENT),
        Measure.SECONDS: (tour.seconds, SHARES_PER_SECOND),
        Measure.METRES: (road.metres, SHARES_PER_METRE),
    }[balance.measure]
    return unit * balance.cents * max(0, counted - balance.share)


def _penalties(problem: Problem, plan: Plan) -> int:
    found = (problem.visit(entry.visit) for entry in plan.unassigned)
    return sum(SHARES_PER_CENT * (visit.penalty or FREE) for visit in found if visit is not None)

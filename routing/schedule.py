"""Knows when things happen: an order of visits on a shift becomes a timed tour.

Of all legal timings of an order the tour takes the shortest, of those the one that ends first,
and then begins every service as early as it may: waiting is done at the start, where the
collector is at home, and at a door only when a window or a ride limit asks for it.

All rules of time say "this instant is at least that one plus a constant" or "this instant lies
in these windows". Such systems have a least and a greatest solution, found by pushing instants
forward, or back, until nothing moves; both directions are used below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from routing.cost import cost
from routing.errors import InvalidPlanError
from routing.plan import Plan, Rule, Stop, Tour, Unassigned
from routing.problem import Problem, Shift, Visit, Window
from routing.units import Metres, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first rule that every timing of an order breaks.

    Attributes
    ----------
    rule : Rule
        Windows, shifts or ride_time: the rules that speak of time.
    visit : str, optional
        Where it breaks; None when the tour as a whole ends too late.
    by : Seconds
        By how much at least.
    """

    rule: Rule
    visit: str | None
    by: Seconds


def timed(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Tour | Broken:
    """Time an order of at least one visit, or say which rule of time it must break."""
    run = _Run.of(problem, shift, visits)
    begins = _shortest(run)
    return begins if isinstance(begins, Broken) else _tour(problem, run, begins)


def best_effort(problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Tour:
    """Time an order legally if that can be done, else so that a checker can name what breaks.

    Ride limits are given up first, since a tour without them is still as short as it can be;
    then everything: each service begins at the first permitted instant or, failing that, on
    arrival.
    """
    run = _Run.of(problem, shift, visits)
    begins = _shortest(run)
    if isinstance(begins, Broken):
        begins = _shortest(run.without_limits())
    if isinstance(begins, Broken):
        begins = _lenient(run)
    return _tour(problem, run, begins)


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
    served = [visit.id for visits in found.values() for visit in visits]
    for name in served:
        if served.count(name) > 1:
            raise InvalidPlanError(f"visit {name!r}", "is there twice")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """An order with everything its timing needs.

    Attributes
    ----------
    legs : sequence of int
        Travel to each visit, and at last to the shift's end: one more than there are visits.
    limits : sequence of int or None
        Per visit, the tightest of its ride limits.
    """

    shift: Shift
    visits: Sequence[Visit]
    legs: Sequence[int]
    limits: Sequence[int | None]

    @classmethod
    def of(cls, problem: Problem, shift: Shift, visits: Sequence[Visit]) -> Self:
        places = [shift.start, *(visit.place for visit in visits), shift.ends[0]]
        legs = [
            problem.seconds(shift.profile, start=here, end=there)
            for here, there in pairwise(places)
        ]
        limits = [min(visit.ride_limits.values(), default=None) for visit in visits]
        return cls(shift=shift, visits=visits, legs=legs, limits=limits)

    def without_limits(self) -> "_Run":
        """The same order for milk that keeps for ever."""
        return replace(self, limits=[None] * len(self.visits))

    @property
    def work(self) -> int:
        """Travel and service without any waiting: no timing is shorter."""
        return sum(self.legs) + sum(visit.service for visit in self.visits)

    def end(self, begins: Sequence[int]) -> int:
        """The arrival at the shift's end, given when services begin."""
        return begins[-1] + self.visits[-1].service + self.legs[-1]


def _shortest(run: _Run) -> list[int] | Broken:
    """Find the begins of the shortest timing, the earliest of its kind.

    Departing later only ever makes the end later, so the candidates are: the earliest end and
    the latest departure that keeps it; then the same for whoever departs a second later than
    that; and so on. Each round but the last pushes some visit out of one of its windows for
    good, so there are at most as many rounds as windows.
    """
    best: list[int] | Broken = _earliest(run, run.shift.window.earliest)
    shortest = None
    begins = best
    while not isinstance(begins, Broken):
        end = run.end(begins)
        departure = _latest_departure(run, end)
        if shortest is None or end - departure < shortest:
            shortest = end - departure
            best = _earliest(run, departure)
        if shortest == run.work:
            break
        begins = _earliest(run, departure + 1)
    return best


def _earliest(run: _Run, departure: int) -> list[int] | Broken:
    """Find the least begins when leaving at `departure` or later: a least fixed point.

    Simulate forward; an item whose ride would be too long has its begin raised to *end - limit
    - service*; repeat until nothing moves. A raise alone never makes the end later, since the
    ride without waiting fits the limit (tested first): only a window that has closed does, and
    windows are finite, so this ends.
    """
    hopeless = _hopeless_ride(run)
    if hopeless is not None:
        return hopeless
    floors = [0] * len(run.visits)
    while True:
        begins = _forward(run, departure, floors)
        if isinstance(begins, Broken):
            return begins
        end = run.end(begins)
        if end > run.shift.window.latest:
            return _too_late(run, floors, end - run.shift.window.latest)
        raised = _raised(run, begins, end)
        if raised is None:
            return begins
        floors[raised] = end - (run.limits[raised] or 0) - run.visits[raised].service


def _hopeless_ride(run: _Run) -> Broken | None:
    """Find an item whose ride is too long even if nobody ever waits."""
    ride = 0
    for place in reversed(range(len(run.visits))):
        ride += run.legs[place + 1]
        limit = run.limits[place]
        if limit is not None and ride > limit:
            return Broken(rule=Rule.RIDE_TIME, visit=run.visits[place].id, by=Seconds(ride - limit))
        ride += run.visits[place].service
    return None


def _forward(run: _Run, departure: int, floors: Sequence[int]) -> list[int] | Broken:
    begins = []
    now = departure
    for visit, leg, floor in zip(run.visits, run.legs, floors, strict=False):
        ready = max(now + leg, floor)
        begin = _first_open(visit.windows, ready)
        if begin is None:
            rule = Rule.RIDE_TIME if any(floors) else Rule.WINDOWS
            by = Seconds(ready - visit.windows[-1].latest)
            return Broken(rule=rule, visit=visit.id, by=by)
        begins.append(begin)
        now = begin + visit.service
    return begins


def _first_open(windows: Sequence[Window], ready: int) -> int | None:
    for window in windows:
        if ready <= window.latest:
            return max(ready, window.earliest)
    return None


def _raised(run: _Run, begins: Sequence[int], end: int) -> int | None:
    """Find the first visit whose item would ride too long."""
    for place, (visit, begin, limit) in enumerate(zip(run.visits, begins, run.limits, strict=True)):
        if limit is not None and end - begin - visit.service > limit:
            return place
    return None


def _too_late(run: _Run, floors: Sequence[int], late: int) -> Broken:
    """Blame the ride limits for a late end only where they have moved something."""
    raised = next((place for place, floor in enumerate(floors) if floor), None)
    if raised is None:
        return Broken(rule=Rule.SHIFTS, visit=None, by=Seconds(late))
    return Broken(rule=Rule.RIDE_TIME, visit=run.visits[raised].id, by=Seconds(late))


def _latest_departure(run: _Run, end: int) -> int:
    """Push every begin back as late as an arrival at `end` permits, down to the departure."""
    latest = end
    for visit, leg in zip(reversed(run.visits), reversed(run.legs), strict=False):
        latest = _last_open(visit.windows, latest - leg - visit.service)
    return latest - run.legs[0]


def _last_open(windows: Sequence[Window], by: int) -> int:
    """The last permitted instant up to `by`; a feasible end guarantees that there is one."""
    window = next(window for window in reversed(windows) if window.earliest <= by)
    return min(by, window.latest)


def _lenient(run: _Run) -> list[int]:
    begins = []
    now: int = run.shift.window.earliest
    for visit, leg in zip(run.visits, run.legs, strict=False):
        begin = _first_open(visit.windows, now + leg)
        begins.append(now + leg if begin is None else begin)
        now = begins[-1] + visit.service
    return begins


def _tour(problem: Problem, run: _Run, begins: Sequence[int]) -> Tour:
    stops = []
    departure = now = begins[0] - run.legs[0]
    for visit, leg, begin in zip(run.visits, run.legs, begins, strict=False):
        end = begin + visit.service
        stops.append(
            Stop(
                visit=visit.id,
                arrival=Seconds(now + leg),
                begin=Seconds(begin),
                end=Seconds(end),
            )
        )
        now = end
    return Tour(
        shift=run.shift.id,
        start=run.shift.start,
        end=run.shift.ends[0],
        departure=Seconds(departure),
        arrival=Seconds(now + run.legs[-1]),
        stops=tuple(stops),
        metres=_metres(problem, run),
    )


def _metres(problem: Problem, run: _Run) -> Metres:
    places = [run.shift.start, *(visit.place for visit in run.visits), run.shift.ends[0]]
    legs = pairwise(places)
    profile = run.shift.profile
    return Metres(sum(problem.metres(profile, start=here, end=there) for here, there in legs))

"""Iteration over a plan beside its problem, tolerant of unknown names.

Unknown and doubled names are reported by `coverage`, `shifts`, `ends`, `reload` and `breaks`; every
other rule judges the known rest.
"""

from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeVar

from routing.plan import Plan, Rest, Stop, Tour, Unloading
from routing.problem import Problem, Shift, Visit
from routing.units import Metres, Seconds

Entry = TypeVar("Entry", Rest, Unloading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A halt of a tour after its departure: a visit, an unloading, or the end.

    Attributes
    ----------
    leaving : Seconds
        The departure from the point before.
    rests : tuple of Rest
        The breaks between that departure and the begin here, by their begins.
    begin, end : Seconds
        Of service; at the end of the tour both are the arrival.
    visit : Visit, optional
        None for an unloading or the end.
    moved : bool
        Whether the point before is another place.
    seconds, metres, cents
        Of the leg that leads here.
    receives : bool
        Whether items on board are received here.
    """

    place: str
    leaving: Seconds
    rests: tuple[Rest, ...]
    arrival: Seconds
    begin: Seconds
    end: Seconds
    visit: Visit | None
    moved: bool
    seconds: Seconds
    metres: Metres
    cents: int
    receives: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A tour as a sequence of points; the last point, always present, is its end."""

    shift: Shift
    tour: Tour
    points: tuple[Point, ...]

    @property
    def seconds(self) -> int:
        """The travel matrices of the shift."""
        return sum(point.seconds for point in self.points)

    @property
    def metres(self) -> int:
        """The metres by the problem's matrices, independent of the tour's own figure."""
        return sum(point.metres for point in self.points)

    @property
    def cents(self) -> int:
        """The price of the legs, in cents."""
        return sum(point.cents for point in self.points)

    def label(self, point: Point) -> str:
        """Return the name of a point for a coordinator."""
        if point.visit is not None:
            return f"visit {point.visit.id}"
        return "the end" if point is self.points[-1] else f"the unloading at {point.place}"

    def received(self, position: int) -> Point | None:
        """Return the first place after a point that receives the items on board."""
        return next((point for point in self.points[position + 1 :] if point.receives), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walked:
    problem: Problem
    plan: Plan
    walks: tuple[Walk, ...]


_LAST: Final[ContextVar[_Walked | None]] = ContextVar("the last walks", default=None)
"""The walks of the latest plan; some ten rules use them in turn."""


def walks(problem: Problem, plan: Plan) -> tuple[Walk, ...]:
    """Return the walk of each tour with a known shift."""
    last = _LAST.get()
    if last is not None and last.problem is problem and last.plan is plan:
        return last.walks
    found = tuple(
        Walk(
            shift=shift,
            tour=tour,
            points=tuple(
                _point(problem, shift, *pair) for pair in pairwise(_halts(problem, shift, tour))
            ),
        )
        for shift, tour in tours(problem, plan)
    )
    _LAST.set(_Walked(problem=problem, plan=plan, walks=found))
    return found


def tours(problem: Problem, plan: Plan) -> Iterator[tuple[Shift, Tour]]:
    """Yield each tour with its shift."""
    for tour in plan.tours:
        shift = problem.shift(tour.shift)
        if shift is not None:
            yield shift, tour


def stops(problem: Problem, tour: Tour) -> Iterator[tuple[Visit, Stop]]:
    """Yield each stop of a tour with its visit."""
    for stop in tour.stops:
        visit = problem.visit(stop.visit)
        if visit is not None:
            yield visit, stop


def every_stop(problem: Problem, plan: Plan) -> Iterator[tuple[Shift, Tour, Visit, Stop]]:
    """Yield each stop of a plan with its shift, its tour and its visit."""
    for shift, tour in tours(problem, plan):
        for visit, stop in stops(problem, tour):
            yield shift, tour, visit, stop


def known_place(problem: Problem, name: str) -> bool:
    """Return whether the problem has this place."""
    return problem.has_place(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Halt:
    """A point of a tour without the leg to it; the first one is the start."""

    place: str
    arrival: Seconds
    begin: Seconds
    end: Seconds
    visit: Visit | None = None
    rests: tuple[Rest, ...] = ()


def _halts(problem: Problem, shift: Shift, tour: Tour) -> Iterator[_Halt]:
    # The start is the shift's, and so is the end where the tour claims one that the shift does not
    # have: `ends` reports it, and everything else is judged as if it were mended.
    yield _halt(shift.start, tour.departure)
    for gap in range(len(tour.stops) + 1):
        rests = sorted(_of_gap(tour.breaks, gap, tour), key=lambda rest: rest.begin)
        for unloading in _of_gap(tour.unloadings, gap, tour):
            if known_place(problem, unloading.place):
                ahead = [rest for rest in rests if _is_ahead(rest, unloading)]
                rests = [rest for rest in rests if not _is_ahead(rest, unloading)]
                yield _unloads(unloading, ahead)
        if gap < len(tour.stops):
            stop = tour.stops[gap]
            visit = problem.visit(stop.visit)
            if visit is not None:
                yield _serves(visit, stop, rests)
        else:
            end = tour.end if tour.end in shift.ends else shift.ends[0]
            yield _halt(end, tour.arrival, rests)


def _of_gap(entries: Sequence[Entry], gap: int, tour: Tour) -> list[Entry]:
    """Return the breaks or unloadings after stop `gap`; others count at the nearest end."""
    last = len(tour.stops)
    return [entry for entry in entries if min(max(entry.after, 0), last) == gap]


def _is_ahead(rest: Rest, unloading: Unloading) -> bool:
    # A break without length at the begin itself does not stand in the way.
    return rest.begin < unloading.begin or rest.end <= unloading.begin


def _halt(place: str, at: Seconds, rests: Sequence[Rest] = ()) -> _Halt:
    return _Halt(place=place, arrival=at, begin=at, end=at, rests=tuple(rests))


def _unloads(unloading: Unloading, rests: Sequence[Rest]) -> _Halt:
    return _Halt(
        place=unloading.place,
        arrival=unloading.arrival,
        begin=unloading.begin,
        end=unloading.end,
        rests=tuple(rests),
    )


def _serves(visit: Visit, stop: Stop, rests: Sequence[Rest]) -> _Halt:
    return _Halt(
        place=visit.place,
        arrival=stop.arrival,
        begin=stop.begin,
        end=stop.end,
        visit=visit,
        rests=tuple(rests),
    )


def _point(problem: Problem, shift: Shift, behind: _Halt, here: _Halt) -> Point:
    travel = problem.travel[shift.profile]
    row, column = problem.row(behind.place), problem.row(here.place)
    return Point(
        place=here.place,
        leaving=behind.end,
        rests=here.rests,
        arrival=here.arrival,
        begin=here.begin,
        end=here.end,
        visit=here.visit,
        moved=here.place != behind.place,
        seconds=Seconds(travel.seconds[row][column]),
        metres=Metres(travel.metres[row][column]),
        cents=travel.cents[row][column] if travel.cents else 0,
        receives=here.visit is None and problem.place(here.place).receives,
    )

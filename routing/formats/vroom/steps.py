"""Events of a tour in VROOM's terms, with breaks between stops.

Each event has an arrival, a wait and the driven time until then. A break that interrupts travel is
an event of that leg.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from routing.plan import Tour
from routing.problem import Break, Problem, Shift, Window

START: Final = "start"
STOP: Final = "stop"
BREAK: Final = "break"
END: Final = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a tour.

    Attributes
    ----------
    name : str
        The visit or the break; the place, at the start and the end.
    arrival, begin, end : int
        The vehicle waits from arrival to begin.
    driven, metres : int
        From the start of the tour until here.
    """

    kind: str
    name: str
    arrival: int
    begin: int
    end: int
    driven: int = 0
    metres: int = 0


def course(problem: Problem, tour: Tour) -> tuple[Event, ...]:
    """Return the events of a tour, with breaks before and after it."""
    shift = problem.shifts[problem.shift_row(tour.shift)]
    ahead, behind = _outside(shift, tour)
    events = [_event(START, tour.start, tour.departure), *ahead]
    if ahead:
        events[0] = _event(START, tour.start, ahead[0].begin)
    points = list(_points(problem, tour))
    for number, (here, there) in enumerate(pairwise(points)):
        rests = [
            _event(BREAK, rest.name, rest.begin, rest.end)
            for rest in tour.breaks
            if rest.after == number
        ]
        last = there.kind == END
        events += _leg(problem, shift, (here, there), events[-1], [*rests, *(behind * last)])
    return tuple(events)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    kind: str
    name: str
    place: str
    begin: int
    end: int


def _points(problem: Problem, tour: Tour) -> Iterator[_Point]:
    departure, arrival = tour.departure, tour.arrival
    yield _Point(kind=START, name=tour.start, place=tour.start, begin=departure, end=departure)
    for stop in tour.stops:
        place = problem.visits[problem.visit_row(stop.visit)].place
        yield _Point(kind=STOP, name=stop.visit, place=place, begin=stop.begin, end=stop.end)
    yield _Point(kind=END, name=tour.end, place=tour.end, begin=arrival, end=arrival)


def _leg(
    problem: Problem,
    shift: Shift,
    ends: tuple[_Point, _Point],
    before: Event,
    rests: list[Event],
) -> Iterator[Event]:
    """Yield the breaks of a leg, and its destination."""
    here, there = ends
    ride = problem.seconds(shift.profile, start=here.place, end=there.place)
    road = problem.metres(shift.profile, start=here.place, end=there.place)
    free: int = before.end
    left: int = ride
    for rest in rests:
        way = min(left, rest.begin - free)
        left -= way
        done = ride - left
        yield Event(
            kind=BREAK,
            name=rest.name,
            arrival=free + way,
            begin=rest.begin,
            end=rest.end,
            driven=before.driven + done,
            metres=before.metres + (road * done // ride if ride else 0),
        )
        free = rest.end
    yield Event(
        kind=there.kind,
        name=there.name,
        arrival=free + left,
        begin=max(there.begin, free + left),
        end=max(there.end, free + left),
        driven=before.driven + ride,
        metres=before.metres + road,
    )


def _outside(shift: Shift, tour: Tour) -> tuple[list[Event], list[Event]]:
    """Return the breaks before and after the tour."""
    taken = {rest.name for rest in tour.breaks}
    ahead: list[Event] = []
    behind: list[Event] = []
    for rest in sorted(shift.breaks, key=lambda rest: rest.windows[0].earliest):
        if rest.id in taken:
            continue
        before, after = _next(rest, ahead, 0), _next(rest, behind, tour.arrival)
        if before is not None and before.end <= tour.departure:
            ahead.append(before)
        elif after is not None:
            behind.append(after)
    return ahead, behind


def _next(rest: Break, had: list[Event], earliest: int) -> Event | None:
    """Return the earliest break after others, or None."""
    free = had[-1].end if had else earliest
    begin = _first(rest, free)
    if begin is None:
        return None
    arrival = free if had else begin
    end = begin + rest.duration
    return Event(kind=BREAK, name=rest.id, arrival=arrival, begin=begin, end=end)


def _first(rest: Break, free: int) -> int | None:
    """Return the first instant at which a break may begin, or None."""
    found = (max(free, window.earliest) for window in rest.windows if _open(window, free))
    return next(found, None)


def _open(window: Window, free: int) -> bool:
    return window.latest >= free


def _event(kind: str, name: str, begin: int, end: int | None = None) -> Event:
    return Event(
        kind=kind, name=name, arrival=begin, begin=begin, end=begin if end is None else end
    )

"""Knows what happens on a tour in VROOM's words: one event after the other, with breaks between.

VROOM says of each event when the vehicle arrives, how long it waits there, and how long it has
driven until then. A break that interrupts a way is an event on that way.
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
    """One thing that happens.

    Attributes
    ----------
    name : str
        The visit or the break; the place, at the start and the end.
    arrival, begin, end : int
        It waits from arrival to begin.
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
    """Everything that happens on a tour, breaks that were had at its ends included."""
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
    """The breaks of a leg, and the point it leads to."""
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
    """The breaks that are no part of the tour, as they are had ahead of it and after it."""
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
    """A break as soon as it can be had after others, if it can."""
    free = had[-1].end if had else earliest
    begin = _first(rest, free)
    if begin is None:
        return None
    arrival = free if had else begin
    end = begin + rest.duration
    return Event(kind=BREAK, name=rest.id, arrival=arrival, begin=begin, end=end)


def _first(rest: Break, free: int) -> int | None:
    """The first instant from which a break can be had, if there is one."""
    found = (max(free, window.earliest) for window in rest.windows if _open(window, free))
    return next(found, None)


def _open(window: Window, free: int) -> bool:
    return window.latest >= free


def _event(kind: str, name: str, begin: int, end: int | None = None) -> Event:
    return Event(
        kind=kind, name=name, arrival=begin, begin=begin, end=begin if end is None else end
    )

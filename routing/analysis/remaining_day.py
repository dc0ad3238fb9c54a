"""The remaining problem in the middle of a day; all events before now are history.

A shift on the road becomes a shift that has departed from its last point, with its load, the rest
of its limits and the instant by which its milk must be cold. Completed visits are removed. The next
stop is pinned once the way to it has begun. A rule broken in the history binds no further: a clock
that even the direct way to the end would miss is left out, and a shift that can only arrive late
may do so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from routing.analysis.spare_time import spare
from routing.cost import places
from routing.plan import Plan, Stop, Tour, Unloading
from routing.problem import Balance, Measure, Pin, Problem, Shift, Visit, Window
from routing.schedule import assembled
from routing.units import FREE, Metres, Seconds

T = TypeVar("T")

Halt = Stop | Unloading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """The completed part of a tour.

    Attributes
    ----------
    halts : tuple of Stop or Unloading
        The begun halts; the last may not have ended.
    stops : tuple of Stop
        The halts at visits.
    is_home : bool
        Whether only the way to the end remains.
    """

    tour: Tour
    halts: tuple[Halt, ...]
    stops: tuple[Stop, ...]
    is_home: bool

    @property
    def ready(self) -> Seconds:
        """The instant at which the collector drives on, or arrives at the end."""
        if self.is_home:
            return self.tour.arrival
        return self.halts[-1].end if self.halts else self.tour.departure


def remaining(problem: Problem, plan: Plan, now: Seconds) -> Problem:
    """Return the remaining problem of a plan driven as planned until now."""
    pasts = {tour.shift: _past(tour, now) for tour in plan.tours if tour.departure <= now}
    done = {stop.visit for past in pasts.values() for stop in past.stops}
    shipped = {
        one.delivery: one
        for one in problem.shipments
        if one.pickup in done and one.delivery not in done
    }
    visits = tuple(
        _open(problem, visit, pasts, handed_over=visit.id in shipped)
        for visit in problem.visits
        if visit.id not in done
    )
    return replace(
        problem,
        visits=visits,
        shifts=tuple(
            _on_the_road(problem, shift, pasts[shift.id])
            if shift.id in pasts
            else _not_yet(shift, now)
            for shift in problem.shifts
        ),
        pins=tuple(_pins(problem, pasts, shipped, done)),
        shipments=tuple(one for one in problem.shipments if one.pickup not in done),
        balances=tuple(_balances(problem, pasts)),
    )


def whole(problem: Problem, plan: Plan, rest: Plan, now: Seconds) -> Plan:
    """Return the history followed by the plan of the remaining problem."""
    pasts = {tour.shift: _past(tour, now) for tour in plan.tours if tour.departure <= now}
    tours = []
    for shift in problem.shifts:
        past, tour = pasts.get(shift.id), rest.tour(shift.id)
        if past is None or tour is None:
            found = tour if past is None else past.tour if past.is_home else None
        else:
            found = _joined(past, tour)
        if past is not None and found is None:
            found = _straight_home(problem, shift, past)
        if found is not None and found.stops:
            tours.append(replace(found, metres=_metres(problem, shift, found)))
    return assembled(problem, tuple(tours))


def _past(tour: Tour, now: Seconds) -> _Past:
    halts = tuple(halt for halt in _halts(tour) if halt.begin <= now)
    stops = tuple(halt for halt in halts if isinstance(halt, Stop))
    everything = len(halts) == len(tour.stops) + len(tour.unloadings)
    is_home = everything and halts[-1].end <= now
    return _Past(tour=tour, halts=halts, stops=stops, is_home=is_home)


def _halts(tour: Tour) -> list[Halt]:
    return sorted([*tour.unloadings, *tour.stops], key=lambda halt: (halt.begin, halt.end))


def _not_yet(shift: Shift, now: Seconds) -> Shift:
    """Return a shift not departed, from now on; without remaining hours it serves no visit."""
    earliest = Seconds(min(max(shift.window.earliest, now), shift.window.latest))
    return replace(shift, window=Window(earliest=earliest, latest=shift.window.latest))


def _on_the_road(problem: Problem, shift: Shift, past: _Past) -> Shift:
    tour, driven = past.tour, _driven(problem, shift, past)
    here = tour.end if past.is_home else driven[-1]
    straight = past.ready + min(
        problem.seconds(shift.profile, start=here, end=end) for end in shift.ends
    )
    seconds = sum(problem.seconds(shift.profile, start=a, end=b) for a, b in pairwise(driven))
    metres = sum(problem.metres(shift.profile, start=a, end=b) for a, b in pairwise(driven))
    rested = {rest.name for rest in tour.breaks if rest.begin < past.ready}
    return replace(
        shift,
        start=here,
        window=Window(earliest=past.ready, latest=_home_by(problem, shift, straight)),
        departed=True,
        carried={} if past.is_home else _carried(problem, shift, past),
        carried_until=None if past.is_home else _carried_until(problem, shift, past, straight),
        fixed_cost=FREE,
        breaks=tuple(rest for rest in shift.breaks if rest.id not in rested),
        max_driving=_left(Seconds, shift.max_driving, seconds),
        max_metres=_left(Metres, shift.max_metres, metres),
        max_working=_left(Seconds, shift.max_working, past.ready - tour.departure),
        max_stops=_left(int, shift.max_stops, len(past.stops)),
    )


def _home_by(problem: Problem, shift: Shift, straight: int) -> Seconds:
    """Return the end of the shift, or later if even the direct way home is late."""
    latest = shift.window.latest
    return Seconds(max(latest, min(straight, latest + spare(problem, shift))))


def _left(unit: Callable[[int], T], limit: int | None, used: int) -> T | None:
    return None if limit is None else unit(max(0, limit - used))


def _driven(problem: Problem, shift: Shift, past: _Past) -> list[str]:
    """Return the places up to the collector's position, or the next free one."""
    tour = replace(
        past.tour,
        stops=past.stops,
        unloadings=tuple(halt for halt in past.halts if isinstance(halt, Unloading)),
    )
    found = places(problem, shift, tour)
    return [*found[:-1], past.tour.end] if past.is_home else found[:-1]


def _since_unloading(problem: Problem, past: _Past) -> list[tuple[Visit, Stop]]:
    """Return the collected load still in the box."""
    found: list[tuple[Visit, Stop]] = []
    for halt in past.halts:
        if isinstance(halt, Unloading):
            found = []
        elif visit := problem.visit(halt.visit):
            found.append((visit, halt))
    return found


def _carried(problem: Problem, shift: Shift, past: _Past) -> dict[str, int]:
    unloaded = any(isinstance(halt, Unloading) for halt in past.halts)
    found = {} if unloaded else dict(shift.carried)
    for visit, _ in _since_unloading(problem, past):
        if problem.shipment(visit.id) is None:
            for name, amount in visit.load.items():
                found[name] = found.get(name, 0) + amount
    return found


def _carried_until(problem: Problem, shift: Shift, past: _Past, straight: int) -> Seconds | None:
    """Return the tightest clock in the box that can still be kept."""
    clocks = [
        stop.end + limit
        for visit, stop in _since_unloading(problem, past)
        for limit in visit.ride_limits.values()
    ]
    if shift.carried_until is not None and not any(
        isinstance(halt, Unloading) for halt in past.halts
    ):
        clocks.append(shift.carried_until)
    kept = [clock for clock in clocks if clock >= straight]
    return Seconds(min(kept)) if kept else None


def _open(problem: Problem, visit: Visit, pasts: dict[str, _Past], *, handed_over: bool) -> Visit:
    """Return a remaining visit; a delivery of a begun shipment brings the load on board."""
    if handed_over:
        brought = {name: -amount for name, amount in visit.load.items()}
        visit = replace(visit, load={}, brought={**visit.brought, **brought})
    closed = {
        shift.id
        for past in pasts.values()
        for shift in problem.shifts
        if any(_same_donor(problem, visit, stop) for stop in past.stops)
        and _period(problem, shift) is not None
        and _period(problem, shift)
        == _period(problem, problem.shifts[problem.shift_row(past.tour.shift)])
    }
    if not closed:
        return visit
    allowed = visit.shifts if visit.shifts is not None else {shift.id for shift in problem.shifts}
    return replace(visit, shifts=frozenset(allowed - closed))


def _same_donor(problem: Problem, visit: Visit, stop: Stop) -> bool:
    other = problem.visit(stop.visit)
    return visit.donor is not None and other is not None and other.donor == visit.donor


def _period(problem: Problem, shift: Shift) -> int | None:
    inside = (
        number
        for number, period in enumerate(problem.periods)
        if period.earliest <= shift.window.earliest <= period.latest
    )
    return next(inside, None)


def _pins(
    problem: Problem, pasts: dict[str, _Past], shipped: Mapping[str, object], done: set[str]
) -> Iterator[Pin]:
    """Yield remaining pins: given ones, begun legs, and deliveries of loads on board."""
    ahead = {
        past.tour.visits[len(past.stops)]: past for past in pasts.values() if _is_driving(past)
    }
    on_board = {
        one.delivery: past.tour.shift
        for one in problem.shipments
        for past in pasts.values()
        if one.delivery in shipped and any(stop.visit == one.pickup for stop in past.stops)
    }
    pins = {pin.visit: pin for pin in problem.pins if pin.visit not in done}
    for visit in {**pins, **ahead, **on_board}:
        if visit in ahead:
            yield Pin(visit=visit, shift=ahead[visit].tour.shift, position=0)
            continue
        pin = pins.get(visit) or Pin(visit=visit, shift=on_board[visit])
        served = len(pasts[pin.shift].stops) if pin.shift in pasts else 0
        position = None if pin.position is None else pin.position - served
        yield replace(pin, position=position if position is None or position >= 0 else None)


def _is_driving(past: _Past) -> bool:
    """Return whether the way to the next stop has begun."""
    if past.is_home or len(past.stops) == len(past.tour.stops):
        return False
    ahead = _halts(past.tour)[len(past.halts)]
    return isinstance(ahead, Stop)


def _balances(problem: Problem, pasts: dict[str, _Past]) -> Iterator[Balance]:
    """Yield balances, reduced by the used shares of shifts on the road."""
    for balance in problem.balances:
        fresh = balance.shifts - pasts.keys()
        if fresh:
            yield replace(balance, shifts=frozenset(fresh))
        for name in sorted(balance.shifts & pasts.keys()):
            past, shift = pasts[name], problem.shifts[problem.shift_row(name)]
            legs = pairwise(_driven(problem, shift, past))
            had = {
                Measure.STOPS: len(past.stops),
                Measure.SECONDS: past.ready - past.tour.departure,
                Measure.METRES: sum(problem.metres(shift.profile, start=a, end=b) for a, b in legs),
            }[balance.measure]
            share = max(0, balance.share - had)
            yield replace(balance, shifts=frozenset({name}), share=share)


def _joined(past: _Past, tour: Tour) -> Tour:
    unloaded = tuple(halt for halt in past.halts if isinstance(halt, Unloading))
    rests = tuple(rest for rest in past.tour.breaks if rest.begin < past.ready)
    count = len(past.stops)
    return replace(
        tour,
        start=past.tour.start,
        departure=past.tour.departure,
        stops=(*past.stops, *tour.stops),
        unloadings=(
            *unloaded,
            *(replace(halt, after=halt.after + count) for halt in tour.unloadings),
        ),
        breaks=(*rests, *(replace(rest, after=rest.after + count) for rest in tour.breaks)),
    )


def _straight_home(problem: Problem, shift: Shift, past: _Past) -> Tour:
    """Return the tour of a collector without remaining stops."""
    here = _driven(problem, shift, past)[-1]
    ways = [
        (
            problem.seconds(shift.profile, start=here, end=end),
            problem.metres(shift.profile, start=here, end=end),
        )
        for end in shift.ends
    ]
    nearest = min(range(len(ways)), key=lambda number: (*ways[number], number))
    return replace(
        past.tour,
        end=shift.ends[nearest],
        stops=past.stops,
        unloadings=tuple(halt for halt in past.halts if isinstance(halt, Unloading)),
        breaks=tuple(rest for rest in past.tour.breaks if rest.begin < past.ready),
        arrival=Seconds(past.ready + ways[nearest][0]),
    )


def _metres(problem: Problem, shift: Shift, tour: Tour) -> Metres:
    legs = pairwise(places(problem, shift, tour))
    return Metres(sum(problem.metres(shift.profile, start=a, end=b) for a, b in legs))

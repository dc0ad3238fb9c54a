"""Exhaustive search of the timings of one tiny tour, second by second.

It tries every set of unloadings, every departure, and every begin of every service and break. It
reads values of `routing.problem` only and shares no code with the engines it tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise, product

from routing.problem import Break, Place, Problem, Shift, Visit

NEVER = 10**9
"""Later than every instant: the load on board has no limit."""

CENT = 18_000
METRE = 18
SECOND = 5
"""Shares of a cent, of a metre at a cent per kilometre, of a second at a cent per hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TourPoint:
    """Point of a tour: a visit, or a freezer at which it unloads."""

    place: str
    visit: Visit | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Timing:
    """Legal timing of an order; a schedule must choose the least.

    The fewest unloadings, then the least cost, then the first to arrive, then the first to depart.
    """

    unloadings: int
    cost: int
    arrival: int
    departure: int
    metres: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTour:
    """Tour up to one of its points.

    Attributes
    ----------
    departure, leaving : int
        Seconds of its departure, and of its departure from the point.
    cold_until : int
        The latest arrival at a freezer.
    taken : frozenset of str
        The breaks taken.
    """

    departure: int
    leaving: int
    cold_until: int
    taken: frozenset[str] = frozenset()


def cheapest(problem: Problem, shift: Shift, order: Sequence[Visit]) -> int | None:
    """Return the cost of an order at its cheapest timing, with any number of unloadings."""
    return min((timing.cost for timing in timings(problem, shift, order)), default=None)


def best_timing(problem: Problem, shift: Shift, order: Sequence[Visit]) -> Timing | None:
    """Return the timing that a schedule must choose; None if every timing breaks a rule."""
    return min(timings(problem, shift, order), default=None)


def timings(problem: Problem, shift: Shift, order: Sequence[Visit]) -> Iterator[Timing]:
    """Yield the legal timings of an order; if several differ in lateness alone, the least late."""
    if not _may_serve(problem, shift, order):
        return
    for points in _routes(shift, order):
        if _fits(problem, shift, points) and _within_limits(problem, shift, points):
            yield from _timings(problem, shift, points)


def _may_serve(problem: Problem, shift: Shift, order: Sequence[Visit]) -> bool:
    """Return whether the rules apart from time, load and distance permit an order."""
    names = [visit.id for visit in order]
    pins = {pin.visit: pin for pin in problem.pins}
    return (
        all(_allows(shift, visit) for visit in order)
        and all(
            pins[name].shift == shift.id and pins[name].position in {None, position}
            for position, name in enumerate(names)
            if name in pins
        )
        and all(_shipped(names, one.pickup, one.delivery) for one in problem.shipments)
    )


def _allows(shift: Shift, visit: Visit) -> bool:
    in_zones = shift.zones is None or visit.zone is None or visit.zone in shift.zones
    return (
        visit.skills <= shift.skills
        and (visit.shifts is None or shift.id in visit.shifts)
        and (visit.collectors is None or shift.collector in visit.collectors)
        and shift.collector not in visit.forbidden
        and (in_zones or shift.outside is not None)
    )


def _shipped(names: Sequence[str], pickup: str, delivery: str) -> bool:
    both = pickup in names and delivery in names
    neither = pickup not in names and delivery not in names
    return neither or (both and names.index(pickup) < names.index(delivery))


def _routes(shift: Shift, order: Sequence[Visit]) -> Iterator[tuple[TourPoint, ...]]:
    """Yield the order with every set of unloadings that the shift may make."""
    times, places = (shift.reload.times, shift.reload.places) if shift.reload else (0, ())
    for count in range(times + 1):
        for after in combinations_with_replacement(range(len(order) + 1), count):
            for chosen in product(places, repeat=count):
                points = [TourPoint(place=visit.place, visit=visit) for visit in order]
                halts = list(zip(after, chosen, strict=True))
                for position, place in reversed(halts):
                    points.insert(position, TourPoint(place=place))
                yield tuple(points)


def _fits(problem: Problem, shift: Shift, points: Sequence[TourPoint]) -> bool:
    return all(
        max(_on_board(problem, shift, points, name)) <= capacity
        for name, capacity in shift.capacity.items()
    )


def _on_board(
    problem: Problem, shift: Shift, points: Sequence[TourPoint], name: str
) -> Iterator[int]:
    """Yield the load in one dimension after the departure and after every point."""
    visits = [point.visit for point in points if point.visit]
    shipped = {end for one in problem.shipments for end in (one.pickup, one.delivery)}
    brought = sum(visit.brought.get(name, 0) for visit in visits)
    collected, on_the_way = shift.carried.get(name, 0), 0
    yield brought + collected
    for point in points:
        if point.visit is None:
            collected = 0
        else:
            brought -= point.visit.brought.get(name, 0)
            if point.visit.id in shipped:
                on_the_way += point.visit.load.get(name, 0)
            else:
                collected += point.visit.load.get(name, 0)
        yield brought + collected + on_the_way


def _within_limits(problem: Problem, shift: Shift, points: Sequence[TourPoint]) -> bool:
    stops = sum(point.visit is not None for point in points)
    limits = (
        (shift.max_stops, stops),
        (shift.max_metres, sum(_legs(problem, shift, points, "metres"))),
        (shift.max_driving, sum(_legs(problem, shift, points, "seconds"))),
    )
    return all(limit is None or value <= limit for limit, value in limits)


def _legs(problem: Problem, shift: Shift, points: Sequence[TourPoint], quantity: str) -> list[int]:
    """Return the seconds, metres or cents of all legs."""
    matrix = getattr(problem.travel[shift.profile], quantity)
    if matrix is None:
        return [0]
    names = [shift.start, *(point.place for point in points)]
    rows = [_row(problem, name) for name in (*names, _end(problem, shift, names[-1]).id)]
    return [matrix[here][there] for here, there in pairwise(rows)]


def _end(problem: Problem, shift: Shift, last: str) -> Place:
    travel, here = problem.travel[shift.profile], _row(problem, last)
    ends = [_row(problem, name) for name in shift.ends]
    return problem.places[
        min(ends, key=lambda row: (travel.seconds[here][row], travel.metres[here][row]))
    ]


def _row(problem: Problem, name: str) -> int:
    return next(row for row, place in enumerate(problem.places) if place.id == name)


def _timings(problem: Problem, shift: Shift, points: Sequence[TourPoint]) -> Iterator[Timing]:
    """Extend all partial tours point by point, each with its least lateness."""
    *legs, last = _legs(problem, shift, points, "seconds")
    partials = dict.fromkeys(_departures(shift), 0)
    previous = shift.start
    for point, leg in zip(points, legs, strict=True):
        partials = _served(shift, point, previous, leg, partials)
        previous = point.place
    receives = _end(problem, shift, previous).receives
    unchanging = _unchanging_cost(problem, shift, points)
    metres = sum(_legs(problem, shift, points, "metres"))
    unloadings = sum(point.visit is None for point in points)
    for partial, lateness in partials.items():
        for arrival, ready, taken in _drives(shift, partial, last):
            # A break on the last leg is over by the arrival.
            if ready == arrival and _is_legal_end(
                shift, partial, arrival, taken, receives=receives
            ):
                time = _cost_of_time(problem, shift, partial.departure, arrival)
                yield Timing(
                    unloadings=unloadings,
                    cost=unchanging + lateness + time,
                    arrival=arrival,
                    departure=partial.departure,
                    metres=metres,
                )


def _departures(shift: Shift) -> Iterator[PartialTour]:
    last = shift.window.earliest if shift.departed else shift.window.latest
    cold_until = NEVER if shift.carried_until is None else shift.carried_until
    for second in range(shift.window.earliest, last + 1):
        yield PartialTour(departure=second, leaving=second, cold_until=cold_until)


def _served(
    shift: Shift, point: TourPoint, previous: str, leg: int, partials: Mapping[PartialTour, int]
) -> dict[PartialTour, int]:
    served: dict[PartialTour, int] = {}
    for partial, lateness in partials.items():
        for arrival, ready, taken in _drives(shift, partial, leg):
            if point.visit is None and arrival > partial.cold_until:
                continue
            for begin in _begins(shift, point, ready):
                end = begin + _service(shift, point, previous)
                cold_until = _cold_until(point, partial, end)
                after = PartialTour(
                    departure=partial.departure, leaving=end, cold_until=cold_until, taken=taken
                )
                cost = lateness + _lateness(point, begin)
                served[after] = min(cost, served.get(after, cost))
    return served


def _drives(
    shift: Shift, partial: PartialTour, leg: int
) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Yield all ways to drive a leg: arrival, earliest begin, breaks taken so far."""
    remaining = [break_ for break_ in shift.breaks if break_.id not in partial.taken]
    first = partial.leaving
    yield from _with_breaks(shift, remaining, first, first + leg, first, partial.taken)


def _with_breaks(
    shift: Shift,
    remaining: Sequence[Break],
    free: int,
    arrival: int,
    ready: int,
    taken: frozenset[str],
) -> Iterator[tuple[int, int, frozenset[str]]]:
    yield arrival, max(arrival, ready), taken
    for break_ in remaining:
        others = [other for other in remaining if other is not break_]
        for begin in _instants(break_.windows, free, shift.window.latest):
            end = begin + break_.duration
            later = arrival + break_.duration if begin < arrival else arrival
            yield from _with_breaks(shift, others, end, later, end, taken | {break_.id})


def _instants(windows, first: int, last: int) -> Iterator[int]:  # noqa: ANN001 - windows
    for window in windows:
        yield from range(max(first, window.earliest), min(last, window.latest) + 1)


def _begins(shift: Shift, point: TourPoint, ready: int) -> Iterator[int]:
    if point.visit is None:
        return iter(range(ready, shift.window.latest + 1))
    visit = point.visit
    first = max(ready, visit.release or 0)
    last = shift.window.latest if visit.deadline is None else visit.deadline
    return _instants(visit.windows, first, min(last, shift.window.latest))


def _service(shift: Shift, point: TourPoint, previous: str) -> int:
    if point.visit is not None:
        return point.visit.service + (point.visit.setup if point.place != previous else 0)
    return shift.reload.service if shift.reload else 0


def _cold_until(point: TourPoint, partial: PartialTour, end: int) -> int:
    if point.visit is None:
        return NEVER
    return min([partial.cold_until, *(end + limit for limit in point.visit.ride_limits.values())])


def _is_legal_end(
    shift: Shift, partial: PartialTour, arrival: int, taken: frozenset[str], *, receives: bool
) -> bool:
    kept_cold = partial.cold_until == NEVER or (receives and arrival <= partial.cold_until)
    working = shift.max_working is None or arrival - partial.departure <= shift.max_working
    breaks_taken = all(
        break_.id in taken
        or break_.windows[0].earliest + break_.duration <= partial.departure
        or break_.windows[-1].latest >= arrival
        for break_ in shift.breaks
    )
    return arrival <= shift.window.latest and kept_cold and working and breaks_taken


def _unchanging_cost(problem: Problem, shift: Shift, points: Sequence[TourPoint]) -> int:
    """Return the part of the cost that does not depend on the timing."""
    visits = [point.visit for point in points if point.visit]
    metres = sum(_legs(problem, shift, points, "metres"))
    seconds = sum(_legs(problem, shift, points, "seconds"))
    cents = sum(_legs(problem, shift, points, "cents")) + shift.fixed_cost
    for visit in visits:
        if visit.preferred and shift.collector not in visit.preferred:
            cents += visit.preference
        if shift.zones is not None and visit.zone is not None and visit.zone not in shift.zones:
            cents += shift.outside or 0
    return (
        CENT * cents
        + METRE * shift.cents_per_km * metres
        + SECOND * shift.cents_per_driving_hour * seconds
        + _imbalance(problem, shift, "stops", len(visits))
        + _imbalance(problem, shift, "metres", metres)
    )


def _cost_of_time(problem: Problem, shift: Shift, departure: int, arrival: int) -> int:
    worked = arrival - departure
    over = 0 if shift.overtime_from is None else max(0, arrival - shift.overtime_from)
    return SECOND * (
        shift.cents_per_hour * worked + shift.overtime_cents_per_hour * over
    ) + _imbalance(problem, shift, "seconds", worked)


def _lateness(point: TourPoint, begin: int) -> int:
    if point.visit is None or point.visit.due is None:
        return 0
    return SECOND * point.visit.cents_per_hour_late * max(0, begin - point.visit.due)


def _imbalance(problem: Problem, shift: Shift, measure: str, value: int) -> int:
    """Return the cost of stops, seconds or metres above the shares of a tour."""
    price = {"stops": CENT, "seconds": SECOND, "metres": METRE}[measure]
    return sum(
        price * balance.cents * max(0, value - balance.share)
        for balance in problem.balances
        if balance.measure == measure and shift.id in balance.shifts
    )

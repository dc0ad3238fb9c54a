"""Knows the truth about one tiny tour: it tries everything, second by second.

That is every set of unloadings, every departure, every begin of every service and of every break.
It reads values of `routing.problem` only and shares no code with whoever is tested by it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise, product

from routing.problem import Break, Place, Problem, Shift, Visit

NEVER = 10**9
"""Later than every instant: nothing is on board that must be cold by then."""

CENT = 18_000
METRE = 18
SECOND = 5
"""Shares: of a cent; of a metre at a cent per kilometre; of a second at a cent per hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a tour halts: at a visit, or at a freezer to unload."""

    place: str
    visit: Visit | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Timing:
    """A legal timing of an order; the least is the one a schedule must choose.

    The fewest unloadings, of those the cheapest, of those the first to end, of those the first to
    depart.
    """

    unloadings: int
    cost: int
    arrival: int
    departure: int
    metres: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A tour under way: when it departed, when it leaves, by when it must reach a freezer."""

    departure: int
    leaving: int
    cold_until: int
    rested: frozenset[str] = frozenset()


def cheapest(problem: Problem, shift: Shift, order: Sequence[Visit]) -> int | None:
    """What an order costs at its cheapest, whatever the number of unloadings."""
    return min((timing.cost for timing in timings(problem, shift, order)), default=None)


def best_timing(problem: Problem, shift: Shift, order: Sequence[Visit]) -> Timing | None:
    """The timing that a schedule must choose; None if every timing breaks a rule."""
    return min(timings(problem, shift, order), default=None)


def timings(problem: Problem, shift: Shift, order: Sequence[Visit]) -> Iterator[Timing]:
    """Every legal timing of an order, but of those that differ in lateness alone the least late."""
    if not _may_serve(problem, shift, order):
        return
    for points in _routes(shift, order):
        if _fits(problem, shift, points) and _within_limits(problem, shift, points):
            yield from _timings(problem, shift, points)


def _may_serve(problem: Problem, shift: Shift, order: Sequence[Visit]) -> bool:
    """Whether what has nothing to do with time, load and road permits an order."""
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
    at_home = shift.zones is None or visit.zone is None or visit.zone in shift.zones
    return (
        visit.skills <= shift.skills
        and (visit.shifts is None or shift.id in visit.shifts)
        and (visit.collectors is None or shift.collector in visit.collectors)
        and shift.collector not in visit.forbidden
        and (at_home or shift.outside is not None)
    )


def _shipped(names: Sequence[str], pickup: str, delivery: str) -> bool:
    both = pickup in names and delivery in names
    neither = pickup not in names and delivery not in names
    return neither or (both and names.index(pickup) < names.index(delivery))


def _routes(shift: Shift, order: Sequence[Visit]) -> Iterator[tuple[Point, ...]]:
    """The order with every set of unloadings the shift may make."""
    times, places = (shift.reload.times, shift.reload.places) if shift.reload else (0, ())
    for count in range(times + 1):
        for after in combinations_with_replacement(range(len(order) + 1), count):
            for chosen in product(places, repeat=count):
                points = [Point(place=visit.place, visit=visit) for visit in order]
                halts = list(zip(after, chosen, strict=True))
                for position, place in reversed(halts):
                    points.insert(position, Point(place=place))
                yield tuple(points)


def _fits(problem: Problem, shift: Shift, points: Sequence[Point]) -> bool:
    return all(
        max(_on_board(problem, shift, points, name)) <= capacity
        for name, capacity in shift.capacity.items()
    )


def _on_board(problem: Problem, shift: Shift, points: Sequence[Point], name: str) -> Iterator[int]:
    """What is on board after the departure and after every halt, in one dimension."""
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


def _within_limits(problem: Problem, shift: Shift, points: Sequence[Point]) -> bool:
    stops = sum(point.visit is not None for point in points)
    limits = (
        (shift.max_stops, stops),
        (shift.max_metres, sum(_road(problem, shift, points, "metres"))),
        (shift.max_driving, sum(_road(problem, shift, points, "seconds"))),
    )
    return all(limit is None or value <= limit for limit, value in limits)


def _road(problem: Problem, shift: Shift, points: Sequence[Point], what: str) -> list[int]:
    """Leg by leg: seconds, metres or cents."""
    matrix = getattr(problem.travel[shift.profile], what)
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


def _timings(problem: Problem, shift: Shift, points: Sequence[Point]) -> Iterator[Timing]:
    """Walk through the tour with every moment it can be in, and its least lateness."""
    *legs, last = _road(problem, shift, points, "seconds")
    moments = dict.fromkeys(_departures(shift), 0)
    ahead = shift.start
    for point, leg in zip(points, legs, strict=True):
        moments = _served(shift, point, ahead, leg, moments)
        ahead = point.place
    receives = _end(problem, shift, ahead).receives
    unchanging = _unchanging_cost(problem, shift, points)
    metres = sum(_road(problem, shift, points, "metres"))
    unloadings = sum(point.visit is None for point in points)
    for moment, lateness in moments.items():
        for arrival, ready, rested in _ways(shift, moment, last):
            # A break on the last leg is over by the arrival.
            if ready == arrival and _ends_legally(
                shift, moment, arrival, rested, receives=receives
            ):
                time = _cost_of_time(problem, shift, moment.departure, arrival)
                yield Timing(
                    unloadings=unloadings,
                    cost=unchanging + lateness + time,
                    arrival=arrival,
                    departure=moment.departure,
                    metres=metres,
                )


def _departures(shift: Shift) -> Iterator[Moment]:
    last = shift.window.earliest if shift.departed else shift.window.latest
    until = NEVER if shift.carried_until is None else shift.carried_until
    for second in range(shift.window.earliest, last + 1):
        yield Moment(departure=second, leaving=second, cold_until=until)


def _served(
    shift: Shift, point: Point, ahead: str, leg: int, moments: Mapping[Moment, int]
) -> dict[Moment, int]:
    served: dict[Moment, int] = {}
    for moment, lateness in moments.items():
        for arrival, ready, rested in _ways(shift, moment, leg):
            if point.visit is None and arrival > moment.cold_until:
                continue
            for begin in _begins(shift, point, ready):
                end = begin + _service(shift, point, ahead)
                until = _cold_until(point, moment, end)
                after = Moment(
                    departure=moment.departure, leaving=end, cold_until=until, rested=rested
                )
                cost = lateness + _lateness(point, begin)
                served[after] = min(cost, served.get(after, cost))
    return served


def _ways(shift: Shift, moment: Moment, leg: int) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Every way to drive a leg, with the breaks had on it: arrival, ready to begin, rested."""
    owed = [rest for rest in shift.breaks if rest.id not in moment.rested]
    first = moment.leaving
    yield from _rests(shift, owed, first, first + leg, first, moment.rested)


def _rests(
    shift: Shift,
    owed: Sequence[Break],
    free: int,
    arrival: int,
    ready: int,
    rested: frozenset[str],
) -> Iterator[tuple[int, int, frozenset[str]]]:
    yield arrival, max(arrival, ready), rested
    for rest in owed:
        others = [other for other in owed if other is not rest]
        for begin in _seconds(rest.windows, free, shift.window.latest):
            end = begin + rest.duration
            later = arrival + rest.duration if begin < arrival else arrival
            yield from _rests(shift, others, end, later, end, rested | {rest.id})


def _seconds(windows, first: int, last: int) -> Iterator[int]:  # noqa: ANN001 - windows
    for window in windows:
        yield from range(max(first, window.earliest), min(last, window.latest) + 1)


def _begins(shift: Shift, point: Point, ready: int) -> Iterator[int]:
    if point.visit is None:
        return iter(range(ready, shift.window.latest + 1))
    visit = point.visit
    first = max(ready, visit.release or 0)
    last = shift.window.latest if visit.deadline is None else visit.deadline
    return _seconds(visit.windows, first, min(last, shift.window.latest))


def _service(shift: Shift, point: Point, ahead: str) -> int:
    if point.visit is not None:
        return point.visit.service + (point.visit.setup if point.place != ahead else 0)
    return shift.reload.service if shift.reload else 0


def _cold_until(point: Point, moment: Moment, end: int) -> int:
    if point.visit is None:
        return NEVER
    return min([moment.cold_until, *(end + limit for limit in point.visit.ride_limits.values())])


def _ends_legally(
    shift: Shift, moment: Moment, arrival: int, rested: frozenset[str], *, receives: bool
) -> bool:
    kept_cold = moment.cold_until == NEVER or (receives and arrival <= moment.cold_until)
    working = shift.max_working is None or arrival - moment.departure <= shift.max_working
    had = all(
        rest.id in rested
        or rest.windows[0].earliest + rest.duration <= moment.departure
        or rest.windows[-1].latest >= arrival
        for rest in shift.breaks
    )
    return arrival <= shift.window.latest and kept_cold and working and had


def _unchanging_cost(problem: Problem, shift: Shift, points: Sequence[Point]) -> int:
    """What an order costs whenever it is driven."""
    visits = [point.visit for point in points if point.visit]
    metres = sum(_road(problem, shift, points, "metres"))
    seconds = sum(_road(problem, shift, points, "seconds"))
    cents = sum(_road(problem, shift, points, "cents")) + shift.fixed_cost
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


def _lateness(point: Point, begin: int) -> int:
    if point.visit is None or point.visit.due is None:
        return 0
    return SECOND * point.visit.cents_per_hour_late * max(0, begin - point.visit.due)


def _imbalance(problem: Problem, shift: Shift, measure: str, value: int) -> int:
    """What a tour pays for its stops, seconds or metres above its shares."""
    price = {"stops": CENT, "seconds": SECOND, "metres": METRE}[measure]
    return sum(
        price * balance.cents * max(0, value - balance.share)
        for balance in problem.balances
        if balance.measure == measure and shift.id in balance.shifts
    )

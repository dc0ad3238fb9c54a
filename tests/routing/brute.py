"""Knows the truth about tiny problems: it tries everything, and shares nothing but values."""

from collections.abc import Iterator
from itertools import combinations, pairwise, permutations, product

from routing.problem import Problem, Shift, Visit

Timing = tuple[int, int, tuple[int, ...]]
"""Duration, arrival, and the begins of service."""

Price = tuple[int, int]
"""How many mandatory visits are left out, and the cost in 1/18,000 cents."""


def best_timing(problem: Problem, shift: Shift, order: tuple[Visit, ...]) -> Timing | None:
    """The shortest legal timing, the earliest of its kind, by trying every second."""
    seconds = problem.travel[shift.profile].seconds
    rows = [problem.row(name) for name in places(shift, order)]
    legs = [seconds[here][there] for here, there in pairwise(rows)]
    choices = [
        [
            second
            for window in visit.windows
            for second in range(window.earliest, min(window.latest, shift.window.latest) + 1)
        ]
        for visit in order
    ]
    found = (_judged(shift, order, legs, begins) for begins in product(*choices))
    return min((timing for timing in found if timing is not None), default=None)


def places(shift: Shift, order: tuple[Visit, ...]) -> list[str]:
    return [shift.start, *(visit.place for visit in order), shift.ends[0]]


def _judged(
    shift: Shift, order: tuple[Visit, ...], legs: list[int], begins: tuple[int, ...]
) -> Timing | None:
    departure = begins[0] - legs[0]
    if departure < shift.window.earliest:
        return None
    for place in range(1, len(order)):
        if begins[place] < begins[place - 1] + order[place - 1].service + legs[place]:
            return None
    arrival = begins[-1] + order[-1].service + legs[-1]
    if arrival > shift.window.latest:
        return None
    for visit, begin in zip(order, begins, strict=True):
        if any(arrival - begin - visit.service > limit for limit in visit.ride_limits.values()):
            return None
    return arrival - departure, arrival, begins


def best_price(problem: Problem, durations: dict[tuple[str, tuple[str, ...]], int]) -> Price:
    """The price of the best plan, given how long each order takes on each shift that may drive it.

    Every way to hand the visits to the shifts, in every order that `durations` knows.
    """
    names = frozenset(visit.id for visit in problem.visits)
    per_shift = [_cheapest_by_set(problem, shift, durations) for shift in problem.shifts]
    best = None
    for choice in product(*(tours.items() for tours in per_shift)):
        taken = [name for members, _ in choice for name in members]
        if len(taken) == len(set(taken)):
            cost = sum(price for _, price in choice)
            left, penalties = _left(problem, names - set(taken))
            price = (left, cost + penalties)
            best = price if best is None else min(best, price)
    assert best is not None
    return best


def orders(problem: Problem) -> Iterator[tuple[Visit, ...]]:
    """Every order of every set of visits."""
    for count in range(1, len(problem.visits) + 1):
        for members in combinations(problem.visits, count):
            yield from permutations(members)


def may_bring(problem: Problem, shift: Shift, order: tuple[Visit, ...]) -> bool:
    """Whether load and ends permit an order, whoever serves it and whatever its times."""
    bottles = sum(visit.load.get("bottles", 0) for visit in order)
    keeps = next(place for place in problem.places if place.id == shift.ends[0]).receives
    return bottles <= shift.capacity.get("bottles", bottles) and (
        keeps or not any(visit.ride_limits for visit in order)
    )


def may_carry(problem: Problem, shift: Shift, order: tuple[Visit, ...]) -> bool:
    """Whether load, skills, pins and ends permit an order, whatever its times."""
    elsewhere = {pin.visit for pin in problem.pins if pin.shift != shift.id}
    return (
        may_bring(problem, shift, order)
        and all(visit.skills <= shift.skills for visit in order)
        and not any(visit.id in elsewhere for visit in order)
    )


def _cheapest_by_set(
    problem: Problem, shift: Shift, durations: dict[tuple[str, tuple[str, ...]], int]
) -> dict[frozenset[str], int]:
    cheapest = {frozenset[str](): 0}
    metres = problem.travel[shift.profile].metres
    for order in orders(problem):
        names = tuple(visit.id for visit in order)
        duration = durations.get((shift.id, names))
        if duration is None:
            continue
        rows = [problem.row(name) for name in places(shift, order)]
        road = sum(metres[here][there] for here, there in pairwise(rows))
        # 1/18,000 cents: a metre at 1 cent/km is 18 of them, a second at 1 cent/h is 5.
        price = 18 * shift.cents_per_km * road + 5 * shift.cents_per_hour * duration
        price += 18_000 * shift.fixed_cost
        members = frozenset(names)
        cheapest[members] = min(price, cheapest.get(members, price))
    return cheapest


def _left(problem: Problem, names: frozenset[str]) -> Price:
    pinned = {pin.visit for pin in problem.pins}
    left = [visit for visit in problem.visits if visit.id in names]
    mandatory = sum(visit.penalty is None or visit.id in pinned for visit in left)
    return mandatory, 18_000 * sum(visit.penalty or 0 for visit in left)

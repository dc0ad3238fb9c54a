"""Exhaustive search of tiny problems, second by second.

It reads values of `routing.problem` only and shares no code with the engines it tests. It tries all
assignments of visits to shifts, all orders, and all timings of each (see `exhaustive_timing`).
Problems must be tiny: up to four visits, and windows and shifts of some dozens of seconds.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, permutations, product

from routing.problem import Problem, Shift
from tests.routing.exhaustive_timing import CENT, cheapest

Price = tuple[int, int]
"""Number of unassigned mandatory visits, and the cost in shares of a cent."""


def best_price(problem: Problem) -> Price:
    """Return the price of the best plan."""
    price, _ = best_plan(problem)
    return price


def best_plan(problem: Problem) -> tuple[Price, dict[str, tuple[str, ...]]]:
    """Return the price of the best plan, and the orders of one such plan."""
    per_shift = [_tours(problem, shift) for shift in problem.shifts]
    priced = (
        (_plan_price(problem, chosen), tuple(order for order, _ in chosen))
        for chosen in product(*per_shift)
    )
    price, orders = min((price, orders) for price, orders in priced if price is not None)
    names = [shift.id for shift in problem.shifts]
    return price, dict(zip(names, orders, strict=True))


def price_of(problem: Problem, chosen: Mapping[str, Sequence[str]]) -> Price | None:
    """Return the price of orders at their cheapest timings; None if one of them breaks a rule."""
    tours = []
    for shift in problem.shifts:
        names = tuple(chosen.get(shift.id, ()))
        order = tuple(visit for name in names for visit in problem.visits if visit.id == name)
        cost = cheapest(problem, shift, order) if order else 0
        if cost is None:
            return None
        tours.append((names, cost))
    return _plan_price(problem, tours)


def _tours(problem: Problem, shift: Shift) -> list[tuple[tuple[str, ...], int]]:
    """Return, for each set of visits with a legal order, the cheapest order and its cost."""
    tours: list[tuple[tuple[str, ...], int]] = [((), 0)]
    for count in range(1, len(problem.visits) + 1):
        for members in combinations(problem.visits, count):
            orders = list(permutations(members))
            costs = [cheapest(problem, shift, order) for order in orders]
            legal = [
                (cost, order) for cost, order in zip(costs, orders, strict=True) if cost is not None
            ]
            if legal:
                cost, order = min(legal, key=lambda pair: pair[0])
                tours.append((tuple(visit.id for visit in order), cost))
    return tours


def _plan_price(problem: Problem, tours: Sequence[tuple[Sequence[str], int]]) -> Price | None:
    served = [name for names, _ in tours for name in names]
    if len(served) != len(set(served)) or not _periods_kept(problem, tours):
        return None
    pinned = {pin.visit for pin in problem.pins}
    unassigned = [visit for visit in problem.visits if visit.id not in served]
    mandatory = sum(visit.penalty is None or visit.id in pinned for visit in unassigned)
    penalties = CENT * sum(visit.penalty or 0 for visit in unassigned)
    return mandatory, sum(cost for _, cost in tours) + penalties


def _periods_kept(problem: Problem, tours: Sequence[tuple[Sequence[str], int]]) -> bool:
    """Return whether no donor is visited twice in a period, by the begin of the shift."""
    donors = {visit.id: visit.donor for visit in problem.visits}
    visited = set()
    for shift, (names, _) in zip(problem.shifts, tours, strict=True):
        for number, period in enumerate(problem.periods):
            if period.earliest <= shift.window.earliest <= period.latest:
                for donor in filter(None, (donors[name] for name in names)):
                    if (donor, number) in visited:
                        return False
                    visited.add((donor, number))
    return True

"""Knows the truth about tiny problems: it tries everything, second by second.

It reads values of `routing.problem` only and shares no code with whoever is tested by it. What it
tries: every way to hand visits to shifts, every order, and what `truth_of_tours` tries of each.
Problems must be tiny: up to four visits, and windows and shifts of some dozens of seconds.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, permutations, product

from routing.problem import Problem, Shift
from tests.routing.truth_of_tours import CENT, cheapest

Price = tuple[int, int]
"""How many mandatory visits are left out, and the cost in shares of a cent."""


def best_price(problem: Problem) -> Price:
    """The price of the best plan there is."""
    price, _ = best_plan(problem)
    return price


def best_plan(problem: Problem) -> tuple[Price, dict[str, tuple[str, ...]]]:
    """The price of the best plan there is, and the orders of one such plan."""
    per_shift = [_tours(problem, shift) for shift in problem.shifts]
    found = (
        (_plan_price(problem, chosen), tuple(order for order, _ in chosen))
        for chosen in product(*per_shift)
    )
    price, orders = min((price, orders) for price, orders in found if price is not None)
    names = [shift.id for shift in problem.shifts]
    return price, dict(zip(names, orders, strict=True))


def price_of(problem: Problem, chosen: Mapping[str, Sequence[str]]) -> Price | None:
    """The price of these orders at their cheapest; None if one of them breaks a rule."""
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
    """Per set of visits that has a legal order, the cheapest of them and its price."""
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
    left = [visit for visit in problem.visits if visit.id not in served]
    mandatory = sum(visit.penalty is None or visit.id in pinned for visit in left)
    penalties = CENT * sum(visit.penalty or 0 for visit in left)
    return mandatory, sum(cost for _, cost in tours) + penalties


def _periods_kept(problem: Problem, tours: Sequence[tuple[Sequence[str], int]]) -> bool:
    """A visit is in the period that its shift lies in."""
    donors = {visit.id: visit.donor for visit in problem.visits}
    seen = set()
    for shift, (names, _) in zip(problem.shifts, tours, strict=True):
        for number, period in enumerate(problem.periods):
            if period.earliest <= shift.window.earliest <= period.latest:
                for donor in filter(None, (donors[name] for name in names)):
                    if (donor, number) in seen:
                        return False
                    seen.add((donor, number))
    return True

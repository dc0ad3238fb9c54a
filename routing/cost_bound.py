"""Upper bound of the cost of any plan of a problem.

It reads attributes only, so that `problem` can import it by way of `validation`.
"""

from collections.abc import Mapping
from typing import Any

from routing.travel.matrix import distinct_rows
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND

# The bound is computed before the class `Problem` is complete: values are untyped here.
Value = Any


def dearest(problem: Value) -> int:
    """Return an upper bound of the cost of any plan, in shares of a cent."""
    latest = max(shift.window.latest for shift in problem.shifts)
    total: int = sum(_dearest_visit(visit, latest) for visit in problem.visits)
    largest = {
        profile: (
            _largest(travel.metres),
            _largest(travel.cents) if travel.cents else 0,
        )
        for profile, travel in problem.travel.items()
    }
    total += sum(_dearest_shift(problem, shift, largest) for shift in problem.shifts)
    return total + _dearest_risk(problem) + 1


def _largest(matrix: Value) -> int:
    return max(map(max, distinct_rows(matrix).values()))


def _dearest_visit(visit: Value, latest: int) -> int:
    late = max(0, latest - visit.due) if visit.due is not None else 0
    price: int = SHARES_PER_CENT * ((visit.penalty or 0) + visit.preference)
    return price + SHARES_PER_SECOND * int(visit.cents_per_hour_late) * late


def _dearest_shift(problem: Value, shift: Value, largest: Mapping[str, tuple[int, int]]) -> int:
    legs = len(problem.visits) + 1 + (shift.reload.times if shift.reload else 0)
    metres, cents = largest[shift.profile]
    duration = shift.window.latest - shift.window.earliest
    hours = duration * (shift.cents_per_hour + shift.cents_per_driving_hour)
    if shift.overtime_from is not None:
        # Overtime may begin before the shift does, and is then counted from the shift's begin.
        over = max(0, shift.window.latest - shift.overtime_from)
        hours += over * shift.overtime_cents_per_hour
    outside = len(problem.visits) * (shift.outside or 0)
    total: int = SHARES_PER_CENT * (shift.fixed_cost + outside + cents * legs)
    total += SHARES_PER_METRE * shift.cents_per_km * metres * legs
    total += SHARES_PER_SECOND * hours
    return total + sum(
        _dearest_excess(balance, len(problem.visits), duration, metres * legs)
        for balance in problem.balances
        if shift.id in balance.shifts
    )


def _dearest_risk(problem: Value) -> int:
    safety = problem.safety
    total: int = len(problem.visits) * safety.promise_price
    total += len(problem.shifts) * (safety.end_price + safety.clock_price)
    return SHARES_PER_CENT * total


def _dearest_excess(balance: Value, stops: int, seconds: int, metres: int) -> int:
    most, share = {
        "stops": (stops, SHARES_PER_CENT),
        "seconds": (seconds, SHARES_PER_SECOND),
        "metres": (metres, SHARES_PER_METRE),
    }[balance.measure]
    return most * share * int(balance.cents)

"""Repair of a plan whose tours break too often in the simulation.

The search prices margins, an estimate that takes no time. Here the tours that it found, and those
one move away from the plan, are priced by simulated days. The master chooses among them until the
plan no longer gets better. An exchange of several visits is found as the sum of its tours.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final

import numpy as np

from routing import timing
from routing.analysis.simulated_price import BATCH, risk_prices, widened
from routing.cost import rank, tour_shares
from routing.margins import is_uncertain
from routing.master.pool import Pool
from routing.master.recombine import best_combination
from routing.master.work_limit import WorkLimit
from routing.plan import Plan, Tour
from routing.problem import Problem
from routing.schedule import retimed, timed
from routing.spreads import UNPRICED
from routing.timing.encoding import encode

Order = tuple[int, ...]
"""Rows of the visits of a tour."""

Orders = Mapping[int, Order]
"""Per row of a shift, the order of its tour."""

ROUNDS: Final = 8
"""Rounds of moves at most; two or three are usual."""

BASES: Final = 4
"""Plans whose neighbours are priced first.

On the day of the demonstration ten to sixteen short searches and this repair led to the same best
plan from 13 of 16 seeds. With the neighbours of the best plan alone, none of three did.
"""

MOST_TOURS: Final = 2_000
"""Tours priced in a round at most, about one second."""

PLACES: Final = 2
"""Places of a visit in another tour that are tried."""

DETERMINISTIC_TIME: Final = 1.0
"""CP-SAT's deterministic time for one choice, about a second."""

LEAST_SECONDS: Final = 0.05
"""Seconds of one choice at least."""

UNLIMITED_SECONDS: Final = 600.0
"""Seconds of one choice without a limit in seconds."""


def can_be_repaired(problem: Problem) -> bool:
    """Return whether a repair may change a plan: risk has a price, and a time has a spread."""
    safety = problem.safety
    prices = safety.promise_price, safety.end_price, safety.clock_price
    return any(prices) and not problem.shipments and is_uncertain(problem)


def repaired(
    problem: Problem,
    plan: Plan,
    found: Pool | None = None,
    others: Iterable[Plan] = (),
    *,
    seconds: float | None = None,
) -> Plan:
    """Return the best plan by cost and simulated risk among the tours found and their neighbours.

    Parameters
    ----------
    found : Pool, optional
        Tours of the search.
    others : iterable of Plan, optional
        Plans of other searches. The best few lend their tours and the neighbours of these.
    seconds : float, optional
        Wall-clock time. Without it the result is reproducible.
    """
    repair = _Repair(problem, seconds)
    plans = sorted((plan, *others), key=partial(simulated_rank, problem))
    present = repair.best(_orders(problem, plan), _tours_of(found) if found is not None else ())
    for one in plans[:BASES]:
        present = repair.best(present, repair.neighbours(repair.known(_orders(problem, one))))
    for _ in range(ROUNDS):
        before, present = present, repair.best(present, repair.neighbours(present))
        if present == before or repair.is_over:
            break
    return _plan(problem, present)


def _orders(problem: Problem, plan: Plan) -> Orders:
    return {
        problem.shift_row(shift): tuple(map(problem.visit_row, names))
        for shift, names in plan.orders.items()
        if names
    }


def simulated_rank(problem: Problem, plan: Plan) -> tuple[int, int]:
    """Return the sort key of plans, as `cost.rank`, with risk priced by simulated days."""
    missing, paid = rank(replace(problem, safety=UNPRICED), plan)
    return missing, paid + sum(risk_prices(widened(problem), plan.tours))


def _plan(problem: Problem, orders: Orders) -> Plan:
    names = {
        problem.shifts[shift].id: [problem.visits[row].id for row in order]
        for shift, order in sorted(orders.items())
    }
    return retimed(problem, names)


def _tours_of(pool: Pool) -> Iterator[tuple[int, Order]]:
    """Yield the tours of a pool, each on one shift of its vehicle type; the last found first."""
    columns = pool.columns()
    shifts = {int(kind): row for row, kind in reversed(list(enumerate(pool.vehicle_types)))}
    for number in range(len(pool) - 1, -1, -1):
        yield shifts[int(columns.vehicle_types[number])], columns.order(number)


class _Repair:
    """Tours of one repair with their costs, and the choice among them."""

    def __init__(self, problem: Problem, seconds: float | None) -> None:
        self._problem, self._encoded = problem, encode(problem)
        self._free, self._wide = replace(problem, safety=UNPRICED), widened(problem)
        self._pool = Pool(problem)
        self._columns: dict[tuple[int, Order], int] = {}
        self._risks: dict[tuple[int, Order], int] = {}
        self._until = None if seconds is None else time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return self._until is not None and time.monotonic() >= self._until

    def best(self, present: Orders, more: Iterable[tuple[int, Order]]) -> Orders:
        """Return the best choice among all tours, after some more are added."""
        self._add(present.items())
        self._add(more)
        seconds = UNLIMITED_SECONDS
        if self._until is not None:
            seconds = max(LEAST_SECONDS, self._until - time.monotonic())
        chosen = {shift: self._columns[shift, order] for shift, order in present.items()}
        limit = WorkLimit(seconds=seconds, deterministic=DETERMINISTIC_TIME)
        row, visit = self._problem.shift_row, self._problem.visit_row
        return {
            row(shift): tuple(map(visit, names))
            for shift, names in best_combination(self._pool, chosen, limit).items()
        }

    def known(self, orders: Orders) -> Orders:
        """Return the tours of a plan, after they are priced."""
        self._add(orders.items())
        return orders

    def _add(self, orders: Iterable[tuple[int, Order]]) -> None:
        """Add the legal ones of some tours, with their costs, while there is time."""
        waiting: list[tuple[tuple[int, Order], Tour]] = []
        for key in islice(
            (key for key in orders if key[1] and key not in self._columns), MOST_TOURS
        ):
            tour = self._timed(*key)
            if tour is not None:
                waiting.append((key, tour))
            if len(waiting) == BATCH:
                self._price(waiting)
                waiting.clear()
                if self.is_over:
                    return
        self._price(waiting)

    def _price(self, waiting: Sequence[tuple[tuple[int, Order], Tour]]) -> None:
        risks = risk_prices(self._wide, [tour for _, tour in waiting])
        for (key, tour), risk in zip(waiting, risks, strict=True):
            self._risks[key] = risk
            cost = tour_shares(self._free, tour) + risk
            self._columns[key] = self._pool.add(*key, cost)

    def _timed(self, shift: int, order: Order) -> Tour | None:
        """Return the timing of a tour, or None if it is not legal."""
        rows, problem = np.array(order, dtype=np.int64), self._problem
        evaluation = timing.tour_evaluation.evaluate(
            self._encoded, shift, rows, timing.tour_evaluation.ALL_RULES
        )
        if evaluation.status != timing.earliest_start.LEGAL:
            return None
        tour = timed(problem, problem.shifts[shift], [problem.visits[row] for row in order])
        return tour if isinstance(tour, Tour) else None

    def neighbours(self, present: Orders) -> Iterator[tuple[int, Order]]:
        """Yield the tours that differ from those of a plan by one visit, or by two exchanged.

        Tours with a price of risk come first; visits leave these only.
        """
        served = {visit for order in present.values() for visit in order}
        waiting = [row for row in range(len(self._problem.visits)) if row not in served]
        risks = {shift: self._risks.get((shift, order), 0) for shift, order in present.items()}
        weak = sorted((shift for shift, risk in risks.items() if risk), key=lambda at: -risks[at])
        for shift in weak:
            for visit in present[shift]:
                yield shift, _without(present[shift], visit)
                yield from self._with(shift, _without(present[shift], visit), visit)
        for shift in present:
            if shift not in weak:
                yield from ((shift, _without(present[shift], visit)) for visit in present[shift])
        empty = {shift: () for shift in range(len(self._problem.shifts)) if shift not in present}
        for visit in [*waiting, *(visit for shift in weak for visit in present[shift])]:
            for shift, order in {**present, **empty}.items():
                if visit not in order:
                    yield from self._with(shift, order, visit)
        for shift in weak:
            yield from self._exchanges(present, shift, waiting)

    def _exchanges(
        self, present: Orders, shift: int, waiting: Iterable[int]
    ) -> Iterator[tuple[int, Order]]:
        """Yield the tours in which a visit of one tour changes place with any other visit."""
        for visit in present[shift]:
            rest = _without(present[shift], visit)
            for other in waiting:
                yield from self._with(shift, rest, other)
            for there, order in present.items():
                if there != shift:
                    for other in order:
                        yield from self._with(shift, rest, other)
                        yield from self._with(there, _without(order, other), visit)

    def _with(self, shift: int, order: Order, visit: int) -> Iterator[tuple[int, Order]]:
        """Yield the tours with a visit at its cheapest legal places."""
        rows = np.array(order, dtype=np.int64)
        places = timing.insertion_positions
        found = places.legal_insertions(self._encoded, shift, rows, visit, places.NO_VISIT)
        costs = found[:, 2:].sum(axis=1)
        for place in found[np.argsort(costs, kind="stable")[:PLACES], 0].tolist():
            yield shift, (*order[:place], visit, *order[place:])


def _without(order: Order, visit: int) -> Order:
    return tuple(row for row in order if row != visit)

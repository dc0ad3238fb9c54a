"""PyVRP, told everything of a problem that it can be told.

Costs of road and hours, fixed costs, capacities, hours, skills (a profile on which the way to whom
one may not serve is endless), optional visits as prizes, several windows as a group of which at
most one is visited. What it cannot be told: ride limits, breaks, balance, lateness, donors.
"""

import time
from typing import Final, NamedTuple

import numpy as np
import pyvrp

from bench.ours import Orders
from routing.problem import Problem, Shift, Visit
from routing.units import SHARES_PER_CENT, SHARES_PER_METRE, SHARES_PER_SECOND

ENDLESS: Final = 10**7
"""Seconds: longer than any day."""


class Told(NamedTuple):
    """What PyVRP was told, and what its numbers mean to us."""

    data: pyvrp.ProblemData
    visits: list[str]
    shifts: list[list[str]]


def run(problem: Problem, seconds: float, seed: int) -> tuple[Orders, None]:
    """Search for so many CPU seconds."""
    ended = time.process_time() + seconds
    told = tell(problem)
    result = pyvrp.solve(told.data, _Watch(ended), seed=seed, collect_stats=False)
    return orders(told, result.best), None


class _Watch:
    def __init__(self, ended: float) -> None:
        self.ended = ended

    def __call__(self, best_cost: int) -> bool:  # noqa: ARG002 - PyVRP's protocol
        return time.process_time() >= self.ended


def tell(problem: Problem) -> Told:
    """Say a problem in PyVRP's words; costs are in shares of a cent."""
    clients, groups, names = _clients(problem)
    kinds: dict[tuple[object, ...], list[Shift]] = {}
    for shift in problem.shifts:
        kinds.setdefault(_kind(problem, shift), []).append(shift)
    profiles = sorted({frozenset(_closed(problem, shift)) for shift in problem.shifts}, key=sorted)
    roads = [_roads(problem, closed) for closed in profiles]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in problem.places],
        clients=clients,
        depots=[pyvrp.Depot(row) for row in range(len(problem.places)) if _is_depot(problem, row)],
        vehicle_types=[_vehicles(problem, same, profiles) for same in kinds.values()],
        distance_matrices=[metres for metres, _ in roads],
        duration_matrices=[seconds for _, seconds in roads],
        groups=groups,
    )
    return Told(data, names, [[shift.id for shift in same] for same in kinds.values()])


def _depots(problem: Problem) -> list[int]:
    return sorted(
        {problem.row(place) for shift in problem.shifts for place in (shift.start, shift.ends[0])}
    )


def _is_depot(problem: Problem, row: int) -> bool:
    return row in _depots(problem)


def _kind(problem: Problem, shift: Shift) -> tuple[object, ...]:
    """What tells one shift from another, as far as PyVRP is told."""
    said = (shift.start, shift.ends[0], shift.window, shift.fixed_cost, shift.cents_per_km)
    closed = tuple(sorted(_closed(problem, shift)))
    return (*said, shift.cents_per_hour, tuple(sorted(shift.capacity.items())), closed)


def _closed(problem: Problem, shift: Shift) -> set[int]:
    """The places this shift may not serve."""
    return {
        problem.row(visit.place) for visit in problem.visits if not visit.skills <= shift.skills
    }


def _roads(problem: Problem, closed: frozenset[int]) -> tuple[np.ndarray, np.ndarray]:
    travel = problem.travel["car"]
    metres, seconds = np.array(travel.metres), np.array(travel.seconds)
    shut = sorted(closed)
    seconds[:, shut] = ENDLESS
    np.fill_diagonal(seconds, 0)
    return metres, seconds


def _vehicles(
    problem: Problem, same: list[Shift], profiles: list[frozenset[int]]
) -> pyvrp.VehicleType:
    shift, depots = same[0], _depots(problem)
    return pyvrp.VehicleType(
        num_available=len(same),
        capacity=[min(shift.capacity.get(name, 2**40), 2**40) for name in problem.dimensions],
        start_depot=depots.index(problem.row(shift.start)),
        end_depot=depots.index(problem.row(shift.ends[0])),
        fixed_cost=SHARES_PER_CENT * shift.fixed_cost,
        tw_early=shift.window.earliest,
        tw_late=shift.window.latest,
        unit_distance_cost=SHARES_PER_METRE * shift.cents_per_km,
        unit_duration_cost=SHARES_PER_SECOND * shift.cents_per_hour,
        profile=profiles.index(frozenset(_closed(problem, shift))),
    )


def _clients(problem: Problem) -> tuple[list[pyvrp.Client], list[pyvrp.ClientGroup], list[str]]:
    clients: list[pyvrp.Client] = []
    groups: list[pyvrp.ClientGroup] = []
    names: list[str] = []
    for visit in problem.visits:
        alone = len(visit.windows) == 1
        if not alone:
            members = list(range(len(clients), len(clients) + len(visit.windows)))
            groups.append(pyvrp.ClientGroup(members, required=problem.mandatory(visit)))
        for window in visit.windows:
            clients.append(
                pyvrp.Client(
                    location=problem.row(visit.place),
                    pickup=[visit.load.get(name, 0) for name in problem.dimensions],
                    service_duration=visit.service,
                    tw_early=window.earliest,
                    tw_late=window.latest,
                    prize=_prize(visit),
                    required=alone and problem.mandatory(visit),
                    group=None if alone else len(groups) - 1,
                )
            )
            names.append(visit.id)
    return clients, groups, names


def _prize(visit: Visit) -> int:
    return SHARES_PER_CENT * (visit.penalty or 0)


def orders(told: Told, best: pyvrp.Solution) -> Orders:
    """Read a solution in our words."""
    free = [list(names) for names in told.shifts]
    return {
        free[route.vehicle_type()].pop(0): [
            told.visits[activity.idx] for activity in route if activity.is_client()
        ]
        for route in best.routes()
    }

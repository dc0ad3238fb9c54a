"""A day's problem as a request in VROOM's JSON, for another planner or a comparison.

Instants are seconds since 1970. Limits of milk and blood on board, emptyings on the way, spreads
and pins have no field in VROOM's request and are left out; the order of a round is the vehicle's
first `steps`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from routing.problem import Problem, Shift, Visit

HIGHEST_PRIORITY = 100


def vroom_request(
    problem: Problem, *, epoch: datetime, orders: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the request of a problem with numbers as names of visits and shifts.

    Parameters
    ----------
    epoch
        The instant of the problem's second 0.
    orders
        The visits of each shift, in the order of its round.
    """
    begin = int(epoch.timestamp())
    rows = {place.id: row for row, place in enumerate(problem.places)}
    skills = sorted({skill for visit in problem.visits for skill in visit.skills})
    numbers = {skill: number for number, skill in enumerate(skills, 1)}
    dearest = max((visit.penalty or 0 for visit in problem.visits), default=0)
    return {
        "vehicles": [
            _vehicle(problem, shift, rows, numbers, begin, orders.get(shift.id, ()))
            for shift in problem.shifts
        ],
        "jobs": [_job(problem, visit, rows, numbers, begin, dearest) for visit in problem.visits],
        "matrices": {
            profile: {
                "durations": [list(row) for row in travel.seconds],
                "distances": [list(row) for row in travel.metres],
            }
            for profile, travel in problem.travel.items()
        },
    }


def _vehicle(
    problem: Problem,
    shift: Shift,
    rows: Mapping[str, int],
    numbers: Mapping[str, int],
    begin: int,
    order: Sequence[str],
) -> dict[str, Any]:
    steps = [{"type": "job", "id": int(visit)} for visit in order]
    return {
        "id": int(shift.id),
        "profile": shift.profile,
        "start_index": rows[shift.start],
        "end_index": rows[shift.ends[0]],
        "capacity": [shift.capacity.get(name, 0) for name in problem.dimensions],
        "skills": sorted(numbers[skill] for skill in shift.skills if skill in numbers),
        "time_window": [begin + shift.window.earliest, begin + shift.window.latest],
        "costs": {
            "fixed": int(shift.fixed_cost),
            "per_hour": shift.cents_per_hour,
            "per_km": shift.cents_per_km,
        },
        "breaks": [
            {
                "id": number,
                "service": int(each.duration),
                "time_windows": [
                    [begin + window.earliest, begin + window.latest] for window in each.windows
                ],
            }
            for number, each in enumerate(shift.breaks, 1)
        ],
        **({"max_tasks": shift.max_stops} if shift.max_stops is not None else {}),
        **({"steps": [{"type": "start"}, *steps, {"type": "end"}]} if steps else {}),
    }


def _job(
    problem: Problem,
    visit: Visit,
    rows: Mapping[str, int],
    numbers: Mapping[str, int],
    begin: int,
    dearest: int,
) -> dict[str, Any]:
    penalty = visit.penalty or 0
    return {
        "id": int(visit.id),
        "location_index": rows[visit.place],
        "service": int(visit.service),
        "pickup": [visit.load.get(name, 0) for name in problem.dimensions],
        "skills": sorted(numbers[skill] for skill in visit.skills),
        "time_windows": [
            [begin + window.earliest, begin + window.latest] for window in visit.windows
        ],
        "priority": round(HIGHEST_PRIORITY * penalty / dearest) if dearest else 0,
    }

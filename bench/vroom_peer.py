"""VROOM at a level of exploration, told everything of a problem that it can be told.

It knows no penalty, so it serves whatever it can; its hours are those of travel; it cannot be told
ride limits. The program is the one that pyvroom brings.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.ours import Orders
from routing.problem import Problem, Shift, Visit

PROGRAM: Final = Path(sys.executable).parent / "vroom"
NO_LIMIT: Final = 10**6


def run(problem: Problem, seconds: float, _: int, *, level: int = 5) -> tuple[Orders, None]:
    """Search at a level, for so many seconds of wall clock at most (0: as long as it likes)."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as request:
        json.dump(tell(problem), request)
        request.flush()
        command = [str(PROGRAM), "-i", request.name, "-x", str(level), "-t", "1"]
        limit = ["-l", f"{seconds:g}"] if seconds else []
        done = subprocess.run([*command, *limit], check=True, capture_output=True)  # noqa: S603
    return _orders(problem, json.loads(done.stdout)), None


def tell(problem: Problem) -> dict[str, Any]:
    """Say a problem in VROOM's words."""
    skills = sorted({skill for visit in problem.visits for skill in visit.skills})
    travel = problem.travel["car"]
    return {
        "jobs": [_job(problem, row, visit, skills) for row, visit in enumerate(problem.visits)],
        "vehicles": [
            _vehicle(problem, row, shift, skills) for row, shift in enumerate(problem.shifts)
        ],
        "matrices": {"car": {"durations": travel.seconds, "distances": travel.metres}},
    }


def _job(problem: Problem, row: int, visit: Visit, skills: list[str]) -> dict[str, Any]:
    return {
        "id": row,
        "location_index": problem.row(visit.place),
        "service": visit.service,
        "pickup": [visit.load.get(name, 0) for name in problem.dimensions],
        "skills": [skills.index(skill) for skill in visit.skills],
        "time_windows": [[window.earliest, window.latest] for window in visit.windows],
    }


def _vehicle(problem: Problem, row: int, shift: Shift, skills: list[str]) -> dict[str, Any]:
    return {
        "id": row,
        "start_index": problem.row(shift.start),
        "end_index": problem.row(shift.ends[0]),
        "capacity": [shift.capacity.get(name, NO_LIMIT) for name in problem.dimensions],
        "skills": [skills.index(skill) for skill in shift.skills],
        "time_window": [shift.window.earliest, shift.window.latest],
        "costs": {
            "fixed": shift.fixed_cost,
            "per_hour": shift.cents_per_hour,
            "per_km": shift.cents_per_km,
        },
    }


def _orders(problem: Problem, response: dict[str, Any]) -> Orders:
    return {
        problem.shifts[route["vehicle"]].id: [
            problem.visits[step["id"]].id for step in route["steps"] if step["type"] == "job"
        ]
        for route in response["routes"]
    }

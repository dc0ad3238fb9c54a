"""Knows how to pose requests to VROOM on a street, how to draw small ones, and who answers them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from routing.formats.vroom.format import VROOM
from routing.solver import Budget, solve
from tests.routing.builders import FEW
from tests.routing.formats.vroom_judge import complaints

Data = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

OWN = Path(sys.executable).parent / "vroom"
"""VROOM itself, as pyvroom brings it."""

STREET = [[abs(here - there) * 100 for there in range(5)] for here in range(5)]
METRES = [[abs(here - there) * 1_000 for there in range(5)] for here in range(5)]


def request(jobs: list[Data], *vehicles: Data, **more: Any) -> Data:  # noqa: ANN401 - any field
    """A request on a straight street of five places, 100 s and 1 km from one another."""
    matrices = {"car": {"durations": STREET, "distances": METRES}}
    fleet = list(vehicles) or [{"id": 1, "start_index": 0, "end_index": 0}]
    return {"vehicles": fleet, "jobs": jobs, "matrices": matrices} | more


def job(number: int, at: int, **more: Any) -> Data:  # noqa: ANN401 - any field
    return {"id": number, "location_index": at} | more


def vehicle(number: int = 1, **more: Any) -> Data:  # noqa: ANN401 - any field
    return {"id": number, "start_index": 0, "end_index": 0} | more


def answered(asked: Data, budget: Budget = FEW) -> Data:
    """The planner's response, which must be legal."""
    question = VROOM.read(json.dumps(asked))
    plan = solve(question.problem, budget)
    text = VROOM.write_plan(question, plan, {"loading": 1, "solving": 2})
    response: Data = json.loads(text)
    assert complaints(asked, response) == []
    assert VROOM.price(question, plan) == str(response["summary"]["cost"])
    assert dict(VROOM.read_plan(question, text)) == plan.orders  # type: ignore[arg-type]
    return response


def answered_by_vroom(asked: Data) -> Data:
    """VROOM's own response, which must be legal by the same judge."""
    command = [OWN, "-t", "1", "-x", "5"]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    response: Data = json.loads(done.stdout)
    assert complaints(asked, response) == []
    return response


@st.composite
def requests(draw: st.DrawFn) -> Data:
    """Up to six jobs, three shipments and three vehicles; whatever may bind binds now and then."""
    size, axes = draw(st.integers(3, 7)), draw(st.integers(0, 2))
    ways = draw(st.lists(st.integers(5, 60), min_size=size * size, max_size=size * size))
    ranked = draw(st.integers(0, 3)) == 0
    jobs = [_job(draw, number, size, axes) for number in range(draw(st.integers(1, 6)))]
    shipments = [_shipment(draw, number, size, axes) for number in range(draw(st.integers(0, 3)))]
    for task in [*jobs, *shipments] if ranked else []:
        task["priority"] = draw(st.integers(0, 5))
    fleet = [_vehicle(draw, number, size, axes) for number in range(draw(st.integers(1, 3)))]
    matrix = _shortest(ways, size)
    matrices = {"car": {"durations": matrix, "distances": matrix}}
    return {"vehicles": fleet, "jobs": jobs, "shipments": shipments, "matrices": matrices}


def _shortest(ways: list[int], size: int) -> list[list[int]]:
    """Ways of which none is shorter by way of another place."""
    marks = range(size)
    matrix = [[ways[i * size + j] if i != j else 0 for j in marks] for i in marks]
    for by in marks:
        for i in marks:
            for j in marks:
                matrix[i][j] = min(matrix[i][j], matrix[i][by] + matrix[by][j])
    return matrix


def _amounts(draw: Draw, axes: int, least: int, most: int) -> list[int]:
    return [draw(st.integers(least, most)) for _ in range(axes)]


def _task(draw: Draw, number: int, size: int) -> Data:
    told = job(number, draw(st.integers(0, size - 1)), service=draw(st.integers(0, 20)))
    told["setup"] = draw(st.sampled_from([0, 0, 0, 5]))
    at, told["time_windows"] = draw(st.integers(0, 200)), []
    for _ in range(draw(st.integers(0, 2))):
        told["time_windows"].append([at, at + draw(st.sampled_from([0, 10, 60, 150]))])
        at = told["time_windows"][-1][1] + draw(st.integers(1, 100))
    return told if told["time_windows"] else {k: told[k] for k in told if k != "time_windows"}


def _skills(draw: Draw) -> list[int]:
    return draw(st.sampled_from([[], [], [1], [2]]))


def _job(draw: Draw, number: int, size: int, axes: int) -> Data:
    amount = {draw(st.sampled_from(["pickup", "delivery"])): _amounts(draw, axes, 0, 3)}
    return _task(draw, number, size) | amount | {"skills": _skills(draw)}


def _shipment(draw: Draw, number: int, size: int, axes: int) -> Data:
    ends = {end: _task(draw, number, size) for end in ("pickup", "delivery")}
    return {"amount": _amounts(draw, axes, 0, 3), "skills": _skills(draw), **ends}


def _vehicle(draw: Draw, number: int, size: int, axes: int) -> Data:
    told: Data = {"id": number, "capacity": _amounts(draw, axes, 1, 6)}
    told["skills"] = draw(st.sampled_from([[], [1], [2], [1, 2], [1, 2]]))
    ends = draw(st.sampled_from([("start",), ("end",), ("start", "end"), ("start", "end")]))
    told |= {f"{end}_index": draw(st.integers(0, size - 1)) for end in ends}
    opens, lasts = draw(st.integers(0, 100)), draw(st.integers(150, 500))
    if draw(st.booleans()):
        told["time_window"] = [opens, opens + lasts]
    if draw(st.integers(0, 2)) == 0:
        begin = opens + draw(st.integers(0, lasts - 30))
        windows = [[begin, begin + draw(st.sampled_from([0, 10]))]]
        told["breaks"] = [{"id": 1, "service": draw(st.integers(0, 20)), "time_windows": windows}]
    for name, least, most in (
        ("max_tasks", 1, 5),
        ("max_travel_time", 60, 300),
        ("max_distance", 60, 300),
    ):
        if draw(st.integers(0, 4)) == 0:
            told[name] = draw(st.integers(least, most))
    told["costs"] = {
        "fixed": draw(st.sampled_from([0, 0, 50])),
        "per_hour": draw(st.sampled_from([3_600, 3_600, 7_200])),
        "per_km": draw(st.sampled_from([0, 0, 1_000])),
    }
    return told

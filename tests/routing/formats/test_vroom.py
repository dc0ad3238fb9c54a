"""VROOM's JSON: its users' requests get legal responses of its shape; what is not done is named."""

import json
import re
from pathlib import Path

import pytest

from routing.errors import InvalidPlanError, InvalidProblemError
from routing.formats.vroom.format import VROOM
from routing.schedule import retimed
from tests.routing.formats.vroom_judge import complaints
from tests.routing.formats.vroom_requests import (
    STREET,
    Data,
    answered,
    job,
    request,
    vehicle,
)
from tests.routing.shell import Done, run


def types(response: Data, route: int = 0) -> list[str]:
    return [step["type"] for step in response["routes"][route]["steps"]]


def test_a_round_trip_in_numbers():
    response = answered(request([job(10, 2, service=30), job(11, 4)]))
    assert response["summary"] == {
        "cost": 800,
        "routes": 1,
        "unassigned": 0,
        "delivery": [],
        "amount": [],
        "pickup": [],
        "setup": 0,
        "service": 30,
        "duration": 800,
        "waiting_time": 0,
        "priority": 0,
        "distance": 8_000,
        "violations": [],
        "computing_times": {"loading": 1, "solving": 2},
    }
    (route,) = response["routes"]
    assert types(response) == ["start", "job", "job", "end"]
    assert route["steps"][-1]["arrival"] == 830


def test_positions_are_enough_the_law_answers_for_the_ways():
    vehicles = [{"id": 1, "start": [-0.60, 44.83], "end": [-0.60, 44.83], "capacity": [2]}]
    jobs = [
        {"id": 1, "location": [-0.57, 44.84], "pickup": [1], "description": "green door"},
        {"id": 2, "location": [-0.56, 44.85], "delivery": [2]},
    ]
    response = answered({"vehicles": vehicles, "jobs": jobs})
    (step,) = [one for one in response["routes"][0]["steps"] if one.get("id") == 1]
    assert (step["location"], step["description"]) == ([-0.57, 44.84], "green door")
    assert "location_index" not in step
    assert response["summary"]["distance"] > 0


def test_a_day_with_all_that_vrooms_documentation_shows_first():
    """Two vans, each with a box, skills, hours and a break; a parcel goes from door to door."""
    depot = {"start": [-0.61, 44.83], "end": [-0.61, 44.83], "capacity": [4]}
    hours = {"time_window": [28_800, 43_200]}
    rest = {"id": 1, "service": 300, "time_windows": [[36_000, 37_800]]}
    vans = [
        {"id": 1, "skills": [1, 14], "breaks": [rest], **depot, **hours},
        {"id": 2, "skills": [2, 14], "breaks": [rest | {"id": 2}], **depot, **hours},
    ]
    parcel = {"service": 300, "delivery": [1]}
    jobs = [
        {"id": 1, "location": [-0.9, 44.9], "skills": [1], "time_windows": [[32_400, 36_000]]},
        {"id": 2, "location": [-0.88, 44.7], "skills": [1]},
        {"id": 5, "location": [-0.7, 44.7], "skills": [14]},
        {"id": 6, "location": [-0.2, 44.95], "skills": [14]},
    ]
    ends = {
        "pickup": {"id": 4, "service": 300, "location": [-0.5, 45.2]},
        "delivery": {"id": 3, "service": 300, "location": [-0.55, 45.05]},
    }
    response = answered(
        {
            "vehicles": vans,
            "jobs": [parcel | one for one in jobs],
            "shipments": [{"amount": [1], "skills": [2], **ends}],
        }
    )
    assert response["unassigned"] == []
    first, second = response["routes"]
    served = [{step["id"] for step in route["steps"] if "job" in step} for route in (first, second)]
    assert served[0] >= {1, 2}
    assert served[1] >= {3, 4}
    assert [types(response, route).count("break") for route in (0, 1)] == [1, 1]
    assert response["summary"]["delivery"] == [5]
    assert response["summary"]["pickup"] == [1]


def test_a_matrix_of_durations_is_enough_and_is_read_from_row_to_column():
    # From 0 by 2 and 1 to 3 take 200 + 2,300 + 3,100, by 1 and 2 it is 2,100 + 2,200 + 1,100.
    durations = [
        [0, 2_100, 200, 1_300],
        [2_000, 0, 2_200, 3_100],
        [300, 2_300, 0, 1_100],
        [1_400, 3_200, 1_000, 0],
    ]
    response = answered(
        {
            "vehicles": [{"id": 0, "start_index": 0, "end_index": 3}],
            "jobs": [job(1414, 1), job(1515, 2)],
            "matrices": {"car": {"durations": durations}},
        }
    )
    assert [step.get("id") for step in response["routes"][0]["steps"]] == [None, 1414, 1515, None]
    assert (response["summary"]["cost"], response["summary"]["distance"]) == (5_400, 0)


def test_whoever_has_no_start_begins_at_the_first_task_and_without_end_finishes_at_the_last():
    jobs = [job(1, 1), job(2, 3)]
    leaves = answered(request(jobs, {"id": 1, "start_index": 0}))
    assert leaves["summary"]["cost"] == 300
    assert leaves["routes"][0]["steps"][-1]["location_index"] == 3
    comes = answered(request(jobs, {"id": 1, "end_index": 0}))
    assert comes["summary"]["cost"] == 300
    assert comes["routes"][0]["steps"][0]["location_index"] == 3


def test_amounts_go_on_board_and_off():
    jobs = [job(1, 1, delivery=[2, 0]), job(2, 2, pickup=[1, 3]), job(3, 3, delivery=[1, 1])]
    response = answered(request(jobs, vehicle(capacity=[3, 4])))
    assert response["summary"]["delivery"] == [3, 1]
    assert response["summary"]["pickup"] == [1, 3]
    assert response["summary"]["unassigned"] == 0


def test_a_shipment_rides_whole_or_not_at_all():
    ends = {"pickup": {"id": 7, "location_index": 3}, "delivery": {"id": 7, "location_index": 1}}
    fits = request([], vehicle(capacity=[2]), shipments=[{"amount": [2], **ends}])
    assert types(answered(fits)) == ["start", "pickup", "delivery", "end"]
    heavy = request([job(1, 2)], vehicle(capacity=[2]), shipments=[{"amount": [3], **ends}])
    response = answered(heavy)
    left_out = [(one["type"], one["id"]) for one in response["unassigned"]]
    assert sorted(left_out) == [("delivery", 7), ("pickup", 7)]


def test_skills_and_limits_bind():
    jobs = [job(1, 1, skills=[5]), job(2, 2), job(3, 4)]
    near = vehicle(1, max_distance=4_000)
    skilled = vehicle(2, skills=[5], max_tasks=1)
    response = answered(request(jobs, near, skilled))
    assert [one["id"] for one in response["unassigned"]] == [3]
    brief = answered(request(jobs[1:], vehicle(max_travel_time=799)))
    assert [one["id"] for one in brief["unassigned"]] == [3]


def test_the_task_of_a_higher_priority_is_served_first():
    # Each takes the only seat.
    jobs = [job(1, 1, priority=2), job(2, 4, priority=90), job(3, 2)]
    response = answered(request(jobs, vehicle(max_tasks=1)))
    assert sorted(one["id"] for one in response["unassigned"]) == [1, 3]
    assert response["summary"]["priority"] == 90


def test_both_ends_of_a_shipment_have_its_priority():
    ends = {"pickup": {"id": 7, "location_index": 3}, "delivery": {"id": 7, "location_index": 1}}
    response = answered(request([], shipments=[{"priority": 3, **ends}]))
    assert response["summary"]["priority"] == 6


def test_hours_may_count_from_anywhere():
    noon = 1_700_000_000
    jobs = [job(1, 2, time_windows=[[noon, noon + 60]]), job(2, 3)]
    response = answered(request(jobs))
    assert response["summary"]["unassigned"] == 0
    (step,) = [one for one in response["routes"][0]["steps"] if one.get("id") == 1]
    assert noon <= step["arrival"] + step["waiting_time"] <= noon + 60


def test_every_break_is_a_step_on_the_road_ahead_of_it_or_after_it():
    lunch = {"id": 1, "service": 60, "time_windows": [[150, 200]], "description": "lunch"}
    early = {"id": 2, "service": 60, "time_windows": [[0, 20]]}
    late = {"id": 3, "service": 60, "time_windows": [[5_000, 6_000]]}
    hired = vehicle(breaks=[lunch, early, late], time_window=[0, 9_000])
    response = answered(request([job(1, 2, time_windows=[[300, 400]])], hired))
    assert types(response).count("break") == 3


def test_a_vehicle_is_faster_and_rounds_up():
    response = answered(request([job(1, 1)], vehicle(speed_factor=3)))
    assert response["summary"]["duration"] == 68


def test_costs_are_the_vehicles_or_a_matrix():
    priced = vehicle(costs={"fixed": 7, "per_hour": 7_200, "per_km": 50})
    assert answered(request([job(1, 1)], priced))["summary"]["cost"] == 7 + 400 + 100
    asked = request([job(1, 1)], vehicle(costs={"fixed": 7}))
    asked["matrices"]["car"]["costs"] = [[3 * way for way in row] for row in STREET]
    assert answered(asked)["summary"]["cost"] == 7 + 600


def test_steps_are_orders_to_begin_from():
    steps = [{"type": "start"}, {"type": "job", "id": 2}, {"type": "job", "id": 1}]
    asked = request([job(1, 1), job(2, 2)], vehicle(steps=steps))
    assert VROOM.read(json.dumps(asked)).orders == {"1": ("job 2", "job 1")}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"vehicles": []}, "vehicles: there is no vehicle"),
        ({"options": {"g": True}}, "options.g: asks for the geometry of routes"),
        ({"vehicles": [vehicle(start_index=-1)]}, "vehicles[0].start_index: is negative"),
        ({"vehicles": [vehicle(capacity=[-1])]}, "vehicles[0].capacity[0]: is negative"),
        ({"vehicles": [vehicle(capacity=[2**31])]}, "vehicles[0].capacity[0]: is above 2147483647"),
        ({"vehicles": [vehicle(max_travel_time=2**31)]}, "vehicles[0].max_travel_time: is above"),
        ({"vehicles": [vehicle(costs={"fixed": 2**31})]}, "vehicles[0].costs.fixed: is above"),
        ({"jobs": [job(1, 1, service=2**31)]}, "jobs[0].service: is above 2147483647"),
        (
            {"jobs": [job(1, 1, time_windows=[[5, 9], [0, 3]])]},
            "jobs[0].time_windows[1]: begins before the window ahead of it has ended",
        ),
        (
            {"jobs": [job(1, 1, time_windows=[[5, 9]]), job(2, 1, time_windows=[[2**32, 2**33]])]},
            "jobs[1].time_windows[0]: begins more than 2147483646 s after the first window",
        ),
        (
            {"matrices": {"car": {"durations": [[0, 1, -2], [1, 0, 1], [1, 1, 0]]}}},
            "matrices.car.durations[0][2]: is negative",
        ),
        ({"matrices": {}}, "vehicles[0].start: has an index, and there are no matrices"),
        ({"jobs": [job(1, 9)]}, "matrices.car.durations: has no row 9"),
        ({"jobs": [job(1, 1), job(1, 2)]}, "jobs[1].id: is the id of another job: 1"),
        ({"jobs": [job(1, 1, priority=101)]}, "jobs[0].priority: is not between 0 and 100"),
        ({"jobs": [job(1, 1, pickup=[1])]}, "vehicles[0].capacity: has 0 amounts"),
        ({"jobs": [job(1, 1, amount=[1], pickup=[1])]}, "jobs[0].amount: is the former name of"),
        ({"matrix": STREET}, "matrix: is the former name of matrices.car.durations"),
        ({"jobs": [job(1, 1, setup_per_type={})]}, "jobs[0]: setup_per_type is not done"),
        ({"jobs": [job(1, 1, service=1.5)]}, "jobs[0].service: is not a whole number"),
        ({"jobs": [job(1, 1, colour="red")]}, "jobs[0].colour: is not a field of this format"),
        ({"jobs": [job(1, 1, time_windows=[[9, 1]])]}, "jobs[0].time_windows[0]: ends before"),
        ({"jobs": [{"id": 1}]}, "jobs[0]: has no index, and there are matrices"),
        ({"vehicles": [{"id": 1}]}, "vehicles[0]: no start or end is specified for vehicle 1"),
        ({"vehicles": [vehicle(profile="bike")]}, "vehicles[0].profile: the durations matrix for"),
        ({"vehicles": [vehicle(speed_factor=6)]}, "vehicles[0].speed_factor: is not above 0"),
        ({"vehicles": [vehicle(type="van")]}, "vehicles[0]: type is not done"),
        (
            {"vehicles": [vehicle(costs={"per_task_hour": 1})]},
            "vehicles[0].costs: per_task_hour is not done",
        ),
        (
            {"vehicles": [vehicle(breaks=[{"id": 1, "max_load": [1]}])]},
            "vehicles[0].breaks[0]: max_load is not done",
        ),
        (
            {"vehicles": [vehicle(time_window=[0, 50], breaks=[{"id": 1, "service": 60}])]},
            "vehicles[0].breaks[0]: cannot be had in the time window of its vehicle",
        ),
        (
            {"vehicles": [vehicle(steps=[{"type": "job", "id": 1, "service_at": 5}])]},
            "vehicles[0].steps[0]: service_at is not done",
        ),
        (
            {"vehicles": [vehicle(steps=[{"type": "job", "id": 8}])]},
            "vehicles[0].steps: there is no job 8",
        ),
    ],
)
def test_what_is_wrong_or_not_done_is_refused_by_name(change: Data, sentence: str):
    with pytest.raises(InvalidProblemError, match=f"^{re.escape(sentence)}"):
        VROOM.read(json.dumps(request([job(1, 1)]) | change))


def test_a_request_without_tasks_has_a_plan_without_routes():
    response = answered(request([]))
    assert (response["code"], response["routes"], response["unassigned"]) == (0, [], [])


def test_the_options_of_a_server_are_accepted():
    assert (
        answered(request([job(1, 1)]) | {"options": {"g": False, "c": False, "t": 4}})["code"] == 0
    )


def test_a_cell_without_a_number_is_no_way():
    # Two is reached from nowhere; One from the start and back.
    durations = [[0, 5, None], [5, 0, None], [5, 5, 0]]
    asked = {
        "vehicles": [{"id": 1, "start_index": 0, "end_index": 0}],
        "jobs": [{"id": 1, "location_index": 1}, {"id": 2, "location_index": 2}],
        "matrices": {"car": {"durations": durations}},
    }
    response = answered(asked)
    assert [one["id"] for one in response["unassigned"]] == [2]
    assert response["summary"]["duration"] == 10


def test_a_way_without_a_distance_is_no_way_either():
    asked = {
        "vehicles": [{"id": 1, "start_index": 0, "speed_factor": 2}],
        "jobs": [{"id": 1, "location_index": 1}],
        "matrices": {"car": {"durations": [[0, 5], [5, 0]], "distances": [[0, None], [5, 0]]}},
    }
    assert [one["id"] for one in answered(asked)["unassigned"]] == [1]


def test_a_window_without_an_end_of_this_century_is_served():
    asked = request([job(1, 1, time_windows=[[1_600_000_000, 2**62]])])
    assert answered(asked)["unassigned"] == []


def test_a_refusal_has_vrooms_shape():
    assert VROOM.write_error is not None
    assert json.loads(VROOM.write_error(2, "jobs: no")) == {"code": 2, "error": "jobs: no"}
    assert json.loads(VROOM.write_error(3, "no plan"))["code"] == 1


@pytest.mark.parametrize(
    ("response", "sentence"),
    [
        ("{}", "routes: is missing"),
        ('{"routes": [{"vehicle": 5, "steps": []}]}', "routes[0].vehicle: there is no vehicle 5"),
        (
            '{"routes": [{"vehicle": 1, "steps": [{"type": "job", "id": 5}]}]}',
            "routes[0].steps[0]: there is no job 5",
        ),
    ],
)
def test_a_response_to_another_request_is_refused(response: str, sentence: str):
    question = VROOM.read(json.dumps(request([job(1, 1)])))
    with pytest.raises(InvalidPlanError, match=f"^{re.escape(sentence)}"):
        VROOM.read_plan(question, response)


def test_a_plan_in_which_nobody_drives_is_a_response():
    asked = request([job(1, 1)])
    question = VROOM.read(json.dumps(asked))
    response = json.loads(VROOM.write_plan(question, retimed(question.problem, {}), {}))
    assert complaints(asked, response) == []


def _run(*arguments: str, text: str) -> Done:
    return run(*arguments, "--format", "vroom", text=text)


def test_on_the_command_line_a_request_has_a_response_that_can_be_judged(tmp_path: Path):
    asked = request([job(1, 1), job(2, 2, skills=[9])])
    file = tmp_path / "request.json"
    file.write_text(json.dumps(asked), encoding="utf-8")
    done = _run("solve", str(file), "--iterations", "500", text="")
    assert (done.returncode, done.stderr) == (0, "")
    assert complaints(asked, json.loads(done.stdout)) == []
    assert _run("check", str(file), "-", text=done.stdout).returncode == 0
    why = _run("explain", str(file), "-", "job 2", text=done.stdout)
    assert json.loads(why.stdout)["rule"] == "skills"


def test_on_the_command_line_a_refusal_is_a_response_and_exit_code_2():
    failed = _run("solve", "-", text=json.dumps(request([]) | {"vehicles": []}))
    assert failed.returncode == 2
    assert json.loads(failed.stdout) == {"code": 2, "error": "vehicles: there is no vehicle"}
    assert failed.stderr == "vehicles: there is no vehicle\n"

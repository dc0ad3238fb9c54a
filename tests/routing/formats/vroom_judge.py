"""Knows what a legal response to a request to VROOM is, from VROOM's words alone."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Data = dict[str, Any]


def complaints(request: Data, response: Data) -> list[str]:
    """Mistake with a response that has routes; it shares no code with the planner."""
    assert response["code"] == 0
    found = [said for route in response["routes"] for said in _of_route(request, route)]
    return [*found, *_uncovered(request, response), *_sums(response)]


def tasks(request: Data) -> dict[tuple[str, int], Data]:
    """Every job and both ends of every shipment, with what the whole says."""
    found = {("job", job["id"]): job for job in request.get("jobs", [])}
    for shipment in request.get("shipments", []):
        shared = {
            name: shipment[name] for name in ("skills", "amount", "priority") if name in shipment
        }
        for end in ("pickup", "delivery"):
            found[end, shipment[end]["id"]] = shipment[end] | shared
    return found


def _of_route(request: Data, route: Data) -> Iterator[str]:
    (vehicle,) = [one for one in request["vehicles"] if one["id"] == route["vehicle"]]
    steps = route["steps"]
    yield from _clock(vehicle, steps)
    yield from _ways(request, vehicle, steps)
    yield from _load(request, vehicle, steps)
    yield from _limits(vehicle, route)
    for step in steps:
        yield from _door(request, vehicle, step)
    order = [(step["type"], step["id"]) for step in steps if "job" in step]
    if route["priority"] != sum(tasks(request)[one].get("priority", 0) for one in order):
        yield "the priority is not that of the tasks"
    for shipment in request.get("shipments", []):
        ends = [(end, shipment[end]["id"]) for end in ("pickup", "delivery")]
        there = [order.index(end) for end in ends if end in order]
        if there and (len(there) == 1 or there != sorted(there)):
            yield f"shipment {ends} is torn apart"


def _clock(vehicle: Data, steps: list[Data]) -> Iterator[str]:
    first, last = vehicle.get("time_window", (0, float("inf")))
    if [steps[0]["type"], steps[-1]["type"]] != ["start", "end"]:
        yield "does not run from start to end"
    if steps[0]["arrival"] < first or steps[-1]["arrival"] > last:
        yield "is outside of the vehicle's hours"
    for here, there in pairwise(steps):
        left = here["arrival"] + here["waiting_time"] + here["setup"] + here["service"]
        if there["arrival"] != left + there["duration"] - here["duration"]:
            yield f"{here} and {there} do not follow from one another"
        if there["waiting_time"] < 0 or there["duration"] < here["duration"]:
            yield f"{there} runs backwards"


def _ways(request: Data, vehicle: Data, steps: list[Data]) -> Iterator[str]:
    if "matrices" not in request:
        return
    durations = request["matrices"][vehicle.get("profile", "car")]["durations"]
    located = [step for step in steps if step["type"] != "break"]
    for here, there in pairwise(located):
        way = durations[here["location_index"]][there["location_index"]]
        asked = math.ceil(way / vehicle.get("speed_factor", 1))
        if there["duration"] - here["duration"] != asked:
            yield f"the way to {there} does not take {asked}"


def _door(request: Data, vehicle: Data, step: Data) -> Iterator[str]:
    if step["type"] in {"start", "end"}:
        return
    if step["type"] == "break":
        (asked,) = [one for one in vehicle["breaks"] if one["id"] == step["id"]]
    else:
        asked = tasks(request)[step["type"], step["id"]]
    begin = step["arrival"] + step["waiting_time"]
    windows = asked.get("time_windows", [[0, float("inf")]])
    if not any(first <= begin <= last for first, last in windows):
        yield f"{step} begins outside of its windows"
    if step["service"] != asked.get("service", 0):
        yield f"{step} has another service"
    if step["setup"] not in {0, asked.get("setup", 0)}:
        yield f"{step} has another setup"
    if not set(asked.get("skills", [])) <= set(vehicle.get("skills", [])):
        yield f"{step} lacks a skill"


def _load(request: Data, vehicle: Data, steps: list[Data]) -> Iterator[str]:
    done = tasks(request)
    served = [(step["type"], step["id"]) for step in steps if "job" in step]
    axes = range(len(vehicle.get("capacity", [])))
    load = [sum(done[one].get("delivery", [0] * len(axes))[x] for one in served) for x in axes]
    for step in steps:
        task = done.get((step["type"], step.get("id", -1)), {}) if "job" in step else {}
        sign = {"pickup": 1, "delivery": -1}.get(step["type"], 0)
        for x in axes:
            load[x] += sign * task.get("amount", [0] * len(axes))[x]
            load[x] += task.get("pickup", [0] * len(axes))[x]
            load[x] -= task.get("delivery", [0] * len(axes))[x]
        if step.get("load", []) != load:
            yield f"{step} says another load than {load}"
        if any(load[x] > vehicle["capacity"][x] for x in axes):
            yield f"{step} is overloaded"


def _limits(vehicle: Data, route: Data) -> Iterator[str]:
    stops = sum("job" in step for step in route["steps"])
    for name, used in (
        ("max_tasks", stops),
        ("max_travel_time", route["duration"]),
        ("max_distance", route["distance"]),
    ):
        if used > vehicle.get(name, float("inf")):
            yield f"{used} is above {name}"
    rests = {step["id"] for step in route["steps"] if step["type"] == "break"}
    if rests != {rest["id"] for rest in vehicle.get("breaks", [])}:
        yield "a break is missing"


def _uncovered(request: Data, response: Data) -> Iterator[str]:
    steps = [step for route in response["routes"] for step in route["steps"] if "job" in step]
    named = [(one["type"], one["id"]) for one in (*steps, *response["unassigned"])]
    if sorted(named) != sorted(tasks(request)):
        yield f"{named} is not every task once"


def _sums(response: Data) -> Iterator[str]:
    routes, summary = response["routes"], response["summary"]
    for name in ("cost", "setup", "service", "duration", "waiting_time", "priority", "distance"):
        if summary[name] != sum(route[name] for route in routes):
            yield f"the {name} does not add up"
    if (summary["routes"], summary["unassigned"]) != (len(routes), len(response["unassigned"])):
        yield "the counts do not add up"

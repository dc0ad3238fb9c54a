"""Fields of a VROOM response."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from routing.formats.format import ReadProblem
from routing.formats.record import Data
from routing.formats.vroom.locations import NOWHERE
from routing.formats.vroom.problem import DELIVERY, PICKUP, VroomProblem
from routing.formats.vroom.request import Amounts, Vehicle
from routing.formats.vroom.steps import BREAK, END, START, Event, course
from routing.plan import Plan, Tour
from routing.problem import Place, Problem
from routing.travel.chosen import geometry
from routing.units import SHARES_PER_METRE, SHARES_PER_SECOND, cents

CODES: Final = {2: 2}
"""VROOM's codes by our exit codes; other failures are its internal error."""

INTERNAL: Final = 1

ADDED: Final = "cost setup service duration waiting_time priority distance".split()  # noqa: SIM905
"""Fields of the summary that are sums over the routes."""


def posed_of(question: ReadProblem) -> VroomProblem:
    """Return the request behind a problem."""
    if not isinstance(question.source, VroomProblem):
        raise TypeError(question.source)
    return question.source


def written(question: ReadProblem, plan: Plan, times: Mapping[str, int]) -> str:
    """Return the response to a request."""
    asked = posed_of(question)
    routes = [_route(asked, tour) for tour in plan.tours]
    left_out = [_left_out(asked, entry.visit) for entry in plan.unassigned]
    head: Data = {"cost": 0, "routes": len(routes), "unassigned": len(left_out)}
    totals = {name: sum(route.get(name, 0) for route in routes) for name in ADDED}
    amounts = {
        name: _sum([route[name] for route in routes], len(asked.problem.dimensions))
        for name in ("delivery", "amount", "pickup")
    }
    summary = head | amounts | totals | {"violations": [], "computing_times": dict(times)}
    answer = {"code": 0, "summary": summary, "unassigned": left_out, "routes": routes}
    return json.dumps(answer, ensure_ascii=False) + "\n"


def refusal(code: int, sentence: str) -> str:
    """Return the response to a failed request."""
    return json.dumps({"code": CODES.get(code, INTERNAL), "error": sentence}) + "\n"


def price(question: ReadProblem, plan: Plan) -> str:
    """Return VROOM's cost, without penalties."""
    asked = posed_of(question)
    return str(sum(_cost(asked.problem, tour) for tour in plan.tours))


def _route(asked: VroomProblem, tour: Tour) -> Data:
    vehicle = next(v for v in asked.request.vehicles if str(v.id) == tour.shift)
    events = course(asked.problem, tour)
    loads = _loads(asked, events)
    steps = [_step(asked, tour, vehicle, *both) for both in zip(events, loads, strict=True)]
    errands = [asked.errands[name] for name in tour.visits]
    size = len(asked.problem.dimensions)
    # Pick-up and delivery of a shipment count as one task each.
    handed = [
        _negative(one.fetched) if one.type == DELIVERY else one.brought
        for one in errands
        if one.type != PICKUP
    ]
    fetched = [one.fetched for one in errands if one.type != DELIVERY]
    delivery = _sum(handed, size)
    return {
        "vehicle": vehicle.id,
        "cost": _cost(asked.problem, tour),
        **_described(vehicle),
        "delivery": delivery,
        "amount": delivery,
        "pickup": _sum(fetched, size),
        "setup": sum(step["setup"] for step in steps),
        "service": sum(step["service"] for step in steps),
        "duration": events[-1].driven,
        "waiting_time": sum(step["waiting_time"] for step in steps),
        "priority": sum(one.priority for one in errands),
        "distance": tour.metres,
        "steps": steps,
        "violations": [],
        **_geometry(asked, tour),
    }


def _geometry(asked: VroomProblem, tour: Tour) -> Data:
    """Return the way of a route, if it was asked for: from its start over its tasks to its end."""
    if not asked.request.options:
        return {}
    stops = [asked.problem.visits[asked.problem.visit_row(name)].place for name in tour.visits]
    places = [asked.problem.place(name) for name in (tour.start, *stops, tour.end)]
    known = [
        (place.latitude, place.longitude)
        for place in places
        if place.latitude is not None and place.longitude is not None
    ]
    return {"geometry": geometry(known)}


def _cost(problem: Problem, tour: Tour) -> int:
    """Return the travel and fixed cost of a vehicle, rounded once."""
    shift = problem.shifts[problem.shift_row(tour.shift)]
    travel = problem.travel[shift.profile]
    stops = [problem.visits[problem.visit_row(name)].place for name in tour.visits]
    rows = [problem.row(place) for place in (tour.start, *stops, tour.end)]
    legs = list(pairwise(rows))
    driven = sum(travel.seconds[here][there] for here, there in legs)
    tolls = sum(travel.cents[here][there] for here, there in legs) if travel.cents else 0
    shares = SHARES_PER_SECOND * shift.cents_per_driving_hour * driven
    shares += SHARES_PER_METRE * shift.cents_per_km * tour.metres
    return shift.fixed_cost + tolls + cents(shares)


def _negative(amounts: Amounts) -> Amounts:
    return tuple(-part for part in amounts)


def _loads(asked: VroomProblem, events: Sequence[Event]) -> list[list[int]]:
    """Yield the load after each event."""
    size = len(asked.problem.dimensions)
    served = [asked.errands[one.name] for one in events if one.name in asked.errands]
    board = _sum([one.brought for one in served], size)
    loads = []
    for event in events:
        errand = asked.errands.get(event.name)
        if errand is not None:
            board = _sum([board, _negative(errand.brought), errand.fetched], size)
        loads.append(board)
    return loads


def _step(asked: VroomProblem, tour: Tour, vehicle: Vehicle, event: Event, load: list[int]) -> Data:
    done = event.end - event.begin
    kind, told, place, service = _what(asked, tour, vehicle, event)
    return {
        "type": kind,
        **told,
        **place,
        "setup": done - service,
        "service": service,
        "waiting_time": event.begin - event.arrival,
        "load": load,
        "arrival": event.arrival + asked.origin,
        "duration": event.driven,
        "distance": event.metres,
        "violations": [],
    }


def _what(
    asked: VroomProblem, tour: Tour, vehicle: Vehicle, event: Event
) -> tuple[str, Data, Data, int]:
    """Return the type, name, location and service time of a step."""
    if event.kind in {START, END}:
        stop = tour.visits[0 if event.kind == START else -1]
        beside = asked.problem.visits[asked.problem.visit_row(stop)].place
        name = beside if event.name == NOWHERE else event.name
        return event.kind, {}, _where(asked, name), 0
    if event.kind == BREAK:
        rest = next(rest for rest in vehicle.breaks if str(rest.id) == event.name)
        return BREAK, {"id": rest.id, **_described(rest)}, {}, rest.service
    errand = asked.errands[event.name]
    told = {"id": errand.task.id, "job": errand.task.id, **_described(errand.task)}
    place = asked.problem.visits[asked.problem.visit_row(event.name)].place
    return errand.type, told, _where(asked, place), errand.task.service


def _left_out(asked: VroomProblem, visit: str) -> Data:
    errand = asked.errands[visit]
    place = asked.problem.visits[asked.problem.visit_row(visit)].place
    told = {"id": errand.task.id, "type": errand.type}
    return told | _described(errand.task) | _where(asked, place)


def _where(asked: VroomProblem, name: str) -> Data:
    place: Place = asked.problem.place(name)
    index: Data = {"location_index": int(name)} if asked.request.matrices else {}
    if place.latitude is None:
        return index
    return {"location": [place.longitude, place.latitude]} | index


def _described(thing: Any) -> Data:  # noqa: ANN401 - whatever has a description
    return {} if thing.description is None else {"description": thing.description}


def _sum(amounts: Iterable[Sequence[int]], size: int) -> list[int]:
    """Return the sum of amounts; without any, zeros."""
    given = [one for one in amounts if one]
    return [sum(one[axis] for one in given) for axis in range(size)]

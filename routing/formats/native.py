"""Knows our own JSON: a problem and a plan, numbered, strict, and exact both ways."""

import json
from typing import Any, Final

from routing.errors import InvalidPlanError, InvalidProblemError
from routing.formats.entry import Entry, document, opened
from routing.plan import (
    Cost,
    Obstacle,
    Plan,
    Reason,
    ReasonCode,
    Remedy,
    Rule,
    Stop,
    Tour,
    Unassigned,
)
from routing.problem import Pin, Place, Problem, Shift, Travel, Visit, Window
from routing.units import Cents, Metres, Seconds

PROBLEM: Final = "milkround-problem"
PLAN: Final = "milkround-plan"
VERSION: Final = 1

Data = dict[str, Any]
"""What `json` makes of an object."""


def write_problem(problem: Problem) -> str:
    """Write a problem as JSON text."""
    return json.dumps(problem_data(problem), ensure_ascii=False)


def read_problem(text: str) -> Problem:
    """Read a problem from JSON text.

    Raises
    ------
    InvalidProblemError
        The text is not a valid problem; the entry at fault is named.
    """
    return _problem(document(text, name=PROBLEM, version=VERSION, error=InvalidProblemError))


def write_plan(plan: Plan) -> str:
    """Write a plan as JSON text."""
    return json.dumps(plan_data(plan), ensure_ascii=False)


def read_plan(text: str) -> Plan:
    """Read a plan from JSON text; whether it is legal is for the checker to say.

    Raises
    ------
    InvalidPlanError
        The text is not a plan; the entry at fault is named.
    """
    return _plan(document(text, name=PLAN, version=VERSION, error=InvalidPlanError))


def plan_of(data: object) -> Plan:
    """Read a plan from JSON that is parsed already, as inside a progress line.

    Raises
    ------
    InvalidPlanError
        It is not a plan; the entry at fault is named.
    """
    return _plan(opened(data, name=PLAN, version=VERSION, error=InvalidPlanError))


def problem_data(problem: Problem) -> Data:
    """A problem as plain JSON values."""
    data: Data = {"format": PROBLEM, "version": VERSION, "dimensions": list(problem.dimensions)}
    if problem.skills is not None:
        data["skills"] = sorted(problem.skills)
    data["places"] = [_place_data(place) for place in problem.places]
    data["travel"] = {
        profile: {
            "seconds": [list(row) for row in travel.seconds],
            "metres": [list(row) for row in travel.metres],
        }
        for profile, travel in problem.travel.items()
    }
    data["shifts"] = [_shift_data(shift) for shift in problem.shifts]
    data["visits"] = [_visit_data(visit) for visit in problem.visits]
    data["pins"] = [_pin_data(pin) for pin in problem.pins]
    return data


def plan_data(plan: Plan) -> Data:
    """A plan as plain JSON values."""
    return {
        "format": PLAN,
        "version": VERSION,
        "tours": [_tour_data(tour) for tour in plan.tours],
        "unassigned": [_unassigned_data(entry) for entry in plan.unassigned],
        "cost": {
            "driving": plan.cost.driving,
            "time": plan.cost.time,
            "fixed": plan.cost.fixed,
            "penalties": plan.cost.penalties,
            "total": plan.cost.total,
        },
        "seconds": plan.seconds,
        "metres": plan.metres,
    }


def _place_data(place: Place) -> Data:
    data: Data = {"id": place.id, "receives": place.receives}
    if place.latitude is not None:
        data |= {"latitude": place.latitude, "longitude": place.longitude}
    return data


def _shift_data(shift: Shift) -> Data:
    return {
        "id": shift.id,
        "collector": shift.collector,
        "start": shift.start,
        "ends": list(shift.ends),
        "window": _window_data(shift.window),
        "capacity": dict(shift.capacity),
        "skills": sorted(shift.skills),
        "fixed_cost": shift.fixed_cost,
        "cents_per_km": shift.cents_per_km,
        "cents_per_hour": shift.cents_per_hour,
        "profile": shift.profile,
    }


def _visit_data(visit: Visit) -> Data:
    data: Data = {
        "id": visit.id,
        "place": visit.place,
        "service": visit.service,
        "windows": [_window_data(window) for window in visit.windows],
        "load": dict(visit.load),
        "ride_limits": dict(visit.ride_limits),
        "skills": sorted(visit.skills),
    }
    if visit.shifts is not None:
        data["shifts"] = sorted(visit.shifts)
    if visit.penalty is not None:
        data["penalty"] = visit.penalty
    return data


def _window_data(window: Window) -> list[int]:
    return [window.earliest, window.latest]


def _pin_data(pin: Pin) -> Data:
    data: Data = {"visit": pin.visit, "shift": pin.shift}
    return data if pin.position is None else data | {"position": pin.position}


def _tour_data(tour: Tour) -> Data:
    return {
        "shift": tour.shift,
        "start": tour.start,
        "end": tour.end,
        "departure": tour.departure,
        "arrival": tour.arrival,
        "metres": tour.metres,
        "stops": [
            {"visit": stop.visit, "arrival": stop.arrival, "begin": stop.begin, "end": stop.end}
            for stop in tour.stops
        ],
    }


def _unassigned_data(entry: Unassigned) -> Data:
    if entry.reason is None:
        return {"visit": entry.visit}
    return {"visit": entry.visit, "reason": reason_data(entry.reason)}


def reason_data(reason: Reason) -> Data:
    """A reason as plain JSON values."""
    data: Data = {
        "code": str(reason.code),
        "sentence": reason.sentence,
        "remedy": str(reason.remedy),
        "obstacles": [
            {
                "shift": obstacle.shift,
                "rule": str(obstacle.rule),
                "by": obstacle.by,
                "sentence": obstacle.sentence,
            }
            for obstacle in reason.obstacles
        ],
    }
    known = {"rule": reason.rule, "shift": reason.shift, "price": reason.price}
    return data | {name: value for name, value in known.items() if value is not None}


def _problem(root: Entry) -> Problem:
    got = root.fields(
        required="format version places travel shifts",
        optional="dimensions skills visits pins",
    )
    return Problem(
        dimensions=tuple(item.text() for item in _list(got, "dimensions")),
        skills=got["skills"].names() if "skills" in got else None,
        places=tuple(_place(item) for item in got["places"].items()),
        travel=got["travel"].mapping(_travel),
        shifts=tuple(_shift(item) for item in got["shifts"].items()),
        visits=tuple(_visit(item) for item in _list(got, "visits")),
        pins=tuple(_pin(item) for item in _list(got, "pins")),
    )


def _list(got: dict[str, Entry], name: str) -> tuple[Entry, ...]:
    return got[name].items() if name in got else ()


def _place(entry: Entry) -> Place:
    got = entry.fields(required="id", optional="latitude longitude receives")
    return Place(
        id=got["id"].text(),
        latitude=got["latitude"].number() if "latitude" in got else None,
        longitude=got["longitude"].number() if "longitude" in got else None,
        receives="receives" in got and got["receives"].truth(),
    )


def _travel(entry: Entry) -> Travel:
    got = entry.fields(required="seconds metres")
    return Travel(seconds=got["seconds"].matrix(), metres=got["metres"].matrix())


def _shift(entry: Entry) -> Shift:
    got = entry.fields(
        required="id collector start ends window",
        optional="capacity skills fixed_cost cents_per_km cents_per_hour profile",
    )
    return Shift(
        id=got["id"].text(),
        collector=got["collector"].text(),
        start=got["start"].text(),
        ends=tuple(item.text() for item in got["ends"].items()),
        window=_window(got["window"]),
        capacity=_amounts(got, "capacity"),
        skills=got["skills"].names() if "skills" in got else frozenset(),
        fixed_cost=Cents(_whole(got, "fixed_cost")),
        cents_per_km=_whole(got, "cents_per_km"),
        cents_per_hour=_whole(got, "cents_per_hour"),
        profile=got["profile"].text() if "profile" in got else "car",
    )


def _visit(entry: Entry) -> Visit:
    got = entry.fields(
        required="id place windows",
        optional="service load ride_limits skills shifts penalty",
    )
    limits = _amounts(got, "ride_limits")
    return Visit(
        id=got["id"].text(),
        place=got["place"].text(),
        windows=tuple(_window(item) for item in got["windows"].items()),
        service=Seconds(_whole(got, "service")),
        load=_amounts(got, "load"),
        ride_limits={item: Seconds(limit) for item, limit in limits.items()},
        skills=got["skills"].names() if "skills" in got else frozenset(),
        shifts=got["shifts"].names() if "shifts" in got else None,
        penalty=Cents(got["penalty"].whole()) if "penalty" in got else None,
    )


def _whole(got: dict[str, Entry], name: str) -> int:
    return got[name].whole() if name in got else 0


def _amounts(got: dict[str, Entry], name: str) -> dict[str, int]:
    return got[name].mapping(Entry.whole) if name in got else {}


def _window(entry: Entry) -> Window:
    ends = entry.items()
    if len(ends) != len(("earliest", "latest")):
        entry.refuse("is not a pair of earliest and latest")
    return Window(earliest=Seconds(ends[0].whole()), latest=Seconds(ends[1].whole()))


def _pin(entry: Entry) -> Pin:
    got = entry.fields(required="visit shift", optional="position")
    position = got["position"].whole() if "position" in got else None
    return Pin(visit=got["visit"].text(), shift=got["shift"].text(), position=position)


def _plan(root: Entry) -> Plan:
    got = root.fields(required="format version tours unassigned cost seconds metres")
    plan = Plan(
        tours=tuple(_tour(item) for item in got["tours"].items()),
        unassigned=tuple(_unassigned(item) for item in got["unassigned"].items()),
        cost=_cost(got["cost"]),
    )
    for name, sum_of_tours in (("seconds", plan.seconds), ("metres", plan.metres)):
        if got[name].whole() != sum_of_tours:
            got[name].refuse(f"the tours add up to {sum_of_tours}")
    return plan


def _tour(entry: Entry) -> Tour:
    got = entry.fields(required="shift start end departure arrival metres stops")
    return Tour(
        shift=got["shift"].text(),
        start=got["start"].text(),
        end=got["end"].text(),
        departure=Seconds(got["departure"].whole()),
        arrival=Seconds(got["arrival"].whole()),
        metres=Metres(got["metres"].whole()),
        stops=tuple(_stop(item) for item in got["stops"].items()),
    )


def _stop(entry: Entry) -> Stop:
    got = entry.fields(required="visit arrival begin end")
    return Stop(
        visit=got["visit"].text(),
        arrival=Seconds(got["arrival"].whole()),
        begin=Seconds(got["begin"].whole()),
        end=Seconds(got["end"].whole()),
    )


def _cost(entry: Entry) -> Cost:
    got = entry.fields(required="driving time fixed penalties total")
    cost = Cost(
        driving=Cents(got["driving"].whole()),
        time=Cents(got["time"].whole()),
        fixed=Cents(got["fixed"].whole()),
        penalties=Cents(got["penalties"].whole()),
    )
    if got["total"].whole() != cost.total:
        got["total"].refuse(f"the parts add up to {cost.total}")
    return cost


def _unassigned(entry: Entry) -> Unassigned:
    got = entry.fields(required="visit", optional="reason")
    reason = _reason(got["reason"]) if "reason" in got else None
    return Unassigned(visit=got["visit"].text(), reason=reason)


def _reason(entry: Entry) -> Reason:
    got = entry.fields(required="code sentence remedy obstacles", optional="rule shift price")
    return Reason(
        code=ReasonCode(_word(got["code"], ReasonCode)),
        sentence=got["sentence"].text(),
        remedy=Remedy(_word(got["remedy"], Remedy)),
        rule=Rule(_word(got["rule"], Rule)) if "rule" in got else None,
        shift=got["shift"].text() if "shift" in got else None,
        price=Cents(got["price"].whole()) if "price" in got else None,
        obstacles=tuple(_obstacle(item) for item in got["obstacles"].items()),
    )


def _word(entry: Entry, words: type[ReasonCode | Remedy | Rule]) -> str:
    if entry.text() not in set(words):
        entry.refuse(f"is none of {', '.join(words)}")
    return entry.text()


def _obstacle(entry: Entry) -> Obstacle:
    got = entry.fields(required="shift rule by sentence")
    return Obstacle(
        shift=got["shift"].text(),
        rule=Rule(_word(got["rule"], Rule)),
        by=got["by"].whole(),
        sentence=got["sentence"].text(),
    )

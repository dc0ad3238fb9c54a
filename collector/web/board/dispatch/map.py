"""The map of a dispatch: rounds driven and ahead along the roads, last places of phones."""

from itertools import pairwise
from typing import Any

from flask_babel import format_time, gettext

from collector.roads.travel import Position
from collector.web.board.dispatch.view_model import DispatchView, RoundDispatch
from collector.web.board.leg_estimates import leg_estimates


def dispatch_map(view: DispatchView) -> dict[str, Any]:
    """Return the map of a dispatch as values for JSON, in the shape of `board.day.map`.

    The first `driven` legs of a round are behind the collector.
    """
    rounds = [found for each in view.rounds if (found := _round(view, each))]
    sites = {
        (end["latitude"], end["longitude"]): end["name"]
        for each in view.rounds
        if each.round.published
        for end in (each.round.published["start"], each.round.published["end"])
    }
    return {
        "sites": [{"name": name, "at": at} for at, name in sites.items()],
        "rounds": rounds,
        "estimates": leg_estimates([leg for each in rounds for leg in each["legs"]]),
    }


def _round(view: DispatchView, each: RoundDispatch) -> dict[str, Any] | None:
    published = each.round.published
    if published is None or not each.doors:
        return None
    by_pickup = {stop["pickup"]: stop for stop in published["stops"]}
    stops: list[dict[str, Any]] = [
        {
            "pickup": door.pickup_id,
            "number": door.number,
            "name": _name(view, door.pickup_id),
            "at": (address["latitude"], address["longitude"]),
            "past": door.past,
        }
        for door in each.doors
        if (address := by_pickup[door.pickup_id]["address"])["latitude"] is not None
    ]
    ends = [(end["latitude"], end["longitude"]) for end in (published["start"], published["end"])]
    line: list[Position] = [ends[0], *(stop["at"] for stop in stops), ends[1]]
    behind = sum(stop["past"] for stop in stops)
    is_home = each.course is not None and each.course.home
    return {
        "letter": each.letter,
        "line": line,
        "legs": [view.roads.path(here, there) for here, there in pairwise(line)],
        "stops": stops,
        "driven": len(line) if is_home else behind,
        "phone": _phone(each),
    }


def _phone(each: RoundDispatch) -> dict[str, Any] | None:
    place = each.told.place
    if place is None:
        return None
    time = format_time(place.seen_at, "short")
    name = gettext("%(name)s, %(time)s", name=each.round.shift.collector.name, time=time)
    return {"at": (place.latitude, place.longitude), "name": name}


def _name(view: DispatchView, pickup: int) -> str:
    found = view.pickups.get(pickup)
    return f"{found.donor.first_name} {found.donor.family_name}" if found else ""

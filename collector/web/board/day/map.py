"""The map of a day: sites, rounds as lines, stops as discs, the tray as hollow discs."""

from datetime import date
from itertools import pairwise
from typing import Any

from collector.banks.models import Site
from collector.pickups.models import Pickup
from collector.roads.travel import Position, RoadTravel
from collector.web.board.day.view_model import DayView, RoundView
from collector.web.board.leg_estimates import leg_estimates


def day_map(view: DayView, day: date, roads: RoadTravel) -> dict[str, Any]:
    """Return the map of a day as values for JSON.

    A leg is an encoded polyline along the roads, or null where it is estimated.
    """
    shifts = [round_view.shift for round_view in view.rounds] + list(view.idle)
    sites = {site.id: site for shift in shifts for site in (shift.start_site, shift.end_site)}
    sites |= {each.site_id: each.site for seen in view.rounds for each in seen.round.emptyings}
    rounds = [_round(round_view, day, roads) for round_view in view.rounds if round_view.stops]
    return {
        "sites": [{"name": site.name, "at": _of_site(site)} for site in sites.values()],
        "rounds": rounds,
        "estimates": leg_estimates([leg for each in rounds for leg in each["legs"]]),
        "tray": [
            {"pickup": left.pickup.id, "name": _name(left.pickup), "at": at}
            for left in view.tray
            if (at := _of_pickup(left.pickup, day))
        ],
    }


def _round(round_view: RoundView, day: date, roads: RoadTravel) -> dict[str, Any]:
    stops: list[dict[str, Any]] = [
        {"pickup": stop.pickup.id, "number": stop.number, "name": _name(stop.pickup), "at": at}
        for stop in round_view.stops
        if (at := _of_pickup(stop.pickup, day))
    ]
    ends = _of_site(round_view.shift.start_site), _of_site(round_view.shift.end_site)
    line: list[Position] = [ends[0], *_halts(round_view, day), ends[1]]
    return {
        "letter": round_view.letter,
        "line": line,
        "legs": [roads.path(here, there) for here, there in pairwise(line)],
        "stops": stops,
    }


def _halts(round_view: RoundView, day: date) -> list[Position]:
    """Return the known positions of the stops, with the freezers on the way between them."""
    found = [_of_site(each.site) for each in round_view.emptyings_after(0)]
    for stop in round_view.stops:
        at = _of_pickup(stop.pickup, day)
        found += [at] if at else []
        found += [_of_site(each.site) for each in round_view.emptyings_after(stop.number)]
    return found


def _of_site(site: Site) -> tuple[float, float]:
    return site.latitude, site.longitude


def _of_pickup(pickup: Pickup, day: date) -> tuple[float, float] | None:
    position = pickup.donor.address_on(day).position
    return (position.latitude, position.longitude) if position else None


def _name(pickup: Pickup) -> str:
    return f"{pickup.donor.first_name} {pickup.donor.family_name}"

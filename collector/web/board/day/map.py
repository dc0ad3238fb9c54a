"""The map of a day: sites, rounds as lines, stops as discs, the tray as hollow discs."""

from datetime import date
from typing import Any

from collector.banks.models import Site
from collector.pickups.models import Pickup
from collector.web.board.day.view_model import DayView, RoundView


def day_map(view: DayView, day: date) -> dict[str, Any]:
    """Return the map of a day as values for JSON."""
    shifts = [round_view.shift for round_view in view.rounds] + list(view.idle)
    sites = {site.id: site for shift in shifts for site in (shift.start_site, shift.end_site)}
    return {
        "sites": [{"name": site.name, "at": _of_site(site)} for site in sites.values()],
        "rounds": [_round(round_view, day) for round_view in view.rounds if round_view.stops],
        "tray": [
            {"pickup": left.pickup.id, "name": _name(left.pickup), "at": at}
            for left in view.tray
            if (at := _of_pickup(left.pickup, day))
        ],
    }


def _round(round_view: RoundView, day: date) -> dict[str, Any]:
    stops = [
        {"pickup": stop.pickup.id, "number": stop.number, "name": _name(stop.pickup), "at": at}
        for stop in round_view.stops
        if (at := _of_pickup(stop.pickup, day))
    ]
    ends = _of_site(round_view.shift.start_site), _of_site(round_view.shift.end_site)
    return {
        "letter": round_view.letter,
        "line": [ends[0], *(stop["at"] for stop in stops), ends[1]],
        "stops": stops,
    }


def _of_site(site: Site) -> list[float]:
    return [site.latitude, site.longitude]


def _of_pickup(pickup: Pickup, day: date) -> list[float] | None:
    position = pickup.donor.address_on(day).position
    return [position.latitude, position.longitude] if position else None


def _name(pickup: Pickup) -> str:
    return f"{pickup.donor.first_name} {pickup.donor.family_name}"

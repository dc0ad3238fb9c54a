"""A round as a file for maps and navigation devices: GeoJSON and GPX.

Stops bear donors' numbers and towns, no names. The line goes straight from place to place.
"""

from dataclasses import dataclass
from datetime import date, datetime

import gpxpy.gpx
from flask import Blueprint, Response, jsonify, make_response

from collector.banks.models import Site
from collector.db import reading
from collector.errors import NotFound
from collector.planning.problem.build import build_problem, load_facts, plannable_pickups
from collector.planning.problem.vroom_export import vroom_request
from collector.rounds.models import Round, RoundStop
from collector.rounds.queries import day_plan, get_round
from collector.web.board.page_context import civil_day
from collector.web.framework.grave_acts import grave
from collector.web.framework.guards import actor

blueprint = Blueprint("round_files", __name__, url_prefix="/days/<day>")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOnRound:
    """A place of a round with its planned instant."""

    name: str
    latitude: float
    longitude: float
    at: datetime | None


@blueprint.get("/rounds/<int:round_id>.geojson")
@grave
def geojson(day: str, round_id: int) -> Response:
    """Return a round as GeoJSON: a line, and a point for each place."""
    round_, places = _places(day, round_id)
    points = [[place.longitude, place.latitude] for place in places]
    line = {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": points},
        "properties": {"round": round_.letter, "metres": round_.metres},
    }
    stops = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": point},
            "properties": {"name": place.name, "at": place.at.isoformat() if place.at else None},
        }
        for place, point in zip(places, points, strict=True)
    ]
    answer = jsonify(type="FeatureCollection", features=[line, *stops])
    answer.mimetype = "application/geo+json"
    return _named(answer, f"round-{day}-{round_.letter}.geojson")


@blueprint.get("/rounds/<int:round_id>.gpx")
@grave
def gpx(day: str, round_id: int) -> Response:
    """Return a round as a GPX route."""
    round_, places = _places(day, round_id)
    route = gpxpy.gpx.GPXRoute(name=f"{day} {round_.letter}")
    for place in places:
        route.points.append(
            gpxpy.gpx.GPXRoutePoint(place.latitude, place.longitude, time=place.at, name=place.name)
        )
    file = gpxpy.gpx.GPX()
    file.creator = "Milkround"
    file.routes.append(route)
    answer = make_response(file.to_xml())
    answer.mimetype = "application/gpx+xml"
    return _named(answer, f"round-{day}-{round_.letter}.gpx")


@blueprint.get("/vroom.json")
@grave
def vroom(day: str) -> Response:
    """Return the problem of a day as a request in VROOM's JSON, without any name."""
    on_day = civil_day(day)
    with reading() as session:
        plan = day_plan(session, bank_id=actor().bank_id, day=on_day)
        if plan is None:
            raise NotFound("not_found", kind="day_plans")
        facts = load_facts(session, plan)
        problem = build_problem(facts, plannable_pickups(facts))
        request = vroom_request(
            problem, epoch=facts.service_day.epoch, orders=facts.orders(problem)
        )
    return _named(jsonify(request), f"day-{day}-vroom.json")


def _named(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _places(day: str, round_id: int) -> tuple[Round, list[PlaceOnRound]]:
    on_day = civil_day(day)
    with reading() as session:
        round_ = get_round(session, bank_id=actor().bank_id, round_id=round_id)
        if round_.day_plan.day != on_day:
            raise NotFound("not_found", kind="rounds")
    begin = _site(round_.shift.start_site, round_.departs_at)
    end = _site(round_.shift.end_site, round_.returns_at)
    stops = [place for stop in round_.stops if (place := _stop(stop, on_day))]
    emptyings = [_site(each.site, each.arrives_at) for each in round_.emptyings]
    halts = sorted(
        [*stops, *emptyings], key=lambda place: place.at.timestamp() if place.at else 0.0
    )
    return round_, [begin, *halts, end]


def _site(site: Site, at: datetime | None) -> PlaceOnRound:
    return PlaceOnRound(name=site.name, latitude=site.latitude, longitude=site.longitude, at=at)


def _stop(stop: RoundStop, day: date) -> PlaceOnRound | None:
    """Return the place of a stop; None without a position."""
    donor = stop.pickup.donor
    address = donor.address_on(day)
    position = address.position
    if position is None:
        return None
    return PlaceOnRound(
        name=f"{stop.position + 1} {donor.number} {address.town}",
        latitude=position.latitude,
        longitude=position.longitude,
        at=stop.arrives_at,
    )

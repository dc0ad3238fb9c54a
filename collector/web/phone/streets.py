"""Streets along a round for the phone: the list of its tiles with their size, and the tiles."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, jsonify, url_for
from sqlalchemy.orm import Session

from collector.db import reading
from collector.roads.regions import region_in_force, streets_file
from collector.roads.round_tiles import stored_sizes, tiles_along
from collector.roads.travel import Position, load_travel
from collector.rounds.emptyings import places_between
from collector.rounds.events.queries import followed_round
from collector.web.framework.guards import actor, person_id
from collector.web.street_tiles import street_tile

blueprint = Blueprint("streets", __name__, url_prefix="/streets")


@blueprint.get("/rounds/<int:round_id>")
def of_round(round_id: int) -> Response:
    """List the tiles along a round with their size, and its legs; none without a region."""
    with reading() as session:
        round_ = followed_round(
            session, bank_id=actor().bank_id, person_id=person_id(), round_id=round_id
        )
        return jsonify(_streets(session, round_.published or {}))


@blueprint.get("/<version>/<int:zoom>/<int:column>/<int:row>")
def tile(version: str, zoom: int, column: int, row: int) -> Response:
    """Send a tile of the region's streets."""
    with reading() as session:
        return street_tile(session, version, zoom=zoom, column=column, row=row)


def _streets(session: Session, published: Mapping[str, Any]) -> dict[str, Any]:
    region = region_in_force(session)
    file = streets_file(region) if region else None
    places = _places(published)
    if region is None or file is None or not places:
        return {"version": None, "tiles": [], "bytes": 0, "legs": []}
    travel = load_travel(session, places)
    lines = [travel.line(*ends) or ends for ends in pairwise(places)]
    sizes = stored_sizes(file, tiles_along([point for line in lines for point in line]))
    corner = url_for("phone.streets.tile", version=region.version, zoom=0, column=0, row=0)
    return {
        "version": region.version,
        "url": corner.removesuffix("0/0/0") + "{z}/{x}/{y}",
        "attribution": region.attribution,
        "tiles": [list(tile) for tile in sizes],
        "bytes": sum(sizes.values()),
        "legs": [travel.path(*ends) for ends in pairwise(places)],
    }


def _places(published: Mapping[str, Any]) -> list[Position]:
    addresses = places_between(published)
    ends = [published[name] for name in ("start", "end") if name in published]
    found = [*ends[:1], *addresses, *ends[1:]]
    return [(each["latitude"], each["longitude"]) for each in found if each["latitude"] is not None]

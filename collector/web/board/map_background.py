"""Background of the board's maps: streets of a region, an archive, tiles of a host, or coasts."""

from flask import Blueprint, Flask, Response, jsonify, send_file, url_for

from collector.db import db, reading
from collector.errors import NotFound
from collector.places.towns import towns_of
from collector.roads.regions import region_in_force, streets_file
from collector.web.framework.assets import asset
from collector.web.framework.guards import actor, settings
from collector.web.street_tiles import street_tile

blueprint = Blueprint("map_background", __name__, url_prefix="/map-background")

A_DAY = 24 * 3600


def init_app(app: Flask) -> None:
    """Register the background for the board's templates."""
    app.jinja_env.globals["map_background"] = map_background


def map_background() -> dict[str, object]:
    """Return the layers of the background, by name.

    `tiles` are those of the settings, else the streets of the region. Under streets lie the coasts
    and borders of `coast`; without any tiles they have the names of `towns` on them. The script of
    a layer is named here, so that only pages with the layer load it.
    """
    source = settings().map
    if source is None:
        streets = _streets()
        return {"coast": _coast()} | (
            {"tiles": streets} if streets else {"towns": url_for("board.map_background.towns")}
        )
    tiles = {"url": source.url, "attribution": source.attribution}
    if source.is_archive:
        tiles["url"] = source.url or url_for("board.map_background.archive")
        tiles["script"] = asset("js/vector-map.js")
    return {"tiles": tiles}


def _coast() -> dict[str, str]:
    return {
        "url": asset("data/coast.json"),
        "attribution": "Natural Earth",
        "script": asset("js/coast.js"),
    }


def _streets() -> dict[str, str] | None:
    region = region_in_force(db.session())
    if region is None or streets_file(region) is None:
        return None
    corner = url_for("board.map_background.tile", version=region.version, zoom=0, column=0, row=0)
    return {
        "url": corner.removesuffix("0/0/0") + "{z}/{x}/{y}",
        "attribution": region.attribution,
        "script": asset("js/vector-map.js"),
    }


@blueprint.get("/towns")
def towns() -> Response:
    """Return the names of the towns of a bank's addresses, those of most addresses first."""
    with reading() as session:
        found = towns_of(session, actor().bank_id)
    return jsonify(
        towns=[{"name": each.name, "at": [each.latitude, each.longitude]} for each in found]
    )


@blueprint.get("/streets/<version>/<int:zoom>/<int:column>/<int:row>")
def tile(version: str, zoom: int, column: int, row: int) -> Response:
    """Send a tile of the region's streets."""
    with reading() as session:
        return street_tile(session, version, zoom=zoom, column=column, row=row)


@blueprint.get("/map.pmtiles")
def archive() -> Response:
    """Return a range of the installation's own archive.

    Raises
    ------
    NotFound
        This installation has none.
    """
    source = settings().map
    if source is None or source.file is None:
        raise NotFound("not_found")
    answer = send_file(
        source.file, mimetype="application/octet-stream", conditional=True, max_age=A_DAY
    )
    answer.cache_control.private = True
    return answer

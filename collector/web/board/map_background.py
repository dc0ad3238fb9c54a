"""Background of the board's maps: an archive of the installation, tiles of a host, or none."""

from flask import Blueprint, Flask, Response, send_file, url_for

from collector.errors import NotFound
from collector.web.framework.assets import asset
from collector.web.framework.guards import settings

blueprint = Blueprint("map_background", __name__, url_prefix="/map-background")

A_DAY = 24 * 3600


def init_app(app: Flask) -> None:
    """Register the background for the board's templates."""
    app.jinja_env.globals["map_background"] = map_background


def map_background() -> dict[str, str] | None:
    """Return the source of the background; None without one.

    The script for vector tiles is named here, so that only pages with them load it.
    """
    source = settings().map
    if source is None:
        return None
    found = {"url": source.url, "attribution": source.attribution}
    if source.is_archive:
        found["url"] = source.url or url_for("board.map_background.archive")
        found["script"] = asset("js/vector-map.js")
    return found


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

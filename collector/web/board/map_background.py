"""The background of the board's maps: an archive of the bank, tiles of a host it names, or none."""

from flask import Blueprint, Flask, Response, send_file, url_for

from collector.errors import NotFound
from collector.web.framework.assets import asset
from collector.web.framework.guards import settings

blueprint = Blueprint("map_background", __name__, url_prefix="/map-background")

A_DAY = 24 * 3600


def init_app(app: Flask) -> None:
    """Let the board's pages say where the map comes from."""
    app.jinja_env.globals["map_background"] = map_background


def map_background() -> dict[str, str] | None:
    """Return what a map needs to know of its background, or None where it has none.

    The script that draws vector tiles is named here, so that only who needs it loads it.
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
    """Give parts of the bank's own archive, as the browser asks for them.

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

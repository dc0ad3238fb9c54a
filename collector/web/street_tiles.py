"""Tiles of the region's streets as answers, for the board and for the phone."""

import gzip

from flask import Response
from sqlalchemy.orm import Session

from collector.errors import NotFound
from collector.roads.regions import region_in_force, streets_file
from collector.roads.streets import read_tile

A_YEAR = 365 * 24 * 3600
"""Storage of a tile: its address names the version of the region."""
EMPTY_TILE = gzip.compress(b"", mtime=0)


def street_tile(session: Session, version: str, *, zoom: int, column: int, row: int) -> Response:
    """Return a tile of the region's streets, empty where it has none.

    Raises
    ------
    NotFound
        The region in force is another one, or has no streets.
    """
    region = region_in_force(session)
    file = streets_file(region) if region and region.version == version else None
    if file is None:
        raise NotFound("not_found")
    content = read_tile(file, zoom=zoom, column=column, row=row) or EMPTY_TILE
    answer = Response(content, mimetype="application/vnd.mapbox-vector-tile")
    answer.headers["Content-Encoding"] = "gzip"
    answer.cache_control.private = answer.cache_control.immutable = True
    answer.cache_control.max_age = A_YEAR
    return answer

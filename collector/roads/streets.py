"""Tiles of a street map, read from its file."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

MOST_ZOOM: Final = 14


def read_tile(file: Path, *, zoom: int, column: int, row: int) -> bytes | None:
    """Return a vector tile, compressed by gzip; None where the map has nothing.

    Rows are counted from the north, as in addresses; the file counts from the south.
    """
    if zoom > MOST_ZOOM:
        return None
    address = f"file:{file}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as tiles:
        found = tiles.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (zoom, column, 2**zoom - 1 - row),
        ).fetchone()
    return None if found is None else bytes(found[0])

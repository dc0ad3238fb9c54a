"""Tiles along a round: those under its line and beside it, as many zooms as fit."""

from __future__ import annotations

from pathlib import Path

from collector.roads.preparation import prepare
from collector.roads.regions import STREETS
from collector.roads.round_tiles import LEAST_ZOOM, MOST_TILES, stored_sizes, tiles_along
from collector.roads.streets import MOST_ZOOM, read_tile
from tests.tiny_roads import position, square


def test_every_zoom_of_a_short_line_is_there_with_the_tiles_beside_it() -> None:
    found = tiles_along([position((0, 0)), position((1, 1))])
    assert {zoom for zoom, _, _ in found} == set(range(LEAST_ZOOM, MOST_ZOOM + 1))
    middle = 2 ** (MOST_ZOOM - 1)
    assert {
        (MOST_ZOOM, middle + right, middle + down) for right in (-1, 0, 1) for down in (-1, 0)
    } <= set(found)
    assert len(found) == len(set(found))


def test_a_long_line_has_no_gap_and_leaves_out_the_nearest_zooms() -> None:
    found = tiles_along([(44.8, -0.6), (43.6, 6.4)])
    assert len(found) <= MOST_TILES
    zooms = {zoom for zoom, _, _ in found}
    assert LEAST_ZOOM in zooms
    assert MOST_ZOOM not in zooms
    columns = sorted({column for zoom, column, _ in found if zoom == 12})
    assert columns == list(range(columns[0], columns[-1] + 1))
    assert tiles_along([]) == []


def test_sizes_are_those_of_the_map_and_an_empty_tile_is_left_out(tmp_path: Path) -> None:
    prepared = prepare(square(tmp_path / "town.osm.pbf", 5), tmp_path)
    file = prepared.folder / STREETS
    sizes = stored_sizes(file, [(14, 8192, 8191), (14, 0, 0)])
    assert sizes == {(14, 8192, 8191): len(read_tile(file, zoom=14, column=8192, row=8191) or b"")}

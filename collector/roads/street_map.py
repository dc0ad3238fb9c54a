"""The street map of a region: vector tiles of its roads, waters, woods and places.

The layers and words are those of the Protomaps basemap, which `protomaps-leaflet` draws
(https://docs.protomaps.com/basemaps/layers). Tippecanoe writes the tiles.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from collector.roads.errors import PreparationError
from routing.errors import RegionError

if TYPE_CHECKING:
    import osmium

LEAST_ZOOM, MOST_ZOOM = 5, 14
LAYERS: Final = ("landuse", "water", "roads", "places")

ROADS: Final[Mapping[str, tuple[str, int]]] = {
    "motorway": ("highway", 5),
    "motorway_link": ("highway", 10),
    "trunk": ("major_road", 6),
    "trunk_link": ("major_road", 10),
    "primary": ("major_road", 7),
    "primary_link": ("major_road", 11),
    "secondary": ("major_road", 9),
    "secondary_link": ("major_road", 12),
    "tertiary": ("major_road", 11),
    "tertiary_link": ("major_road", 12),
    "unclassified": ("minor_road", 12),
    "residential": ("minor_road", 12),
    "living_street": ("minor_road", 13),
    "service": ("minor_road", 13),
    "pedestrian": ("other", 13),
    "track": ("other", 13),
    "cycleway": ("path", 14),
    "footway": ("path", 14),
    "path": ("path", 14),
    "steps": ("path", 14),
}
"""Kind and least zoom by class of road."""

LAND: Final[Mapping[tuple[str, str], str]] = {
    ("natural", "wood"): "wood",
    ("landuse", "forest"): "forest",
    ("natural", "scrub"): "scrub",
    ("natural", "heath"): "scrub",
    ("natural", "grassland"): "grassland",
    ("natural", "beach"): "beach",
    ("natural", "glacier"): "glacier",
    ("leisure", "park"): "park",
    ("landuse", "cemetery"): "cemetery",
    ("amenity", "hospital"): "hospital",
    ("landuse", "industrial"): "industrial",
}
PLACES: Final[Mapping[str, tuple[int, int]]] = {
    "city": (5, 12),
    "town": (7, 9),
    "village": (10, 6),
    "suburb": (11, 5),
    "hamlet": (12, 3),
    "neighbourhood": (13, 2),
    "isolated_dwelling": (14, 1),
}
"""Least zoom and rank of population by kind of place."""
WATERWAYS: Final = {"river": ("river", 9), "canal": ("river", 11), "stream": ("stream", 13)}

Bounds = tuple[float, float, float, float]


def tippecanoe() -> str | None:
    """Return the program's path; None where it is not installed."""
    beside = Path(sys.executable).parent / "tippecanoe"
    return str(beside) if beside.exists() else shutil.which("tippecanoe")


def write_features(extract: Path, folder: Path) -> None:
    """Write the features of an extract into one file per layer, a line of GeoJSON each.

    Raises
    ------
    RegionError
        The extract cannot be read.
    """
    import osmium  # noqa: PLC0415 - of the extra `roads`

    keys = ("highway", "railway", "waterway", "natural", "landuse", "leisure", "place", "amenity")
    try:
        with ExitStack() as opened:
            files = {
                name: opened.enter_context(
                    (folder / f"{name}.geojsonl").open("w", encoding="utf-8")
                )
                for name in LAYERS
            }
            objects = (
                osmium.FileProcessor(extract)
                .with_areas(
                    osmium.filter.KeyFilter("natural", "landuse", "leisure", "amenity", "waterway")
                )
                .with_filter(osmium.filter.KeyFilter(*keys, "route"))
            )
            shapes = osmium.geom.GeoJSONFactory()
            for each in objects:
                _write(each, shapes, files)
    except (RuntimeError, OSError, ValueError) as broken:
        raise RegionError(f"{extract.name} cannot be read as an OpenStreetMap extract") from broken


def write_tiles(folder: Path, target: Path, *, attribution: str, bounds: Bounds) -> None:
    """Write the tiles of the layers' files.

    Raises
    ------
    PreparationError
        Tippecanoe is missing or failed.
    """
    program = tippecanoe()
    if program is None:
        raise PreparationError("tippecanoe is not installed")
    part = target.with_suffix(f".part{target.suffix}")
    layers = [folder / f"{name}.geojsonl" for name in LAYERS]
    asked = [
        *(program, "--quiet", "--force", "--read-parallel", "-o", str(part)),
        *(f"-Z{LEAST_ZOOM}", f"-z{MOST_ZOOM}", "--simplification=4", "--drop-smallest-as-needed"),
        f"--attribution={attribution}",
        "--clip-bounding-box=" + ",".join(f"{edge:.6f}" for edge in bounds),
        *(f"--named-layer={each.stem}:{each}" for each in layers if each.stat().st_size),
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        raise PreparationError(f"tippecanoe failed: {last}")
    part.replace(target)


def _write(each: Any, shapes: osmium.geom.GeoJSONFactory, files: Mapping[str, TextIO]) -> None:  # noqa: ANN401 - of osmium
    import osmium  # noqa: PLC0415 - of the extra `roads`

    tags = each.tags
    if isinstance(each, osmium.osm.Node):
        if tags.get("place") in PLACES and "name" in tags:
            _line(files["places"], _place(tags), lambda: shapes.create_point(each))
    elif isinstance(each, osmium.osm.Area):
        if (found := _area(tags)) is not None:
            layer, properties = found
            _line(files[layer], properties, lambda: shapes.create_multipolygon(each))
    elif isinstance(each, osmium.osm.Way):
        for layer, line in (("roads", _road(tags)), ("water", _waterway(tags))):
            if line is not None:
                _line(files[layer], line, lambda: shapes.create_linestring(each))


def _line(file: TextIO, properties: dict[str, Any], shape: Callable[[], str]) -> None:
    """Write a feature, unless a part of it lies outside the extract."""
    import osmium  # noqa: PLC0415 - of the extra `roads`

    try:
        geometry = shape()
    except (osmium.InvalidLocationError, RuntimeError):
        return
    least = properties.pop("least")
    head = json.dumps(
        {"type": "Feature", "tippecanoe": {"minzoom": least}, "properties": properties},
        ensure_ascii=False,
    )
    file.write(f'{head[:-1]}, "geometry": {geometry}}}\n')


def _named(tags: Any, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - of osmium
    names = {key: tags[key] for key in ("name", "name:fr", "name:en") if key in tags}
    return {**properties, **names}


def _place(tags: Any) -> dict[str, Any]:  # noqa: ANN401 - of osmium
    least, rank = PLACES[tags["place"]]
    return _named(
        tags,
        kind="locality",
        kind_detail=tags["place"],
        population_rank=rank,
        min_zoom=least,
        least=least,
    )


def _road(tags: Any) -> dict[str, Any] | None:  # noqa: ANN401 - of osmium
    if tags.get("railway") == "rail" and "service" not in tags:
        return {"kind": "rail", "least": 10}
    if tags.get("route") == "ferry":
        return _named(tags, kind="ferry", least=8)
    if tags.get("highway") not in ROADS:
        return None
    kind, least = ROADS[tags["highway"]]
    return _named(tags, kind=kind, kind_detail=tags["highway"], least=least)


def _waterway(tags: Any) -> dict[str, Any] | None:  # noqa: ANN401 - of osmium
    if tags.get("waterway") not in WATERWAYS or tags.get("tunnel") == "yes":
        return None
    kind, least = WATERWAYS[tags["waterway"]]
    return _named(tags, kind=kind, least=least)


def _area(tags: Any) -> tuple[str, dict[str, Any]] | None:  # noqa: ANN401 - of osmium
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank":
        return "water", _named(tags, kind="water", least=6)
    for (key, value), kind in LAND.items():
        if tags.get(key) == value:
            return "landuse", {"kind": kind, "least": 8}
    return None

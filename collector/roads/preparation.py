"""Preparation of a region from an OpenStreetMap extract, in steps that are not repeated.

Every step writes one file of the region's folder and gives it its name when it is complete. A
later call with the same extract and bounds continues after the last complete file. No row names
the folder until all files are there.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from collector.roads.errors import PreparationError
from collector.roads.street_map import LAYERS, Bounds, tippecanoe, write_features, write_tiles
from routing.errors import RegionError
from routing.travel.graph_building import build_graph
from routing.travel.osm_extract import read_extract
from routing.travel.road_graph import RoadGraph, read_graph, write_graph

FOLDER: Final = "regions"
GRAPH, STREETS = "roads.npz", "streets.mbtiles"
UNORDERED: Final = "unordered.npz"
ATTRIBUTION: Final = "\N{COPYRIGHT SIGN} OpenStreetMap contributors"
CHUNK: Final = 2**20

DISK_PER_BYTE: Final = 12
"""Bytes of disk per byte of an extract while it is prepared: 11 were seen, 5 remain."""
SECONDS_PER_MB: Final = 5
"""Of one core, seen on Porto (4) and Liechtenstein (2)."""

STEPS: Final = {"read": 15, "order": 15, "features": 10, "streets": 60}
"""Steps and their shares of the time, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A region with all its files."""

    folder: Path
    source: str
    version: str
    bounds: Bounds
    junctions: int
    arcs: int
    has_streets: bool


Tell = Callable[[str], None]


def prepare(
    extract: Path, home: Path, *, bounds: Bounds | None = None, tell: Tell = lambda _: None
) -> Prepared:
    """Write the files of a region, and return what they hold.

    Parameters
    ----------
    home
        The installation's folder.
    bounds
        West, south, east and north in degrees; roads beyond them are left out.
    tell
        Called with the name of each step that is complete.

    Raises
    ------
    PreparationError
        The extract cannot be read or holds no road, the disk is too full, another preparation runs,
        or a program is missing or failed.
    """
    if not extract.is_file():
        raise PreparationError(f"{extract} is no file")
    folder = home / FOLDER / _digest(extract, bounds)
    _refuse_full_disk(extract, home)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        try:
            graph = _graph(extract, folder, bounds, tell)
            has_streets = _streets(extract, folder, bounds or graph.bounds, tell)
        except RegionError as wrong:
            shutil.rmtree(folder)
            raise PreparationError(str(wrong)) from wrong
    return Prepared(
        folder=folder,
        source=extract.name,
        version=graph.version,
        bounds=graph.bounds,
        junctions=len(graph.latitude),
        arcs=len(graph.tail),
        has_streets=has_streets,
    )


def remove_others(home: Path, kept: Path | None) -> None:
    """Remove the folders of all regions but one."""
    for folder in (home / FOLDER).glob("*"):
        if folder.is_dir() and folder != kept:
            shutil.rmtree(folder)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Allow one preparation at a time in an installation."""
    with (home / FOLDER / "lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PreparationError("another preparation runs") from None
        yield


def _graph(extract: Path, folder: Path, bounds: Bounds | None, tell: Tell) -> RoadGraph:
    """Return the graph of the extract in its order of contraction."""
    with suppress(RegionError):
        found = read_graph(folder / GRAPH)
        tell("read")
        tell("order")
        return found
    try:
        graph = read_graph(folder / UNORDERED)
    except RegionError:
        graph = build_graph(read_extract(extract, bounds=bounds))
        if not graph.snappable.any():
            raise RegionError(f"{extract.name} has no roads that are joined") from None
        _write(graph, folder / UNORDERED)
    tell("read")
    graph = replace(graph, order=_order(graph))
    _write(graph, folder / GRAPH)
    (folder / UNORDERED).unlink()
    tell("order")
    return graph


def _order(graph: RoadGraph) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    from routingkit_cch import compute_order_inertial  # noqa: PLC0415 - of the extra `roads`

    nodes = len(graph.latitude)
    found = compute_order_inertial(nodes, graph.tail, graph.head, graph.latitude, graph.longitude)  # type: ignore[arg-type]
    return np.array(found, np.int32)


def _streets(extract: Path, folder: Path, bounds: Bounds, tell: Tell) -> bool:
    """Write the street map; return whether the program for it is installed."""
    target = folder / STREETS
    if not target.exists() and tippecanoe() is not None:
        write_features(extract, folder)
        tell("features")
        write_tiles(folder, target, attribution=ATTRIBUTION, bounds=bounds)
        for name in LAYERS:
            (folder / f"{name}.geojsonl").unlink()
    tell("streets")
    return target.exists()


def _write(graph: RoadGraph, file: Path) -> None:
    part = file.with_suffix(".part")
    write_graph(graph, part)
    part.replace(file)


def _digest(extract: Path, bounds: Bounds | None) -> str:
    digest = hashlib.sha256(repr(bounds).encode())
    with extract.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()[:16]


def _refuse_full_disk(extract: Path, home: Path) -> None:
    needed = DISK_PER_BYTE * extract.stat().st_size
    home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free
    if free < needed:
        raise PreparationError(
            f"the disk has {free // 10**6} MB left, and the region needs {needed // 10**6} MB"
        )

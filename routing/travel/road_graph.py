"""The road graph of a region: pieces of road between junctions, and directed arcs along them.

A piece has a line. It has one arc for each direction that a car may drive. An arc without a piece
joins the parts of a junction with a turn restriction, in no time.
"""

import hashlib
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import RegionError

FORMAT: Final = 1
"""Version of the file; a file of another version is not read."""

Whole = NDArray[np.int32]
Degrees = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadGraph:
    """The arrays of a road graph.

    Attributes
    ----------
    latitude, longitude
        Degrees per node.
    tail, head
        Node per arc.
    centiseconds, metres
        Free-flow time and length per arc.
    piece
        Piece per arc; -1 for an arc without one.
    against
        Whether an arc runs against the line of its piece.
    line_starts
        First point of each piece in `line_latitude` and `line_longitude`, and the total number.
    category
        Row in `road_tags.CLASSES` per piece.
    snappable
        Whether an address may lie at a piece: it is in the largest strongly connected part.
    order
        Nodes in the order of contraction.
    """

    latitude: Degrees
    longitude: Degrees
    tail: Whole
    head: Whole
    centiseconds: Whole
    metres: Whole
    piece: Whole
    against: NDArray[np.bool_]
    line_starts: Whole
    line_latitude: Degrees
    line_longitude: Degrees
    category: NDArray[np.int8]
    snappable: NDArray[np.bool_]
    order: Whole

    @property
    def version(self) -> str:
        """A digest of all arrays but the order, 12 hexadecimal digits."""
        digest = hashlib.sha256(str(FORMAT).encode())
        for field in fields(self):
            if field.name != "order":
                digest.update(np.ascontiguousarray(getattr(self, field.name)).tobytes())
        return digest.hexdigest()[:12]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of all lines, in degrees."""
        return (
            float(self.line_longitude.min()),
            float(self.line_latitude.min()),
            float(self.line_longitude.max()),
            float(self.line_latitude.max()),
        )


def write_graph(graph: RoadGraph, file: Path) -> None:
    """Write a graph to a file."""
    arrays = {field.name: getattr(graph, field.name) for field in fields(graph)}
    with file.open("wb") as target:
        np.savez(target, format=np.array([FORMAT]), **arrays)


def read_graph(file: Path) -> RoadGraph:
    """Read a graph from a file.

    Raises
    ------
    RegionError
        The file is missing, damaged, or of another version.
    """
    try:
        with file.open("rb") as source, np.load(source, allow_pickle=False) as arrays:
            if int(arrays["format"][0]) != FORMAT:
                raise RegionError(f"{file.name} was written by another version of Milkround")
            return RoadGraph(**{field.name: arrays[field.name] for field in fields(RoadGraph)})
    except FileNotFoundError:
        raise RegionError(f"{file.name} is missing") from None
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as damaged:
        raise RegionError(f"{file.name} is damaged") from damaged

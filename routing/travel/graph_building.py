"""Construction of the road graph from the roads of an extract."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.travel.components import largest_component
from routing.travel.law import EARTH_RADIUS
from routing.travel.osm_extract import Extract
from routing.travel.road_graph import RoadGraph, Whole
from routing.travel.road_tags import WITHOUT_DOORS
from routing.travel.turns import Arcs, restrict_turns

SIGNAL_CENTISECONDS: Final = 200
"""Wait at a traffic light: 2 s, as in OSRM's car profile."""

Numbers = NDArray[np.int64]


class Pieces(NamedTuple):
    """Pieces of road between junctions, in the order of the extract.

    `first` and `last` are points of the extract; `start` and `end` nodes.
    """

    first: Numbers
    last: Numbers
    start: Numbers
    end: Numbers
    road: Numbers


def build_graph(extract: Extract) -> RoadGraph:
    """Return the road graph of an extract, without its order of contraction.

    Points of a road that no other road touches are no nodes: they only shape the line of a piece.
    """
    numbers, index = np.unique(np.frombuffer(extract.nodes, np.int64), return_inverse=True)
    latitude = np.frombuffer(extract.latitude, np.float64)
    longitude = np.frombuffer(extract.longitude, np.float64)
    pieces = _without_loops(
        _pieces(extract, index, _junctions(extract, numbers, index)), extract, index, numbers
    )
    along = np.concatenate(([0.0], np.cumsum(_steps(latitude, longitude))))
    metres = along[pieces.last] - along[pieces.first]
    nodes = len(numbers)
    pieces, nodes = _dead_ends_at_barriers(pieces, np.isin(numbers, list(extract.blocked)), nodes)
    arcs = _arcs(extract, pieces, metres, np.isin(numbers, list(extract.signals)))
    vias = {each.via for each in extract.restrictions}
    places = {int(number): int(row) for row, number in enumerate(numbers) if int(number) in vias}
    ids = np.frombuffer(extract.ids, np.int64)[pieces.road]
    arcs, nodes = restrict_turns(arcs, extract.restrictions, places, ids, nodes)
    return _compact(extract, pieces, arcs, nodes, (latitude, longitude))


def _steps(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the metres between each point and the next, by the haversine formula."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    rise = np.sin(np.diff(phi) / 2) ** 2
    turn = np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    steps: NDArray[np.float64] = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(rise + turn))
    return steps


def _junctions(extract: Extract, numbers: Numbers, index: Numbers) -> NDArray[np.bool_]:
    """Return, per node, whether roads meet or end there, or a rule applies there."""
    starts = np.frombuffer(extract.starts, np.int64)
    found = np.bincount(index, minlength=len(numbers)) > 1
    found[index[starts[:-1]]] = True
    found[index[starts[1:] - 1]] = True
    special = extract.blocked | extract.signals | {each.via for each in extract.restrictions}
    return found | np.isin(numbers, list(special))


def _pieces(extract: Extract, index: Numbers, junctions: NDArray[np.bool_]) -> Pieces:
    starts = np.frombuffer(extract.starts, np.int64)
    road = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    points = np.flatnonzero(junctions[index])
    within = road[points[:-1]] == road[points[1:]]
    first, last = points[:-1][within], points[1:][within]
    return Pieces(first, last, index[first], index[last], road[first])


def _without_loops(pieces: Pieces, extract: Extract, index: Numbers, numbers: Numbers) -> Pieces:
    """Cut each piece that returns to its own start in two."""
    loops = (pieces.start == pieces.end) & (pieces.last - pieces.first > 1)
    if not loops.any():
        return pieces
    junctions = _junctions(extract, numbers, index)
    junctions[index[(pieces.first[loops] + pieces.last[loops]) // 2]] = True
    cut = _pieces(extract, index, junctions)
    whole = cut.start != cut.end
    return Pieces(*(column[whole] for column in cut))


def _dead_ends_at_barriers(
    pieces: Pieces, blocked: NDArray[np.bool_], nodes: int
) -> tuple[Pieces, int]:
    """Give each piece that ends at a barrier an end of its own."""
    start, end = pieces.start.copy(), pieces.end.copy()
    for ends in (start, end):
        at = np.flatnonzero(blocked[np.where(ends < len(blocked), ends, 0)] & (ends < len(blocked)))
        ends[at] = nodes + np.arange(len(at))
        nodes += len(at)
    return pieces._replace(start=start, end=end), nodes


def _arcs(
    extract: Extract, pieces: Pieces, metres: NDArray[np.float64], signals: NDArray[np.bool_]
) -> Arcs:
    """Return the arcs of all pieces in the directions that are open."""
    rules = extract.roads
    kmh = np.array([each.kmh for each in rules])[pieces.road]
    seconds = metres * 3.6 / kmh
    length = np.bincount(pieces.road, weights=metres, minlength=len(rules))
    minutes = np.array([each.minutes or 0.0 for each in rules])[pieces.road]
    timed = minutes > 0
    seconds[timed] = 60 * minutes[timed] * metres[timed] / length[pieces.road][timed]
    found = []
    for against in (False, True):
        open_ = np.array([each.backward if against else each.forward for each in rules])
        rows = np.flatnonzero(open_[pieces.road])
        ends = (pieces.end, pieces.start) if against else (pieces.start, pieces.end)
        tail, head = ends[0][rows], ends[1][rows]
        lights = signals[np.where(head < len(signals), head, 0)] & (head < len(signals))
        found.append(
            Arcs(
                tail=tail,
                head=head,
                centiseconds=np.rint(100 * seconds[rows]).astype(np.int64)
                + SIGNAL_CENTISECONDS * lights,
                metres=np.rint(metres[rows]).astype(np.int64),
                piece=rows,
                against=np.full(len(rows), against),
            )
        )
    return Arcs(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _compact(
    extract: Extract,
    pieces: Pieces,
    arcs: Arcs,
    nodes: int,
    positions: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> RoadGraph:
    """Return the graph of the used nodes, with the lines and the places for addresses."""
    at, known = _points_of_nodes(pieces, arcs, nodes), arcs.piece >= 0
    used, joined = np.unique(np.concatenate((arcs.tail, arcs.head)), return_inverse=True)
    tail, head = np.split(joined.astype(np.int32), 2)
    connected = largest_component(tail, head, len(used))
    lengths = pieces.last - pieces.first + 1
    starts = np.concatenate(([0], np.cumsum(lengths)))
    shape = np.arange(starts[-1]) + np.repeat(pieces.first - starts[:-1], lengths)
    category = np.array([each.category for each in extract.roads], np.int8)[pieces.road]
    snappable = np.zeros(len(lengths), np.bool_)
    inside = known & connected[tail] & connected[head]
    snappable[arcs.piece[inside]] = True
    return RoadGraph(
        latitude=positions[0][at[used]],
        longitude=positions[1][at[used]],
        tail=tail,
        head=head,
        centiseconds=_whole(arcs.centiseconds),
        metres=_whole(arcs.metres),
        piece=_whole(arcs.piece),
        against=arcs.against,
        line_starts=_whole(starts),
        line_latitude=positions[0][shape],
        line_longitude=positions[1][shape],
        category=category,
        snappable=snappable & ~np.isin(category, list(WITHOUT_DOORS)),
        order=np.empty(0, np.int32),
    )


def _points_of_nodes(pieces: Pieces, arcs: Arcs, nodes: int) -> Numbers:
    """Return the point of the extract at which each node lies."""
    at = np.full(nodes, -1)
    for ends, points in ((pieces.start, pieces.first), (pieces.end, pieces.last)):
        at[ends] = points
    # A part of a junction with a turn restriction lies where its arcs begin or end.
    known = arcs.piece >= 0
    begins = np.where(arcs.against, pieces.last[arcs.piece], pieces.first[arcs.piece])
    ends_at = np.where(arcs.against, pieces.first[arcs.piece], pieces.last[arcs.piece])
    at[arcs.tail[known]] = begins[known]
    at[arcs.head[known]] = ends_at[known]
    return at


def _whole(values: Numbers) -> Whole:
    return np.ascontiguousarray(values, np.int32)

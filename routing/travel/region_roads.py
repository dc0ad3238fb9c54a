"""Travel on the roads of a region, by customizable contraction hierarchies (RoutingKit).

A point lies on a piece, so a leg begins along at most two arcs and ends along at most two. Times
and lengths of one way come from two metrics: centiseconds, and a multiple of those plus metres.
Their difference is the length of the fastest way. Where a slower way is shorter by more than a
kilometre per hundredth of a second, the difference lies between the lengths of both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.errors import RegionError
from routing.travel.law import great_circle
from routing.travel.road_graph import RoadGraph, Whole
from routing.travel.road_tags import CLASSES
from routing.travel.snapping import SegmentGrid
from routing.travel.source import NO_WAY, Legs, Line, RoadPoint

if TYPE_CHECKING:
    from routingkit_cch import CCHMetric

NAME: Final = "region"
SPACING: Final = 2**17
"""Keys per piece: a piece is shorter than 131 km."""
MOST_WEIGHT: Final = 1_000
"""Weight of a centisecond in the second metric, in metres, at most."""
LEAST_SPEED: Final = 5.0
"""Metres per second, twice across the region: a bound of the longest way."""
UNREACHABLE: Final = 2**31 - 1
"""The library's distance without a way; a sum that reaches it counts as one."""

Numbers = NDArray[np.int64]


class Access(NamedTuple):
    """Ways between points and the nodes beside them: one row for each point and arc.

    `place` counts the points; `costs` are centiseconds, and a hundred times those plus metres.
    """

    place: Numbers
    node: Numbers
    costs: tuple[Numbers, Numbers]


class RegionRoads:
    """A prepared region, ready to answer."""

    name = NAME

    def __init__(self, graph: RoadGraph, version: str | None = None) -> None:
        try:
            from routingkit_cch import CCH, CCHMetric  # noqa: PLC0415 - of the extra `roads`
        except ImportError:
            raise RegionError("the extra milkround[roads] is not installed") from None
        self.graph = graph
        self.version = version or graph.version
        # The library takes arrays as well as the lists that its types ask for.
        arrays: dict[str, Any] = {"order": graph.order, "tail": graph.tail, "head": graph.head}
        self._hierarchy = CCH(**arrays, filter_always_inf_arcs=False)
        self._weight = _weight(graph)
        time = graph.centiseconds.astype(np.int64)
        weights: tuple[Any, ...] = (time, time * self._weight + graph.metres)
        self._metrics = tuple(CCHMetric(self._hierarchy, each) for each in weights)
        self._arcs = _arcs_of_pieces(graph)

    @cached_property
    def _grid(self) -> SegmentGrid:
        return SegmentGrid(self.graph)

    def snap(self, latitude: float, longitude: float) -> RoadPoint | None:
        """Return the point on the nearest road where an address may lie; None if none is near."""
        found = self._grid.nearest(latitude, longitude)
        if found is None:
            return None
        return RoadPoint(
            key=found.piece * SPACING + min(round(found.along), SPACING - 1),
            latitude=found.latitude,
            longitude=found.longitude,
            away=found.away,
        )

    def legs(self, origins: Sequence[RoadPoint], destinations: Sequence[RoadPoint]) -> Legs:
        """Return the travel from each origin to each destination."""
        starts, ends = self._exits(origins), self._entries(destinations)
        best = np.stack(
            [
                self._costs(metric, starts, ends, row, (len(origins), len(destinations)))
                for row, metric in enumerate(self._metrics)
            ]
        )
        self._along_one_piece(origins, destinations, best)
        time, both = best
        reached = np.isfinite(time)
        metres = np.where(reached, both - self._weight * time, NO_WAY)
        seconds = np.where(reached, np.ceil(time / 100), NO_WAY)
        return Legs(seconds=seconds.astype(np.int32), metres=metres.astype(np.int32))

    def line(self, origin: RoadPoint, destination: RoadPoint) -> Line | None:
        """Return the line of the fastest way; None without one."""
        from routingkit_cch import CCHQuery  # noqa: PLC0415 - of the extra `roads`

        starts, ends = self._exits([origin]), self._entries([destination])
        query = CCHQuery(self._metrics[1])
        sources = list(zip(starts.node.tolist(), starts.costs[1].tolist(), strict=True))
        targets = list(zip(ends.node.tolist(), ends.costs[1].tolist(), strict=True))
        found = query.run_multi(sources, targets) if sources and targets else None
        direct = np.full((2, 1, 1), np.inf)
        self._along_one_piece([origin], [destination], direct)
        whole = None if found is None else found.distance
        if np.isfinite(direct[1, 0, 0]) and (whole is None or direct[1, 0, 0] <= whole):
            return self._within(origin, destination)
        if found is None or whole is None:
            return None
        return self._joined(origin, destination, found.node_path, found.arc_path)

    def class_seconds(
        self, origin: RoadPoint, destination: RoadPoint
    ) -> NDArray[np.float64] | None:
        """Return the seconds of the fastest way on each of `road_tags.CLASSES`; None without one.

        The parts of the first and the last arc count for the arcs beside them.
        """
        from routingkit_cch import CCHQuery  # noqa: PLC0415 - of the extra `roads`

        starts, ends = self._exits([origin]), self._entries([destination])
        sources = list(zip(starts.node.tolist(), starts.costs[0].tolist(), strict=True))
        targets = list(zip(ends.node.tolist(), ends.costs[0].tolist(), strict=True))
        found = (
            CCHQuery(self._metrics[0]).run_multi(sources, targets) if sources and targets else None
        )
        if found is None or found.distance is None:
            return None
        arcs = np.array(found.arc_path, np.int64)
        arcs = arcs[self.graph.piece[arcs] >= 0]
        classes = self.graph.category[self.graph.piece[arcs]]
        seconds = np.bincount(
            classes, weights=self.graph.centiseconds[arcs] / 100, minlength=len(CLASSES)
        )
        here = self.graph.category[destination.key // SPACING]
        seconds[here] += max(0.0, found.distance / 100 - float(seconds.sum()))
        return np.asarray(seconds, np.float64)

    def with_factors(self, factors: Mapping[str, float]) -> RegionRoads:
        """Return the same roads, driven slower or faster by class of `road_tags.CLASSES`.

        The order of contraction stays: new weights take a fraction of a second. Points keep their
        keys, and legs have a version of their own.
        """
        from routingkit_cch import CCHMetric  # noqa: PLC0415 - of the extra `roads`

        by_class = np.array([factors.get(name, 1.0) for name in CLASSES])
        piece = self.graph.piece
        per_arc = np.where(piece >= 0, by_class[self.graph.category[piece]], 1.0)
        time = np.rint(self.graph.centiseconds * per_arc).astype(np.int64)
        made = copy(self)
        made.graph = replace(self.graph, centiseconds=time.astype(np.int32))
        made.version = (
            f"{self.version}+{hashlib.sha256(by_class.round(3).tobytes()).hexdigest()[:8]}"
        )
        weights: tuple[Any, ...] = (time, time * self._weight + self.graph.metres)
        made._metrics = tuple(  # noqa: SLF001 - of its own class
            CCHMetric(self._hierarchy, each) for each in weights
        )
        return made

    def _exits(self, points: Sequence[RoadPoint]) -> Access:
        """Return the ways from points to the ends of the arcs on which they lie."""
        place, arc, along = self._on(points)
        return self._access(place, self.graph.head[arc], arc, 1 - along)

    def _entries(self, points: Sequence[RoadPoint]) -> Access:
        """Return the ways to points from the beginnings of the arcs on which they lie."""
        place, arc, along = self._on(points)
        return self._access(place, self.graph.tail[arc], arc, along)

    def _on(self, points: Sequence[RoadPoint]) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """Return the point, the arc, and the share of the arc before the point, per arc."""
        piece, along = np.divmod(np.array([point.key for point in points], np.int64), SPACING)
        arcs = self._arcs[piece]
        place, side = np.nonzero(arcs >= 0)
        arc = arcs[place, side]
        share = np.clip(along[place] / np.maximum(self.graph.metres[arc], 1), 0, 1)
        return place, arc, np.where(self.graph.against[arc], 1 - share, share)

    def _access(
        self, place: Numbers, node: Whole, arc: Numbers, share: NDArray[np.float64]
    ) -> Access:
        time = np.rint(self.graph.centiseconds[arc] * share).astype(np.int64)
        both = self._weight * time + np.rint(self.graph.metres[arc] * share).astype(np.int64)
        return Access(place, node.astype(np.int64), (time, both))

    def _costs(
        self,
        metric: CCHMetric,
        starts: Access,
        ends: Access,
        row: int,
        shape: tuple[int, int],
    ) -> NDArray[np.float64]:
        from routingkit_cch import CCHOneToMany  # noqa: PLC0415 - of the extra `roads`

        best = np.full(shape, np.inf)
        if not len(starts.place) or not len(ends.place):
            return best
        nodes, column = np.unique(ends.node, return_inverse=True)
        query = CCHOneToMany(metric, nodes.tolist())
        firsts = np.flatnonzero(np.diff(ends.place, prepend=-1))
        columns = ends.place[firsts]
        pairs = list(zip(starts.node.tolist(), starts.costs[row].tolist(), strict=True))
        bounds = np.searchsorted(starts.place, np.arange(shape[0] + 1)).tolist()
        for origin, (first, last) in enumerate(pairwise(bounds)):
            if first == last:
                continue
            found = np.array(query.distances_from_multi(pairs[first:last]), np.float64)
            best[origin, columns] = np.fmin.reduceat(found[column] + ends.costs[row], firsts)
        best[np.isnan(best)] = np.inf
        return best

    def _along_one_piece(
        self,
        origins: Sequence[RoadPoint],
        destinations: Sequence[RoadPoint],
        best: NDArray[np.float64],
    ) -> None:
        """Write the legs that stay on one piece, where they are the faster ones."""
        by_piece: dict[int, list[tuple[int, int]]] = {}
        for column, point in enumerate(destinations):
            piece, along = divmod(point.key, SPACING)
            by_piece.setdefault(piece, []).append((column, along))
        for row, point in enumerate(origins):
            piece, here = divmod(point.key, SPACING)
            for column, there in by_piece.get(piece, ()):
                costs = self._direct(piece, here, there)
                if costs is not None and costs[1] < best[1, row, column]:
                    best[:, row, column] = costs

    def _direct(self, piece: int, here: int, there: int) -> tuple[int, int] | None:
        """Return the costs from one point of a piece to another; None if its arcs forbid it."""
        if here == there:
            return 0, 0
        for arc in self._arcs[piece]:
            if arc >= 0 and bool(self.graph.against[arc]) == (there < here):
                metres = abs(there - here)
                share = min(1.0, metres / max(int(self.graph.metres[arc]), 1))
                time = round(int(self.graph.centiseconds[arc]) * share)
                return time, self._weight * time + metres
        return None

    def _within(self, origin: RoadPoint, destination: RoadPoint) -> Line:
        piece, here = divmod(origin.key, SPACING)
        there = destination.key % SPACING
        points, metres = self._points(piece)
        least, most = sorted((here, there))
        inner = [point for point, at in zip(points, metres, strict=True) if least < at < most]
        return (_at(origin), *(inner if here <= there else inner[::-1]), _at(destination))

    def _joined(
        self, origin: RoadPoint, destination: RoadPoint, nodes: list[int], arcs: list[int]
    ) -> Line:
        """Return the line from a point to the first node, along the arcs, to the other point."""
        begin = self._part(origin, nodes[0], leaving=True)
        end = self._part(destination, nodes[-1], leaving=False)
        between = chain.from_iterable(self._arc_points(arc) for arc in arcs)
        points = [_at(origin), *begin, *between, *end, _at(destination)]
        return tuple(_without_repeats(points))

    def _part(self, point: RoadPoint, node: int, *, leaving: bool) -> list[tuple[float, float]]:
        """Return the points between a point and an end of its piece, in the order of driving."""
        piece, along = divmod(point.key, SPACING)
        ends = self.graph.head if leaving else self.graph.tail
        arc = next(each for each in self._arcs[piece] if each >= 0 and ends[each] == node)
        points, metres = self._points(piece)
        against = bool(self.graph.against[arc])
        if leaving != against:
            kept = [each for each, at in zip(points, metres, strict=True) if at > along]
        else:
            kept = [each for each, at in zip(points, metres, strict=True) if at < along]
        return kept[::-1] if against else kept

    def _arc_points(self, arc: int) -> list[tuple[float, float]]:
        piece = int(self.graph.piece[arc])
        if piece < 0:
            return []
        points, _ = self._points(piece)
        return points[::-1] if self.graph.against[arc] else points

    def _points(self, piece: int) -> tuple[list[tuple[float, float]], list[float]]:
        """Return the points of a line, and the metres from its start to each."""
        span = slice(int(self.graph.line_starts[piece]), int(self.graph.line_starts[piece + 1]))
        latitude = self.graph.line_latitude[span].tolist()
        longitude = self.graph.line_longitude[span].tolist()
        return list(zip(latitude, longitude, strict=True)), self._grid.metres[span].tolist()


def _without_repeats(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [point for row, point in enumerate(points) if not row or point != points[row - 1]]


def _at(point: RoadPoint) -> tuple[float, float]:
    return point.latitude, point.longitude


def _weight(graph: RoadGraph) -> int:
    """Return the weight of a centisecond for which no way's cost reaches `UNREACHABLE`."""
    west, south, east, north = graph.bounds
    across = float(great_circle([(south, west), (north, east)])[0, 1])
    longest = 100 * 2 * across / LEAST_SPEED
    return int(max(1, min(MOST_WEIGHT, UNREACHABLE / max(longest, 1))))


def _arcs_of_pieces(graph: RoadGraph) -> Numbers:
    """Return the arcs of each piece along and against its line; -1 for none."""
    arcs = np.full((len(graph.category), 2), -1, np.int64)
    rows = np.flatnonzero(graph.piece >= 0)
    arcs[graph.piece[rows], graph.against[rows].astype(np.int64)] = rows
    return arcs
